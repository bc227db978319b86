"""Tables that differ from the migrations are reported before anything is changed."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from config.runtime import preflight, tables
from config.runtime.preflight import Refusal
from tests.config.runtime import runall
from tests.config.runtime.runall import PROGRAMS, SET


def alter(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_present_tables_are_those_of_the_models() -> None:
    assert tables.differences() == []
    preflight.schema()
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "ALTER TABLE events_heartbeat DROP COLUMN at",
            "The table events_heartbeat lacks the column at.",
        ),
        (
            "ALTER TABLE events_heartbeat ADD COLUMN place varchar(10)",
            "The table events_heartbeat has a column place that nothing knows.",
        ),
        ("DROP TABLE events_heartbeat", "There is no table events_heartbeat."),
    ],
)
def test_another_table_is_named_with_its_column(statement: str, said: str) -> None:
    alter(statement)
    assert tables.differences() == [said]
    with pytest.raises(Refusal) as refusal:
        preflight.schema()
    assert str(refusal.value) == f"{said} {preflight.MENDED}"
    [found] = run_checks(tags=[Tags.database], databases=["default"])
    assert (found.id, found.msg, found.hint) == ("config.E003", said, preflight.MENDED)


@pytest.mark.django_db
def test_of_many_differences_the_first_are_told() -> None:
    for number in range(5):
        alter(f"ALTER TABLE events_heartbeat ADD COLUMN more_{number} varchar(10)")
    with pytest.raises(Refusal, match=r"column more_2 that nothing knows\. And 2 more\. The migr"):
        preflight.schema()


def test_without_a_database_at_hand_the_check_asks_nothing() -> None:
    assert [found for found in run_checks() if found.id == "config.E003"] == []


@pytest.mark.sqlite_only
def test_gunicorn_does_not_start_before_the_database_is_up_to_date(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *PROGRAMS["gunicorn"].split()],
        cwd=runall.ROOT,
        env=runall.environment(ATTACHE_DATA=tmp_path, **SET),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert "The database is not up to date (admin.0001_initial is not applied)" in done.stderr
    assert "Traceback" not in done.stderr
