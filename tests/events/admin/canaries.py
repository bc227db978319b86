"""Rows of our team, each marked with the roles that may not see it; and rows of another team."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.test import Client
from django.utils import timezone

from delegations.models import Application, Delegation, TradeMission
from events.domain.directory import people
from events.models import (
    Attendee,
    CalendarFeed,
    Delivery,
    Event,
    EventOrganisation,
    EventSeries,
    Evidence,
    Expo,
    Figure,
    InvitationText,
    Organisation,
    Person,
    Place,
    PromotionConference,
    Reply,
    Sector,
    Source,
    Team,
    TravelTime,
    User,
    Vehicle,
)
from tests import factories, missions
from tests.events.admin import screens
from tests.events.admin.addresses import Targets
from tests.missions import EVENTS, MARKS, Mission, marked

ALL = " ".join(MARKS.values())
# The marks of rows that only organisers and viewers may see, and of those for organisers only.
NOT_AT_WORK = {"liaison", "secretary"}
ORGANISERS_ONLY = {"viewer", *NOT_AT_WORK}


@dataclass(frozen=True)
class Office:
    """The mission, and the rows whose pages are requested: ours, shared ones, another team's."""

    mission: Mission
    targets: Targets

    def client(self, role: str) -> Client:
        client = Client()
        client.force_login(self.mission.users[role])
        return client


def text(name: str, *roles: str) -> str:
    return " ".join([name, *(MARKS[role] for role in MARKS if role in roles)])


def build() -> Office:
    mission = missions.build(factories.team(name="Our desk"))
    targets = _targets(mission)
    _furnish(mission)
    for model, rows in targets.items():
        foreign = _foreign(model)
        screens.fill(foreign, ALL)
        if isinstance(foreign, Event):
            InvitationText.objects.create(event=foreign, text_en=ALL)
        rows.append(foreign)
    _link(mission, targets)
    _merge(mission.team, *ORGANISERS_ONLY)
    _merge(factories.team(), *MARKS)
    return Office(mission, targets)


def _targets(mission: Mission) -> Targets:
    team, events, guests = mission.team, mission.events, mission.people
    other = screens.delegation(None, "shared")
    conference = factories.event(team=team, title_en=text("conference", *NOT_AT_WORK))
    return {
        Event: [events[name] for name in ("one", "one_visit", "briefing", "mission", "shared")],
        PromotionConference: [PromotionConference.objects.get(pk=conference.pk)],
        Expo: [Expo.objects.get(pk=events["fair"].pk)],
        Attendee: [mission.attendees[name] for name in ("member@one", "guest@fair")],
        Person: [guests[name] for name in ("member", "guest", "shared")],
        Place: [factories.place(team=team), factories.place()],
        Organisation: [factories.organisation(team=team), factories.organisation()],
        EventSeries: [factories.series(team=team), factories.series()],
        Sector: [screens.sector(None, "sector")],
        Source: [Source.objects.create(slug="source-1", name="source")],
        Vehicle: [screens.vehicle(team, "car"), screens.vehicle(None, "shared")],
        TravelTime: [screens.travel_time(team, "way"), screens.travel_time(None, "shared")],
        Figure: [_figure(mission, "one"), _figure(mission, "two"), _figure(mission, "shared")],
        CalendarFeed: [
            screens.calendar_feed(team, text("feed", *ORGANISERS_ONLY), person=guests["member"])
        ],
        Delivery: [screens.delivery(None, "mail", event=events["fair"], detail=_ORGANISERS)],
        Reply: [screens.reply(None, "reply", event=events["fair"], subject=_ORGANISERS)],
        Delegation: [mission.delegation, other],
        TradeMission: [TradeMission.objects.get(pk=mission.delegation.pk)],
        Application: [mission.applications["firm"]],
        Team: [team],
        User: [mission.users["organiser"]],
    }


def _merge(team: Team, *roles: str) -> None:
    """Merge two people of the team, of whom one has the marks of these roles in the name."""
    keep, drop = factories.person(team=team), factories.person(team=team)
    drop.family_name = text("double", *roles)
    drop.save()
    people.merge(keep=keep, drop=drop, now=timezone.now())


_ORGANISERS = text("mail", *ORGANISERS_ONLY)


def _figure(mission: Mission, name: str) -> Figure:
    return Figure.objects.create(
        slug=f"figure-{name}", event=mission.events[name], value=3, unit_en=marked(name, EVENTS)
    )


def _furnish(mission: Mission) -> None:
    """Add further rows to ours: notes, evidence, another delegation."""
    for name, event in mission.events.items():
        Evidence.objects.create(
            target=event, field="title", basis="entered", note=marked(name, EVENTS)
        )
        InvitationText.objects.create(event=event, text_en=marked(name, EVENTS))
    for name, attendee in mission.attendees.items():
        attendee.notes = marked(name, missions.ATTENDEES) if name in missions.ATTENDEES else ""
        attendee.save()
    hidden = text("other mission", *NOT_AT_WORK)
    screens.delegation(
        mission.team,
        "other",
        name_en=hidden,
        name_zh_hans=hidden,
        name_zh_hant=hidden,
        mission=factories.event(team=mission.team, title_en=hidden),
    )


def _foreign(model: type[Model]) -> Any:
    """Make a row of another team with all its details; of a shared model, an unmarked row."""
    if model in {Sector, Source}:
        return screens.MAKERS[model](None, "shared")
    team = factories.team(name=f"{ALL} {factories.number()}")
    return team if model is Team else screens.MAKERS[model](team, ALL)


def _link(mission: Mission, targets: Targets) -> None:
    """Link shared rows and ours to rows of the other team, as superusers can."""
    foreign = {model: rows[-1] for model, rows in targets.items()}
    shared = mission.events["shared"]
    screens.event(foreign[Team], ALL, parent=shared)  # type: ignore[arg-type]
    screens.event(foreign[Team], ALL, series=targets[EventSeries][1])  # type: ignore[arg-type]
    linked = {"parent": foreign[Event], "after": foreign[Event]}
    Event.objects.filter(pk=targets[PromotionConference][0].pk).update(
        **linked, previous_related=foreign[Event], series=foreign[EventSeries]
    )
    Attendee.objects.filter(pk=mission.attendees["guest@fair"].pk).update(
        invited_by=foreign[Person]
    )
    EventOrganisation.objects.create(
        event=mission.events["fair"], organisation_id=foreign[Organisation].pk
    )
    Delegation.objects.filter(pk=mission.delegation.pk).update(
        organiser=foreign[Organisation], applications_close=foreign[Event]
    )
    Application.objects.filter(pk=mission.applications["firm"].pk).update(contact=foreign[Person])
