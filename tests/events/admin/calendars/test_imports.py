"""Importing a calendar: a preview first, events on confirmation, and only into one's own team."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from events import tasks
from events.domain.attendance import invitations
from events.models import Delivery, Event, Expo, ImportPreview, Team
from tests import factories
from tests.events.domain.imports.calendars.foreigncalendars import ics, one, vevent
from tests.office import address

URL = "/admin/events/event/import/"


def filled_in(team: Team, body: bytes = b"", **values: Any) -> dict[str, Any]:
    """Return the data that a browser would send."""
    file = {"file": SimpleUploadedFile("Trade fair.ics", body)} if body else {}
    return {
        "team": team.pk, "language": "en", "timezone": "Asia/Shanghai", "kind": "forum",
        "visibility": "internal", **file, **values,
    }  # fmt: skip


def look_at(client: Client, team: Team, body: bytes, **values: Any) -> Any:
    page = client.post(URL, filled_in(team, body, **values))
    assert page.status_code == 200, page.context["refusal"]
    assert page.context["form"] is None, page.context["form"].errors
    return page


def test_a_calendar_is_looked_at_then_imported(ours: Team, organiser: Client) -> None:
    body = ics(*vevent("DTSTART:20261202"), *vevent("DTSTART;TZID=Office:20261202T090000", uid="b"))
    page = look_at(organiser, ours, body)
    assert page.context["summary"] == "2 events read: 1 new, 1 refused."
    assert "DTSTART: the time zone “Office” is not known" in page.text
    assert "Trade_fair.ics" in page.text
    assert Event.objects.count() == 0
    done = organiser.post(URL, {"key": page.context["opened"].key}, follow=True)
    assert "2 events read: 1 new, 1 refused." in done.text
    event = Event.objects.get()
    assert (event.team, event.status, event.kind) == (ours, "tentative", "forum")
    assert ImportPreview.objects.count() == 0


def test_a_second_reading_says_what_has_changed_and_what_is_kept(
    ours: Team, organiser: Client
) -> None:
    first = look_at(organiser, ours, one())
    organiser.post(URL, {"key": first.context["opened"].key})
    Event.objects.update(title_en="Our own title")
    page = look_at(organiser, ours, one("DTSTART:20261205", title="Trade summit"))
    [row] = page.context["rows"]
    assert (row["label"], row["why"]) == (
        "changed",
        ["taken over: date", "kept, changed here: title"],
    )
    event = Event.objects.get()
    assert f"/admin/events/event/{event.pk}/change/" in page.text
    organiser.post(URL, {"key": page.context["opened"].key})
    event.refresh_from_db()
    assert (event.title_en, event.start_on.day) == ("Our own title", 5)


def test_a_preview_says_that_the_programme_moves_along(ours: Team, organiser: Client) -> None:
    first = look_at(organiser, ours, one())
    organiser.post(URL, {"key": first.context["opened"].key})
    day = {"start_on": date(2026, 12, 2), "end_on": date(2026, 12, 2)}
    part = factories.event(team=ours, parent=Event.objects.get(), **day)
    page = look_at(organiser, ours, one("DTSTART:20261205"))
    [row] = page.context["rows"]
    said = "1 part of its programme here moves along by as many days."
    assert row["why"] == [said, "taken over: date"]
    organiser.post(URL, {"key": page.context["opened"].key})
    part.refresh_from_db()
    assert part.start_on == date(2026, 12, 5)


def test_a_preview_says_how_many_expect_what_is_cancelled(ours: Team, organiser: Client) -> None:
    first = look_at(organiser, ours, one())
    organiser.post(URL, {"key": first.context["opened"].key})
    for _ in range(2):
        factories.attendee(event=Event.objects.get())
    page = look_at(organiser, ours, one("STATUS:CANCELLED"))
    [row] = page.context["rows"]
    assert row["label"] == "cancelled"
    assert row["why"] == ["2 people who are expected see the change in itineraries and calendars."]


def moved(organiser: Client, ours: Team) -> Any:
    """Import an event with two guests who were invited, then look at a calendar that moves it."""
    first = look_at(organiser, ours, one())
    organiser.post(URL, {"key": first.context["opened"].key})
    event = Event.objects.get()
    guests = [
        factories.attendee(event=event, person=factories.person(team=ours, given_name=name))
        for name in ("Ada", "Bo")
    ]
    now = timezone.now()
    invitations.send(event=event, attendees=[row.pk for row in guests], now=now)
    Delivery.objects.update(state="sent", sent_at=now, claim_at=None)
    return look_at(organiser, ours, one("DTSTART:20261205")).context["opened"].key


def states() -> list[str]:
    rows = Delivery.objects.exclude(state="sent").order_by("pk")
    return list(rows.values_list("state", flat=True))


def test_an_import_says_before_whom_it_would_tell(ours: Team, organiser: Client) -> None:
    key = moved(organiser, ours)
    page = organiser.post(URL, {"key": key})
    assert page.context["who"] == "2 people would be told by mail: CHAN Ada, CHAN Bo"
    assert Event.objects.get().start_on == date(2026, 12, 2)
    assert states() == []
    again = organiser.post(URL, {**dict(page.context["fields"]), "_telling": "back"})
    assert again.context["summary"] == "1 event read: 1 changed."
    assert again.context["opened"].key == key


@pytest.mark.parametrize(
    ("choice", "state"), [("now", "pending"), ("later", "held"), ("never", "cancelled")]
)
def test_the_mails_of_an_import_go_as_was_chosen(
    ours: Team, organiser: Client, choice: str, state: str
) -> None:
    key = moved(organiser, ours)
    page = organiser.post(URL, {"key": key, "_telling": choice}, follow=True)
    said, *_told = (str(message) for message in page.context["messages"])
    assert said == "1 event read: 1 changed."
    assert Event.objects.get().start_on == date(2026, 12, 5)
    assert states() == [state] * 2


def test_the_button_stands_on_the_list_of_all_events(organiser: Client) -> None:
    page = organiser.get(address(Event, "changelist"))
    assert [button["path"] for button in page.context["actions_list"]] == [
        URL, address(Event, "export"),
    ]  # fmt: skip
    assert organiser.get(URL).status_code == 200
    page = organiser.get(address(Expo, "changelist"))
    assert [button["path"] for button in page.context["actions_list"]] == [address(Expo, "export")]


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_who_runs_no_team_imports_nothing(role: str, ours: Team) -> None:
    client = Client()
    client.force_login(factories.user(member_of=ours, role=role))
    assert client.get(URL).status_code == 403
    assert client.post(URL, filled_in(ours, one())).status_code == 403
    page = client.get(address(Event, "changelist"))
    assert URL not in [button["path"] for button in page.context["actions_list"]]


def test_nobody_imports_for_a_team_that_they_do_not_run(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    page = organiser.post(URL, filled_in(theirs, one()))
    assert "team" in page.context["form"].errors
    assert b"CANARY" not in page.content
    assert ImportPreview.objects.count() == 0


def test_events_of_other_teams_are_not_shown_as_known(
    ours: Team, theirs: Team, organiser: Client, superuser: Client
) -> None:
    seen = look_at(superuser, theirs, one(title="CANARY forum"))
    superuser.post(URL, {"key": seen.context["opened"].key})
    page = look_at(organiser, ours, one())
    assert page.context["summary"] == "1 event read: 1 new."
    assert b"CANARY" not in page.content


def test_a_preview_is_for_who_opened_it_and_while_they_run_the_team(
    ours: Team, organiser: Client
) -> None:
    other = Client()
    other.force_login(factories.user(member_of=ours))
    key = look_at(organiser, ours, one()).context["opened"].key
    for client, wrong in ((other, key), (organiser, "x" * 43)):
        answer = client.post(URL, {"key": wrong})
        assert answer.status_code == 409
        assert "This preview is no longer there." in answer.context["refusal"]
    ours.memberships.update(role="viewer")
    assert organiser.post(URL, {"key": key}).status_code == 403
    assert Event.objects.count() == 0


def test_a_preview_is_gone_after_an_hour_and_after_its_import(
    ours: Team, organiser: Client
) -> None:
    key = look_at(organiser, ours, one()).context["opened"].key
    assert organiser.post(URL, {"key": key}).status_code == 302
    assert organiser.post(URL, {"key": key}).status_code == 409
    late = look_at(organiser, ours, one()).context["opened"]
    ImportPreview.objects.update(opened_at=late.opened_at - timedelta(hours=1, seconds=1))
    assert organiser.post(URL, {"key": late.key}).status_code == 409


def test_a_preview_that_came_to_nothing_is_forgotten(ours: Team, organiser: Client) -> None:
    old, new = (look_at(organiser, ours, one()).context["opened"] for _ in range(2))
    past = old.opened_at - timedelta(hours=1, seconds=1)
    ImportPreview.objects.filter(pk=old.pk).update(opened_at=past)
    tasks.prune()
    assert ImportPreview.objects.get() == new


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html>", "This is not a calendar in iCalendar format (.ics)."),
        (
            b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 9,
            "The parts of the calendar lie too deep in each other. See line 5.",
        ),
    ],
    ids=["page", "deep"],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_words(
    ours: Team, organiser: Client, body: bytes, said: str
) -> None:
    page = organiser.post(URL, filled_in(ours, body))
    assert page.status_code == 409
    assert page.context["refusal"] == said
    assert ImportPreview.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_at_its_field(ours: Team, organiser: Client) -> None:
    page = organiser.post(URL, filled_in(ours, b"x" * (5 * 2**20 + 1)))
    assert page.context["form"].errors["file"] == ["The calendar is larger than 5 MB."]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("http://127.0.0.1/a.ics", "This address does not lie on the public internet."),
        ("http://example.org:8000/", "Write an address that begins with https:// or http://,"),
    ],
)
def test_an_inner_address_is_refused_in_words(
    ours: Team, organiser: Client, there: str, said: str
) -> None:
    page = organiser.post(URL, filled_in(ours, address=there))
    assert page.status_code == 409
    assert page.context["refusal"].startswith(said)
    assert page.context["form"]["address"].value() == there


def test_a_file_or_an_address_is_asked_for_not_both(ours: Team, organiser: Client) -> None:
    for values in (filled_in(ours), filled_in(ours, one(), address="https://example.org/")):
        page = organiser.post(URL, values)
        assert page.context["form"].non_field_errors() == [
            "Choose a file or write an address, one of them."
        ]


def test_what_a_calendar_says_is_text_on_the_page(ours: Team, organiser: Client) -> None:
    page = look_at(organiser, ours, one(title="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_pages_are_there_in_three_languages(
    language: str, ours: Team, organiser: Client
) -> None:
    organiser.cookies["django_language"] = language
    assert organiser.get(URL).status_code == 200
    off = vevent("DTSTART:20261202", "STATUS:CANCELLED", uid="b")
    page = look_at(organiser, ours, ics(*vevent("DTSTART:2026"), *off))
    [refused, left_out] = page.context["rows"]
    assert ("is not a date" in refused["why"][0]) == (language == "en")
    assert ("it is cancelled" in left_out["why"][0]) == (language == "en")


def test_the_command_does_the_same(ours: Team, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_bytes(one())
    for options, counts, events in (
        (["--dry-run"], "1 new", 0), ([], "1 new", 1), ([], "1 unchanged", 1),
    ):  # fmt: skip
        said = StringIO()
        call_command("import_calendar", file, "--team", ours.slug, *options, stdout=said)
        assert counts in said.getvalue()
        assert Event.objects.count() == events


@pytest.mark.parametrize("option", [[], ["--language", "zh-hant"]])
def test_the_command_speaks_the_language_of_the_settings(
    ours: Team, tmp_path: Path, settings: Settings, option: list[str]
) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    file, said = tmp_path / "fair.ics", StringIO()
    file.write_bytes(ics(*vevent("DTSTART:20261202"), *vevent(uid="two")))
    call_command("import_calendar", file, "--team", ours.slug, *option, stdout=said)
    assert "DTSTART 没有日期" in said.getvalue()
    event = Event.objects.get()
    titles = (event.title_en, event.title_zh_hans, event.title_zh_hant)
    assert titles.index("Trade forum") == (2 if option else 1)


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("http://127.0.0.1/", [], "Inside"),
        ("/no/such/file.ics", [], "cannot be read"),
        ("x", ["--timezone", "CST"], "not an IANA time zone"),
        ("x", ["--team", "nobody"], "There is no team nobody"),
    ],
)
def test_the_command_says_what_it_refuses(
    ours: Team, source: str, options: list[str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("import_calendar", source, "--team", ours.slug, *options)
