"""Guests put on a list many at once: found on record or made on the way."""
