"""The screens of delegations in the admin."""

from delegations.admin.applications import applications
from delegations.admin.directory import events, organisations, people
from delegations.admin.missions import delegations

__all__ = ["applications", "delegations", "events", "organisations", "people"]
