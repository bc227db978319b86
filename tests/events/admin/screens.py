"""All our screens, and rows to fill them with."""

import hashlib
import re
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.models import (
    Application,
    Delegate,
    Delegation,
    Leg,
    Nominee,
    TradeMission,
)
from events.domain.feeds import subscriptions
from events.models import (
    Appointment,
    Attendee,
    CalendarFeed,
    Delivery,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Evidence,
    Expo,
    Figure,
    Membership,
    Organisation,
    Person,
    Place,
    PromotionConference,
    ReminderRule,
    Reply,
    Sector,
    Source,
    Team,
    TravelTime,
    User,
    Vehicle,
)
from tests import factories

OURS = {"events", "delegations", "seeds"}
ELSEWHERE = re.compile(rb'(?:src|href|action)="(?:https?:)?//[^"]+"')
SCREENS = [model for model in admin.site._registry if model._meta.app_label in OURS]


def address(model: type[Model], view: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def cost(client: Client, url: str) -> int:
    """Return the number of queries of a page once content types are cached."""
    assert client.get(url).status_code == 200
    return queries(client, url)


def evidence(row: Model) -> Evidence:
    source = Source.objects.get_or_create(slug="source", defaults={"name": "Source"})[0]
    return Evidence.objects.create(
        target=row, field="name", basis="stated", source=source, line=factories.number()
    )


def names(word: str) -> dict[str, str]:
    return {"name_en": word, "name_zh_hans": word, "name_zh_hant": word}


def place(team: Team | None, word: str, **columns: Any) -> Place:
    above = factories.place(team=team, **names(word))
    row = factories.place(team=team, parent=above, **names(word), **columns)
    evidence(row)
    return row


def organisation(team: Team | None, word: str, **columns: Any) -> Organisation:
    row = factories.organisation(team=team, **names(word), **columns)
    evidence(row)
    return row


def person(team: Team | None, word: str, **columns: Any) -> Person:
    row = factories.person(team=team, family_name=word, name_zh_hant=word, **columns)
    appointment(row, word)
    return row


def appointment(row: Person, word: str) -> Appointment:
    body = organisation(row.team, word)
    return Appointment.objects.create(person=row, organisation=body, title_en=word)


def series(team: Team | None, word: str, **columns: Any) -> EventSeries:
    return factories.series(team=team, place=place(team, word), **names(word), **columns)


def event(team: Team | None, word: str, **columns: Any) -> Event:
    values: dict[str, Any] = {
        "team": team,
        "title_en": word,
        "title_zh_hans": word,
        "title_zh_hant": word,
        "place": place(team, word),
        "series": series(team, word),
    }
    if team is None:
        values["origin"] = "reported"
    return factories.event(**{**values, **columns})


def attendee(team: Team | None, word: str, **columns: Any) -> Attendee:
    values = {
        "event": columns.pop("event", None) or event(team, word),
        "person": person(team, word),
        "representing": organisation(team, word),
    }
    return factories.attendee(**values, **columns)


def figure(team: Team | None, word: str, **columns: Any) -> Figure:
    about = columns.pop("event", None) or event(team, word)
    return Figure.objects.create(
        slug=f"figure-{factories.number()}", event=about, value=3, unit_en=word, **columns
    )


def delivery(team: Team | None, word: str, **columns: Any) -> Delivery:
    about = columns.pop("event", None) or event(team, word)
    key = hashlib.sha256(str(factories.number()).encode()).hexdigest()
    later = factories.NOW + timedelta(days=1)
    values = {"dedup_key": key, "due_at": factories.NOW, "expires_at": later, "state": "sent"}
    to = {"person": person(team, word), "team": about.team}
    return Delivery.objects.create(event=about, **{**to, **values, **columns})


def reply(team: Team | None, word: str, **columns: Any) -> Reply:
    about = columns.pop("event", None) or event(team, word)
    whose = attendee(team, word, event=about)
    key = hashlib.sha256(str(factories.number()).encode()).hexdigest()
    values = {"message_hash": key, "received_at": factories.NOW, "partstat": "accepted"}
    said = {"sender": word, "subject": word, "comment": word, "reason": "forged"}
    to = {"event": about, "attendee": whose, "person": whose.person}
    return Reply.objects.create(**{**values, **said, **to, **columns})


def calendar_feed(team: Team | None, word: str, **columns: Any) -> CalendarFeed:
    whose = columns.pop("person", None) or person(team, word)
    feed = CalendarFeed(name=word, team=team or factories.team(), person=whose, **columns)
    subscriptions.hand_out(feed=feed, now=factories.NOW)
    return feed


def delegation(team: Team | None, word: str, **columns: Any) -> Delegation:
    values: dict[str, Any] = {
        "slug": f"delegation-{factories.number()}",
        "team": team,
        "mission": event(team, word),
        "sending_organisation": organisation(team, word),
        "origin": "managed" if team else "reported",
        **names(word),
    }
    return Delegation.objects.create(**{**values, **columns})


def leg(row: Delegation, word: str) -> Leg:
    return Leg.objects.create(
        delegation=row,
        stay=event(row.team, word),
        arrival=event(row.team, word),
        departure=event(row.team, word),
        host=organisation(row.team, word),
        liaison=person(row.team, word),
    )


def delegate(row: Delegation, word: str) -> Delegate:
    body = organisation(row.team, word)
    return Delegate.objects.create(delegation=row, person=person(row.team, word), organisation=body)


def application(team: Team | None, word: str, **columns: Any) -> Application:
    about = columns.pop("delegation", None) or delegation(team, word)
    values = {"contact": person(team, word), "statement": word, **columns}
    row = Application.objects.create(
        delegation=about, organisation=organisation(team, word), **values
    )
    nominee(row, word)
    return row


def nominee(row: Application, word: str) -> Nominee:
    return Nominee.objects.create(application=row, person=person(row.delegation.team, word))


def sector(team: Team | None, word: str) -> Sector:
    above = Sector.objects.create(slug=f"sector-{factories.number()}", **names(word))
    slug = f"sector-{factories.number()}"
    return Sector.objects.create(slug=slug, parent=above, **names(word))


def vehicle(team: Team | None, word: str) -> Vehicle:
    plate = word.replace(" ", "")[:30]  # as long as PostgreSQL takes
    row = Vehicle.objects.create(team=team, plate=plate, note=word, **names(word))
    if team:
        event(team, word, kind="transfer", vehicle=row)
    return row


def travel_time(team: Team | None, word: str) -> TravelTime:
    start, end = place(team, word), place(team, word)
    return TravelTime.objects.create(team=team, start=start, end=end, minutes=20)


def source(team: Team | None, word: str) -> Source:
    row = Source.objects.create(slug=f"source-{factories.number()}", name=word)
    figure_row = figure(team, word)
    Evidence.objects.create(target=figure_row, field="value", basis="stated", source=row, line=1)
    return row


def login(team: Team | None, word: str) -> User:
    return factories.user(member_of=team, first_name=word)


MAKERS: dict[type[Model], Any] = {
    Event: event,
    PromotionConference: event,
    Expo: lambda team, word: event(team, word, kind="expo"),
    Attendee: attendee,
    Place: place,
    Organisation: organisation,
    Person: person,
    EventSeries: series,
    Sector: sector,
    Source: source,
    Vehicle: vehicle,
    TravelTime: travel_time,
    Figure: figure,
    CalendarFeed: calendar_feed,
    Delivery: delivery,
    Reply: reply,
    Delegation: delegation,
    Application: application,
    TradeMission: lambda team, word: delegation(team, word, kind="trade_mission"),
    Team: lambda team, word: factories.team(name=f"{word} {factories.number()}"),
    User: login,
}


def fill(row: Any, word: str) -> None:
    """Add one more of each detail that the change page of a row shows."""
    match row:
        case Event():
            _fill_event(row, word)
        case Person():
            appointment(row, word)
        case EventSeries():
            event(row.team, word, series=row)
        case Delegation() | Application():
            _fill_delegation(row, word)
        case Team():
            factories.user(member_of=row)
        case User():
            Membership.objects.create(user=row, team=factories.team())
    if hasattr(row, "evidence") and not isinstance(row, Source):
        evidence(row)


def _fill_delegation(row: Delegation | Application, word: str) -> None:
    if isinstance(row, Application):
        nominee(row, word)
        return
    leg(row, word)
    delegate(row, word)
    application(row.team, word, delegation=row)


def _fill_event(row: Event, word: str) -> None:
    n = factories.number()
    day = row.start_on or date(2026, 12, 2)
    event(row.team, word, parent=row, start_on=day)
    EventOrganisation.objects.create(event=row, organisation=organisation(row.team, word))
    EventPlace.objects.create(event=row, place=place(row.team, word))
    attendee(row.team, word, event=row)
    figure(row.team, word, event=row)
    ReminderRule.objects.create(event=row, offset=n)
