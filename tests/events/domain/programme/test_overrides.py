"""Accepted clashes: they keep a reason, and count again when one of the two moves."""

from datetime import timedelta
from typing import Any

import pytest

from events.domain.programme import clashes
from events.domain.programme.clashes import Clash
from events.models import ClashOverride, Event, User
from tests import factories
from tests.events.domain.programme.clashing import Office
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

REASON = "She speaks by video"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def pair(office: Office) -> tuple[Event, Event]:
    """Two events with the same person at once."""
    one, other = office.event("09:00", "10:00"), office.event("09:30", "11:00")
    office.attend(factories.person(), one, other)
    return one, other


def accept(office: Office, clash: Clash, *events: Event, user: User | None = None) -> None:
    clashes.override(
        key=clash.key, events=[event.pk for event in events], reason=REASON,
        user=user or office.user, now=NOW,
    )  # fmt: skip


def test_the_reason_is_kept_with_who_and_when(office: Office, pair: tuple[Event, Event]) -> None:
    (clash,) = office.of(pair[0])
    assert clash.overridden is None
    accept(office, clash, pair[0])
    for event in pair:
        (told,) = office.of(event)
        assert told.overridden
        assert told.overridden.reason == REASON
        assert told.overridden.by == office.user.username
        assert told.overridden.at == NOW
    assert clashes.keys(events=[pair[0].pk]) == set()


@pytest.mark.parametrize("moved", [0, 1])
def test_it_counts_again_when_one_of_the_two_moves(
    office: Office, pair: tuple[Event, Event], moved: int
) -> None:
    (clash,) = office.of(pair[0])
    accept(office, clash, pair[0])
    event = pair[moved]
    event.when = event.when.__class__(
        **{**_values(event), "start_time": (NOW + timedelta(hours=1, minutes=40)).time()}
    )
    event.save()
    (again,) = office.of(pair[0])
    assert again.overridden is None
    assert clashes.keys(events=[pair[0].pk]) == {pair[0].pk}


def _values(event: Event) -> dict[str, Any]:
    when = event.when
    return {name: getattr(when, name) for name in when.__slots__}


def test_it_counts_again_when_one_of_the_two_gets_another_place(
    office: Office, pair: tuple[Event, Event]
) -> None:
    (clash,) = office.of(pair[0])
    accept(office, clash, pair[0])
    Event.objects.filter(pk=pair[1].pk).update(place=office.hall)
    assert [told.overridden for told in office.of(pair[0])] == [None]


def test_it_can_be_taken_back_and_its_history_stays(
    office: Office, pair: tuple[Event, Event]
) -> None:
    (clash,) = office.of(pair[0])
    accept(office, clash, pair[0])
    clashes.reopen(key=clash.key, events=[pair[0].pk], user=office.user)
    assert [told.overridden for told in office.of(pair[0])] == [None]
    kept = ClashOverride.history.order_by("pk")  # type: ignore[attr-defined]
    assert [(row.history_type, row.reason) for row in kept] == [("+", REASON), ("-", REASON)]


def test_a_reason_is_needed_and_the_clash_must_be_there(
    office: Office, pair: tuple[Event, Event]
) -> None:
    (clash,) = office.of(pair[0])
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(clashes.NoReason):
            clashes.override(
                key=clash.key, events=[pair[0].pk], reason=reason, user=office.user, now=NOW
            )
    with pytest.raises(clashes.NoSuchClash):
        accept(office, clash, office.event("09:00", "10:00"))


def test_who_may_only_look_on_accepts_nothing(office: Office, pair: tuple[Event, Event]) -> None:
    viewer = factories.user(member_of=office.team, role="viewer")
    (clash,) = office.of(pair[0], user=viewer)
    with pytest.raises(clashes.NoSuchClash):
        accept(office, clash, pair[0], user=viewer)


def test_another_team_decides_for_itself_and_reads_no_reason_of_ours(office: Office) -> None:
    ours = office.event("09:00", "10:00", place=office.hall)
    theirs = office.event("09:00", "10:00", place=office.hall, team=office.others)
    (clash,) = office.of(ours)
    accept(office, clash, ours)
    (told,) = office.of(theirs, user=office.stranger)
    assert told.overridden is None
    assert clashes.keys(events=[theirs.pk]) == {theirs.pk}
    assert [row.overridden is not None for row in office.of(ours)] == [True]


def test_a_full_hall_is_accepted_for_so_many_people(office: Office) -> None:
    talk = office.event("09:00", "10:00", place=office.room("Corner", capacity=1))
    for _ in range(2):
        factories.attendee(event=talk)
    (clash,) = office.of(talk)
    accept(office, clash, talk)
    assert [row.overridden is not None for row in office.of(talk)] == [True]
    factories.attendee(event=talk)
    assert [row.overridden is not None for row in office.of(talk)] == [False]
