"""Dates on pages, in three languages."""

from datetime import date, time

import pytest
from django.utils.translation import override

from events.values.dates import Precision, When, from_edtf
from events.web.public import dates

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("edtf", "english", "simplified", "traditional"),
    [
        ("2025-11-06", "6 November 2025", "2025年11月6日", "2025年11月6日"),
        (
            "2025-11-05/2025-11-10",
            "5–10 November 2025",
            "2025年11月5日至10日",
            "2025年11月5日至10日",
        ),
        (
            "2025-10-28/2025-11-02",
            "28 October–2 November 2025",
            "2025年10月28日至11月2日",
            "2025年10月28日至11月2日",
        ),
        (
            "2025-12-30/2026-01-02",
            "30 December 2025–2 January 2026",
            "2025年12月30日至2026年1月2日",
            "2025年12月30日至2026年1月2日",
        ),
        ("2026-02-02/..", "from 2 February 2026", "自2026年2月2日起", "自2026年2月2日起"),
        ("2025-11", "November 2025", "2025年11月", "2025年11月"),
        ("2025-34", "second quarter of 2025", "2025年第二季度", "2025年第二季"),
        ("2025-40", "first half of 2025", "2025年上半年", "2025年上半年"),
        ("2003", "2003", "2003年", "2003年"),
        ("", "date not known", "日期不详", "日期不詳"),
    ],
)
def test_words(edtf: str, english: str, simplified: str, traditional: str) -> None:
    when = from_edtf(edtf, timezone=SHANGHAI)
    found = []
    for language in ("en", "zh-hans", "zh-hant"):
        with override(language):
            found.append(dates.words(when))
    assert found == [english, simplified, traditional]


@pytest.mark.parametrize(
    ("edtf", "doubts"),
    [
        ("2025-11-06", []),
        ("2025-11", ["day not known"]),
        ("2003", ["day not known"]),
        ("2026-02-02/..", ["last day not known"]),
        ("2024-09-25?", ["date uncertain"]),
        ("2025-09~", ["day not known", "date approximate"]),
        ("2025-09%", ["day not known", "date uncertain and approximate"]),
        ("", []),
    ],
)
def test_doubts(edtf: str, doubts: list[str]) -> None:
    with override("en"):
        assert dates.doubts(from_edtf(edtf)) == doubts


def timed(**parts: object) -> When:
    values = {
        "precision": Precision.TIME,
        "start_on": date(2025, 11, 6),
        "end_on": date(2025, 11, 6),
        "start_time": time(9, 30),
        "timezone": SHANGHAI,
    }
    return When(**{**values, **parts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "clock"),
    [
        (When(), ""),
        (timed(), "09:30, Asia/Shanghai (UTC+8)"),
        (timed(end_time=time(12)), "09:30–12:00, Asia/Shanghai (UTC+8)"),
        (
            timed(end_on=date(2025, 11, 7), end_time=time(1)),
            "09:30, Asia/Shanghai (UTC+8) on the first day"
            " to 01:00, Asia/Shanghai (UTC+8) on the last",
        ),
        (
            timed(end_time=time(12), end_timezone="Asia/Qatar"),
            "09:30, Asia/Shanghai (UTC+8) on the first day"
            " to 12:00, Asia/Qatar (UTC+3) on the last",
        ),
    ],
)
def test_clock(when: When, clock: str) -> None:
    with override("en"):
        assert dates.clock(when) == clock


@pytest.mark.parametrize(
    ("when", "machine"),
    [
        (from_edtf("2025-11-05/2025-11-10"), "2025-11-05"),
        (from_edtf("2025-11"), "2025-11"),
        (from_edtf("2003?"), "2003"),
        (from_edtf("2025-40"), ""),
        (from_edtf(""), ""),
        (timed(), "2025-11-06T09:30+08:00"),
    ],
)
def test_machine_date_is_valid_html(when: When, machine: str) -> None:
    assert dates.machine(when) == machine


def test_a_day_has_no_clock_elsewhere() -> None:
    assert dates.at(from_edtf("2025-11-06", timezone=SHANGHAI), "Asia/Manila") is None
