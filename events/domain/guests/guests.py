"""Guests put on the list of an event many at once: all of them, or nobody.

People and organisations who are not on record are made on the way. What was sent twice changes
nothing the second time: whoever is on the list already is told, and not added again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from events.domain.access import access
from events.domain.attendance import attendees, capacity
from events.domain.guests import matching
from events.domain.guests.matching import Guest, Match
from events.domain.refusals import Name, Refusal
from events.domain.reminders import reminders
from events.models import Appointment, Attendee, Event, Organisation, Person, Team, Viewer
from events.models.base import slugs
from events.models.base.locks import hold_tree
from events.models.base.teams import sees_all
from events.values import names, scripts
from events.values.languages import columns


class Open(Refusal):
    """Some guests are nobody yet: they may be people on record, and nobody has said who."""

    matches: Sequence[Match]
    text = gettext_noop("Nobody is added yet: say of each marked row who it is.")

    def words(self, name: Name) -> dict[str, object]:
        return {}


class Unfit(Refusal):
    """Some guests cannot be taken: by number, the field at fault and the reason."""

    reasons: Mapping[int, tuple[str, Refusal]]
    text = gettext_noop("Nobody is added yet: mend the marked rows.")

    def words(self, name: Name) -> dict[str, object]:
        return {}


class NoTeam(Refusal):
    """The user may add no people, so each guest must be one on record."""

    text = gettext_noop("You may add people on record only; ask an organiser to add new ones.")


@dataclass(slots=True)
class Party:
    """The guests of a list, each as a person on record, with the organisation they come for."""

    matches: Sequence[Match]
    people: list[Person] = field(default_factory=list)
    bodies: list[Organisation | None] = field(default_factory=list)
    offices: dict[int, Appointment] = field(default_factory=dict)
    new_people: list[Person] = field(default_factory=list)
    new_bodies: list[Organisation] = field(default_factory=list)


@dataclass(slots=True)
class Added:
    """Who was added, who was on the list already, and what was made on the way."""

    added: list[Any]
    known: list[Person]
    party: Party


def add(*, event: Event, guests: Sequence[Guest], user: Viewer, now: datetime) -> Added:
    """Put the guests on the list of an event. Raises Open, NoTeam and attendees.NotOpen."""
    with transaction.atomic():
        hold_tree()  # before the event: the short names of new people need it
        held = capacity.hold(event_id=event.pk)
        party = gather(guests=guests, team=held.team, user=user, now=now)
        known = _known(held, party)
        done = Added([], [], party)
        for match, person, body in zip(party.matches, party.people, party.bodies, strict=True):
            if person.pk in known:
                done.known.append(person)
                continue
            known.add(person.pk)
            row = _attendee(held, match.guest, person, body)
            row.appointment = party.offices.get(person.pk)
            attendees.save(attendee=row, now=now)
            done.added.append(row)
        if done.added:
            reminders.replan(event=held, now=now)
        return done


def gather(*, guests: Sequence[Guest], team: Team | None, user: Viewer, now: datetime) -> Party:
    """Find or make the people and organisations of a list. Raises Open and NoTeam.

    Call it in a transaction that holds the tree.
    """
    matches = matching.match(guests=guests, user=user, now=now)
    if any(match.is_open or match.is_lost or match.is_nameless for match in matches):
        raise Open(matches)
    maker = _Maker(Party(matches), _team(team, user, matches), now)
    for match in matches:
        maker.take(match)
    _fill_mail(maker.party, user)
    return maker.party


class _Maker:
    """Makes what is not on record, each once however often it is named."""

    def __init__(self, party: Party, team: Team | None, now: datetime) -> None:
        self.party, self.team, self.now = party, team, now
        self.bodies: dict[str, Organisation] = {}
        self.people: dict[tuple[str, ...], Person] = {}

    def take(self, match: Match) -> None:
        body = match.organisation or self._body(match.guest.organisation)
        self.party.bodies.append(body)
        self.party.people.append(match.person or self._person(match.guest, body))

    def _body(self, text: str) -> Organisation | None:
        key = names.search_key(text)
        if not key:
            return None
        if key not in self.bodies:
            row = Organisation(team=self.team, **_in_script("name", text))
            row.slug = slugs.named(rows=Organisation.objects.all(), text=text)
            row.save()
            self.bodies[key] = row
            self.party.new_bodies.append(row)
        return self.bodies[key]

    def _person(self, guest: Guest, body: Organisation | None) -> Person:
        key = (*map(names.search_key, (guest.family, guest.given, guest.western)), guest.characters)
        key = (*key, guest.email.casefold(), str(body and body.pk))
        if key not in self.people:
            person = _new(guest, self.team)
            self.people[key] = person
            self.party.new_people.append(person)
            if guest.office:
                self.party.offices[person.pk] = self._office(guest, person, body)
        return self.people[key]

    def _office(self, guest: Guest, person: Person, body: Organisation | None) -> Appointment:
        title = _in_script("title", guest.office)
        row = Appointment(person=person, organisation=body, as_of=self.now.date(), **title)
        row.save()
        return row


def _team(team: Team | None, user: Viewer, matches: Sequence[Match]) -> Team | None:
    """Return the team of what is made: that of the event, or else the user's own."""
    makes = any(
        match.person is None or (match.guest.organisation and match.organisation is None)
        for match in matches
    )
    if not makes or sees_all(user):
        return team
    if team and access.teams(user=user, model=Person).filter(pk=team.pk).exists():
        return team
    own = access.usual_team(user=user, model=Person)
    if own is None:
        raise NoTeam()
    return own


def _new(guest: Guest, team: Team | None) -> Person:
    person = Person(
        team=team,
        family_name=guest.family or guest.characters,
        given_name=guest.given,
        western_name=guest.western,
        honorific=guest.honorific[:40],
        email=guest.email,
        language=guest.language,
        name_order=names.likely_order(
            family=guest.family, given=guest.given, western=guest.western
        ),
    )
    if guest.characters:
        setattr(person, scripts.column("name", guest.characters), guest.characters)
    person.slug = slugs.named(rows=Person.objects.all(), text=f"{guest.family} {guest.given}")
    person.save()
    return person


def _fill_mail(party: Party, user: Viewer) -> None:
    """Store the mail address of people on record who have none, if the user may change them."""
    lacking = {
        person.pk: (person, match.guest.email)
        for match, person in zip(party.matches, party.people, strict=True)
        if match.guest.email and not person.email
    }
    ours = access.changeable(user=user, model=Person).filter(pk__in=lacking)
    for pk in ours.order_by("pk").values_list("pk", flat=True):
        person, mail = lacking[pk]
        person.email = mail
        person.save(update_fields=["email"])


def _known(event: Event, party: Party) -> set[int]:
    keys = {person.pk for person in party.people}
    rows = Attendee.objects.filter(event=event, person__in=keys)
    return set(rows.values_list("person", flat=True))


def _attendee(event: Event, guest: Guest, person: Person, body: Organisation | None) -> Attendee:
    return Attendee(
        event=event,
        person=person,
        representing=body,
        role=guest.role or Attendee.Role.PARTICIPANT,
        shown_in_public=guest.shown_in_public,
        language="" if guest.language == person.language else guest.language,
        tags=list(guest.tags),
    )


def _in_script(stem: str, text: str) -> dict[str, str]:
    """Return the translated columns of a text: the one of its script, and English, never blank."""
    return {columns(stem)[0]: text, scripts.column(stem, text): text}
