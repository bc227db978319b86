"""The tables of the delegations app."""

from delegations.models.applications import Application, Nominee
from delegations.models.decisions import Decision
from delegations.models.delegations import Delegate, Delegation, Leg, RosterAttendee, TradeMission

__all__ = [
    "Application",
    "Decision",
    "Delegate",
    "Delegation",
    "Leg",
    "Nominee",
    "RosterAttendee",
    "TradeMission",
]
