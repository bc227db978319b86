"""The organisers' screens of delegations."""

from delegations.admin import delegations

__all__ = ["delegations"]
