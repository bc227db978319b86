"""People: merging of duplicates, and erasure of personal data."""

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
from events.domain.directory import mergerlogs, merging, unmerging
from events.domain.directory.mergerlogs import MergerLog
from events.domain.feeds import changes
from events.domain.mail import transport
from events.domain.refusals import Refusal
from events.models import Appointment, Attendee, Delivery, Event, Merger, Person, User
from events.models.base import duplicates, history
from events.values import names
from events.values.languages import SUFFIXES, columns

NAMES: Final = columns("name")
PARTS: Final = ("given_name", "western_name")
SALUTATIONS: Final = columns("salutation")
DETAILS: Final = (*NAMES[1:], "honorific", *SALUTATIONS, "language", "timezone")
CONTACT: Final = ("email", "phone")
LANGUAGE: Final = re.compile(f"_({'|'.join(SUFFIXES)})$")


class Erased(Refusal):
    """The person was erased, so the record cannot be matched to anybody."""

    person: Person
    text = gettext_noop("The person was erased, so nobody knows whose record it is.")


@dataclass(frozen=True, slots=True)
class Traces:
    """The effects of an erasure: rows that lose the name, pending mails, and the login."""

    rows: int
    waiting: int
    login: User | None


def merge(*, keep: Person, drop: Person, now: datetime) -> Merger:
    """Merge `drop` into `keep`: `drop` is deleted, its rows become rows of `keep`.

    Blank columns of `keep` are filled from `drop`, whose names become aliases. Duplicate rows
    (attendees of an event, members of a delegation, nominees of an application) become one by the
    `merge_from` of their model. Afterwards duplicate pending reminders are cancelled, and seats
    that both records held are given to the waiting list. Raises OneRecord, OtherTeam, Erased, and
    Overlap for two logins. Returns what `unmerge` needs to take it back.
    """
    with transaction.atomic():
        merging.hold(keep=keep, drop=drop)
        _check(keep, drop)
        log, name, key = MergerLog(), str(drop), drop.pk
        freed = _events_with_two_places(keep, drop)
        _lend(keep, drop)
        merging.merge(keep=keep, drop=drop, log=log)
        before = mergerlogs.values(keep)
        keep.save()
        log.changed(keep, before)
        changes.note_person(person=keep, now=now)
        log.recalled(_remind_once(keep))
        for event in freed:
            capacity.settle(event=event, now=now)
        return unmerging.store(keep=keep, drop=name, key=key, log=log, now=now)


def unmerge(*, merger: Merger, now: datetime) -> Person:
    """Make two records of one again; return the one that had been dropped.

    An attendee who comes back has the seat again if nobody got it meanwhile, and else waits. Raises
    unmerging.Expired, unmerging.InTheWay or unmerging.NameTaken.
    """
    with transaction.atomic():
        held = unmerging.hold(merger=merger)
        pair: tuple[Person, Person] = unmerging.undo(merger=held, now=now)
        unmerging.seat_again(merger=held, now=now)
        for person in pair:
            changes.note_person(person=person, now=now)
        return pair[1]


def erase(*, person: Person, now: datetime) -> None:
    """Erase the personal data of a person; the rows stay, because they are counted.

    A label replaces the name in the record and wherever it was shown. Contact data, appointments,
    evidence, notes and labels are cleared, in histories, logs and the mail folder too. Pending mail
    is cancelled, calendar feeds are revoked, a login loses its person. Whom they represented and
    what they answered is kept. Idempotent.
    """
    with transaction.atomic():
        person.refresh_from_db(from_queryset=Person.objects.select_for_update())
        if person.erased_at:
            return
        records = history.keys(Person, [person.pk])
        known = _names_known(person, records)
        Delivery.objects.filter(person=person).call_back()
        for login in User.objects.filter(person=person):
            login.person = None
            login.save(update_fields=["person"])
        _remove_appointments(person)
        person.evidence.all().delete()
        person.calendar_feeds.update(revoked_at=now)
        _anonymise(person, now)
        _clear_rows(person, records)
        _clear_log(records, known)
        copies = list(person.deliveries.values_list("public_uuid", flat=True))
        unmerging.forget(person=person, records=records)
        transaction.on_commit(partial(transport.forget, keys=copies))


