"""Clones: the same event on other days, as an independent draft."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from events.domain.lifecycle import clones, lifecycle
from events.domain.programme import tree
from events.models import Attendee, Event, EventPlace, Evidence, Figure, ReminderOccurrence, Sector
from tests import factories
from tests.factories import NOW, days

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
YEAR = 364  # days: a multiple of 7 keeps the day of the week


@pytest.fixture
def expo() -> Event:
    """An edition of an expo with a conference, its keynote, a deadline and a hub."""
    series = factories.series()
    expo = factories.event(
        title_en="Expo",
        title_zh_hant="博覽會",
        slug="expo-2026",
        series=series,
        edition=8,
        place=factories.place(),
        url="https://example.org/",
        capacity=90,
        **days(5, 10),
    )
    hub = factories.place(name="Manila", timezone="Asia/Manila")
    EventPlace.objects.create(event=expo, place=hub, role="hub", direction="from", capacity=20)
    expo.sectors.add(Sector.objects.create(slug="energy", name="Energy"))
    factories.organiser(expo)
    factories.organiser(expo, role="co_organiser", position=2)
    factories.rule(event=expo, offset=7)
    factories.attendee(event=expo)
    factories.event(team=expo.team, parent=expo, title="deadline", kind="deadline", **days(1))
    talks = factories.event(
        team=expo.team, parent=expo, title="conference", start_on=date(2026, 12, 6)
    )
    factories.event(team=expo.team, parent=talks, title="keynote", start_on=date(2026, 12, 6))
    expo.registration_closes = Event.objects.get(title_en="deadline")
    lifecycle.save(event=expo, now=NOW)
    return expo


def again(event: Event, **values: Any) -> Event:
    return clones.make(event=event, **{"days": YEAR, "now": LATER, **values})


def clone_of(event: Event, title: str) -> Event:
    return Event.objects.exclude(pk=event.pk).get(title_en=title)


def test_it_is_a_draft_of_its_own_with_nothing_counted(expo: Event) -> None:
    clone = Event.objects.get(pk=again(expo).pk)
    assert (clone.status, clone.sequence, clone.schedule_epoch) == ("draft", 0, 0)
    assert (clone.created_at, clone.origin, clone.team) == (LATER, "managed", expo.team)
    assert clone.uid != expo.uid
    assert clone.slug == "expo-2027"


def test_it_says_the_same_in_all_languages(expo: Event) -> None:
    clone = again(expo)
    for name in ("title_en", "title_zh_hans", "title_zh_hant", "place", "url", "capacity", "kind"):
        assert getattr(clone, name) == getattr(expo, name), name


def test_it_lies_so_many_days_later_at_the_same_hours(expo: Event) -> None:
    again(expo)
    clones_ = Event.objects.filter(status="draft").in_time_order()
    assert [(row.title_en, row.start_on, row.end_on, row.start_time) for row in clones_] == [
        ("deadline", date(2027, 11, 30), date(2027, 11, 30), None),
        ("Expo", date(2027, 12, 4), date(2027, 12, 9), None),
        ("conference", date(2027, 12, 5), None, time(9, 30)),
        ("keynote", date(2027, 12, 5), None, time(9, 30)),
    ]


def test_hours_stay_when_the_clocks_change() -> None:
    """Summer time in Berlin begins on 28 March 2027."""
    event = factories.event(timezone="Europe/Berlin", start_on=date(2027, 3, 24))
    clone = again(event, days=7)
    assert event.start_at == datetime(2027, 3, 24, 8, 30, tzinfo=UTC)
    assert clone.start_at == datetime(2027, 3, 31, 7, 30, tzinfo=UTC)


def test_a_window_becomes_the_one_a_year_later() -> None:
    first_half = {"start_on": date(2026, 1, 1), "end_on": date(2026, 6, 30)}
    clone = again(factories.event(precision="half_year", **first_half))
    assert (clone.start_on, clone.end_on) == (date(2027, 1, 1), date(2027, 6, 30))
    undated = again(factories.event(precision="unknown", start_on=None))
    assert (undated.start_on, undated.basis) == (None, "")


def test_its_programme_belongs_to_it_and_not_to_the_old_one(expo: Event) -> None:
    clone = again(expo)
    parts = tree.below(event=clone)
    assert [(part.title_en, part.parent.title_en) for part in parts if part.parent] == [
        ("deadline", "Expo"), ("conference", "Expo"), ("keynote", "conference"),
    ]  # fmt: skip
    assert clone.registration_closes == parts[0]
    assert len(tree.below(event=expo)) == 3


def test_its_details_are_the_same(expo: Event) -> None:
    clone = again(expo)

    def details(event: Event) -> list[Any]:
        return [
            list(event.organisation_roles.order_by("pk").values_list("organisation", "role")),
            list(event.place_roles.values_list("place", "role", "direction", "capacity")),
            list(event.reminder_rules.values_list("offset_kind", "offset", "at_local_time")),
            list(event.sectors.values_list("slug")),
        ]  # fmt: skip

    assert details(clone) == details(expo)
    assert [len(rows) for rows in details(clone)] == [2, 1, 1, 1]


def test_nobody_attends_it_and_nothing_is_reported_of_it(expo: Event) -> None:
    Evidence.objects.create(target=expo, field="place", basis="outside", reference="x")
    Figure.objects.create(slug="figure", event=expo, value=3, unit="firms")
    clone = again(expo)
    assert not Attendee.objects.filter(event=clone).exists()
    assert not clone.evidence.exists()
    assert not clone.figures.exists()
    assert not ReminderOccurrence.objects.filter(event=clone).exists()


def test_it_follows_its_own_sister(expo: Event) -> None:
    keynote = Event.objects.get(title_en="keynote")
    talks = keynote.parent
    meeting = factories.event(
        team=expo.team, parent=talks, title="meeting", start_on=keynote.start_on, after=keynote
    )
    outside = factories.event()
    keynote.after = outside
    keynote.save()
    again(expo)
    assert clone_of(meeting, "meeting").after == clone_of(keynote, "keynote")
    assert clone_of(keynote, "keynote").after is None


def test_a_deadline_beside_the_programme_comes_along(expo: Event) -> None:
    deadline = Event.objects.get(title_en="deadline")
    deadline.parent = None
    deadline.save()
    clone = again(expo)
    assert clone.registration_closes == clone_of(deadline, "deadline")
    assert clone.registration_closes.parent is None


@pytest.mark.parametrize(("status", "kept"), [("cancelled", []), ("postponed", ["session"])])
def test_what_was_dropped_stays_behind(status: str, kept: list[str]) -> None:
    event = factories.event()
    dropped = factories.event(team=event.team, parent=event, title="session", status=status)
    factories.event(team=event.team, parent=dropped, title="below", status="cancelled")
    assert [part.title_en for part in tree.below(event=again(event))] == kept


def test_a_cancelled_event_is_run_anew_with_its_programme(expo: Event) -> None:
    lifecycle.cancel(event=expo, reason="Storm", now=NOW)
    clone = again(expo)
    assert (clone.status, clone.cancellation_reason) == ("draft", "")
    assert len(tree.below(event=clone)) == 3


def test_a_part_is_cloned_within_what_it_is_part_of(expo: Event) -> None:
    talks = Event.objects.get(title_en="conference")
    assert again(talks, days=1).parent == expo
    with pytest.raises(tree.OutsideParent):
        again(talks, days=YEAR)
    assert Event.objects.filter(title_en="keynote").count() == 2


class TestEditions:
    def test_it_is_the_next_edition(self, expo: Event) -> None:
        assert (again(expo).series, again(expo).edition) == (expo.series, 10)

    def test_or_the_one_that_is_asked_for(self, expo: Event) -> None:
        assert again(expo, series_edition=12).edition == 12

    def test_but_none_that_there_is(self, expo: Event) -> None:
        with pytest.raises(clones.EditionTaken) as refused:
            again(expo, series_edition=8)
        assert (refused.value.series, refused.value.edition) == (expo.series, 8)

    def test_a_series_that_does_not_count_goes_on_without(self) -> None:
        assert again(factories.event(series=factories.series())).edition is None


class TestNames:
    def test_a_name_that_is_taken_gets_a_number(self, expo: Event) -> None:
        assert [again(expo).slug for _ in range(3)] == ["expo-2027", "expo-2027-2", "expo-2027-3"]

    def test_on_days_of_the_same_year_too(self, expo: Event) -> None:
        assert again(expo, days=1).slug == "expo-2026-2"

    def test_a_long_one_stays_within_its_column(self) -> None:
        assert len(again(factories.event(slug="x" * 120)).slug) <= 120


class TestTeams:
    def test_a_report_is_taken_up_by_a_team(self) -> None:
        event = factories.event(origin="reported", basis="computed", date_text="last November")
        with pytest.raises(clones.NoTeam) as refused:
            again(event)
        assert refused.value.event == event
        team = factories.team()
        clone = again(event, team=team)
        assert (clone.team, clone.origin, clone.basis, clone.date_text) == (
            team, "managed", "entered", "",
        )  # fmt: skip

    def test_other_teams_keep_their_parts_of_a_shared_event(self) -> None:
        event = factories.event(origin="reported")
        ours, theirs = factories.team(), factories.team()
        for team, title in ((ours, "ours"), (theirs, "theirs"), (None, "shared")):
            origin = "managed" if team else "reported"
            factories.event(team=team, parent=event, title=title, origin=origin)
        parts = tree.below(event=again(event, team=ours))
        assert [(part.title_en, part.team) for part in parts] == [("ours", ours), ("shared", ours)]


def test_every_column_is_either_taken_over_or_known_to_be_fresh() -> None:
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - clones.FRESH == {
        "title_en", "title_zh_hans", "title_zh_hant", "description_en", "description_zh_hans",
        "description_zh_hant", "cue", "kind", "series_id", "place_id", "end_place_id", "audience",
        "attendance_mode", "visibility", "in_calendar", "capacity", "url", "stream_url",
        "team_reminders",
        "precision", "start_on", "start_time", "end_on", "end_time", "timezone", "end_timezone",
    }  # fmt: skip
    assert columns >= clones.FRESH
