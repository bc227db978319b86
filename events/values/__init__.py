"""Plain Python values; nothing here knows Django."""
