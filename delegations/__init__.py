"""Delegations and trade missions, which know events."""
