"""The screens of attendees."""
