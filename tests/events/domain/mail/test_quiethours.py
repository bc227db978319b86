"""Quiet hours: mails that fall due then wait until they end at the reader's clock."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from events.domain.delivery import delivery
from events.domain.mail import quiethours
from events.domain.reminders import reminders
from events.models import Delivery, Team
from tests import factories
from tests.factories import NOW

HONG_KONG = "Asia/Hong_Kong"
LATER = timedelta(hours=24)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """Return the UTC moment of a wall time in Hong Kong in December 2026."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def team(start: int, end: int) -> Team:
    return Team(quiet_from=time(start), quiet_until=time(end))


def sending_at(moment: datetime, **changes: Any) -> datetime:
    values = {"useful_until": moment + LATER, "team": team(22, 7), "zone": HONG_KONG, **changes}
    return quiethours.sending_at(at=moment, **values)


@pytest.mark.parametrize(
    ("due", "goes"),
    [
        (at(21, 59), at(21, 59)),
        (at(22), at(7, day=3)),
        (at(23, 30), at(7, day=3)),
        (at(0), at(7)),
        (at(6, 59), at(7)),
        (at(7), at(7)),
        (at(12), at(12)),
    ],
)
def test_from_evening_to_morning(due: datetime, goes: datetime) -> None:
    assert sending_at(due) == goes


@pytest.mark.parametrize(
    ("due", "goes"), [(at(12, 59), at(12, 59)), (at(13), at(15)), (at(15), at(15))]
)
def test_within_a_day(due: datetime, goes: datetime) -> None:
    assert sending_at(due, team=team(13, 15)) == goes


def test_the_clock_is_that_of_the_reader() -> None:
    assert sending_at(at(14), zone="America/Vancouver") == at(22)  # 23:00 there
    assert sending_at(at(12), zone="Europe/Berlin") == at(14)  # 05:00 there


def test_what_would_come_too_late_goes_at_once() -> None:
    due = at(5)
    assert sending_at(due, useful_until=at(7, 5)) == due
    assert sending_at(due, useful_until=at(7, 6)) == at(7)


@pytest.mark.parametrize("changes", [{"team": None}, {"team": Team()}, {"zone": ""}])
def test_without_quiet_hours_it_goes_when_it_is_due(changes: dict[str, Any]) -> None:
    assert sending_at(at(23), **changes) == at(23)


def test_when_the_clocks_change_it_is_still_the_wall_that_counts() -> None:
    """In Berlin, summer time begins in the night before 28 March 2027."""
    due = datetime(2027, 3, 27, 22, tzinfo=UTC)
    assert sending_at(due, zone="Europe/Berlin") == datetime(2027, 3, 28, 5, tzinfo=UTC)


@pytest.mark.django_db
class TestReminders:
    """The mail is due at 09:00 in Shanghai, 18:00 in Vancouver, where it is quiet from 16:00."""

    DUE = datetime(2026, 12, 1, 1, tzinfo=UTC)
    MORNING = datetime(2026, 12, 1, 3, tzinfo=UTC)

    @pytest.fixture(autouse=True)
    def people(self) -> None:
        quiet_team = factories.team(quiet_from=time(16), quiet_until=time(20))
        event = factories.rule(event=factories.event(team=quiet_team)).event
        for zone in ("America/Vancouver", ""):
            factories.attendee(event=event, person=factories.person(timezone=zone))
        reminders.plan(event=event, now=NOW)

    def waiting(self) -> dict[str, datetime | None]:
        rows = Delivery.objects.filter(claim_at__isnull=False)
        return dict(rows.values_list("person__timezone", "claim_at"))

    def test_each_reader_has_a_night_of_their_own(self) -> None:
        assert delivery.tick(now=self.DUE).results == {"sent": 1}
        assert self.waiting() == {"America/Vancouver": self.MORNING}
        assert delivery.tick(now=self.MORNING).results == {"sent": 1}

    def test_what_is_handed_over_late_waits_too(self) -> None:
        delivery.tick(now=self.DUE + timedelta(minutes=90))
        assert self.waiting() == {"America/Vancouver": self.MORNING}

    def test_what_could_not_go_in_the_evening_waits_too(self) -> None:
        """The mail could not be sent before the next quiet hours of its reader."""
        delivery.tick(now=self.MORNING)
        night = self.MORNING + timedelta(hours=21)
        row = Delivery.objects.get(person__timezone="America/Vancouver")
        later = {"state": "pending", "claim_at": night, "expires_at": night + 2 * LATER}
        Delivery.objects.filter(pk=row.pk).update(**later, sent_at=None)
        assert delivery.tick(now=night).results == {"pending": 1}
        assert self.waiting() == {"America/Vancouver": self.MORNING + LATER}

    def test_what_moves_while_it_waits_waits_for_the_same_morning(self) -> None:
        delivery.tick(now=self.DUE)
        row = Delivery.objects.get(state="pending")
        assert row.occurrence
        rule = row.occurrence.rule
        rule.at_local_time = time(10)
        rule.save()
        reminders.replan(event=row.event, now=self.DUE)
        assert self.waiting() == {"America/Vancouver": self.MORNING}
