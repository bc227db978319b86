"""Applications entered many at once and submitted: each with its nominees, all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from delegations.domain.applications import applications
from delegations.domain.rosters import quotas
from delegations.models import Application, Delegate, Delegation, Nominee
from events.domain.guests import guests
from events.domain.guests.guests import Added, Party
from events.domain.guests.matching import Guest
from events.domain.refusals import Refusal
from events.models import Organisation, Person, Viewer
from events.models.base.locks import hold_tree

CONTACT: Final = "contact"  # the role of somebody who writes for the organisation and stays at home


class NoOrganisation(Refusal):
    """Nobody can apply without an organisation."""

    text = gettext_noop("Write an organisation, or choose one.")


class NobodyTravels(Refusal):
    """The organisation names a contact, but nobody who travels."""

    text = gettext_noop("Propose at least one member besides the contact.")


class ProposedTwice(Refusal):
    """A person stands in two rows of one organisation."""

    text = gettext_noop("This person stands in another row of the organisation already.")


@dataclass(slots=True)
class _Entry:
    """One application: its rows by number, each with the person and the capacity."""

    organisation: Organisation
    rows: list[tuple[int, Person, str]] = field(default_factory=list)

    @property
    def contact(self) -> Person:
        """Whoever is entered as contact; else the first nominee."""
        contacts = (person for _number, person, role in self.rows if role == CONTACT)
        return next(contacts, self.rows[0][1])

    @property
    def nominees(self) -> list[tuple[int, Person, str]]:
        return [row for row in self.rows if row[2] != CONTACT]


def add(*, delegation: Delegation, found: Sequence[Guest], user: Viewer, now: datetime) -> Added:
    """Submit an application for each organisation of the guests, who are its nominees.

    The role of a guest is a capacity or CONTACT. Raises CallClosed, guests.Unfit, and what
    `guests.gather` raises.
    """
    with transaction.atomic():
        held = quotas.hold(delegation=delegation)
        hold_tree()
        applications.check_call(delegation=held, now=now)
        party = guests.gather(guests=found, team=held.team, user=user, now=now)
        entries = _entries(party)
        if reasons := {**dict(_homeless(party)), **dict(_refused(held, entries))}:
            raise guests.Unfit(reasons)
        return Added([_submit(held, entry, party, now) for entry in entries], [], party)


def standing(*, delegation: Delegation, bodies: Sequence[Organisation]) -> dict[int, Application]:
    """Return the live applications of these organisations, by the key of the organisation."""
    rows = delegation.applications.live().filter(organisation__in=[body.pk for body in bodies])
    return {row.organisation_id: row for row in rows.select_related("organisation")}


def _entries(party: Party) -> list[_Entry]:
    found: dict[int, _Entry] = {}
    rows = zip(party.matches, party.people, party.bodies, strict=True)
    for number, (match, person, body) in enumerate(rows):
        if body is not None:
            entry = found.setdefault(body.pk, _Entry(body))
            role = match.guest.role or Delegate.Capacity.DELEGATE
            entry.rows.append((number, person, role))
    return list(found.values())


def _homeless(party: Party) -> Iterator[tuple[int, tuple[str, Refusal]]]:
    for number, body in enumerate(party.bodies):
        if body is None:
            yield number, ("organisation", NoOrganisation())


def _refused(
    delegation: Delegation, entries: Sequence[_Entry]
) -> Iterator[tuple[int, tuple[str, Refusal]]]:
    """Yield the rows that cannot be stored, each with the field at fault and the reason."""
    known = standing(delegation=delegation, bodies=[entry.organisation for entry in entries])
    for entry in entries:
        yield from _faults(entry, known)


def _faults(
    entry: _Entry, known: Mapping[int, Application]
) -> Iterator[tuple[int, tuple[str, Refusal]]]:
    if application := known.get(entry.organisation.pk):
        for number, _person, _role in entry.rows:
            yield number, ("organisation", applications.AlreadyApplied(application))
        return
    if not entry.nominees:
        yield entry.rows[0][0], ("role", NobodyTravels())
    seen: set[int] = set()
    for number, person, _role in entry.nominees:
        if person.pk in seen:
            yield number, ("name", ProposedTwice())
        seen.add(person.pk)


def _submit(delegation: Delegation, entry: _Entry, party: Party, now: datetime) -> Application:
    row = applications.draft(
        delegation=delegation, organisation=entry.organisation, contact=entry.contact, now=now
    )
    for _number, person, capacity in entry.nominees:
        office = party.offices.get(person.pk)
        Nominee.objects.create(
            application=row, person=person, capacity=capacity, appointment=office
        )
    applications.submit(application=row, now=now)
    return row
