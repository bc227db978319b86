"""iCalendar (RFC 5545) and iTIP (RFC 5546), written and read; icalendar is imported here alone."""
