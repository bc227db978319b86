"""The organisers' screens of events."""
