"""Parts put into a programme many at once."""

from datetime import time
from typing import Any

import pytest

from events.domain.guests.matching import Guest
from events.domain.programme import tree
from events.domain.schedule import newparts
from events.domain.schedule.newparts import NewPart, PartUnfit
from events.models import Attendee, Event, Person, User
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SPEAKER = Guest(family="Smith", given="Jane", role="speaker")


@pytest.fixture
def event() -> Event:
    return factories.event(title_en="Conference", kind="conference")


@pytest.fixture
def user(event: Event) -> User:
    return factories.user(member_of=event.team)


def part(event: Event, title: str, **columns: Any) -> Event:
    """Return a part that is not stored."""
    values = {
        "precision": "time", "timezone": event.timezone, "start_on": event.start_on,
        "end_on": event.start_on, "start_time": time(10), "end_time": time(11), **columns,
    }  # fmt: skip
    slug = title.lower()
    return Event(parent=event, team=event.team, title_en=title, slug=slug, kind="session", **values)


def test_parts_are_stored_with_who_speaks(event: Event, user: User) -> None:
    entries = [NewPart(part(event, "Opening")), NewPart(part(event, "Keynote"), SPEAKER)]
    newparts.add(parts=entries, user=user, now=NOW)
    titles = Event.objects.filter(parent=event).order_by("pk").values_list("title_en", flat=True)
    assert list(titles) == ["Opening", "Keynote"]
    row = Attendee.objects.get()
    assert (str(row.event), str(row.person), row.role) == ("Keynote", "Jane SMITH", "speaker")


def test_a_part_that_cannot_be_stored_is_numbered_and_none_is_stored(
    event: Event, user: User
) -> None:
    out = part(event, "Opening")
    out.parent = part(event, "Deep")
    event.status = "cancelled"
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    entries = [NewPart(part(event, "Opening")), NewPart(part(event, "Keynote", status="tentative"))]
    with pytest.raises(PartUnfit) as refusal:
        newparts.add(parts=entries, user=user, now=NOW)
    assert (refusal.value.number, refusal.value.field) == (1, "title")
    assert isinstance(refusal.value.reason, tree.ParentOff)
    assert not Event.objects.filter(parent=event).exists()


def test_a_speaker_who_may_be_one_of_several_is_asked_about(event: Event, user: User) -> None:
    for _ in range(2):
        factories.person(team=event.team, family_name="Smith", given_name="Jane")
    entries = [NewPart(part(event, "Opening")), NewPart(part(event, "Keynote"), SPEAKER)]
    with pytest.raises(PartUnfit) as refusal:
        newparts.add(parts=entries, user=user, now=NOW)
    assert (refusal.value.number, refusal.value.field) == (1, "speaker")
    assert isinstance(refusal.value.reason, newparts.Unclear)
    assert not Event.objects.filter(parent=event).exists()
    assert Person.objects.count() == 2
