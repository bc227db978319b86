"""Former states are restored through the form of the screen, with its rules and permissions."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from events.domain.lifecycle import lifecycle
from events.models import (
    Attendee,
    Event,
    EventPlace,
    Expo,
    Organisation,
    Person,
    Place,
    Team,
)
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import all_values
from tests.factories import NOW
from tests.office import address, form_of


def save(client: Client, row: Any, **values: Any) -> None:
    url = address(row, "change")
    assert client.post(url, {**form_of(client.get(url)), **values}).status_code == 302


def entries(client: Client, row: Any) -> list[dict[str, Any]]:
    return list(client.get(address(row, "history")).context["entries"])


def restore(client: Client, url: str) -> Any:
    """Open the page of a former state and send the form that it holds; return the page."""
    page = client.get(url)
    assert page.status_code == 200
    data: dict[str, list[Any]] = {}
    for name, value in page.context["data"]:
        data.setdefault(name, []).append(value)
    answer = client.post(page.context["form_url"], data)
    assert answer.status_code == 302, [
        *answer.context["errors"], answer.context["adminform"].form.errors,
    ]  # fmt: skip
    return page


def said(row: Any) -> dict[str, Any]:
    """Return all values, without counters; an empty text may be stored as None."""
    counted = ("sequence", "revision", "changed_at")
    return {name: value or "" for name, value in all_values(row).items() if name not in counted}


def changes(page: Any) -> dict[str, tuple[str, str]]:
    return {each["label"]: (each["before"], each["after"]) for each in page.context["changes"]}


@pytest.fixture
def event(ours: Team) -> Event:
    hall = factories.place(team=ours)
    return screens.event(ours, "Going Global", place=hall, end_on=date(2099, 12, 2))


def test_a_former_state_is_shown_and_stored_as_an_edit(event: Event, organiser: Client) -> None:
    hall = factories.place(team=event.team, name_en="Hall 7")
    before, was = said(event), str(event.place)
    save(organiser, event, title_en="Renamed", place=hall.pk, capacity=40)
    last, first = entries(organiser, event)
    assert last["restore"] == ""
    event.refresh_from_db()
    assert event.sequence == 1
    page = restore(organiser, first["restore"])
    assert changes(page) == {
        "Title (English)": ("Renamed", "Going Global"),
        "Place": ("Hall 7", was),
        "Capacity": ("40", "–"),
    }
    event.refresh_from_db()
    assert event.sequence == 2
    assert said(event) == before
    assert len(entries(organiser, event)) == 3


def test_a_status_is_never_restored(event: Event, organiser: Client) -> None:
    lifecycle.cancel(event=event, reason="Storm", now=NOW)
    save(organiser, event, title_en="Renamed")
    page = restore(organiser, entries(organiser, event)[-1]["restore"])
    assert list(changes(page)) == ["Title (English)"]
    event.refresh_from_db()
    assert (event.status, event.cancellation_reason) == ("cancelled", "Storm")


def test_a_relation_that_is_gone_or_hidden_is_named_and_left(
    event: Event, organiser: Client, theirs: Team
) -> None:
    hidden = factories.place(team=theirs, name_en="CANARY")
    Event.objects.filter(pk=event.pk).update(place=hidden)
    event.refresh_from_db()
    event.title_en = "Renamed"
    lifecycle.save(event=event, now=NOW)
    hall = factories.place(team=event.team, name_en="Hall 7")
    event.place = hall
    lifecycle.save(event=event, now=NOW)
    page = restore(organiser, entries(organiser, event)[1]["restore"])
    assert page.context["left"] == ["Place"]
    assert "CANARY" not in page.text
    event.refresh_from_db()
    assert event.place == hall


def test_a_removed_hub_comes_back(event: Event, organiser: Client) -> None:
    hub = factories.hub(event=event, place=factories.place(team=event.team), capacity=30)
    place = hub.place
    hub.delete()
    found = [each for each in entries(organiser, event) if each["restore"] and each["what"]]
    page = restore(organiser, found[0]["restore"])
    assert changes(page)["Capacity"] == ("–", "30")
    assert list(EventPlace.objects.values_list("event", "place", "role", "capacity")) == [
        (event.pk, place.pk, "hub", 30)
    ]


@pytest.mark.parametrize("model", [Event, Expo, Person, Organisation, Place, Attendee])
def test_the_present_state_in_a_form_changes_nothing(
    model: Any, ours: Team, organiser: Client
) -> None:
    expo = screens.event(ours, "Two", kind="expo", end_on=date(2099, 12, 3))
    row = {
        Event: lambda: screens.event(ours, "One", end_on=date(2099, 12, 3)),
        Expo: lambda: Expo.objects.get(pk=expo.pk),
        Person: lambda: factories.person(team=ours, aliases=["A", "B"]),
        Organisation: lambda: factories.organisation(team=ours, aliases=["A", "B"]),
        Place: lambda: factories.place(team=ours),
        Attendee: lambda: factories.attendee(
            event=screens.event(ours, "One"), person=factories.person(team=ours)
        ),
    }[model]()
    row.save()  # a second record, so that the first is a former state
    before = said(row)
    kind = model._meta.concrete_model._meta.model_name
    number = row.history.order_by("history_id")[0].pk
    page = restore(organiser, address(row, "restore", kind, number))
    assert page.context["changes"] == []
    assert said(row) == before


def test_only_who_may_change_the_row_restores_it(
    event: Event, organiser: Client, viewer: Client, theirs: Team
) -> None:
    save(organiser, event, title_en="Renamed")
    url = entries(organiser, event)[-1]["restore"]
    assert viewer.get(url).status_code == 403
    other = screens.event(theirs, "CANARY")
    kind, number = "event", other.history.first().pk
    assert organiser.get(address(event, "restore", kind, number)).status_code == 404
    assert organiser.get(address(other, "restore", kind, number)).status_code == 404
