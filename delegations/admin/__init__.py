"""The screens of delegations in the admin."""

from delegations.admin import applications, delegations, events, organisations, people

__all__ = ["applications", "delegations", "events", "organisations", "people"]
