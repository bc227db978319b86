"""Import of calendars: the events, a second reading, and refusals."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.domain.feeds import feeds
from events.domain.ical import parsing
from events.domain.imports.calendars import foreignevents, imports
from events.domain.imports.calendars.importplans import Choices, Outcome, Plan
from events.domain.imports.calendars.imports import Calendar
from events.domain.lifecycle import lifecycle
from events.models import Event, ImportedEvent, Team
from events.values import dates, repeats
from tests import factories
from tests.events.domain.imports.calendars.foreigncalendars import ics, one, vevent
from tests.examples import examples
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def team() -> Team:
    return factories.team()


def choices(team: Team, **values: Any) -> Choices:
    return Choices(**{"team": team, "language": "en", "timezone": "Asia/Shanghai", **values})


def do(team: Team, body: bytes, now: datetime = NOW, **values: Any) -> Plan:
    """Import a calendar.

    Checks that the preview is right, and that a second import changes nothing.
    """
    calendar = Calendar(name="foreign.ics", body=body)
    chosen = choices(team, **values)
    before = list(Event.objects.order_by("pk").values())
    said = outcomes(imports.preview(calendar=calendar, choices=chosen, now=now))
    assert list(Event.objects.order_by("pk").values()) == before
    plan = imports.apply(calendar=calendar, choices=chosen, now=now)
    assert outcomes(plan) == said
    after = list(Event.objects.order_by("pk").values())
    again = imports.apply(calendar=calendar, choices=chosen, now=now + timedelta(minutes=1))
    assert list(Event.objects.order_by("pk").values()) == after
    quiet = {Outcome.UNCHANGED, Outcome.KEPT, Outcome.SKIPPED, Outcome.REFUSED}
    assert {row.outcome for row in again.rows} <= quiet
    return plan


def outcomes(plan: Plan) -> list[str]:
    return [row.outcome.value for row in plan.rows]


def reason(plan: Plan) -> str:
    [row] = plan.rows
    assert row.outcome == Outcome.REFUSED
    return f"{row.name}: {row.reason % row.values}"


def read(body: bytes, timezone: str = "Asia/Shanghai") -> foreignevents.Reading:
    return foreignevents.read(body=body, timezone=timezone, now=NOW)


def starts(body: bytes, timezone: str = "Asia/Shanghai") -> list[str]:
    """Return the wall times at which the events of a calendar start."""
    found = read(body, timezone)
    assert found.refused == []
    when = [entry.when for entry in found.entries]
    return sorted(f"{at.start_on} {at.start_time or ''}".strip() for at in when)


# ---------------------------------------------------------------- what an event becomes


def test_an_event_becomes_a_tentative_one_of_the_team_that_nobody_else_sees(team: Team) -> None:
    do(
        team,
        one(
            "DTSTART;TZID=Europe/Paris:20261202T093000",
            "DTEND;TZID=Europe/Paris:20261202T113000",
            r"DESCRIPTION:Doors open\, at nine\nBring a pass",
            "LOCATION:Salle Pleyel",
            "URL:https://example.org/forum",
            "STATUS:CONFIRMED",
        ),
    )
    event = Event.objects.get()
    assert (event.team, event.status, event.origin) == (team, "tentative", "managed")
    assert (event.visibility, event.in_calendar, event.basis) == ("internal", True, "outside")
    assert (event.title_en, event.url) == ("Trade forum", "https://example.org/forum")
    assert event.description_en == "Doors open, at nine\nBring a pass\n\nSalle Pleyel"
    assert (event.start_time, event.timezone) == (clock(9, 30), "Europe/Paris")
    assert (event.start_at, event.end_at) == (
        datetime(2026, 12, 2, 8, 30, tzinfo=UTC),
        datetime(2026, 12, 2, 10, 30, tzinfo=UTC),
    )


def test_the_organiser_chooses_language_kind_and_who_sees_it(team: Team) -> None:
    body = one(title="贸易论坛")
    do(team, body, language="zh-hans", kind="forum", visibility="participants")
    event = Event.objects.get()
    assert (event.title_zh_hans, event.kind, event.visibility) == (
        "贸易论坛", "forum", "participants",
    )  # fmt: skip
    assert not event.title_en


def test_the_last_day_belongs_to_an_event_of_days(team: Team) -> None:
    do(team, one("DTSTART;VALUE=DATE:20261202", "DTEND;VALUE=DATE:20261205"))
    event = Event.objects.get()
    assert (event.precision, event.start_on, event.end_on, event.timezone) == (
        "day", date(2026, 12, 2), date(2026, 12, 4), "Asia/Shanghai",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "shown", "zone"),
    [
        ("DTSTART:20261202T013000Z", "2026-12-02 09:30:00", "Asia/Shanghai"),
        ("DTSTART:20261202T093000", "2026-12-02 09:30:00", "Asia/Shanghai"),
        ("DTSTART;TZID=Asia/Tokyo:20261202T093000", "2026-12-02 09:30:00", "Asia/Tokyo"),
        (
            "DTSTART;TZID=China Standard Time:20261202T093000",
            "2026-12-02 09:30:00",
            "Asia/Shanghai",
        ),
        (
            "DTSTART;TZID=/example.org/Europe/Paris:20261202T093000",
            "2026-12-02 09:30:00",
            "Europe/Paris",
        ),
    ],
)  # fmt: skip
def test_times_keep_their_zone_or_get_the_chosen_one(line: str, shown: str, zone: str) -> None:
    [entry] = read(one(line)).entries
    assert f"{entry.when.start_on} {entry.when.start_time}" == shown
    assert entry.when.timezone == zone


def test_an_hour_that_the_chosen_clock_shows_twice_stays_in_utc() -> None:
    body = one("DTSTART:20261025T013000Z")  # the second 02:30 in Paris
    [entry] = read(body, "Europe/Paris").entries
    assert (entry.when.start_time, entry.when.timezone) == (clock(1, 30), "UTC")


def zone_named(name: str, offset: str, *more: str) -> list[str]:
    standard = ["BEGIN:STANDARD", "DTSTART:16010101T000000", f"TZOFFSETTO:{offset}", "END:STANDARD"]
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *more, *standard, "END:VTIMEZONE"]


def test_an_invented_zone_counts_if_its_calendar_says_which_it_is() -> None:
    event = vevent("DTSTART;TZID=Office:20261202T093000")
    [entry] = read(
        ics(*zone_named("Office", "+0800", "X-LIC-LOCATION:Asia/Taipei"), *event)
    ).entries
    assert entry.when.timezone == "Asia/Taipei"


@pytest.mark.parametrize(
    "zone",
    [
        [],
        zone_named("Office", "+0800"),
        zone_named("Office", "+0300", "X-LIC-LOCATION:Asia/Taipei"),
    ],
)
def test_a_zone_that_nobody_knows_is_refused_by_its_name(team: Team, zone: list[str]) -> None:
    event = vevent("DTSTART;TZID=Office:20261202T093000")
    plan = do(team, ics(*zone, *event))
    assert reason(plan) == "DTSTART: the time zone “Office” is not known"
    assert Event.objects.count() == 0


def test_a_place_of_that_name_is_the_place(team: Team) -> None:
    place = factories.place(name_en="Grand Palais")
    factories.place(name_en="Hall 1", team=factories.team())
    do(team, one("LOCATION:Grand Palais"))
    do(team, one("LOCATION:Hall 1", uid="two@example.org"))
    first, second = Event.objects.order_by("pk")
    assert (first.place, first.description_en) == (place, "")
    assert (second.place, second.description_en) == (None, "Hall 1")


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://x.org/\\"><b>', "https://", "x"])
def test_only_links_of_the_web_are_taken_over(url: str) -> None:
    [entry] = read(one(f"URL:{url}")).entries
    assert entry.url == ""


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["DTSTART:2026-12-02"], "DTSTART: “2026-12-02” is not a date"),
        (["DTSTART:20260230"], "DTSTART: “20260230” is not a date"),
        (["DTSTART:00010101"], "DTSTART: the year is not between 1000 and 8999"),
        (
            ["DTSTART:20261202T093000", "DTEND:20261202T083000"],
            "DTEND: lies before the start",
        ),
        (
            ["DTSTART:20261202T093000", "DTEND;VALUE=DATE:20261203"],
            "DTEND: is a day and the start is a time, or the reverse",
        ),
        (["DTSTART:20261202", "DURATION:forever"], "VEVENT: the line cannot be read"),
    ],
)
def test_an_event_that_contradicts_itself_is_refused_alone(
    team: Team, lines: list[str], said: str
) -> None:
    sound = vevent("DTSTART:20261202", uid="sound@example.org")
    plan = do(team, ics(*vevent(*lines), *sound))
    assert outcomes(plan) == ["refused", "new"]
    row = plan.rows[0]
    assert f"{row.name}: {row.reason % row.values}" == said
    assert (row.line, row.uid) == (3, "one@example.org")


def test_without_uid_title_or_date_it_is_no_event(team: Team) -> None:
    lines = [
        *["BEGIN:VEVENT", "SUMMARY:No name", "DTSTART:20261202", "END:VEVENT"],
        *["BEGIN:VEVENT", "UID:a", "DTSTART:20261202", "END:VEVENT"],
        *["BEGIN:VEVENT", "UID:b", "SUMMARY:Some day", "END:VEVENT"],
    ]
    plan = do(team, ics(*lines))
    assert [row.name for row in plan.rows] == ["UID", "SUMMARY", "DTSTART"]


# ---------------------------------------------------------------- a second reading


def test_a_second_reading_takes_over_what_has_changed_there(team: Team) -> None:
    do(team, one())
    plan = do(team, one("DTSTART;VALUE=DATE:20261209", "SEQUENCE:1", title="Trade summit"))
    [row] = plan.rows
    assert (row.outcome, row.changed, row.kept) == ("changed", ("title_en", "when"), ())
    event = Event.objects.get()
    assert (event.title_en, event.start_on, event.status) == (
        "Trade summit", date(2026, 12, 9), "tentative",
    )  # fmt: skip
    assert event.sequence == 1


def test_what_was_changed_here_by_hand_is_kept(team: Team) -> None:
    do(team, one("URL:https://example.org/a"))
    event = Event.objects.get()
    event.title_en = "Our own title"
    lifecycle.save(event=event, now=NOW)
    plan = do(team, one("URL:https://example.org/b", title="Trade summit"))
    [row] = plan.rows
    assert (row.outcome, row.changed, row.kept) == ("changed", ("url",), ("title_en",))
    event.refresh_from_db()
    assert (event.title_en, event.url) == ("Our own title", "https://example.org/b")


def test_what_was_moved_here_is_not_moved_back(team: Team) -> None:
    do(team, one())
    event = Event.objects.get()
    moved = event.when.moved(days=3)
    lifecycle.move(event=event, when=moved, now=NOW)
    assert outcomes(do(team, one())) == ["unchanged"]
    plan = do(team, one("DTSTART;VALUE=DATE:20261220"))
    assert (outcomes(plan), plan.rows[0].kept) == (["kept"], ("when",))
    event.refresh_from_db()
    assert event.when == moved


@pytest.mark.parametrize("status", ["confirmed", "postponed", "cancelled"])
def test_what_was_decided_here_is_not_changed_from_there(team: Team, status: str) -> None:
    do(team, one())
    Event.objects.update(status=status)
    plan = do(team, one(title="Trade summit"))
    assert (outcomes(plan), plan.rows[0].kept) == (["kept"], ("title_en",))
    event = Event.objects.get()
    assert (event.status, event.title_en) == (status, "Trade forum")


def test_another_language_of_the_same_calendar_fills_in_that_language(team: Team) -> None:
    do(team, one())
    plan = do(team, one(title="貿易論壇"), language="zh-hant")
    assert plan.rows[0].changed == ("title_zh_hant",)
    event = Event.objects.get()
    assert (event.title_en, event.title_zh_hant) == ("Trade forum", "貿易論壇")


def test_what_is_cancelled_there_is_cancelled_here_if_it_is_known(team: Team) -> None:
    body = one("STATUS:CANCELLED", "SEQUENCE:1")
    assert outcomes(do(team, body)) == ["skipped"]
    do(team, one())
    assert outcomes(do(team, body)) == ["cancelled"]
    event = Event.objects.get()
    assert (event.status, event.cancellation_reason) == (
        "cancelled", "Called off by those who publish it",
    )  # fmt: skip


def test_an_older_version_turns_nothing_back(team: Team) -> None:
    do(team, one("SEQUENCE:2"))
    plan = do(team, one("SEQUENCE:1", title="Old title"))
    assert outcomes(plan) == ["skipped"]
    assert Event.objects.get().title_en == "Trade forum"


def test_of_two_versions_in_one_file_the_newer_counts() -> None:
    old, new = vevent("DTSTART:20261202", title="Old"), vevent("DTSTART:20261202", "SEQUENCE:1")
    assert [entry.title for entry in read(ics(*new, *old)).entries] == ["Trade forum"]


def test_each_team_has_its_own_and_learns_nothing_of_others(team: Team) -> None:
    other = factories.team()
    do(other, one())
    assert outcomes(do(team, one(title="Ours"))) == ["new"]
    assert sorted(Event.objects.values_list("team", "title_en")) == sorted(
        [(team.pk, "Ours"), (other.pk, "Trade forum")]
    )


def test_an_event_that_was_given_to_another_team_is_out_of_reach(team: Team) -> None:
    do(team, one())
    Event.objects.update(team=factories.team())
    for lines in ([], ["STATUS:CANCELLED"]):
        assert outcomes(do(team, one(*lines, title="Trade summit"))) == ["skipped"]
    event = Event.objects.get()
    assert (event.title_en, event.status) == ("Trade forum", "tentative")


def test_events_that_vanish_from_the_file_stay(team: Team) -> None:
    do(team, one())
    do(team, one(uid="two@example.org"))
    assert Event.objects.exclude(status="cancelled").count() == 2


def test_an_import_is_all_or_nothing(team: Team) -> None:
    do(team, one())
    Event.objects.update(status="draft")  # a status that cannot be cancelled
    off = vevent("DTSTART:20261202", "STATUS:CANCELLED")
    body = ics(*vevent("DTSTART:20261203", uid="two@example.org"), *off)
    with pytest.raises(lifecycle.NotAllowed):
        imports.apply(calendar=Calendar(name="x", body=body), choices=choices(team), now=NOW)
    assert [event.status for event in Event.objects.all()] == ["draft"]


# ---------------------------------------------------------------- series

WEEKLY = ("DTSTART;TZID=Europe/Paris:20261002T093000", "DURATION:PT1H")


def test_a_series_becomes_its_events_on_the_same_clock_all_year(team: Team) -> None:
    do(team, one(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=6"))
    events = Event.objects.order_by("start_at")
    assert [f"{event.start_on:%d %b} {event.start_time:%H:%M}" for event in events] == [
        "02 Oct 09:30", "09 Oct 09:30", "16 Oct 09:30", "23 Oct 09:30", "30 Oct 09:30",
        "06 Nov 09:30",
    ]  # fmt: skip
    assert {event.end_at - event.start_at for event in events} == {timedelta(hours=1)}
    assert ImportedEvent.objects.filter(uid="one@example.org").count() == 6


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        ("20260929", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", ["09-29", "10-01", "10-06"]),
        ("20260131", "FREQ=MONTHLY;COUNT=3", ["01-31", "03-31", "05-31"]),
        ("20260113", "FREQ=MONTHLY;BYDAY=2TU;COUNT=3", ["01-13", "02-10", "03-10"]),
        ("20260101", "FREQ=DAILY;INTERVAL=2;UNTIL=20260106", ["01-01", "01-03", "01-05"]),
        ("20260102", "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=SU,FR;COUNT=3",
         ["01-02", "01-11", "01-16"]),
        ("20260131", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", ["01-31", "02-28", "03-31"]),
    ],
)  # fmt: skip
def test_rules_are_followed(start: str, rule: str, expected: list[str]) -> None:
    found = starts(one(f"DTSTART;VALUE=DATE:{start}", f"RRULE:{rule}"))
    assert [day.removeprefix("2026-") for day in found] == expected


def test_a_rule_without_end_is_read_as_far_as_two_years() -> None:
    found = starts(one("DTSTART;VALUE=DATE:19500602", "RRULE:FREQ=YEARLY"))
    assert found == ["2025-06-02", "2026-06-02", "2027-06-02"]


def test_single_times_are_taken_out_added_moved_and_cancelled(team: Team) -> None:
    series = vevent(
        "DTSTART:20261202T010000Z", "RRULE:FREQ=DAILY;COUNT=4", "RDATE:20261220T010000Z",
        "EXDATE:20261203T010000Z",
    )  # fmt: skip
    moved = vevent("RECURRENCE-ID:20261204T010000Z", "DTSTART:20261204T050000Z", title="Moved")
    off = vevent("RECURRENCE-ID:20261205T010000Z", "DTSTART:20261205T010000Z", "STATUS:CANCELLED")
    plan = do(team, ics(*moved, *series, *off))
    events = Event.objects.order_by("start_at")
    assert [(f"{event.start_on:%d} {event.start_time:%H}", event.title) for event in events] == [
        ("02 09", "Trade forum"), ("04 13", "Moved"), ("20 09", "Trade forum"),
    ]  # fmt: skip
    assert sorted(outcomes(plan)) == ["new", "new", "new", "skipped"]


def test_times_that_leave_a_series_are_cancelled_if_they_are_still_to_come(team: Team) -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=3"
    do(team, one("DTSTART:20260522T010000Z", rule))  # on 22 and 29 May, and 5 June
    do(team, one("DTSTART:20260523T010000Z", rule, "SEQUENCE:1"))
    found = Event.objects.order_by("start_at").values_list("start_on__day", "status")
    assert list(found) == [
        (22, "tentative"), (23, "tentative"), (29, "tentative"), (30, "tentative"),
        (5, "cancelled"), (6, "tentative"),
    ]  # fmt: skip


# ---------------------------------------------------------------- programmes


EXPO = ("DTSTART;VALUE=DATE:20261202", "DTEND;VALUE=DATE:20261205")
LATER = ("DTSTART;VALUE=DATE:20261209", "DTEND;VALUE=DATE:20261212", "SEQUENCE:1")


def under(parent: Event, day: int = 3, **columns: Any) -> Event:
    """Return a part of it, on a day of December from 09:30 to 17:00."""
    days = {"start_on": date(2026, 12, day), "end_on": date(2026, 12, day)}
    return factories.event(team=parent.team, parent=parent, **{**days, **columns})


def test_the_programme_here_moves_along_with_an_event_that_has_moved_there(team: Team) -> None:
    do(team, one(*EXPO))
    expo = Event.objects.get()
    talk, off = under(expo), under(expo, status="cancelled")
    answer = under(talk, start_time=clock(10), end_time=clock(11))
    [row] = do(team, one(*LATER)).rows
    assert (row.outcome, row.parts) == (Outcome.CHANGED, 2)
    assert [Event.objects.get(pk=part.pk).start_on.day for part in (talk, answer, off)] == [
        10,
        10,
        3,
    ]
    assert Event.objects.get(pk=answer.pk).start_time == clock(10)
    assert [Event.objects.get(pk=part.pk).sequence for part in (expo, talk, off)] == [1, 1, 0]


def test_a_part_of_which_the_calendar_speaks_itself_stays_where_it_says(team: Team) -> None:
    forum = vevent("DTSTART:20261203T010000Z", uid="two@example.org", title="Forum")
    do(team, ics(*vevent(*EXPO), *forum))
    expo, part = Event.objects.order_by("start_on")
    part.parent = expo
    lifecycle.save(event=part, now=NOW)
    talk = under(part, start_time=clock(9, 30), end_time=clock(9, 45))
    longer = ("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261205")
    plan = do(team, ics(*vevent(*longer), *forum))
    assert sorted((row.outcome.value, row.parts) for row in plan.rows) == [
        ("changed", 0), ("unchanged", 0),
    ]  # fmt: skip
    assert [Event.objects.get(pk=row.pk).start_on.day for row in (expo, part, talk)] == [1, 3, 3]


def test_a_move_that_leaves_no_room_for_the_programme_is_refused(team: Team) -> None:
    do(team, one(*EXPO))
    talk = under(Event.objects.get(), day=4)
    [row] = do(team, one("DTSTART;VALUE=DATE:20261209", "SEQUENCE:1")).rows
    assert (row.outcome, row.parts) == (Outcome.REFUSED, 0)
    assert row.reason == "it would not fit what it is part of here, or its own parts"
    assert Event.objects.get(pk=talk.pk).start_on.day == 4


# ---------------------------------------------------------------- our own


def test_a_feed_of_ours_is_read_back_as_it_was(team: Team) -> None:
    factories.event(title_en="Clock", end_on=date(2026, 12, 2), description_en="a; b, c\n\\n d")
    factories.event(title_en="Days, three; of them", **factories.days(4, 6))
    factories.event(
        title_en="Flight", start_on=date(2026, 12, 8), end_on=date(2026, 12, 8),
        start_time=clock(9), end_time=clock(4), end_timezone="America/New_York",
    )  # fmt: skip
    factories.event(title_en="Night", start_on=date(2026, 12, 9), end_on=date(2026, 12, 10))
    body = feeds.public(parameters={}, now=NOW).body
    plan = do(team, body)
    assert plan.counts()[Outcome.NEW] == 4
    columns = ("title_en", "precision", "start_at", "end_at", "timezone", "end_timezone")
    ours = Event.objects.exclude(team=team).order_by("start_at").values_list(*columns)
    theirs = Event.objects.filter(team=team).order_by("start_at").values_list(*columns)
    assert list(theirs) == list(ours)


def test_a_team_does_not_read_its_own_events_as_those_of_others(team: Team) -> None:
    factories.event(team=team, end_on=date(2026, 12, 2))
    plan = do(team, feeds.public(parameters={}, now=NOW).body)
    assert outcomes(plan) == ["skipped"]
    assert Event.objects.count() == 1


# ---------------------------------------------------------------- hostile files


# The days checked for a series that begins with 2026.
WINDOW = ((NOW + foreignevents.AHEAD).date() - date(2026, 1, 1)).days
NESTED = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000
DATES = ",".join(["20261202"] * 5_001)
FOLDED = "\r\n ".join([f"EXDATE:{'x' * 40_000}", "y" * 40_000])


@pytest.mark.parametrize(
    ("body", "refusal", "line"),
    [
        (NESTED, parsing.TooDeep, 5),
        (one(f"X-LONG:{'x' * 65_536}"), parsing.LineTooLong, 7),
        (one(f"X-LONG:{'中' * 22_000}"), parsing.LineTooLong, 7),
        (one(FOLDED), parsing.LineTooLong, 7),
        (ics(*["BEGIN:VTODO", "END:VTODO"] * 10_001), parsing.TooManyComponents, 20_001),
        (b"x" * (6 * 2**20), parsing.TooLarge, 0),
        (
            one(*[f"EXDATE:{DATES[i : i + 40_000]}" for i in (0, 40_000)]),
            parsing.TooManyDates,
            8,
        ),
        (bytes(range(256)) * 100, parsing.NotACalendar, 0),
        (b"\x00" * 1000, parsing.NotACalendar, 0),
        (b"<!doctype html><title>Log in</title>", parsing.NotACalendar, 0),
        (b"", parsing.NotACalendar, 0),
        (b"\n" * (5 * 2**20), parsing.NotACalendar, 0),
        (b"BEGIN:VCALENDAR\n", parsing.NotACalendar, 0),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n", parsing.NotACalendar, 2),
        (b"BEGIN:VEVENT\nEND:VEVENT\n", parsing.NotACalendar, 0),
        (b"BEGIN:VCALENDAR" + b"\n" * (5 * 2**20 - 15), parsing.NotACalendar, 0),
    ],
    ids=range(16),
)
def test_a_hostile_file_is_read_as_far_as_the_line_that_is_too_much(
    body: bytes, refusal: type[Exception], line: int
) -> None:
    with pytest.raises(parsing.Unreadable) as error:
        read(body)
    assert (error.type, error.value.line) == (refusal, line)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=SECONDLY", "it repeats more often than daily"),
        ("FREQ=MINUTELY;COUNT=2", "it repeats more often than daily"),
        ("FREQ=HOURLY", "it repeats more often than daily"),
        ("FREQ=DAILY;COUNT=2147483648", "it repeats more than 1000 times"),
        ("FREQ=DAILY", "it repeats more than 200 times in three years"),
        (
            f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))}"
            f";BYSECOND={','.join(map(str, range(60)))}",
            "BYHOUR is not understood",
        ),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is not understood"),
        ("FREQ=DAILY;COUNT=-1", "COUNT is not understood"),
        ("FREQ=YEARLY;BYEASTER=1", "BYEASTER is not understood"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH is not understood"),
        ("FREQ=YEARLY;BYDAY=XX", "BYDAY is not understood"),
        ("FREQ=YEARLY;BYSETPOS=0;BYMONTH=1", "BYSETPOS is not understood"),
        ("", "“” is not a rule"),
        ("X" * 501, "the rule is too long"),
    ],
)
def test_a_hostile_rule_is_refused_before_much_is_worked_out(rule: str, said: str) -> None:
    reading = read(one("DTSTART:20260101T000000Z", f"RRULE:{rule}"))
    [refused] = reading.refused
    assert reading.budget.used == (WINDOW if rule == "FREQ=DAILY" else 0)
    assert refused.error.name == "RRULE"
    assert refused.error.reason % refused.error.values == said


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=5;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_day_that_never_comes_is_not_waited_for(rule: str) -> None:
    found = read(one("DTSTART:20260101T000000Z", f"RRULE:{rule}"))
    assert len(found.entries) == 1  # the start alone
    assert found.budget.used == WINDOW


def test_all_series_of_a_calendar_together_have_one_budget_and_no_more() -> None:
    rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    series = [vevent("DTSTART:19700101", rule, uid=f"{n}") for n in range(400)]
    found = read(ics(*[line for one in series for line in one]))
    each = (foreignevents.AHEAD + foreignevents.BEHIND).days + 366
    assert found.budget.used == repeats.BUDGET // each * each
    said = "the series of this calendar take too long to work out"
    assert {row.error.reason for row in found.refused} == {said}
    assert len(found.refused) == 400 - repeats.BUDGET // each


@pytest.mark.thorough
def test_the_worst_files_stay_within_their_budgets_and_a_fair_share_of_memory() -> None:
    """So calendars are read in the calling process: a sandbox process would gain nothing."""
    command = [sys.executable, "-m", "tests.events.domain.imports.calendars.attacks"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    told = json.loads(done.stdout)
    assert 0.99 * repeats.BUDGET < max(told["days"].values()) <= repeats.BUDGET
    assert max(told["events"].values()) <= foreignevents.MAX_EVENTS
    assert told["grown"] < 300


@pytest.mark.parametrize("line", ["DTSTART;X={}:20261202", 'DTSTART;X="{}":20261202'])
def test_a_line_whose_parameters_have_no_end_cannot_be_read(line: str) -> None:
    assert read(one(line.format("a" * 1_900))).refused == []
    [refused] = read(one(line.format("a" * 2_000))).refused
    assert (refused.error.name, refused.error.reason) == ("DTSTART", "the line cannot be read")


LINES = st.sampled_from(
    [
        "DTSTART:20261202T093000Z", "DTSTART;TZID=Europe/Paris:20261202T093000",
        "DTSTART;VALUE=DATE:20261202", "DTSTART:00010101T000000Z", "DTEND:99991231T235959Z",
        "DTEND;TZID=Asia/Tokyo:20261202T093000", "DURATION:P9999999D", "DURATION:-PT1H",
        "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=YEARLY;UNTIL=00010101", "RRULE:FREQ=WEEKLY;UNTIL=x",
        "RDATE:20261203T093000Z,99991231", "RDATE;VALUE=PERIOD:x/y", "EXDATE;TZID=Nowhere:20261202",
        "EXDATE:20261202T093000Z", "RECURRENCE-ID:20261202T093000Z", "RECURRENCE-ID:00010101T0000",
        "LAST-MODIFIED:00010101T000000Z", "SEQUENCE:-1", "STATUS:CANCELLED", "URL:http://[", "UID:",
        "SUMMARY;X=\"", "BEGIN:VALARM", "END:VALARM", "BEGIN:VEVENT", "END:VEVENT", "UID:two",
        ":", ";",
    ]
)  # fmt: skip
ANY = st.text(max_size=40).map(lambda text: text.replace("\n", " "))


@examples(300)
@given(st.lists(LINES | ANY, max_size=12), st.sampled_from(["UTC", "Asia/Shanghai"]))
def test_whatever_stands_in_a_file_is_read_or_refused(lines: list[str], zone: str) -> None:
    body = "\n".join(["BEGIN:VCALENDAR", *vevent(*lines), "END:VCALENDAR"])
    try:
        reading = read(body.encode(errors="replace"), zone)
    except parsing.Unreadable:
        return
    for entry in reading.entries:
        dates.validate(entry.when)
        assert entry.title or entry.is_cancelled


def test_more_events_than_one_import_takes_are_refused(team: Team) -> None:
    lines = [
        line
        for n in range(foreignevents.MAX_EVENTS + 1)
        for line in vevent("DTSTART:20261202", uid=str(n))
    ]
    with pytest.raises(foreignevents.TooManyEvents):
        do(team, ics(*lines))
    assert Event.objects.count() == 0


def test_an_alarm_that_repeats_for_ever_is_not_looked_at(team: Team) -> None:
    alarm = ["BEGIN:VALARM", "TRIGGER:-PT1S", "REPEAT:2147483648", "DURATION:PT1S", "END:VALARM"]
    assert outcomes(do(team, one(*alarm))) == ["new"]


def test_text_that_would_break_out_is_plain_text_here(team: Team) -> None:
    do(team, one("DESCRIPTION:a\x00b\u202ec", title="<script>\u2028alert(1)</script>"))
    event = Event.objects.get()
    assert (event.title_en, event.description_en) == ("<script>alert(1)</script>", "abc")
