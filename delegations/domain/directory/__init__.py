"""Merging of people and organisations, extended to their rows in delegations."""
