"""The tables of the delegations app."""

from delegations.models.delegations import Delegate, Delegation, Leg, TradeMission

__all__ = ["Delegate", "Delegation", "Leg", "TradeMission"]
