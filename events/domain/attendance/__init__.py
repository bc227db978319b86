"""Attendees: invited, answered, seated, waiting, checked in; replies by mail."""
