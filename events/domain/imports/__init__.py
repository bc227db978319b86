"""What comes in from elsewhere and becomes rows."""
