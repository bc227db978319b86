"""“Undo” in the message about a step: one click, as long as nothing newer has happened."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.attendance import attendees
from events.models import Attendee, Event, Team
from tests import factories
from tests.events.admin import screens
from tests.office import Office, address


@pytest.fixture
def event(ours: Team) -> Event:
    today = timezone.now().date()
    return screens.event(
        ours, "Conference", precision="day", start_on=today, end_on=today + timedelta(days=2)
    )


def guest(event: Event) -> Attendee:
    person = factories.person(team=event.team)
    return factories.attendee(event=event, person=person, partstat="needs_action")


def take(client: Client, row: Any, verb: str, **values: Any) -> str:
    """Take a step; return the address of “Undo” in its message."""
    page = client.post(address(row, "step", verb), values, follow=True)
    message = next(iter(page.context["messages"]))
    assert f'action="{message.extra_tags}"' in page.text
    return str(message.extra_tags)


def undo(client: Client, url: str) -> list[str]:
    page = client.post(url, follow=True)
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def state(row: Attendee) -> tuple[str, str, str]:
    row.refresh_from_db()
    return row.partstat, row.seat, row.attendance


def test_a_check_in_is_undone_by_one_click(event: Event, organiser: Client) -> None:
    row = guest(event)
    url = take(organiser, row, "check_in")
    assert state(row)[2] == "checked_in"
    assert undo(organiser, url) == [f"{row} is not checked in any more."]
    assert state(row) == ("needs_action", "none", "expected")


def test_it_works_once(event: Event, organiser: Client) -> None:
    url = take(organiser, guest(event), "check_in")
    undo(organiser, url)
    assert undo(organiser, url) == ["This can no longer be undone here."]


def test_what_is_newer_is_not_undone(event: Event, organiser: Client) -> None:
    row = guest(event)
    url = take(organiser, row, "decline")
    attendees.answer(
        attendee=row, partstat=Attendee.Partstat.TENTATIVE, now=timezone.now() + timedelta(1)
    )
    assert undo(organiser, url) == [f"“{row}” has changed since, so the step cannot be undone."]
    assert state(row)[0] == "tentative"


def test_only_by_who_took_the_step(event: Event, organiser: Client, ours: Team) -> None:
    row = guest(event)
    url = take(organiser, row, "check_in")
    other = Client()
    other.force_login(factories.user(member_of=ours))
    assert undo(other, url) == ["This can no longer be undone here."]
    assert Client().post(url).status_code == 302
    assert organiser.get(url).status_code == 405
    assert state(row)[2] == "checked_in"


def test_the_form_carries_the_token_against_forgery(event: Event, organiser: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = organiser.cookies
    url = take(organiser, guest(event), "check_in")
    assert strict.post(url).status_code == 403


def test_who_lost_the_right_meanwhile_undoes_nothing(
    event: Event, organiser: Client, theirs: Team
) -> None:
    row = guest(event)
    url = take(organiser, row, "check_in")
    Event.objects.filter(pk=event.pk).update(team=theirs)
    assert organiser.post(url).status_code == 302
    assert state(row)[2] == "checked_in"


def test_an_answer_is_undone_and_the_message_says_which_place(
    event: Event, organiser: Client
) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=1)
    first, second = guest(event), guest(event)
    for row in (first, second):
        take(organiser, row, "accept")
    url = take(organiser, first, "decline", _telling="now")
    assert state(second)[1] == "confirmed"
    assert undo(organiser, url) == [f"{first}: accepted; seat: on the waiting list."]


def test_a_list_action_is_undone_for_all_and_refused_for_what_changed(
    event: Event, organiser: Client
) -> None:
    rows = [guest(event) for _ in range(3)]
    chosen = {"action": "check_in", "_selected_action": [row.pk for row in rows]}
    page = organiser.post(address(Attendee, "changelist"), chosen, follow=True)
    [message] = page.context["messages"]
    attendees.mark_attended(attendee=rows[1], now=timezone.now())
    assert undo(organiser, message.extra_tags) == [
        "2 steps undone.",
        f"“{rows[1]}” has changed since, so the step cannot be undone.",
    ]
    assert [state(row)[2] for row in rows] == ["expected", "attended", "expected"]


def test_a_cancellation_is_undone_and_later_by_its_own_step(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "Expo")
    url = take(organiser, event, "cancel", reason="Storm")
    assert undo(organiser, url) == ["“Expo” takes place after all."]
    event.refresh_from_db()
    assert (event.status, event.cancellation_reason) == ("confirmed", "")
    office = Office(organiser)
    assert "Until it would have begun you can reinstate it." in office.step(event, "cancel")
    assert "reinstate" in office.buttons(event)
    assert "It takes place after all" in office.step(event, "reinstate")
    assert event.status == "confirmed"


def test_a_postponement_is_undone(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "Expo")
    url = take(organiser, event, "postpone", reason="Storm")
    assert undo(organiser, url) == ["“Expo” takes place after all."]
    event.refresh_from_db()
    assert event.status == "confirmed"


def test_what_would_have_begun_is_not_reinstated(ours: Team, organiser: Client) -> None:
    day = timezone.now().date() - timedelta(days=3)
    event = screens.event(ours, "Expo", status="cancelled", start_on=day, end_on=day)
    office = Office(organiser)
    assert "reinstate" not in office.buttons(event)
    assert "“Expo” would have begun by now" in office.refused_step(event, "reinstate")


def tagged(client: Client, action: str, rows: list[Attendee], tag: str) -> str:
    """Put a tag on attendees or take it off in the list; return the address of “Undo”."""
    chosen = {"action": action, "tag": tag, "_selected_action": [row.pk for row in rows]}
    page = client.post(address(Attendee, "changelist"), chosen, follow=True)
    [message] = page.context["messages"]
    return str(message.extra_tags)


def tags_of(rows: list[Attendee]) -> list[list[str]]:
    return [Attendee.objects.get(pk=row.pk).tags for row in rows]


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("put_tag", [["press", "VIP"], ["VIP"], ["VIP"]]),
        ("take_tag_off", [["press"], [], []]),
    ],
)
def test_tags_of_many_are_as_they_were(
    event: Event, organiser: Client, action: str, after: list[list[str]]
) -> None:
    rows, before = [guest(event) for _ in range(3)], [["press", "VIP"], [], ["VIP"]]
    for row, tags in zip(rows, before, strict=True):
        row.tags = tags
        row.save()
    url = tagged(organiser, action, rows, "VIP")
    assert tags_of(rows) == after
    said = undo(organiser, url)
    assert tags_of(rows) == before
    assert said in (["2 steps undone."], [f"“{rows[1]}” is as it was before."])


def test_tags_that_were_changed_since_stay(event: Event, organiser: Client) -> None:
    rows = [guest(event), guest(event)]
    url = tagged(organiser, "put_tag", rows, "VIP")
    row = Attendee.objects.get(pk=rows[0].pk)
    row.tags = ["VIP", "speaker"]
    row.save()
    assert undo(organiser, url) == [
        "1 step undone.",
        f"“{rows[0]}” has changed since, so the step cannot be undone.",
    ]
    assert tags_of(rows) == [["VIP", "speaker"], []]


def test_who_lost_the_right_meanwhile_takes_no_tags_back(
    event: Event, organiser: Client, ours: Team
) -> None:
    rows = [guest(event)]
    url = tagged(organiser, "put_tag", rows, "VIP")
    ours.memberships.update(role="viewer")
    assert organiser.post(url).status_code == 403
    assert tags_of(rows) == [["VIP"]]


def test_nothing_that_was_changed_is_nothing_to_undo(event: Event, organiser: Client) -> None:
    rows = [guest(event)]
    assert tagged(organiser, "take_tag_off", rows, "VIP") == ""


def test_back_changes_nothing_and_the_undo_still_works(event: Event, organiser: Client) -> None:
    row = guest(event)
    url = take(organiser, row, "check_in")
    assert organiser.post(url, {"_telling": "back"}).status_code == 302
    assert state(row)[2] == "checked_in"
    assert undo(organiser, url) == [f"{row} is not checked in any more."]
