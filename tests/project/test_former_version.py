"""Databases of former versions are migrated to this one: rows, calendars and mails stay.

An unattended `makemigrations` turns a renamed column into a new one, and drops the old one with its
data. Therefore each value of each row is compared.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from config.runtime import preflight, tables
from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.domain.directory import history
from events.domain.imports.calendars import importpreviews
from events.domain.imports.calendars.importplans import Outcome
from events.domain.reminders import audiences, reminders
from events.models import (
    Attendee,
    CalendarFeed,
    Delivery,
    Event,
    EventOrganisation,
    Evidence,
    FeedState,
    ImportPreview,
    Membership,
    Organisation,
    Person,
    ReminderOccurrence,
    ReminderRule,
    RenderedEvent,
    Team,
    User,
)
from events.models.base import history as kept_history
from seeds import library
from tests.project.former import content, dump
from tests.project.former.content import END
from tests.project.former.dump import Dump

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.django_db,
    pytest.mark.xdist_group("former"),
]

LATER = END + timedelta(minutes=5)

# Tables and columns that were renamed since.
MODELS: dict[str, str] = {
    "delegations.attendance": "delegations.rosterattendee",
    "events.openedcalendar": "events.importpreview",
    "events.tally": "events.ratelimitcounter",
    "events.wording": "events.mailwording",
}
ATTENDEE = {"answer": "partstat", "place": "seat", "presence": "attendance"}
COLUMNS: dict[str, dict[str, str]] = {
    "events.attendee": ATTENDEE,
    "events.historicalattendee": ATTENDEE,
    "events.reply": {
        "answer": "partstat",
        "delegate": "delegated_to",
        "said_at": "replied_at",
    },
    "events.delivery": {"said": "content_digest", "unknowns": "unknown_count"},
    "events.importedevent": {"said": "source_values"},
}
# Values that are stored differently since: each function converts a row of the former version.
CONVERSIONS: dict[str, Callable[[Dump, dict[str, Any]], None]] = {
    "events.calendarfeed": lambda _kept, row: _rename(row, "language", {"": "en"}),
    "events.delivery": lambda _kept, row: _rename(row, "kind", {"place": "promoted"}),
    "events.evidence": lambda kept, row: (
        _rename(row, "field", ATTENDEE) if _is_of("attendee", kept, row) else None
    ),
    # Derived anew, with the pinyin of characters.
    "events.person": lambda _kept, row: row.update(search_key=_key(Person, row)),
    "events.organisation": lambda _kept, row: row.update(search_key=_key(Organisation, row)),
}
# Tables that each start of a version fills again.
DERIVED = ("auth.permission", "contenttypes.contenttype")
# The present names.
SEAT, ANSWER, PRESENCE = "seat", "partstat", "attendance"


@dataclass(frozen=True)
class Former:
    """The dump of a former version, and its tables as the present migrations made them."""

    dump: Dump
    schema: str
    differences: list[str]


@contextmanager
def empty_database() -> Iterator[None]:
    """Connect to another, empty database, and remove it afterwards."""
    name = connection.settings_dict["NAME"]
    other = f"{name}_former"
    connection.close()
    _on_the_server(f'CREATE DATABASE "{other}"')
    connection.settings_dict["NAME"] = other
    ContentType.objects.clear_cache()  # its tables have other numbers
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        ContentType.objects.clear_cache()
        _on_the_server(f'DROP DATABASE "{other}"')
        if connection.vendor == "sqlite":
            Path(other).unlink(missing_ok=True)


def _on_the_server(statement: str) -> None:
    """Execute a statement on the PostgreSQL server; SQLite makes a file by opening it."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture(scope="module", params=dump.FOLDERS, ids=lambda folder: folder.name)
def former(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Former]:
    """A database of a former version, migrated to this one."""
    kept = dump.read(folder=request.param)
    with django_db_blocker.unblock(), empty_database():
        with override_settings(MIGRATION_MODULES={}):
            dump.migrate(dump=kept)
            schema = dump.schema() if connection.vendor == "sqlite" else ""
            found = Former(kept, schema, tables.differences())
            dump.load(dump=kept)
            call_command("migrate", verbosity=0)
        yield found


@pytest.fixture(autouse=True)
def today(former: Former) -> Iterator[None]:
    """The moment at which the former version stopped."""
    with (
        override_settings(MIGRATION_MODULES={}),
        time_machine.travel(END, tick=False),
    ):
        yield


