"""The tables of the delegations app."""

from delegations.models.applications import Application, Nominee
from delegations.models.decisions import Decision
from delegations.models.delegations import Attendance, Delegate, Delegation, Leg, TradeMission

__all__ = [
    "Application",
    "Attendance",
    "Decision",
    "Delegate",
    "Delegation",
    "Leg",
    "Nominee",
    "TradeMission",
]
