"""Columns with versions in English, Simplified and Traditional Chinese, and tables with history."""

from modeltranslation.translator import TranslationOptions, register

from events.models import (
    Appointment,
    Attendee,
    CalendarFeed,
    ClashOverride,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Expo,
    Figure,
    InvitationText,
    MailWording,
    Membership,
    OptOut,
    Organisation,
    Person,
    Place,
    PromotionConference,
    ReminderRule,
    Sector,
    Source,
    Team,
    TravelTime,
    User,
    Vehicle,
)
from events.models.base.history import keep


@register([Place, Sector, Vehicle])
class NameOptions(TranslationOptions):
    fields = ("name",)


@register(Person)
class PersonOptions(TranslationOptions):
    fields = ("name", "salutation")


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


@register(InvitationText)
class InvitationTextOptions(TranslationOptions):
    fields = ("subject", "text", "again_subject", "again_text")


keep(
    Appointment,
    Attendee,
    CalendarFeed,
    ClashOverride,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Figure,
    InvitationText,
    MailWording,
    Membership,
    OptOut,
    Organisation,
    Person,
    Place,
    ReminderRule,
    Sector,
    Source,
    Team,
    TravelTime,
    User,
    Vehicle,
)
