"""The page of a rundown: what is on it, in which language, and who may read it."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from events.models import Event, Team
from tests import factories
from tests.events.admin import screens

DAY = date(2026, 12, 9)


@pytest.fixture
def event(ours: Team) -> Event:
    return screens.event(
        ours, "Conference", start_on=DAY, end_on=date(2026, 12, 10), visibility="public"
    )


@pytest.fixture
def opening(event: Event) -> Event:
    return screens.event(
        event.team, "Opening", parent=event, kind="session", start_on=DAY,
        end_on=date(2026, 12, 10), start_time=time(22), end_time=time(0, 30),
        visibility="public", status="tentative",
        cue="Lights\n<b>down</b>", timezone="Asia/Shanghai",
    )  # fmt: skip


def page(client: Client, event: Event, query: str = "") -> Any:
    return client.get(f"/admin/events/event/{event.pk}/programme/rundown/{query}")


def text(client: Client, event: Event, query: str = "") -> str:
    shown = page(client, event, query)
    assert shown.status_code == 200
    return " ".join(shown.content.decode().split())


@pytest.mark.usefixtures("opening")
def test_a_rundown_has_the_cues_of_the_crew(event: Event, organiser: Client) -> None:
    shown = text(organiser, event)
    assert "Lights<br>&lt;b&gt;down&lt;/b&gt;" in shown
    assert "<i>tentative</i>" in shown


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Rundown"), ("zh-hans", "流程表"), ("zh-hant", "提示")]
)
@pytest.mark.usefixtures("opening")
def test_it_is_read_in_three_languages(
    language: str, words: str, event: Event, organiser: Client
) -> None:
    shown = page(organiser, event, f"?lang={language}")
    assert shown.headers["Content-Language"] == language
    assert words in shown.content.decode()


@pytest.mark.usefixtures("opening")
def test_clocks_of_hubs_say_that_it_is_another_day_there(event: Event, organiser: Client) -> None:
    for name, zone in (("Auckland", "Pacific/Auckland"), ("Honolulu", "Pacific/Honolulu")):
        place = factories.place(name=name, timezone=zone)
        factories.hub(event=event, place=place)
    shown = text(organiser, event)
    assert '<td class="hub" data-name="Auckland">03:00<sup>+1</sup></td>' in shown
    assert '<td class="hub" data-name="Honolulu">04:00</td>' in shown


def test_links_show_rooms_by_themselves_and_hide_internal_items(
    event: Event, opening: Event, organiser: Client
) -> None:
    opening.visibility = "internal"
    opening.save()
    assert "Opening" in text(organiser, event, "?rooms=1&wide=1")
    assert "Opening" not in text(organiser, event, "?guests=1")
    assert "Hide internal items" in text(organiser, event)


def test_a_viewer_reads_it_without_internal_parts_and_nobody_else_at_all(
    event: Event, opening: Event, viewer: Client, theirs: Team
) -> None:
    assert "Opening" in text(viewer, event)
    opening.visibility = "internal"
    opening.save()
    assert "Opening" not in text(viewer, event)
    foreign = screens.event(theirs, "CANARY")
    assert page(viewer, foreign).status_code in {302, 404}


def test_the_home_of_an_event_leads_to_it(event: Event, organiser: Client) -> None:
    home = organiser.get(f"/admin/events/event/{event.pk}/").content.decode()
    assert f'href="/admin/events/event/{event.pk}/programme/rundown/"' in home
