"""The tables of the delegations app."""

from delegations.models.applications import Application, Nominee
from delegations.models.delegations import Attendance, Delegate, Delegation, Leg, TradeMission

__all__ = [
    "Application",
    "Attendance",
    "Delegate",
    "Delegation",
    "Leg",
    "Nominee",
    "TradeMission",
]
