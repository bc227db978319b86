"""Two records of one person, with rows of all kinds for one, both or neither of them."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

from delegations.models import Delegate, Delegation, Leg, Nominee, RosterAttendee
from events.models import (
    Appointment,
    Attendee,
    Delivery,
    Event,
    Person,
    ReminderOccurrence,
)
from tests import factories
from tests.events.domain.directory.related import application, delegation, evidence, leg
from tests.factories import NOW


def john(**columns: Any) -> Person:
    values = {"family_name": "Lee", "given_name": "Ka-chiu", "western_name": "John"}
    return factories.person(**{**values, **columns})


def delivery(attendee: Attendee, **columns: Any) -> Delivery:
    values = {
        "event": attendee.event,
        "team": attendee.event.team,
        "person": attendee.person,
        "attendee": attendee,
        "dedup_key": uuid4().hex,
        "due_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "claim_at": NOW if columns.get("state", "pending") == "pending" else None,
    }
    return Delivery.objects.create(**{**values, **columns})


def expanded(event: Event, number: int) -> list[ReminderOccurrence]:
    """Moments of a reminder rule of which deliveries are there."""
    rule = factories.rule(event=event)
    return [
        ReminderOccurrence.objects.create(
            rule=rule,
            event=event,
            schedule_epoch=n,
            due_at=NOW,
            expires_at=NOW,
            planned_at=NOW,
            state="expanded",
        )
        for n in range(number)
    ]


PLACES = [
    ("needs_action", "none"), ("accepted", "none"), ("accepted", "confirmed"),
    ("accepted", "waitlisted"), ("accepted", "cancelled"), ("tentative", "none"),
    ("declined", "none"), ("declined", "cancelled"), ("delegated", "cancelled"),
]  # fmt: skip


def some_attendee(random: Random, event: Event, person: Person) -> Attendee:
    answer, place = random.choice(PLACES)
    presence = random.choice(["expected", "checked_in", "attended", "no_show"])
    attendee = factories.attendee(
        event=event,
        person=person,
        role=random.choice(Attendee.Role.values),
        partstat=answer,
        seat=place,
        waitlisted_at=NOW if place == "waitlisted" else None,
        attendance=presence,
        checked_in_at=NOW if presence in ("checked_in", "attended") else None,
        substitute_for=random.choice([None, *event.attendees.all()]),
    )
    for _ in range(random.randrange(3)):
        delivery(attendee, state=random.choice(["pending", "sent", "failed"]))
    return attendee


def some_membership(random: Random, body: Delegation, person: Person) -> None:
    capacities = [one for one in Delegate.Capacity.values if one != "head"]
    if not body.delegates.filter(capacity="head").exists():
        capacities.append("head")
    free = {None, 1, 2, 3} - set(body.delegates.values_list("precedence", flat=True)) | {None}
    member = Delegate.objects.create(
        delegation=body,
        person=person,
        capacity=random.choice(capacities),
        precedence=random.choice(sorted(free, key=str)),
    )
    legs = list(body.legs.all())
    member.legs.set(random.sample(legs, random.randrange(len(legs) + 1)))
    assert body.mission
    attendee = body.mission.attendees.filter(person=person).first()
    attendee = attendee or some_attendee(random, body.mission, person)
    RosterAttendee.objects.create(delegate=member, attendee=attendee)


def some_rows(random: Random, keep: Person, drop: Person) -> None:
    """Make events, delegations and applications with one, both or neither of the two."""
    for _ in range(3):
        event = factories.event()
        for person in random.sample([keep, drop], random.randrange(3)):
            some_attendee(random, event, person)
        factories.attendee(event=event, invited_by=random.choice([None, keep, drop]))
    for _ in range(2):
        body = delegation()
        leg(body)
        Leg.objects.filter(pk=leg(body).pk).update(liaison=random.choice([None, keep, drop]))
        asked = application(body, contact=random.choice([None, keep, drop]))
        for person in random.sample([keep, drop], random.randrange(3)):
            some_membership(random, body, person)
        for person in random.sample([keep, drop], random.randrange(3)):
            capacity = random.choice(Delegate.Capacity.values)
            Nominee.objects.create(application=asked, person=person, capacity=capacity)
    for person in random.sample([keep, drop], random.randrange(3)):
        Appointment.objects.create(person=person, title_en="Adviser")
        evidence(person)
    if random.random() < 0.5:
        factories.user(person=random.choice([keep, drop]))
