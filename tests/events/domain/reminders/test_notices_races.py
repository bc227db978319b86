"""Concurrent changes and ticks: real transactions in threads, on both databases."""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from threading import Event as Signal
from typing import Any

import pytest

from events.domain.lifecycle import lifecycle
from events.domain.programme import revisions
from events.domain.reminders import notices
from events.models import Delivery, Event, EventChange, NoticeBatch, Person, Team
from events.values.dates import Precision, When
from tests import factories
from tests.factories import NOW
from tests.races import at_once, race

pytestmark = [pytest.mark.both_databases, race, pytest.mark.django_db(transaction=True)]

LATER = NOW + notices.DEBOUNCE


def moves(team: Team, person: Person) -> Callable[[], None]:
    """Make an event that the person attends; return a call that moves it."""
    event = factories.event(team=team)
    factories.attendee(event=event, person=person)
    day = date(2026, 12, 9)
    when = When(
        precision=Precision.DAY, start_on=day, end_on=day, timezone="Asia/Shanghai"
    )  # fmt: skip
    return partial(lifecycle.move, event=Event.objects.get(pk=event.pk), when=when, now=NOW)


def test_changes_at_once_are_one_batch_and_one_mail() -> None:
    team, person = factories.team(), factories.person()
    assert at_once(*(moves(team, person) for _ in range(4))) == []
    assert NoticeBatch.objects.count() == 1
    assert EventChange.objects.count() == 4
    notices.expand_due(now=LATER)
    assert Delivery.objects.count() == 1


def test_an_event_and_a_part_of_it_change_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both changes need two locks, on the part and on the team's open batch; no deadlock follows.

    The signals make each change hold one lock while it asks for the other, if the order allows it.
    """
    whole = factories.event()
    part = factories.event(parent=whole, team=whole.team)
    for event in (whole, part):
        factories.attendee(event=event)
    has_batch, has_part = Signal(), Signal()
    rise_all, note = revisions.rise_all, notices.note

    def rise(**values: Any) -> None:
        has_batch.set()
        has_part.wait(1)
        rise_all(**values)

    def noting(*, event: Event, **values: Any) -> None:
        if event == part:
            has_part.set()
        note(event=event, **values)

    def save_part() -> None:
        has_batch.wait(1)
        part.start_time = time(10)
        lifecycle.save(event=part, now=NOW)

    monkeypatch.setattr(revisions, "rise_all", rise)
    monkeypatch.setattr(notices, "note", noting)
    whole.title_en, whole.start_time = "Another name", time(9)
    assert at_once(partial(lifecycle.save, event=whole, now=NOW), save_part) == []


def test_ticks_at_once_write_one_mail() -> None:
    team, person = factories.team(), factories.person()
    moves(team, person)()
    assert at_once(*[partial(notices.expand_due, now=LATER)] * 4) == []
    assert Delivery.objects.count() == 1


def test_a_change_while_a_batch_is_handed_over_is_told_too() -> None:
    for _round in range(4):
        team, person = factories.team(), factories.person()
        moves(team, person)()
        second = moves(team, person)
        assert at_once(partial(notices.expand_due, now=LATER), second) == []
        notices.expand_due(now=LATER + timedelta(minutes=5))
        told = [
            len(notices.news_for(delivery=row)) for row in Delivery.objects.filter(person=person)
        ]
        assert sum(told) == 2
