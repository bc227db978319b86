"""The public calendar: month, list, event."""
