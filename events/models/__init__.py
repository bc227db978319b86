"""The tables of the events app."""

from events.models.base.changes import CalendarChange
from events.models.base.mergers import Merger
from events.models.base.ratelimits import RateLimitCounter
from events.models.base.teams import Membership, Team, User, Viewer
from events.models.calendars.feeds import (
    CalendarFeed,
    FeedState,
    FeedTree,
    FeedVersion,
    RenderedEvent,
)
from events.models.calendars.imports import ImportedEvent, ImportPreview
from events.models.events.dates import Basis, Dated
from events.models.events.events import Event, Expo, PromotionConference
from events.models.events.evidence import Evidence, Source
from events.models.events.figures import Figure
from events.models.events.places import Place
from events.models.events.sectors import Sector
from events.models.events.series import EventSeries
from events.models.events.vehicles import TravelTime, Vehicle
from events.models.mail.answernews import AnswerNews
from events.models.mail.deliveries import Delivery, Heartbeat, MailBreaker, Suppression
from events.models.mail.invitationtexts import InvitationText
from events.models.mail.letters import MailWording, OptOut
from events.models.mail.notices import EventChange, NoticeBatch, Telling
from events.models.mail.reminders import ReminderOccurrence, ReminderRule
from events.models.mail.replies import Reply
from events.models.people.attendees import Attendee
from events.models.people.overrides import ClashOverride
from events.models.people.people import Appointment, Organisation, Person
from events.models.people.roles import EventOrganisation, EventPlace

__all__ = [
    "AnswerNews",
    "Appointment",
    "Attendee",
    "Basis",
    "CalendarChange",
    "CalendarFeed",
    "ClashOverride",
    "Dated",
    "Delivery",
    "Event",
    "EventChange",
    "EventOrganisation",
    "EventPlace",
    "EventSeries",
    "Evidence",
    "Expo",
    "FeedState",
    "FeedTree",
    "FeedVersion",
    "Figure",
    "Heartbeat",
    "ImportPreview",
    "ImportedEvent",
    "InvitationText",
    "MailBreaker",
    "MailWording",
    "Membership",
    "Merger",
    "NoticeBatch",
    "OptOut",
    "Organisation",
    "Person",
    "Place",
    "PromotionConference",
    "RateLimitCounter",
    "ReminderOccurrence",
    "ReminderRule",
    "RenderedEvent",
    "Reply",
    "Sector",
    "Source",
    "Suppression",
    "Team",
    "Telling",
    "TravelTime",
    "User",
    "Vehicle",
    "Viewer",
]
