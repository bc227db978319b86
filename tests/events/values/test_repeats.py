"""Recurrence rules: dateutil finds the same days, and no rule is costly."""

from datetime import datetime
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from events.values import repeats
from events.values.repeats import BadRule, Budget
from tests.examples import examples


def wall(*parts: int) -> datetime:
    """Return a wall time of a series."""
    return datetime(*parts)  # type: ignore[arg-type,misc]  # noqa: DTZ001


FIRST, LAST = wall(2025, 6, 1), wall(2028, 6, 2)


def expanded(text: str, start: datetime, budget: Budget | None = None) -> list[datetime]:
    rule = repeats.parse(text, local=datetime.fromisoformat)
    budget = budget or Budget()
    return repeats.expand([rule], start=start, first=FIRST, last=LAST, budget=budget)


def some(*values: object, most: int = 3) -> st.SearchStrategy[str]:
    found = st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)
    return found.map(lambda chosen: ",".join(map(str, chosen)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(repeats.FREQUENCIES))
    days = list(repeats.WEEKDAYS)
    if frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans()):
        # Ordinals are never mixed with plain days: dateutil lets each narrow the other.
        days = [f"{n}{day}" for n in (1, 2, 5, -1, -5) for day in repeats.WEEKDAYS]
    parts = {
        "INTERVAL": st.integers(1, 5),
        "COUNT": st.integers(1, 60),
        "WKST": st.sampled_from(repeats.WEEKDAYS),
        "BYMONTH": some(*range(1, 13)),
        "BYDAY": some(*days),
    }
    if frequency != "WEEKLY":
        parts["BYMONTHDAY"] = some(1, 2, 13, 28, -1, -2, -28)
    if frequency == "YEARLY" and draw(st.booleans()):  # dateutil is slow if none matches
        del parts["BYMONTH"], parts["BYMONTHDAY"]
        parts["BYYEARDAY"] = some(1, 60, 200, 365, 366, -1, -100, -366)
    chosen = draw(st.sets(st.sampled_from(sorted(parts)), max_size=4))
    words = [f"{name}={draw(parts[name])}" for name in sorted(chosen)]
    if frequency in {"MONTHLY", "YEARLY"} and any(word.startswith("BY") for word in words):
        words += draw(st.sampled_from([[], ["BYSETPOS=1"], ["BYSETPOS=-1,2"]]))
    return ";".join([f"FREQ={frequency}", *words])


@examples(100)
@given(rules(), st.datetimes(wall(2022, 1, 1), wall(2027, 12, 31)))
def test_another_reader_comes_to_the_same_days(text: str, start: datetime) -> None:
    start = start.replace(second=0, microsecond=0)
    theirs = set(takewhile(lambda at: at <= LAST, rrulestr(text, dtstart=start)))
    theirs |= {start}
    expected = sorted(at for at in theirs if FIRST <= at <= LAST)
    try:
        assert expanded(text, start) == expected
    except BadRule:
        assert len(expected) > repeats.MAX_TIMES


def test_an_end_is_part_of_the_series() -> None:
    found = expanded("FREQ=DAILY;UNTIL=2026-01-03T09:00", wall(2026, 1, 1, 9))
    assert [at.day for at in found] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000",
        "FREQ=DAILY;INTERVAL=9999999999",
        "FREQ=MONTHLY;BYYEARDAY=366;BYMONTH=1",
    ],
)
def test_a_day_that_never_comes_is_not_waited_for(text: str) -> None:
    start = wall(1900, 1, 1)
    counted = (LAST - start).days if "COUNT" in text else (LAST - FIRST).days + 366
    budget = Budget()
    assert expanded(text, start, budget) == []
    assert budget.used == counted


def test_a_series_looks_at_no_more_days_than_its_budget_has() -> None:
    budget = Budget(days=1_000)
    assert expanded("FREQ=YEARLY", wall(2027, 1, 1), budget) == [wall(2027, 1, 1), wall(2028, 1, 1)]
    with pytest.raises(BadRule):
        expanded("FREQ=YEARLY", wall(2027, 1, 1), budget)
    assert budget.used == (LAST - wall(2027, 1, 1)).days
