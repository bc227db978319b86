"""The public calendar: pages of a month, a list, an event."""
