"""Work on delegations: calls that close soon, and applications that wait."""

from datetime import date, datetime, time
from typing import Any

import pytest

from delegations.domain.overview import tasks
from delegations.models import Application, Delegation
from events.domain.overview.tasks import rows
from events.models import Team
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def team() -> Team:
    return factories.team()


def waiting(task: Any, team: Team, now: datetime = NOW) -> list[Any]:
    user = factories.user(member_of=team)
    return list(rows(task=task, user=user, now=now).order_by("pk"))


def calling(team: Team, day: int, **columns: Any) -> Delegation:
    """Return a delegation whose call closes on a day of June 2026 at 16:00 in Hong Kong."""
    moment = {"start_on": date(2026, 6, day), "start_time": time(16), "end_time": None}
    closes = factories.event(team=team, kind="deadline", timezone="Asia/Hong_Kong", **moment)
    return factories.delegation(team=team, applications_close=closes, **columns)


def test_a_call_that_closes_within_three_days(team: Team) -> None:
    soon = calling(team, 4)
    calling(team, 1)  # it closed at this very moment
    calling(team, 5)
    calling(team, 3, status="selecting")
    calling(factories.team(), 3)
    assert waiting(tasks.CLOSING, team) == [soon]


def test_applications_that_wait_for_a_decision(team: Team) -> None:
    delegation = factories.delegation(team=team)
    states = [status.value for status in Application.Status]
    all_ = [
        factories.application(delegation=delegation, status=state, reason="x") for state in states
    ]
    over = factories.delegation(team=team, status="concluded")
    factories.application(delegation=over)
    waits = {"submitted", "under_review", "info_requested"}
    assert waiting(tasks.UNDECIDED, team) == [row for row in all_ if row.status in waits]
