"""Screens of events whose rows delegations add to: people, organisations, events."""
