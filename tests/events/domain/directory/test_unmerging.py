"""Mergers taken back: all is as it was, or nothing changes and the refusal says why."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from hypothesis import given
from hypothesis import strategies as st

from delegations.domain.directory import people as delegates
from delegations.domain.rosters import rosters
from delegations.models import Delegate
from events.domain import retention
from events.domain.attendance import attendees
from events.domain.directory import organisations, people, unmerging
from events.models import (
    Attendee,
    Delivery,
    EventOrganisation,
    Merger,
    Organisation,
    Person,
)
from events.models.base.history import keys as keys_of
from events.models.base.history import of as history_of
from tests import factories
from tests.events.domain.directory import doubleorganisations, doublepeople
from tests.events.domain.directory.doublepeople import delivery, john
from tests.events.domain.pages import worlds
from tests.examples import examples
from tests.factories import NOW
from tests.races import at_once, race

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

LATER = NOW + timedelta(hours=1)


def is_link(model: type[Model]) -> bool:
    return bool(model._meta.auto_created) and model._meta.app_label in worlds.OURS


def found() -> Any:
    """Return all rows but histories and journals, without the counters of changes."""
    throughs = [model for model in apps.get_models(include_auto_created=True) if is_link(model)]
    links = {
        (model, row.pop("id")): row for model in throughs for row in QuerySet[Any](model).values()
    }
    rows = worlds.rows() | links
    return {
        key: {name: value for name, value in row.items() if name not in ("revision", "changed_at")}
        for key, row in rows.items()
    }


def undo(merger: Merger) -> None:
    people.unmerge(merger=Merger.objects.get(pk=merger.pk), now=LATER)


@examples(12)
@given(random=st.randoms(use_true_random=False))
def test_people_become_two_again_whatever_their_rows(random: Random) -> None:
    with transaction.atomic():
        keep, drop = john(), john(email="", honorific="Dr")
        doublepeople.some_rows(random, keep, drop)
        before = found()
        merger = people.merge(keep=keep, drop=drop, now=NOW)
        undo(merger)
        assert found() == before
        connection.check_constraints()
        transaction.set_rollback(True)


@examples(12)
@given(random=st.randoms(use_true_random=False))
def test_organisations_become_two_again_whatever_their_rows(random: Random) -> None:
    with transaction.atomic():
        keep, drop = doubleorganisations.firm(), doubleorganisations.firm()
        doubleorganisations.some_rows(random, keep, drop)
        before = found()
        merger = organisations.merge(keep=keep, drop=drop, now=NOW)
        organisations.unmerge(merger=Merger.objects.get(pk=merger.pk), now=LATER)
        assert found() == before
        connection.check_constraints()
        transaction.set_rollback(True)


def test_both_histories_are_true_and_each_their_own() -> None:
    keep, drop = john(), john(honorific="Mr")
    attendee, key = factories.attendee(person=drop), drop.pk
    undo(people.merge(keep=keep, drop=drop, now=NOW))
    changes = history_of(Person).filter(id=key).order_by("history_id")
    assert [(row.history_type, row.history_change_reason) for row in changes] == [
        ("+", None), ("-", f"was merged into {keep.pk}"), ("+", "merger undone"),
    ]  # fmt: skip
    assert keys_of(Person, [keep.pk]) == {keep.pk}
    assert {row.person_id for row in history_of(Attendee).filter(id=attendee.pk)} == {key}


def test_erasing_one_afterwards_leaves_the_other() -> None:
    keep, drop = john(), john(email="john@example.org")
    key = drop.pk
    undo(people.merge(keep=keep, drop=drop, now=NOW))
    people.erase(person=Person.objects.get(pk=keep.pk), now=LATER)
    assert Person.objects.get(pk=key).email == "john@example.org"
    assert history_of(Person).filter(id=key).exclude(family_name="Lee").count() == 0


def test_a_mail_that_was_called_back_goes_to_both() -> None:
    event, keep, drop = factories.event(), john(), john()
    one, other = (factories.attendee(event=event, person=person) for person in (keep, drop))
    occurrence = doublepeople.expanded(event, 1)[0]
    for row in (one, other):
        delivery(row, occurrence=occurrence, kind="reminder")
    merger = people.merge(keep=keep, drop=drop, now=NOW)
    assert Delivery.objects.unsent().count() == 1
    people.unmerge(merger=merger, now=NOW + timedelta(minutes=1))
    assert Delivery.objects.unsent().count() == 2


def test_a_place_that_was_given_away_meanwhile_is_waited_for() -> None:
    event = factories.event(capacity=2)
    keep, drop = john(), john()
    for person in (keep, drop):
        factories.attendee(event=event, person=person, seat="confirmed", answered_at=NOW)
    waits = factories.attendee(event=event, seat="waitlisted", waitlisted_at=NOW)
    key = drop.pk
    merger = people.merge(keep=keep, drop=drop, now=NOW)
    waits.refresh_from_db()
    assert waits.seat == "confirmed"
    undo(merger)
    assert Attendee.objects.get(person=key).seat == "waitlisted"
    assert Attendee.objects.seated().count() == 2


class TestInTheWay:
    def refused(self, merger: Merger) -> str:
        before = found()
        with pytest.raises(unmerging.InTheWay) as refused:
            undo(merger)
        assert found() == before
        return refused.value.sentence(user=None)

    def test_the_kept_record_was_edited_in_what_the_merger_filled(self) -> None:
        keep, drop = john(honorific=""), john(honorific="Dr")
        merger = people.merge(keep=keep, drop=drop, now=NOW)
        keep.honorific = "Prof."
        keep.save()
        assert self.refused(merger) == (
            "Since they were merged these have changed: person “John LEE Ka-chiu”."
            " So both stay one."
        )

    def test_another_column_of_it_is_nobodys_business(self) -> None:
        keep, drop = john(honorific=""), john(honorific="Dr")
        merger = people.merge(keep=keep, drop=drop, now=NOW)
        keep.phone = "+852 5555 5555"
        keep.save()
        undo(merger)
        keep.refresh_from_db()
        assert (keep.honorific, keep.phone) == ("", "+852 5555 5555")

    def test_an_attendee_of_both_has_answered(self) -> None:
        event = factories.event()
        keep, drop = john(), john()
        factories.attendee(event=event, person=keep, partstat="needs_action")
        factories.attendee(event=event, person=drop, seat="confirmed")
        merger = people.merge(keep=keep, drop=drop, now=NOW)
        row = Attendee.objects.get(event=event)
        attendees.answer(attendee=row, partstat=Attendee.Partstat.DECLINED, now=LATER)
        assert "attendee “John LEE Ka-chiu”" in self.refused(merger)

    def test_the_kept_record_was_merged_again(self) -> None:
        keep, drop, third = john(aliases=[]), john(western_name="Jack"), john()
        merger = people.merge(keep=keep, drop=drop, now=NOW)
        people.merge(keep=third, drop=keep, now=NOW)
        self.refused(merger)

    def test_its_short_name_was_taken(self) -> None:
        keep, drop = john(), john(slug="john")
        merger = people.merge(keep=keep, drop=drop, now=NOW)
        john(slug="john")
        with pytest.raises(unmerging.NameTaken):
            undo(merger)


class TestRetention:
    def test_after_a_day_it_is_over_and_nothing_is_kept(self) -> None:
        merger = people.merge(keep=john(), drop=john(), now=NOW)
        kept = Person.objects.get()
        tomorrow = NOW + unmerging.RETENTION
        assert list(unmerging.of(row=kept, now=tomorrow - timedelta(seconds=1))) == [merger]
        assert list(unmerging.of(row=kept, now=tomorrow)) == []
        with pytest.raises(unmerging.Expired):
            people.unmerge(merger=merger, now=tomorrow)
        retention.prune(now=tomorrow - timedelta(seconds=1))
        assert Merger.objects.exists()
        retention.prune(now=tomorrow)
        assert not Merger.objects.exists()

    def test_once_is_enough(self) -> None:
        merger = people.merge(keep=john(), drop=john(), now=NOW)
        undo(merger)
        with pytest.raises(unmerging.Expired):
            people.unmerge(merger=merger, now=LATER)

    def test_an_erased_person_is_in_no_merger_any_more(self) -> None:
        keep, drop = john(), john(email="canary@example.org")
        people.merge(keep=keep, drop=drop, now=NOW)
        firms = [doubleorganisations.firm() for _ in range(2)]
        organisations.merge(keep=firms[0], drop=firms[1], now=NOW)
        people.merge(keep=factories.person(), drop=factories.person(), now=NOW)
        people.erase(person=Person.objects.get(pk=keep.pk), now=LATER)
        assert [row.table for row in Merger.objects.all()] == ["events.Person"]
        assert "canary" not in str(list(Merger.objects.values()))


def test_the_feed_of_events_shows_both_organisers_again() -> None:
    event = factories.event()
    keep, drop = doubleorganisations.firm(), doubleorganisations.firm()
    EventOrganisation.objects.create(event=event, organisation=drop, role="organiser")
    key, revision = drop.pk, event.revision
    merger = organisations.merge(keep=keep, drop=drop, now=NOW)
    organisations.unmerge(merger=merger, now=LATER)
    event.refresh_from_db()
    assert event.revision == revision + 2
    assert list(
        Organisation.objects.filter(event_roles__event=event).values_list("pk", flat=True)
    ) == [key]


def test_the_rosters_follow() -> None:
    delegation = factories.delegation(status="selecting")
    keep, drop = john(), john()
    for person in (keep, drop):
        rosters.add(delegation=delegation, person=person, now=NOW)
    merger = delegates.merge(keep=keep, drop=drop, now=NOW)
    assert Delegate.objects.count() == 1
    back = delegates.unmerge(merger=merger, now=LATER)
    assert {row.person_id for row in Delegate.objects.all()} == {keep.pk, back.pk}
    mission = delegation.mission
    assert mission is not None
    there = Attendee.objects.expected().filter(event=mission).values_list("person", flat=True)
    assert set(there) == {keep.pk, back.pk}


@race
@pytest.mark.django_db(transaction=True)
def test_two_who_undo_at_once_undo_once() -> None:
    merger = people.merge(keep=john(), drop=john(), now=NOW)
    call: Callable[[], Any] = lambda: people.unmerge(  # noqa: E731
        merger=Merger.objects.get(pk=merger.pk), now=LATER
    )
    errors = at_once(call, call)
    assert len(errors) == 1
    assert isinstance(errors[0], unmerging.Expired | Merger.DoesNotExist)
    assert Person.objects.count() == 2
