"""The tables of events."""
