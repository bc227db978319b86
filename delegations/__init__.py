"""Delegations and trade missions; this app builds on `events`."""
