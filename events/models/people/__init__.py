"""People, organisations, and their roles at events."""
