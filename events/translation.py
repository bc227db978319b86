"""Columns with versions in English, Simplified and Traditional Chinese, and tables with history."""

from modeltranslation.translator import TranslationOptions, register

from events.models import (
    Appointment,
    Attendee,
    Event,
    EventSeries,
    Expo,
    Figure,
    MailWording,
    Organisation,
    Person,
    Place,
    PromotionConference,
    Sector,
)
from events.models.base.history import keep


@register([Place, Sector, Person])
class NameOptions(TranslationOptions):
    fields = ("name",)


@register(Organisation)
class OrganisationOptions(TranslationOptions):
    fields = ("name", "short_name")


@register(EventSeries)
class EventSeriesOptions(TranslationOptions):
    fields = ("name", "cadence")


@register([Event, PromotionConference, Expo])
class EventOptions(TranslationOptions):
    fields = ("title", "description")


@register(Appointment)
class AppointmentOptions(TranslationOptions):
    fields = ("title",)


@register(Attendee)
class AttendeeOptions(TranslationOptions):
    fields = ("label",)


@register(Figure)
class FigureOptions(TranslationOptions):
    fields = ("unit",)


@register(MailWording)
class MailWordingOptions(TranslationOptions):
    fields = ("subject", "opening", "closing")


keep(Event, Attendee, Person, Organisation, Place)