@pytest.mark.sqlite_only
def test_the_migrations_of_a_release_make_the_tables_that_they_made_then(former: Former) -> None:
    """Migrations are appended; a rewritten one would not be applied where the old one was."""
    assert former.schema == (former.dump.folder / "schema.sql").read_text()


def test_the_start_that_migrates_finds_the_tables_of_the_migrations_before(former: Former) -> None:
    assert former.differences == []


def test_the_tables_are_those_of_the_models() -> None:
    assert (tables.pending(), tables.differences()) == ([], [])
    preflight.serving()


def test_a_web_server_does_not_start_while_a_migration_waits() -> None:
    MigrationRecorder(connection).record_unapplied("seeds", "0001_initial")
    with pytest.raises(
        preflight.Refusal, match=r"not up to date \(seeds.0001_initial is not appli"
    ):
        preflight.serving()
    preflight.schema()  # pending migrations are not compared yet


def test_every_value_of_every_row_is_there(former: Former) -> None:
    found = dump.rows()
    for label in former.dump.rows.keys() - DERIVED:
        wanted = _wanted(former.dump, label)
        rows = found[MODELS.get(label, label)]
        assert [_among(row, wanted[0]) for row in rows] == wanted if wanted else not rows, label


def _wanted(kept: Dump, label: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the former version with the present names and values."""
    names, convert = COLUMNS.get(label, {}), CONVERSIONS.get(label, _as_it_is)
    rows = [
        {names.get(name, name): value for name, value in row.items()} for row in kept.rows[label]
    ]
    for row in rows:
        convert(kept, row)
    return rows


def _rename(row: dict[str, Any], column: str, names: dict[str, str]) -> None:
    """Replace a stored name by the present one."""
    row[column] = names.get(row[column], row[column])


def _key(model: type[Any], row: dict[str, Any]) -> str:
    """Return the search key that the present version derives from a row."""
    return str(model.objects.get(pk=row["id"]).derive_key())


def _is_of(model: str, kept: Dump, row: dict[str, Any]) -> bool:
    """Whether a generic foreign key points to a row of this table of events."""
    kinds = {kind["id"]: kind for kind in kept.rows["contenttypes.contenttype"]}
    kind = kinds[row["content_type_id"]]
    return (kind["app_label"], kind["model"]) == ("events", model)


def _as_it_is(kept: Dump, row: dict[str, Any]) -> None:
    """Leave the row unchanged."""


def _among(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return these columns of a row, which may have others by now."""
    return {name: row.get(name) for name in names}


def test_attendees_are_as_they_were() -> None:
    rows = Attendee.objects.filter(event__slug__in=["example-seminar", "example-fair"])
    columns = ("person__slug", "role", SEAT, ANSWER, PRESENCE)
    assert list(rows.order_by("event", "pk").values_list(*columns)) == [
        ("example-amy", "participant", "confirmed", "accepted", "attended"),
        ("example-bob", "participant", "confirmed", "accepted", "checked_in"),
        ("example-col", "participant", "confirmed", "accepted", "no_show"),
        ("example-dee", "participant", "none", "needs_action", "expected"),
        ("example-eli", "speaker", "confirmed", "accepted", "checked_in"),
        ("example-amy", "participant", "cancelled", "declined", "expected"),
        ("example-bob", "participant", "cancelled", "declined", "expected"),
        ("example-col", "participant", "confirmed", "accepted", "expected"),
        ("example-dee", "participant", "confirmed", "accepted", "expected"),
        ("example-eli", "participant", "none", "tentative", "expected"),
        ("example-fay", "participant", "none", "declined", "expected"),
        ("example-gil", "participant", "none", "delegated", "expected"),
        ("example-hal", "participant", "cancelled", "needs_action", "expected"),
        ("example-ivy", "participant", "none", "needs_action", "expected"),
        ("example-joy", "speaker", "confirmed", "accepted", "expected"),
        ("example-kay", "participant", "waitlisted", "accepted", "expected"),
    ]


def test_the_history_of_an_attendee_tells_each_change() -> None:
    row = Attendee.objects.get(event__slug="example-fair", person__slug="example-bob")
    log = history.Log(row)[:10]
    told = [{change.field.name: change.after for change in entry.changes} for entry in log]
    assert [(change.get(ANSWER), change.get(SEAT)) for change in told] == [
        ("declined", "cancelled"),
        ("accepted", "confirmed"),
        (None, None),
    ]


def test_evidence_names_the_columns_of_today() -> None:
    kept = Evidence.objects.filter(content_type=ContentType.objects.get_for_model(Attendee))
    assert list(kept.order_by("pk").values_list("field", flat=True)) == [ANSWER, SEAT, PRESENCE]


@pytest.mark.parametrize("kept", [True, False])
def test_calendars_are_the_same_at_the_same_addresses(former: Former, kept: bool) -> None:
    if not kept:
        FeedState.objects.all().delete()
        RenderedEvent.objects.all().delete()
    feeds, folder = former.dump.feeds, former.dump.folder
    read = {name: content.read(path) for name, path in feeds.items()}
    assert read == {name: (folder / name).read_bytes() for name in feeds}


def test_each_feed_has_the_language_that_it_was_written_in() -> None:
    states = FeedState.objects.order_by("pk").values_list("language", "feed__language")
    assert {language for language, of_feed in states if language != of_feed} == set()
    assert not CalendarFeed.objects.filter(language="").exists()


def test_the_first_change_of_a_row_tells_what_was_before() -> None:
    for table in (CalendarFeed, EventOrganisation, Membership, ReminderRule, Team, User):
        changes = kept_history.of(table)
        assert changes is not None
        keys = table._default_manager.order_by("pk").values_list("pk", flat=True)
        assert list(changes.order_by("id").values_list("id", flat=True)) == list(keys), table
    team = Team.objects.earliest("pk")
    before, team.name = team.name, "Renamed"
    team.save()
    [last] = [entry for entry in history.Log(team)[:10] if entry.record.history_type == "~"]
    assert [(change.before, change.after) for change in last.changes] == [(before, "Renamed")]


def mails() -> list[dict[str, Any]]:
    return list(Delivery.objects.order_by("pk").values())


def occurrences() -> list[dict[str, Any]]:
    return list(ReminderOccurrence.objects.order_by("pk").values())


def test_planning_anew_changes_nothing() -> None:
    """Plans, mails and answers are found by the keys and digests of the former version."""
    before = mails(), occurrences()
    for event in Event.objects.order_by("pk"):
        reminders.replan(event=event, now=END)
        invitations.replan(event=event, now=END)
    assert (mails(), occurrences()) == before


def test_what_waits_goes_out_once_and_what_was_sent_stays_sent() -> None:
    """Who gets an updated invitation reads there what else has changed, and gets no notice."""
    settled = Delivery.objects.exclude(state__in=["pending", "leased"])
    keys = list(settled.values_list("pk", flat=True))
    before = list(settled.order_by("pk").values())

    delivery.tick(now=LATER)
    delivery.tick(now=LATER)

    assert list(Delivery.objects.filter(pk__in=keys).order_by("pk").values()) == before
    rest = Delivery.objects.exclude(pk__in=keys).order_by("kind", "state")
    assert Counter(rest.values_list("kind", "state")) == {
        ("decision", "sent"): 1,
        ("notice", "sent"): 1,
        ("promoted", "sent"): 1,
        ("reminder", "sent"): 2,
        ("request", "sent"): 8,
    }
    assert len(mail.outbox) == 13


def test_a_notice_tells_what_has_changed_before_the_new_version() -> None:
    delivery.tick(now=LATER)
    [notice] = [each for each in mail.outbox if "ivy@example.org" in each.to[0]]
    assert "2 December 2026, 09:30" in notice.body
    assert "3 December 2026, 10:00" in notice.body


def test_rules_mean_the_same_people() -> None:
    event = Event.objects.get(slug="example-fair")
    rules = ReminderRule.objects.filter(team=event.team).order_by("pk")
    people = [
        [
            str(row.person.slug).removeprefix("example-")
            for row in audiences.of(rule=rule, event=event)
        ]
        for rule in rules
    ]
    assert people == [
        ["ivy"],
        ["col", "dee", "joy"],
        ["joy"],
        [],
        ["col", "dee", "eli", "ivy", "joy"],
    ]


def test_a_calendar_that_was_opened_is_compared_with_what_was_said_before() -> None:
    key, user = ImportPreview.objects.get().key, User.objects.get()
    plan = importpreviews.confirm(key=key, user=user, now=LATER)
    assert [(row.title, row.outcome) for row in plan.rows] == [
        ("Example Forum", Outcome.UNCHANGED),
        ("Example Gala", Outcome.CHANGED),
    ]
    moved = Event.objects.get(title_en="Example Gala")
    assert (moved.start_on, moved.sequence) == (date(2026, 11, 13), 1)
    assert Event.objects.filter(title_en="Example Forum, as we call it").exists()


def test_the_catalogue_finds_its_own_values_again() -> None:
    report = library.load(now=LATER)
    assert (report.kept, report.removed) == ([], [])
