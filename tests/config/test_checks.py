"""The rules of time zones are those of the pinned package."""

import zoneinfo
from datetime import datetime, timedelta
from importlib import metadata
from zoneinfo import ZoneInfo

from django.core.checks import run_checks

from config import checks


def test_all_is_well():
    assert checks.time_zones() == []


def test_the_check_is_registered(monkeypatch):
    monkeypatch.setattr(checks, "OLDEST_RULES", (9999, 1))
    assert "config.E002" in [found.id for found in run_checks()]


def test_zone_files_of_the_machine_are_an_error():
    zoneinfo.reset_tzpath(to=["/usr/share/zoneinfo"])
    try:
        assert [found.id for found in checks.time_zones()] == ["config.E001"]
    finally:
        zoneinfo.reset_tzpath(to=())


def test_old_rules_are_an_error(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "2025.3")
    assert [found.id for found in checks.time_zones()] == ["config.E002"]


def test_vancouver_stays_on_summer_time_after_2026():
    winter = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("America/Vancouver"))
    assert winter.utcoffset() == timedelta(hours=-7)
