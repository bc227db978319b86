"""Properties of an event, and query-set methods."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Event, Team
from events.values import dates
from events.values.dates import Precision
from tests import factories
from tests.examples import examples

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

# Local midnight is between 14 hours before and 11 hours after that of UTC; Samoa skipped a day.
ZONES = ["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia"]
FIRST = date(2011, 12, 28)
TIMES = st.fixed_dictionaries(
    {
        "precision": st.sampled_from(Precision),
        "day": st.integers(0, 4),
        "length": st.none() | st.integers(0, 2),
        "start": st.sampled_from([time(0), time(9, 30), time(23, 45)]),
        "end": st.none() | st.just(time(23, 50)),
        "zone": st.sampled_from(ZONES),
        "end_zone": st.sampled_from(["", *ZONES]),
    }
)


@pytest.fixture
def team() -> Team:
    return factories.team()


class TestShownIn:
    def test_a_part_for_everybody_concerns_those_above(self, team: Team) -> None:
        top = factories.event(team=team)
        middle = factories.event(team=team, parent=top)
        part = factories.event(team=team, parent=middle)
        assert Event.objects.shown_in(part) == [middle, top]

    @pytest.mark.parametrize(
        "columns", [{"audience": "invited"}, {"visibility": "internal"}, {"kind": "leg"}]
    )
    def test_a_part_for_some_does_not(self, team: Team, columns: dict[str, str]) -> None:
        top = factories.event(team=team)
        middle = factories.event(team=team, parent=top, **columns)
        part = factories.event(team=team, parent=middle)
        assert Event.objects.shown_in(part) == [middle]
        assert Event.objects.shown_in(middle) == []


class TestPublic:
    def test_row_and_query_agree_for_each_status_and_visibility(self) -> None:
        for status, visibility in product(Event.Status, Event.Visibility):
            factories.event(status=status, visibility=visibility)
        by_row = {event.pk for event in Event.objects.all() if event.is_public}
        assert by_row == {event.pk for event in Event.objects.public()}
        assert len(by_row) == 4

    @pytest.mark.parametrize("status", Event.Status)
    def test_all_but_a_draft_of_what_is_public(self, status: str) -> None:
        event = Event(status=status, visibility="public")
        assert event.is_public == (status != "draft")
        event.visibility = Event.Visibility.PARTICIPANTS
        assert not event.is_public


class TestOnTheirOwn:
    def test_each_kind_is_sorted_once(self) -> None:
        groups = [*Event.ITEM_KINDS, *Event.MIXED_KINDS, *Event.OWN_KINDS]
        assert sorted(groups) == sorted(Event.Kind)

    @pytest.mark.parametrize("in_calendar", [True, False])
    def test_items_stand_under_a_public_parent(self, team: Team, in_calendar: bool) -> None:
        expo = factories.event(kind="expo", team=team)
        for kind in Event.Kind:
            factories.event(kind=kind, parent=expo, team=team, in_calendar=in_calendar)
        found = Event.objects.on_their_own().exclude(pk=expo.pk)
        mixed = Event.MIXED_KINDS if in_calendar else ()
        assert {row.kind for row in found} == {*Event.OWN_KINDS, *mixed}

    @pytest.mark.parametrize(
        "hidden", [{"visibility": "participants"}, {"visibility": "internal"}, {"status": "draft"}]
    )
    def test_an_item_without_a_public_parent_stands_on_its_own(
        self, team: Team, hidden: dict[str, str]
    ) -> None:
        top = factories.event(team=team)
        between = factories.event(team=team, parent=top, kind="session", **hidden)
        items = [
            factories.event(team=team, kind="session"),
            factories.event(team=team, kind="session", parent=between),
        ]
        assert [*Event.objects.public().on_their_own().order_by("pk")] == [top, *items]

    @pytest.mark.parametrize("status", ["tentative", "postponed", "cancelled"])
    def test_what_is_off_keeps_its_items_under_it(self, team: Team, status: str) -> None:
        top = factories.event(team=team, status=status)
        factories.event(team=team, kind="session", parent=top)
        assert [*Event.objects.public().on_their_own()] == [top]


class TestProgrammeOf:
    def test_it_goes_all_the_way_down_but_not_through_what_is_hidden(self, team: Team) -> None:
        top = factories.event(team=team)
        forum = factories.event(team=team, parent=top)
        panel = factories.event(team=team, parent=forum, kind="panel")
        address = factories.event(team=team, parent=panel, kind="address")
        closed = factories.event(team=team, parent=top, visibility="participants")
        factories.event(team=team, parent=closed)
        factories.event(team=team, parent=forum, status="draft")
        assert {*Event.objects.programme_of(top)} == {forum, panel, address}
        assert {*Event.objects.programme_of(forum)} == {panel, address}
        assert {*Event.objects.programme_of(address)} == set()


class TestOver:
    @examples(60)
    @given(times=st.lists(TIMES, min_size=1, max_size=8), minutes=st.integers(-1440, 8 * 1440))
    def test_row_and_query_agree(self, times: list[dict[str, Any]], minutes: int) -> None:
        rows = [factories.event(team=None, origin="reported", **_when(each)) for each in times]
        midnight = datetime.combine(FIRST, time.min, UTC)
        moments = [dates.over_at(row.when) for row in rows]
        for now in (midnight + timedelta(minutes=minutes), *filter(None, moments)):
            by_row = {row.pk for row in rows if row.is_over(now)}
            events = Event.objects.filter(pk__in=[row.pk for row in rows])
            assert {row.pk for row in events.filter(events.ended(now))} == by_row
            assert {row.pk for row in events.exclude(events.ended(now))} == (
                {row.pk for row in rows} - by_row
            )

    def test_without_an_end_it_lasts_until_midnight_there(self) -> None:
        event = factories.event(end_time=None)  # 2 December 2026 in Shanghai
        midnight = datetime(2026, 12, 2, 16, tzinfo=UTC)
        for now, is_over in ((midnight - timedelta(seconds=1), False), (midnight, True)):
            assert event.is_over(now) == is_over
            assert Event.objects.filter(Event.objects.ended(now)).exists() == is_over

    def test_a_zone_that_is_gone_stops_no_query(self) -> None:
        event = factories.event(end_time=None)
        Event.objects.filter(pk=event.pk).update(timezone="Asia/Nowhere")
        for now, is_over in (
            (datetime(2026, 12, 2, 23, tzinfo=UTC), False),
            (datetime(2026, 12, 3, tzinfo=UTC), True),
        ):
            assert Event.objects.filter(Event.objects.ended(now)).exists() == is_over


def _when(given: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a valid date."""
    precision, first = given["precision"], FIRST + timedelta(days=given["day"])
    columns = {"precision": precision, "start_on": first, "timezone": given["zone"]}
    if precision == Precision.UNKNOWN:
        return {**columns, "start_on": None}
    if precision not in dates.EXACT:
        start, end = dates.period(precision, first)
        return {**columns, "start_on": start, "end_on": end}
    last = None if given["length"] is None else first + timedelta(days=given["length"])
    clock = {"start_time": given["start"], "end_time": given["end"] if last else None}
    columns = {**columns, "end_on": last, **(clock if precision == Precision.TIME else {})}
    later = {**columns, "end_timezone": given["end_zone"]}
    start, end = dates.instants(Event(**later).when)
    return later if start and (end is None or end >= start) else columns
