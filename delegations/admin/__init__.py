"""The screens of delegations in the admin."""

from delegations.admin import applications, delegations, organisations, people

__all__ = ["applications", "delegations", "organisations", "people"]
