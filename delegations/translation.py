"""Columns with versions in three languages, and tables with history."""

from modeltranslation.translator import TranslationOptions, register

from delegations.models import Application, Delegate, Delegation, Leg, Nominee, TradeMission
from events.models.base.history import keep


@register([Delegation, TradeMission])
class DelegationOptions(TranslationOptions):
    fields = ("name", "purpose", "criteria")


@register([Delegate, Nominee])
class LabelOptions(TranslationOptions):
    fields = ("label",)


keep(Delegation, Leg, Delegate, Application, Nominee)
