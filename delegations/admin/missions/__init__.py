"""Delegations and trade missions in the admin: form, home, steps, legs, roster."""
