"""The days ahead, as the user may see them."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.domain.overview import timelines
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("Asia/Hong_Kong"))


def test_events_stand_on_the_days_on_which_they_begin_and_go_on() -> None:
    team = factories.team()
    base: dict[str, Any] = {"team": team}
    running = factories.event(**base, **{**factories.days(1, 2), "start_on": date(2026, 11, 29)})
    short = factories.event(**base)
    last = factories.event(**base, **factories.days(14))
    factories.event(**base, **factories.days(15))
    factories.event(**base, status="cancelled")
    factories.event(**base, parent=short)
    factories.event(
        **base, precision="month", start_on=date(2026, 12, 1), end_on=date(2026, 12, 31)
    )
    factories.event(visibility="internal")
    days = timelines.ahead(user=factories.user(member_of=team), now=NOW)
    assert [day.on.day for day in days] == list(range(1, 15))
    assert {day.on.day: day.begin for day in days if day.begin} == {2: [short], 14: [last]}
    assert {day.on.day: day.go_on for day in days if day.go_on} == {1: [running], 2: [running]}
