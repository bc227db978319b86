"""Two records of one organisation, with rows of all kinds for one, both or neither of them."""

from random import Random
from typing import Any

from delegations.models import Application, Delegate, Leg, Nominee
from events.models import (
    Appointment,
    Event,
    EventOrganisation,
    Organisation,
    Sector,
)
from tests import factories
from tests.events.domain.directory.related import application, delegation, evidence, leg


def firm(**columns: Any) -> Organisation:
    return factories.organisation(**columns)


def role(event: Event, of: Organisation, **columns: Any) -> EventOrganisation:
    return EventOrganisation.objects.create(event=event, organisation=of, **columns)


def sector() -> Sector:
    return Sector.objects.create(slug=f"sector-{factories.number()}", name="Green finance")


def person(name: str) -> Any:
    return factories.person(family_name=name)


def nominate(to: Application, *people: Any) -> None:
    for one in people:
        Nominee.objects.create(application=to, person=one)


def some_rows(random: Random, keep: Organisation, drop: Organisation) -> None:
    either = [None, keep, drop]
    for _ in range(3):
        event = factories.event()
        for body in random.sample([keep, drop], random.randrange(3)):
            for name in random.sample(EventOrganisation.Role.values, 2):
                role(event, body, role=name, position=random.randrange(1, 5))
        factories.attendee(event=event, representing=random.choice(either))
    for _ in range(2):
        mission = delegation(
            sending_organisation=random.choice(either), organiser=random.choice(either)
        )
        Leg.objects.filter(pk=leg(mission).pk).update(host=random.choice(either))
        guests = [factories.person() for _ in range(3)]
        for body in random.sample([keep, drop], random.randrange(3)):
            asked = application(
                mission,
                organisation=body,
                status=random.choice(["submitted", "under_review", "info_requested"]),
            )
            nominate(asked, *random.sample(guests, random.randrange(4)))
            Delegate.objects.create(
                delegation=mission, label_en="x", organisation=body, application=asked
            )
    for body in random.sample([keep, drop], random.randrange(3)):
        firm(parent=body)
        evidence(body)
        Appointment.objects.create(person=factories.person(), organisation=body)
