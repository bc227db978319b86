"""CSV exports: complete, filtered, safe for spreadsheets, and only with what the user may see."""

import csv
import logging
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from delegations.models import Application, Delegate
from events.admin.kit.exports import harmless
from events.models import Attendee, Event, Expo, Person, Team
from tests import factories, missions
from tests.events.admin import screens
from tests.examples import examples
from tests.missions import MARKS
from tests.office import address


def table(answer: Any) -> list[dict[str, str]]:
    """Parse the file as a spreadsheet does."""
    assert answer.status_code == 200
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:], newline="")))


def test_events_are_taken_away_as_the_list_is_filtered(ours: Team, organiser: Client) -> None:
    for title, kind in (("Expo one", "expo"), ("Forum", "forum"), ("Expo two", "expo")):
        factories.event(team=ours, title_en=title, kind=kind, end_on=date(2026, 12, 2))
    page = organiser.get(address(Event, "changelist"), {"kind__exact": "expo", "q": "two"})
    [button] = [each for each in page.context["actions_list"] if "/export" in each["path"]]
    assert [row["Title"] for row in table(organiser.get(button["path"]))] == ["Expo two"]
    assert [row["Title"] for row in table(organiser.get(address(Expo, "export")))] == [
        "Expo two", "Expo one",
    ]  # fmt: skip
    (row,) = table(organiser.get(button["path"]))
    assert row["Date"] == "2 December 2026, 09:30–17:00"
    assert (row["Kind"], row["Status"], row["First day"]) == ("expo", "confirmed", "2026-12-02")


def test_all_pages_of_a_list_are_taken_away(ours: Team, organiser: Client) -> None:
    event = factories.event(team=ours)
    Attendee.objects.bulk_create(
        Attendee(event=event, label_en=f"Guest {number}", created_at=factories.NOW)
        for number in range(60)
    )
    assert len(table(organiser.get(address(Attendee, "export")))) == 60


@pytest.mark.parametrize(
    ("language", "heading", "role"), [("zh-hans", "角色", "演讲者"), ("zh-hant", "角色", "講者")]
)
def test_headings_and_words_are_in_the_language_of_the_reader(
    language: str, heading: str, role: str, ours: Team, organiser: Client
) -> None:
    factories.attendee(event=factories.event(team=ours), role="speaker")
    organiser.cookies["django_language"] = language
    (row,) = table(organiser.get(address(Attendee, "export")))
    assert row[heading] == role


def test_each_role_takes_away_what_it_sees_and_no_more(db: None) -> None:
    mission = missions.build()
    for role, user in mission.users.items():
        client = Client()
        client.force_login(user)
        seen = Attendee.objects.visible_to(user)
        rows = table(client.get(address(Attendee, "export")))
        assert len(rows) == seen.count(), role
        people = Person.objects.reached_by(user).filter(attendances__in=seen)
        mails = sorted(row["E-mail"] for row in rows if row["E-mail"])
        assert mails == sorted(people.values_list("email", flat=True)), role
        assert MARKS.get(role, "no mark") not in str(rows)
        firms = [row["Organisation"] for row in table(client.get(address(Application, "export")))]
        assert firms == (["Firm"] if role in {"organiser", "viewer", "superuser"} else []), role


def test_the_list_of_a_delegation_is_in_order_of_precedence(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row")
    for rank, name in ((None, "Along"), (2, "Second"), (1, "First")):
        Delegate.objects.create(
            delegation=row, person=factories.person(team=ours, family_name=name), precedence=rank
        )
    rows = table(organiser.get(address(row, "members_list")))
    assert [row["Precedence"] for row in rows] == ["1", "2", ""]
    assert [row["Name"] for row in rows] == [
        "FIRST Siu-ming", "SECOND Siu-ming", "ALONG Siu-ming",
    ]  # fmt: skip


def test_the_list_of_a_delegation_holds_the_party_of_a_liaison_officer(db: None) -> None:
    mission = missions.build()
    client = Client()
    client.force_login(mission.users["liaison"])
    rows = table(client.get(address(mission.delegation, "members_list")))
    assert [row["Name"] for row in rows] == ["HEAD Siu-ming", "MEMBER Siu-ming"]
    assert {row["Legs"] for row in rows} == {"one", ""}
    stranger = Client()
    stranger.force_login(mission.users["outsider"])
    assert stranger.get(address(mission.delegation, "members_list")).status_code == 404


def test_an_application_is_taken_away_with_whom_it_proposes(ours: Team, organiser: Client) -> None:
    row = screens.application(ours, "Firm", status="submitted", submitted_at=factories.NOW)
    (line,) = table(organiser.get(address(Application, "export")))
    assert line["Proposed"] == str(row.nominees.get())
    assert line["Submitted"] == "2026-06-01 08:00+00:00"
    assert "vetting" not in " ".join(line).lower()


def test_who_takes_what_away_stands_in_the_log(
    ours: Team, organiser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "events.admin.kit.exports"):
        table(organiser.get(address(Event, "export")))
    user = ours.memberships.get().user
    assert [record.getMessage() for record in caplog.records] == [
        f"user {user.pk} takes away events"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+852 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", '"=1', "'=1", "\uff1d1",
        "\uff0b1", "\uff0d1", "\uff201", "\0=1", "\u3000=1", "-", "=cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_a_formula_is_text(text: str) -> None:
    assert harmless(text).startswith("'")
    assert "\0" not in harmless(text)


@pytest.mark.parametrize("text", ["Hall 7", "2026-12-02", "a=b", "香港", "O’Neil", "12 – 13"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_nothing_is_empty_and_a_moment_has_its_zone() -> None:
    moment = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    assert (harmless(None), harmless(7), harmless(moment)) == ("", "7", "2026-06-01 08:30+00:00")


@examples(300)
@given(st.text())
def test_no_text_begins_a_formula_in_any_spreadsheet(text: str) -> None:
    cell = harmless(text)
    assert cell.lstrip(" \u3000\"'")[:1] not in set(
        "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n"
    ) or cell.startswith("'")
    assert cell in {text.replace("\0", ""), "'" + text.replace("\0", "")}


def test_a_hostile_name_stays_one_harmless_cell(ours: Team, organiser: Client) -> None:
    hostile = '=HYPERLINK("http://evil","x"),1;=2\r\n=3'
    factories.event(team=ours, title_en=hostile)
    (row,) = table(organiser.get(address(Event, "export")))
    assert row["Title"] == f"'{hostile}"
