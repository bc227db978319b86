"""The organisers’ screens of delegations."""

from delegations.admin import applications, delegations, organisations, people

__all__ = ["applications", "delegations", "organisations", "people"]
