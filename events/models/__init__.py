"""The tables of the events app."""

from events.models.attendees import Attendee
from events.models.calendars import CalendarFeed, FeedState, FeedTree, RenderedEvent
from events.models.changes import CalendarChange
from events.models.dates import Basis, Dated
from events.models.deliveries import Delivery, Heartbeat, MailBreaker, Suppression
from events.models.events import Event, Expo, PromotionConference
from events.models.evidence import Evidence, Source
from events.models.figures import Figure
from events.models.imports import ImportedEvent, OpenedCalendar
from events.models.letters import OptOut, Wording
from events.models.notices import EventChange, NoticeBatch
from events.models.people import Appointment, Organisation, Person
from events.models.places import Place
from events.models.reminders import ReminderOccurrence, ReminderRule
from events.models.replies import Reply
from events.models.roles import EventOrganisation, EventPlace
from events.models.sectors import Sector
from events.models.series import EventSeries
from events.models.tallies import Tally
from events.models.teams import Membership, Team, User, Viewer

__all__ = [
    "Appointment",
    "Attendee",
    "Basis",
    "CalendarChange",
    "CalendarFeed",
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
    "Figure",
    "Heartbeat",
    "ImportedEvent",
    "MailBreaker",
    "Membership",
    "NoticeBatch",
    "OpenedCalendar",
    "OptOut",
    "Organisation",
    "Person",
    "Place",
    "PromotionConference",
    "ReminderOccurrence",
    "ReminderRule",
    "RenderedEvent",
    "Reply",
    "Sector",
    "Source",
    "Suppression",
    "Tally",
    "Team",
    "User",
    "Viewer",
    "Wording",
]
