"""Writing and reading of iCalendar (RFC 5545) and iTIP (RFC 5546).

Only this room imports the library icalendar.
"""
