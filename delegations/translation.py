"""Which texts of delegations exist in three languages."""

from modeltranslation.translator import TranslationOptions, register

from delegations.models import Delegate, Delegation, TradeMission


@register([Delegation, TradeMission])
class DelegationOptions(TranslationOptions):
    fields = ("name", "purpose")


@register(Delegate)
class DelegateOptions(TranslationOptions):
    fields = ("label",)
