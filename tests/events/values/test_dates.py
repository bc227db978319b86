"""Dates of every precision: EDTF, validation, UTC moments."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.values import dates
from events.values.dates import BadDate, Precision, When


def when(precision: Precision, start: str, end: str = "", **parts: str) -> When:
    """Return a When; start and end are written 2026-11-25 or 2026-11-25T09:00."""
    start_on, _, start_time = start.partition("T")
    end_on, _, end_time = end.partition("T")
    return When(
        precision=precision,
        start_on=date.fromisoformat(start_on),
        end_on=date.fromisoformat(end_on) if end_on else None,
        start_time=time.fromisoformat(start_time) if start_time else None,
        end_time=time.fromisoformat(end_time) if end_time else None,
        timezone=parts.pop("timezone", "Asia/Shanghai"),
        **parts,
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


EDTF = {
    "2025": when(Precision.YEAR, "2025-01-01", "2025-12-31"),
    "2025-40": when(Precision.HALF_YEAR, "2025-01-01", "2025-06-30"),
    "2025-41": when(Precision.HALF_YEAR, "2025-07-01", "2025-12-31"),
    "2025-33": when(Precision.QUARTER, "2025-01-01", "2025-03-31"),
    "2025-34": when(Precision.QUARTER, "2025-04-01", "2025-06-30"),
    "2025-35": when(Precision.QUARTER, "2025-07-01", "2025-09-30"),
    "2025-36": when(Precision.QUARTER, "2025-10-01", "2025-12-31"),
    "2024-02": when(Precision.MONTH, "2024-02-01", "2024-02-29"),
    "2025-11": when(Precision.MONTH, "2025-11-01", "2025-11-30"),
    "2025-11-05": when(Precision.DAY, "2025-11-05", "2025-11-05"),
    "2025-11-05/2025-11-10": when(Precision.DAY, "2025-11-05", "2025-11-10"),
    "2025-11-05/..": when(Precision.DAY, "2025-11-05"),
}


@pytest.mark.parametrize("qualifier", ["", "?", "~", "%"])
@pytest.mark.parametrize("text", EDTF)
def test_a_date_survives_being_written_and_read(text: str, qualifier: str) -> None:
    given_date = replace(EDTF[text], qualifier=qualifier)
    assert dates.to_edtf(given_date) == text + qualifier
    assert dates.from_edtf(text + qualifier, timezone="Asia/Shanghai") == given_date


@given(
    day=st.dates(date(1000, 1, 1), date(8999, 12, 31)),
    precision=st.sampled_from(list(dates.MONTHS)),
)
def test_every_period_survives_being_written_and_read(day: date, precision: Precision) -> None:
    first, last = dates.period(precision, day)
    period = When(precision=precision, start_on=first, end_on=last)
    assert first <= day <= last
    assert dates.from_edtf(dates.to_edtf(period)) == period
    dates.validate(period)


def test_an_unknown_date_is_an_empty_text() -> None:
    assert dates.to_edtf(When(timezone="Asia/Shanghai")) == ""
    assert dates.from_edtf("", timezone="Asia/Shanghai") == When(timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("given_date", "text"),
    [
        (when(Precision.TIME, "2025-11-05T14:30"), "2025-11-05T14:30"),
        (when(Precision.TIME, "2025-11-05T00:00"), "2025-11-05T00:00"),
        (
            when(Precision.TIME, "2025-11-05T14:30", "2025-11-05T17:00"),
            "2025-11-05T14:30/2025-11-05T17:00",
        ),
        (
            when(Precision.TIME, "2025-11-05T22:00", "2025-11-06T01:00", qualifier="~"),
            "2025-11-05T22:00/2025-11-06T01:00~",
        ),
    ],
)
def test_clock_times_are_written_as_local_times(given_date: When, text: str) -> None:
    assert dates.to_edtf(given_date) == text


@pytest.mark.parametrize(
    "text",
    [
        *("x", "25", "2025-1", "2025-11-5", "2025/11/05", "2025-11-05T14:30", "?", "/", "../2025"),
        *("2025-00", "2025-13", "2025-32", "2025-37", "2025-39", "2025-42", "2025-99"),
        *("2025-02-29", "2025-11-31", "2025-34-01", "0000", "-0001", "20251105", " 2025"),
        *("2025/2026", "2025-11/2025-12", "2025-11-10/2025-11-05", "2025-11-05/x"),
        *("2025-11-05?/2025-11-10", "2025??", "../..", "/2025-11-05", "2025-11-05/"),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate) as refusal:
        dates.from_edtf(text)
    assert refusal.value.field == "edtf"


@pytest.mark.parametrize(
    ("precision", "day", "first", "last"),
    [
        (Precision.MONTH, "2024-02-15", "2024-02-01", "2024-02-29"),
        (Precision.MONTH, "2025-12-31", "2025-12-01", "2025-12-31"),
        (Precision.QUARTER, "2025-03-31", "2025-01-01", "2025-03-31"),
        (Precision.QUARTER, "2025-11-05", "2025-10-01", "2025-12-31"),
        (Precision.HALF_YEAR, "2025-06-30", "2025-01-01", "2025-06-30"),
        (Precision.HALF_YEAR, "2025-07-01", "2025-07-01", "2025-12-31"),
        (Precision.YEAR, "2025-07-01", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(
    precision: Precision, day: str, first: str, last: str
) -> None:
    found = dates.period(precision, date.fromisoformat(day))
    assert [edge.isoformat() for edge in found] == [first, last]


# UTC moments


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        ("2026-11-25", "09:00", "America/Vancouver", "2026-11-25T16:00"),
        ("2026-11-25", "09:00", "America/Los_Angeles", "2026-11-25T17:00"),
        ("2025-11-25", "09:00", "America/Vancouver", "2025-11-25T17:00"),
        ("2026-11-25", "09:00", "Asia/Shanghai", "2026-11-25T01:00"),
        ("2026-11-25", "09:00", "Asia/Manila", "2026-11-25T01:00"),
        ("2026-11-25", "09:00", "Asia/Jakarta", "2026-11-25T02:00"),
        ("2026-11-25", "09:00", "Australia/Lord_Howe", "2026-11-24T22:00"),
        ("2026-02-20", "10:00", "Africa/Casablanca", "2026-02-20T10:00"),
        ("2026-04-20", "10:00", "Africa/Casablanca", "2026-04-20T09:00"),
        ("2026-07-20", "10:00", "Europe/Dublin", "2026-07-20T09:00"),
    ],
)
def test_a_wall_time_is_an_instant(day: str, at: str, zone: str, instant: str) -> None:
    moment = dates.to_utc(date.fromisoformat(day), time.fromisoformat(at), zone)
    assert moment == utc(instant)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        ("2026-03-29", "01:30", "Europe/London", "2026-03-29T01:30"),
        ("2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30"),
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),
    ],
)
def test_a_time_that_the_clocks_skip_moves_forward(
    day: str, at: str, zone: str, instant: str
) -> None:
    assert dates.to_utc(date.fromisoformat(day), time.fromisoformat(at), zone) == utc(instant)


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        ("2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30"),
        ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45"),
    ],
)
def test_a_time_that_the_clocks_repeat_is_the_first_of_the_two(
    day: str, at: str, zone: str, instant: str
) -> None:
    assert dates.to_utc(date.fromisoformat(day), time.fromisoformat(at), zone) == utc(instant)


def test_days_run_from_midnight_to_the_midnight_after_the_last() -> None:
    expo = when(Precision.DAY, "2025-11-05", "2025-11-10")
    assert dates.instants(expo) == (utc("2025-11-04T16:00"), utc("2025-11-10T16:00"))


def test_a_day_with_an_open_end_is_one_day() -> None:
    opening = when(Precision.DAY, "2025-11-05")
    assert dates.instants(opening) == (utc("2025-11-04T16:00"), utc("2025-11-05T16:00"))


def test_the_day_on_which_clocks_change_is_not_24_hours_long() -> None:
    start, end = dates.instants(
        when(Precision.DAY, "2026-03-29", "2026-03-29", timezone="Europe/Dublin")
    )
    assert start is not None
    assert end is not None
    assert end - start == timedelta(hours=23)


def test_a_time_without_an_end_has_none() -> None:
    reception = when(Precision.TIME, "2025-11-05T18:30")
    assert dates.instants(reception) == (utc("2025-11-05T10:30"), None)


def test_an_end_without_a_day_is_on_the_first() -> None:
    reception = replace(when(Precision.TIME, "2025-11-05T18:30"), end_time=time(20))
    assert dates.instants(reception) == (utc("2025-11-05T10:30"), utc("2025-11-05T12:00"))


def test_a_transfer_ends_in_its_own_zone() -> None:
    flight = when(
        Precision.TIME,
        "2026-11-18T13:00",
        "2026-11-18T08:45",
        end_timezone="America/Los_Angeles",
    )
    dates.validate(flight)
    assert dates.instants(flight) == (utc("2026-11-18T05:00"), utc("2026-11-18T16:45"))


@pytest.mark.parametrize("precision", [p for p in Precision if p not in dates.EXACT])
def test_coarse_dates_have_no_instants(precision: Precision) -> None:
    coarse = when(precision, "2025-01-01", "2025-12-31")
    assert not coarse.is_exact
    assert dates.instants(coarse) == (None, None)


def test_an_exact_date_without_a_start_has_no_instants() -> None:
    assert dates.instants(When(precision=Precision.DAY, timezone="UTC")) == (None, None)


# Validation


@pytest.mark.parametrize("text", EDTF)
def test_what_was_read_is_valid(text: str) -> None:
    dates.validate(dates.from_edtf(text, timezone="Asia/Shanghai"))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (When(precision=Precision.DAY, timezone="UTC"), "start_on"),
        (When(precision=Precision.YEAR), "start_on"),
        (when(Precision.DAY, "2025-11-05", "2025-11-04"), "end_on"),
        (when(Precision.YEAR, "2025-12-31", "2025-01-01"), "end_on"),
        (when(Precision.DAY, "2025-11-05", timezone=""), "timezone"),
        (when(Precision.DAY, "2025-11-05", timezone="Asia/Beijing"), "timezone"),
        (when(Precision.DAY, "2025-11-05", end_timezone="PST"), "timezone"),
        (when(Precision.MONTH, "2025-11-01", "2025-11-30", timezone="Mars"), "timezone"),
        (when(Precision.DAY, "2025-11-05T09:00"), "start_time"),
        (when(Precision.DAY, "2025-11-05", "2025-11-05T10:00"), "start_time"),
        (when(Precision.TIME, "2025-11-05"), "start_time"),
        (when(Precision.TIME, "2025-11-05T09:00", "2025-11-05T08:00"), "end_time"),
        (when(Precision.MONTH, "2025-11-01", "2025-11-29"), "end_on"),
        (when(Precision.MONTH, "2025-11-02", "2025-11-30"), "end_on"),
        (when(Precision.QUARTER, "2025-11-01", "2025-12-31"), "end_on"),
        (when(Precision.HALF_YEAR, "2025-01-01", "2025-12-31"), "end_on"),
        (when(Precision.YEAR, "2025-01-01"), "end_on"),
    ],
)
def test_a_date_that_contradicts_itself_is_refused(bad: When, field: str) -> None:
    with pytest.raises(BadDate) as refusal:
        dates.validate(bad)
    assert refusal.value.field == field
    assert refusal.value.reason


@pytest.mark.parametrize(
    "good",
    [
        When(),
        When(timezone="Asia/Shanghai"),
        when(Precision.DAY, "2025-11-05"),
        when(Precision.TIME, "2025-11-05T09:00"),
        when(Precision.TIME, "2025-11-05T22:00", "2025-11-06T02:00"),
        when(Precision.TIME, "2025-11-05T09:00", "2025-11-05T09:00"),
        when(Precision.YEAR, "2025-01-01", "2025-12-31", timezone=""),
    ],
)
def test_a_consistent_date_passes(good: When) -> None:
    dates.validate(good)


@pytest.mark.parametrize("name", ["", "Asia", "../etc/passwd", "asia\0", "CET+1", "__init__.py"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadDate):
        dates.zone(name)


# Properties


def test_the_last_known_day_is_the_end_or_the_start() -> None:
    assert when(Precision.DAY, "2025-11-05", "2025-11-10").last_on == date(2025, 11, 10)
    assert when(Precision.DAY, "2025-11-05").last_on == date(2025, 11, 5)
    assert When().last_on is None


@pytest.mark.parametrize("precision", list(Precision))
def test_only_days_and_times_are_exact(precision: Precision) -> None:
    assert When(precision=precision).is_exact == (precision in {Precision.TIME, Precision.DAY})


def test_a_moved_date_keeps_its_wall_times() -> None:
    before = when(Precision.TIME, "2026-03-28T09:00", "2026-03-28T10:00", timezone="Europe/Dublin")
    after = before.moved(1)
    assert after == when(
        Precision.TIME, "2026-03-29T09:00", "2026-03-29T10:00", timezone="Europe/Dublin"
    )
    assert dates.instants(after)[0] == utc("2026-03-29T08:00")
    assert When().moved(3) == When()


@pytest.mark.parametrize(
    ("precision", "start", "end", "days", "moved_to"),
    [
        (Precision.MONTH, "2026-05-01", "2026-05-31", 7, ("2026-05-01", "2026-05-31")),
        (Precision.MONTH, "2026-01-01", "2026-01-31", 31, ("2026-02-01", "2026-02-28")),
        (Precision.MONTH, "2026-05-01", "2026-05-31", -30, ("2026-04-01", "2026-04-30")),
        (Precision.HALF_YEAR, "2026-01-01", "2026-06-30", 364, ("2027-01-01", "2027-06-30")),
        (Precision.QUARTER, "2026-10-01", "2026-12-31", 92, ("2027-01-01", "2027-03-31")),
        (Precision.YEAR, "2026-01-01", "2026-12-31", 366, ("2027-01-01", "2027-12-31")),
    ],
)
def test_a_moved_window_is_the_one_that_holds_its_middle(
    precision: Precision, start: str, end: str, days: int, moved_to: tuple[str, str]
) -> None:
    after = when(precision, start, end).moved(days)
    dates.validate(after)
    assert (str(after.start_on), str(after.end_on)) == moved_to


def test_a_flight_over_the_date_line_may_land_on_the_day_before() -> None:
    flight = When(
        precision=Precision.TIME,
        start_on=date(2026, 11, 18),
        start_time=time(0, 5),
        timezone="Asia/Tokyo",
        end_on=date(2026, 11, 17),
        end_time=time(17, 0),
        end_timezone="America/Los_Angeles",
    )

    dates.validate(flight)

    start, end = dates.instants(flight)
    assert start is not None
    assert end is not None
    assert end - start == timedelta(hours=9, minutes=55)


def test_a_last_day_without_its_hour_ends_at_midnight() -> None:
    when = When(
        precision=Precision.TIME,
        start_on=date(2026, 12, 1),
        start_time=time(9),
        end_on=date(2026, 12, 2),
        timezone="Asia/Shanghai",
    )

    assert dates.instants(when)[1] == datetime(2026, 12, 2, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "over_at"),
    [
        (
            When(
                precision=Precision.TIME,
                start_on=date(2026, 12, 2),
                start_time=time(9),
                end_time=time(17),
                timezone="Asia/Shanghai",
            ),
            datetime(2026, 12, 2, 9, tzinfo=UTC),
        ),
        (
            When(
                precision=Precision.TIME,
                start_on=date(2026, 12, 2),
                start_time=time(9),
                timezone="Asia/Shanghai",
            ),
            datetime(2026, 12, 2, 16, tzinfo=UTC),
        ),
        (
            When(precision=Precision.DAY, start_on=date(2026, 12, 2), timezone="Asia/Shanghai"),
            datetime(2026, 12, 2, 16, tzinfo=UTC),
        ),
        (
            When(precision=Precision.MONTH, start_on=date(2026, 12, 1), end_on=date(2026, 12, 31)),
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        (When(), None),
    ],
    ids=["hour", "no-end", "day", "month", "unknown"],
)
def test_a_date_is_over_when_it_cannot_last_any_longer(
    known: When, over_at: datetime | None
) -> None:
    assert dates.over_at(known) == over_at


@pytest.mark.parametrize(
    "text", ["2025-11-05/2025-12", "2025-11-05/2025", "\uff12\uff10\uff12\uff15", "2025-1"]
)
def test_an_interval_ends_on_a_day_and_digits_are_plain(text: str) -> None:
    with pytest.raises(BadDate):
        dates.from_edtf(text)


@pytest.mark.parametrize(
    ("when", "field"),
    [
        (
            When(precision=Precision.YEAR, start_on=date(9999, 1, 1), end_on=date(9999, 12, 31)),
            "start_on",
        ),
        (When(precision=Precision.DAY, start_on=date(999, 1, 1), timezone="UTC"), "start_on"),
        (
            When(
                precision=Precision.MONTH,
                start_on=date(2026, 1, 1),
                end_on=date(2026, 1, 31),
                start_time=time(9),
            ),
            "start_time",
        ),
    ],
)
def test_what_no_clock_or_calendar_can_hold_is_refused(when: When, field: str) -> None:
    with pytest.raises(BadDate) as refusal:
        dates.validate(when)

    assert refusal.value.field == field
