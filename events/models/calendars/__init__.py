"""Calendar feeds and imported calendars."""
