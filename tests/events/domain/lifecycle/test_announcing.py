"""Announcing a programme: which parts are behind, what they get, that nothing is half done."""

from datetime import timedelta
from typing import Any

import pytest

from events.domain.attendance import invitations
from events.domain.lifecycle import announcing, lifecycle
from events.models import Delivery, Event, EventChange
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def conference(**columns: Any) -> Event:
    place = factories.place()
    event = factories.event(place=place, **columns)
    factories.organiser(event)
    return event


def part(of: Event, **columns: Any) -> Event:
    values = {"status": "draft", "visibility": "internal", "place": of.place, **columns}
    return factories.event(parent=of, team=of.team, kind="session", **values)


def states(event: Event) -> list[tuple[str, str]]:
    rows = Event.objects.filter(parent=event).order_by("pk")
    return list(rows.values_list("status", "visibility"))


@pytest.mark.parametrize(
    ("status", "number"), [("draft", 0), ("tentative", 1), ("confirmed", 2), ("cancelled", 0)]
)
def test_parts_are_behind_an_event_that_is_further(status: str, number: int) -> None:
    event = conference()
    for state in ("draft", "tentative", "confirmed", "postponed", "cancelled"):
        part(event, status=state)
    event.status = status
    assert len(announcing.waiting(event=event)) == number
    assert ("announce" in announcing.next_steps(event=event)) == bool(number)


def test_reported_parts_are_never_behind() -> None:
    event = conference()
    part(event, origin="reported")
    assert announcing.waiting(event=event) == []


def test_an_event_is_confirmed_with_the_chosen_parts_of_all_levels() -> None:
    event = conference(status="tentative")
    session = part(event)
    talk = part(session)
    left = part(event)
    chosen = [session.pk, talk.pk]
    assert announcing.confirm(event=event, parts=chosen, visible=True, now=LATER) == 2
    rows = Event.objects.in_bulk()
    assert [rows[row.pk].status for row in (event, session, talk, left)] == [
        "confirmed", "confirmed", "confirmed", "draft",
    ]  # fmt: skip
    assert [rows[row.pk].visibility for row in (session, talk, left)] == [
        "public", "public", "internal",
    ]  # fmt: skip
    assert rows[session.pk].sequence == 1


def test_a_draft_is_announced_as_tentative_with_its_parts() -> None:
    event = conference(status="draft")
    opening = part(event)
    assert announcing.propose(event=event, parts=[opening.pk], now=LATER) == 1
    assert (event.status, states(event)) == ("tentative", [("tentative", "internal")])


def test_parts_added_later_become_like_the_event() -> None:
    event = conference()
    draft, tentative = part(event), part(event, status="tentative", visibility="participants")
    both = [draft.pk, tentative.pk]
    assert announcing.announce(event=event, parts=both, visible=True, now=LATER) == 2
    assert states(event) == [("confirmed", "public"), ("confirmed", "participants")]
    assert announcing.announce(event=event, parts=both, now=LATER) == 0


def test_what_a_part_lacks_is_said_by_name_and_nothing_has_changed() -> None:
    event = conference(status="tentative")
    good = part(event)
    bad = part(event, place=None, title="Keynote")
    with pytest.raises(announcing.PartsIncomplete) as refusal:
        announcing.confirm(event=event, parts=[good.pk, bad.pk], now=LATER)
    assert refusal.value.sentence(user=None) == (
        "Nothing has changed, because parts still need something: “Keynote” (a place)."
    )
    event.refresh_from_db()
    assert (event.status, states(event)) == (
        "tentative", [("draft", "internal"), ("draft", "internal")],
    )  # fmt: skip


def test_an_event_that_lacks_something_itself_confirms_no_part() -> None:
    event = factories.event(status="tentative", place=None)
    opening = part(event, place=factories.place())
    with pytest.raises(lifecycle.Incomplete):
        announcing.confirm(event=event, parts=[opening.pk], now=LATER)
    assert states(event) == [("draft", "internal")]


@pytest.mark.parametrize("status", ["draft", "postponed", "cancelled"])
def test_nothing_is_announced_of_an_event_that_is_not(status: str) -> None:
    event = conference(status=status)
    opening = part(event)
    with pytest.raises(lifecycle.NotAllowed):
        announcing.announce(event=event, parts=[opening.pk], now=LATER)


def test_nobody_gets_a_mail_about_a_part_that_is_announced() -> None:
    event = conference()
    guest = factories.attendee(event=event)
    invitations.send(event=event, attendees=[guest.pk], now=NOW)
    Delivery.objects.update(state="sent", sent_at=NOW, claim_at=None)
    draft = part(event)
    reach = announcing.consequences(event=event, parts=[draft])
    assert (reach.people, reach.informed) == (1, 0)
    announcing.announce(event=event, parts=[draft.pk], visible=True, now=LATER)
    assert not EventChange.objects.exists()
    assert Delivery.objects.count() == 1


def test_whoever_was_invited_to_a_tentative_event_is_told_that_it_is_confirmed() -> None:
    event = conference(status="tentative")
    guest = factories.attendee(event=event)
    invitations.send(event=event, attendees=[guest.pk], now=NOW)
    Delivery.objects.update(state="sent", sent_at=NOW, claim_at=None)
    draft = part(event)
    reach = announcing.consequences(event=event, parts=[draft], status="confirmed")
    assert (reach.people, reach.informed) == (1, 1)
    announcing.confirm(event=event, parts=[draft.pk], now=LATER)
    assert Delivery.objects.count() == 2


def test_a_whole_draft_is_announced_and_confirmed_at_once_with_its_programme() -> None:
    event = conference(status="draft")
    item = part(event)
    assert announcing.next_steps(event=event) == ("publish",)
    assert announcing.publish(event=event, parts=[item.pk], visible=True, now=LATER) == 1
    event.refresh_from_db()
    assert event.status == "confirmed"
    assert states(event) == [("confirmed", "public")]


def test_a_draft_that_lacks_something_is_announced_first() -> None:
    event = factories.event(place=factories.place(), status="draft")
    assert announcing.next_steps(event=event) == ()
    with pytest.raises(lifecycle.Incomplete):
        announcing.publish(event=event, now=LATER)
    event.refresh_from_db()
    assert event.status == "draft"


def test_a_part_of_what_is_called_off_is_not_published() -> None:
    event = conference(status="postponed")
    assert announcing.next_steps(event=part(event)) == ()
