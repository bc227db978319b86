"""People: two records of one person become one; a person is erased."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_noop

from events.domain.attendance import capacity
from events.domain.directory import merging
from events.domain.feeds import changes
from events.domain.mail import transport
from events.domain.refusals import Refusal
from events.models import Attendee, Delivery, Event, Person, User
from events.models.base import duplicates, history
from events.values import names
from events.values.languages import SUFFIXES, columns

NAMES: Final = columns("name")
PARTS: Final = ("given_name", "western_name")
DETAILS: Final = (*NAMES[1:], "honorific", "language", "timezone")
CONTACT: Final = ("email", "phone")
LANGUAGE: Final = re.compile(f"_({'|'.join(SUFFIXES)})$")
# A mail in these states may be with its reader.
GONE: Final = (Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNKNOWN)


class Erased(Refusal):
    """The person was erased, so nobody can tell whose record it is."""

    person: Person
    text = gettext_noop("The person was erased, so nobody knows whose record it is.")


@dataclass(frozen=True, slots=True)
class Traces:
    """What an erasure concerns: rows that stay without a name, mail that waits, a login."""

    rows: int
    waiting: int
    login: User | None


def merge(*, keep: Person, drop: Person, now: datetime) -> None:
    """Make two records of one person one: the second goes, its rows become rows of the first.

    What the first leaves blank, the second fills in, and its names still find the person. What
    both have of one kind becomes one row, by the rules of the models' `absorb`: attendees of an
    event, members of a delegation, nominees of an application. Then a reminder that both wait for
    is sent once, and a place that both held goes to whoever waits for it.
    Raises OneRecord, OtherTeam, Erased, and Overlap where no rule helps: two logins.
    """
    with transaction.atomic():
        merging.hold(keep=keep, drop=drop)
        _check(keep, drop)
        freed = _events_with_two_places(keep, drop)
        _lend(keep, drop)
        merging.merge(keep=keep, drop=drop)
        keep.save()
        changes.note_person(person=keep, now=now)
        _remind_once(keep)
        for event in freed:
            capacity.settle(event=event, now=now)


def erase(*, person: Person, now: datetime) -> None:
    """Take away for good what says who somebody is; the rows that are counted stay.

    In place of the name stands a label, in the record and wherever the name was shown. Contact
    data, appointments, evidence, notes and labels of theirs go, from all histories and logs and
    from the mail folder, too. Waiting mail is called back, a login stands for nobody any more.
    Whom they came for and what they answered stays. Once more changes nothing.
    """
    with transaction.atomic():
        person.refresh_from_db(from_queryset=Person.objects.select_for_update())
        if person.erased_at:
            return
        records = history.keys(Person, [person.pk])
        known = _names_known(person, records)
        Delivery.objects.filter(person=person).call_back()
        User.objects.filter(person=person).update(person=None)
        person.appointments.all().delete()
        person.evidence.all().delete()
        person.calendar_feeds.update(revoked_at=now)
        _anonymise(person, now)
        _clear_rows(person, records)
        _clear_log(records, known)
        copies = list(person.deliveries.values_list("public_uuid", flat=True))
        transaction.on_commit(partial(transport.forget, keys=copies))


def traces(*, person: Person) -> Traces:
    """Return what erasing the person would concern."""
    named = [
        QuerySet[Any](column.model).filter(person=person.pk).count()
        for column in merging.references(Person)
        if column.name == "person" and "label" in getattr(column.model, "PERSONAL", ())
    ]
    waiting = person.deliveries.unsent().count()
    return Traces(sum(named), waiting, User.objects.filter(person=person).first())


def _check(keep: Person, drop: Person) -> None:
    merging.check(keep=keep, drop=drop)
    for person in (keep, drop):
        if person.erased_at:
            raise Erased(person)


def _lend(keep: Person, drop: Person) -> None:
    """Fill in what the first record lacks; parts of a name go with their family name alone."""
    duplicates.fill(keep, drop, *DETAILS, *CONTACT)
    if names.search_key(keep.family_name) == names.search_key(drop.family_name):
        duplicates.fill(keep, drop, *PARTS)
    keep.derive()
    merging.keep_spellings(keep=keep, drop=drop, columns=NAMES)


def _events_with_two_places(keep: Person, drop: Person) -> list[Event]:
    """The events where each of the two records has a place."""
    seats = Attendee.objects.filter(seat=Attendee.Seat.CONFIRMED)
    shared = seats.filter(person=drop, event__in=seats.filter(person=keep).values("event"))
    return list(Event.objects.filter(pk__in=shared.values("event")).order_by("pk"))


def _remind_once(person: Person) -> None:
    """Call back mail that waits while another about the same waits or has gone."""
    waiting = Delivery.objects.filter(person=person).unsent()
    about = Q(occurrence=OuterRef("occurrence")) | Q(batch=OuterRef("batch"))
    same = Delivery.objects.filter(about, person=person)
    earlier = same.unsent().filter(pk__lt=OuterRef("pk"))
    another = Q(Exists(same.filter(state__in=GONE))) | Q(Exists(earlier))
    spare = list(waiting.filter(another).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=spare).call_back()


def _names_known(person: Person, records: Iterable[int]) -> set[str]:
    """All that the person is or was called."""
    changes = history.of(Person)
    rows = [] if changes is None else changes.filter(id__in=records).values_list(*NAMES)
    now = [getattr(person, name) for name in NAMES]
    return {name for row in [now, person.aliases, *rows] for name in row if name}


def _anonymise(person: Person, now: datetime) -> None:
    for name, value in {**_blanks(Person), **Person.ERASED}.items():
        setattr(person, name, value)
    person.slug = f"erased-{uuid4().hex[:12]}"
    person.erased_at = now
    history.explain(person, "erased")
    person.save()


def _clear_rows(person: Person, records: Iterable[int]) -> None:
    """Clear what the rows of the person say about them, now and earlier, in all apps."""
    for column in merging.references(Person):
        if column.name == "person":
            theirs: QuerySet[Any] = QuerySet(column.model).filter(person=person.pk)
            _clear(theirs)
            _clear_unnamed(theirs)
    for key in merging.generic_keys():
        _clear(merging.pointing(key, person))
    if (changes := history.of(Person)) is not None:
        _clear(changes.filter(id__in=records))


def _clear_unnamed(rows: QuerySet[Any]) -> None:
    """Clear the history of rows from the time when nobody had been named there yet."""
    if (changes := history.of(rows.model)) is not None:
        keys = history.keys(rows.model, rows.values_list("pk", flat=True))
        _clear(changes.filter(id__in=keys, person=None))


def _clear(rows: QuerySet[Any]) -> None:
    if blanks := _blanks(rows.model):
        rows.update(**blanks)


def _blanks(model: type[Model]) -> dict[str, Any]:
    """The columns that a table, or the one whose history it is, calls personal, with no value."""
    personal = getattr(getattr(model, "instance_type", model), "PERSONAL", ())
    return {
        field.name: None if field.null else field.get_default()
        for field in model._meta.concrete_fields
        if LANGUAGE.sub("", field.name) in personal
    }


def _clear_log(records: Iterable[int], known: Iterable[str]) -> None:
    """Clear the log of the screens, which writes down names as they stood."""
    kind = ContentType.objects.get_for_model(Person)
    theirs = LogEntry.objects.filter(content_type=kind, object_id__in=map(str, records))
    theirs.update(object_repr="", change_message="")
    for name in known:
        LogEntry.objects.filter(object_repr=name).update(object_repr="")
        quoted = json.dumps(name)
        LogEntry.objects.filter(change_message__contains=quoted).update(
            change_message=Replace(F("change_message"), Value(quoted), Value('""'))
        )
