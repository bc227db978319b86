"""What was removed from an event is put back: attendees, and parts with all that was in them."""

from datetime import timedelta

import pytest

from events.domain.attendance import attendees
from events.domain.directory import removals
from events.domain.lifecycle import lifecycle
from events.models import (
    Attendee,
    Delivery,
    Event,
    EventOrganisation,
    EventPlace,
    ReminderRule,
    Team,
    User,
)
from tests import factories
from tests.events.admin.forms import all_values
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
LATER = NOW + timedelta(days=1)


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def event(team: Team) -> Event:
    return factories.event(team=team)


@pytest.fixture
def user(team: Team) -> User:
    return factories.user(member_of=team)


def guest(event: Event, **columns: object) -> Attendee:
    values = {"partstat": "needs_action", "person": factories.person(team=event.team), **columns}
    return factories.attendee(event=event, **values)


def part(event: Event, **columns: object) -> Event:
    values = {"status": "draft", "parent": event, "team": event.team, "kind": "session", **columns}
    return factories.event(**values)


def back(event: Event, user: User) -> list[object]:
    """Put back all that was removed; return the rows."""
    found = [
        *((record, "attendee") for record in removals.removed_attendees(event=event, user=user)),
        *((record, "event") for record in removals.removed_parts(event=event, user=user)),
    ]
    return [
        removals.put_back(event=event, kind=kind, number=record.pk, user=user, now=LATER)
        for record, kind in found
    ]


def test_an_attendee_comes_back_as_they_were(event: Event, user: User) -> None:
    hub = factories.hub(event=event)
    row = guest(event, role="speaker", tags=["VIP"], hub=hub, notes="Vegetarian", label_en="x")
    before, key = all_values(row), row.pk
    row.delete()
    assert back(event, user) == [Attendee(pk=key)]
    assert all_values(Attendee.objects.get()) == before
    assert [each.history_type for each in Attendee.history.order_by("history_id")] == [
        "+",
        "-",
        "+",
    ]
    assert back(event, user) == []
    assert not Delivery.objects.exists()


def test_who_is_on_the_list_again_is_not_offered(event: Event, user: User) -> None:
    row = guest(event)
    person = row.person
    row.delete()
    guest(event, person=person)
    assert removals.removed_attendees(event=event, user=user) == []


def test_whose_hub_is_gone_comes_back_to_the_main_place(event: Event, user: User) -> None:
    hub = factories.hub(event=event)
    guest(event, hub=hub).delete()
    hub.delete()
    back(event, user)
    assert Attendee.objects.get().hub is None


def test_whoever_is_hidden_gone_or_erased_is_not_offered(event: Event, user: User) -> None:
    hidden = guest(event, person=factories.person(team=factories.team()))
    gone, erased = guest(event), guest(event)
    person = gone.person
    for row in (hidden, gone, erased):
        row.delete()
    assert person
    person.delete()
    assert erased.person
    type(erased.person).objects.filter(pk=erased.person.pk).update(erased_at=NOW)
    assert removals.removed_attendees(event=event, user=user) == []


def test_who_was_merged_was_not_removed(event: Event, user: User) -> None:
    row = guest(event)
    row._change_reason = "merged into 5"
    row.delete()
    assert removals.removed_attendees(event=event, user=user) == []


def test_an_unnamed_attendee_comes_back(event: Event, user: User) -> None:
    guest(event, person=None, label_en="Two bankers").delete()
    back(event, user)
    assert str(Attendee.objects.get()) == "Two bankers"


def test_a_part_comes_back_with_all_that_was_in_it(event: Event, user: User) -> None:
    row = part(event, title_en="Keynote", slug="keynote")
    below = part(row, title_en="Questions", slug="questions")
    factories.hub(event=row)
    factories.organiser(row)
    factories.rule(event=row)
    guest(row, role="speaker")
    before, keys = all_values(row), [row.pk, below.pk]
    lifecycle.delete(event=row, now=NOW)
    assert not EventPlace.objects.exists()
    assert back(event, user) == [Event(pk=keys[0])]
    again = Event.objects.get(pk=keys[0])
    counted = ("sequence", "revision", "changed_at", "schedule_epoch")
    after = all_values(again)
    assert {k: v for k, v in after.items() if k not in counted} == {
        k: v for k, v in before.items() if k not in counted
    }
    assert Event.objects.get(pk=keys[1]).parent == again
    assert [row.event for row in EventOrganisation.objects.all()] == [again]
    assert [row.event for row in ReminderRule.objects.all()] == [again]
    [speaker] = Attendee.objects.all()
    assert (speaker.event, speaker.role) == (again, "speaker")
    assert [row.event for row in EventPlace.objects.all()] == [again]


def test_parts_that_name_each_other_do_so_again(event: Event, user: User) -> None:
    above = part(event, title="Forum")
    first, second = part(above, title="Lunch"), part(above, title="Keynote")
    Event.objects.filter(pk=first.pk).update(after=second)
    Event.objects.filter(pk=above.pk).update(registration_closes=first)
    above, first = Event.objects.get(pk=above.pk), Event.objects.get(pk=first.pk)
    above.save()
    first.save()
    lifecycle.delete(event=above, now=NOW)
    back(event, user)
    assert Event.objects.get(title="Lunch").after == second
    assert Event.objects.get(title="Forum").registration_closes == first


def test_only_what_was_removed_with_a_part_comes_back(event: Event, user: User) -> None:
    row = part(event)
    early = guest(row)
    early.delete()
    Attendee.history.filter(history_type="-").update(history_date=NOW)
    lifecycle.delete(event=row, now=NOW)
    back(event, user)
    assert not Attendee.objects.exists()


def test_a_short_name_that_was_taken_meanwhile_gets_a_number(event: Event, user: User) -> None:
    row = part(event, slug="keynote")
    lifecycle.delete(event=row, now=NOW)
    part(event, slug="keynote")
    back(event, user)
    assert {each.slug for each in Event.objects.filter(parent=event)} == {"keynote", "keynote-2"}


def test_parts_are_for_organisers_of_their_team(event: Event, user: User) -> None:
    lifecycle.delete(event=part(event), now=NOW)
    other = factories.user(member_of=factories.team())
    viewer = factories.user(member_of=event.team, role="viewer")
    for each in (other, viewer):
        assert removals.removed_parts(event=event, user=each) == []
    assert len(removals.removed_parts(event=event, user=user)) == 1


def test_what_is_back_already_is_refused(event: Event, user: User) -> None:
    guest(event).delete()
    [record] = removals.removed_attendees(event=event, user=user)
    back(event, user)
    with pytest.raises(removals.Gone):
        removals.put_back(event=event, kind="attendee", number=record.pk, user=user, now=LATER)


def test_nobody_comes_back_to_what_was_cancelled(event: Event, user: User) -> None:
    guest(event).delete()
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    with pytest.raises(attendees.NotOpen):
        back(event, user)