def traces(*, person: Person) -> Traces:
    """Return the effects that an erasure would have."""
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
    """Fill blank columns of the kept record; given names only if the family names agree."""
    duplicates.fill(keep, drop, *DETAILS, *CONTACT)
    if names.search_key(keep.family_name) == names.search_key(drop.family_name):
        duplicates.fill(keep, drop, *PARTS)
    keep.derive()
    merging.keep_spellings(keep=keep, drop=drop, columns=NAMES)


def _events_with_two_places(keep: Person, drop: Person) -> list[Event]:
    """The events at which each of the two records has a seat."""
    seats = Attendee.objects.filter(seat=Attendee.Seat.CONFIRMED)
    shared = seats.filter(person=drop, event__in=seats.filter(person=keep).values("event"))
    return list(Event.objects.filter(pk__in=shared.values("event")).order_by("pk"))


def _remind_once(person: Person) -> list[int]:
    """Cancel pending mails of which the person has another for the same reminder or notices.

    Returns the keys of the cancelled ones.

    A mail that may have reached its reader stays. Of several pending ones the one with the most
    unknown outcomes stays, because it may have been delivered; of equals the oldest.
    """
    waiting = Delivery.objects.filter(person=person).unsent()
    about = Q(occurrence=OuterRef("occurrence")) | Q(batch=OuterRef("batch"))
    same = Delivery.objects.filter(about, person=person)
    tried_more = Q(unknown_count__gt=OuterRef("unknown_count"))
    earlier = Q(unknown_count=OuterRef("unknown_count"), pk__lt=OuterRef("pk"))
    another = Q(Exists(same.filter(state__in=Delivery.OUT)))
    another |= Q(Exists(same.unsent().filter(tried_more | earlier)))
    spare = list(waiting.filter(another).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=spare).call_back()
    return spare


def _names_known(person: Person, records: Iterable[int]) -> set[str]:
    """All names that the person has or had."""
    changes = history.of(Person)
    rows = [] if changes is None else changes.filter(id__in=records).values_list(*NAMES)
    now = [getattr(person, name) for name in NAMES]
    return {name for row in [now, person.aliases, *rows] for name in row if name}


def _remove_appointments(person: Person) -> None:
    """Delete the offices of a person together with their history."""
    with history.silent():
        person.appointments.all().delete()
    if (changes := history.of(Appointment)) is not None:
        changes.filter(person=person.pk).delete()


def _anonymise(person: Person, now: datetime) -> None:
    for name, value in {**_blanks(Person), **Person.ERASED}.items():
        setattr(person, name, value)
    person.slug = f"erased-{uuid4().hex[:12]}"
    person.erased_at = now
    history.explain(person, "erased")
    person.save()


def _clear_rows(person: Person, records: Iterable[int]) -> None:
    """Clear the personal columns of the person's rows and of their histories, in all apps."""
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
    """Clear the history of these rows from before the person was named in them."""
    if (changes := history.of(rows.model)) is not None:
        keys = history.keys(rows.model, rows.values_list("pk", flat=True))
        _clear(changes.filter(id__in=keys, person=None))


def _clear(rows: QuerySet[Any]) -> None:
    if blanks := _blanks(rows.model):
        rows.update(**blanks)


def _blanks(model: type[Model]) -> dict[str, Any]:
    """Return the blank values of the columns that a table calls PERSONAL.

    A historical table has those of the table whose history it is.
    """
    personal = getattr(getattr(model, "instance_type", model), "PERSONAL", ())
    return {
        field.name: None if field.null else field.get_default()
        for field in model._meta.concrete_fields
        if LANGUAGE.sub("", field.name) in personal
    }


def _clear_log(records: Iterable[int], known: Iterable[str]) -> None:
    """Clear the log of the admin, which contains names as text."""
    kind = ContentType.objects.get_for_model(Person)
    theirs = LogEntry.objects.filter(content_type=kind, object_id__in=map(str, records))
    theirs.update(object_repr="", change_message="")
    for name in known:
        LogEntry.objects.filter(object_repr=name).update(object_repr="")
        quoted = json.dumps(name)
        LogEntry.objects.filter(change_message__contains=quoted).update(
            change_message=Replace(F("change_message"), Value(quoted), Value('""'))
        )
