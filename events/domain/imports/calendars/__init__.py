"""Calendars of others become events of a team."""
