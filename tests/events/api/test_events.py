"""Events as JSON."""

from datetime import date

import pytest

from events.models import Event
from tests import factories
from tests.events.api.conftest import SECRETS, rich_event

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/events/"


def slugs(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["slug"] for row in response.json()["results"]]


def test_an_event_says_all_that_is_public(client, settings):
    event = rich_event(title_zh_hans="推介会")
    n = event.slug.rpartition("-")[2]
    source = {
        "slug": f"source-{n}",
        "name": "An article",
        "publisher": "A daily",
        "published": "2025-11-06",
    }

    shown = client.get(f"{EVENTS}{event.slug}/").json()

    assert shown == {
        "slug": event.slug,
        "uid": f"{event.uid}@{settings.UID_HOST}",
        "url": f"http://testserver/events/{event.slug}/",
        "ics": f"http://testserver/events/{event.slug}.ics",
        "title": "Promotion Conference",
        "description": "",
        "translations": {
            "en": {"title": "Promotion Conference", "description": None},
            "zh-hans": {"title": "推介会", "description": None},
            "zh-hant": {"title": None, "description": None},
        },
        "kind": "promotion_conference",
        "status": "confirmed",
        "attendance_mode": "in_person",
        "origin": "managed",
        "in_calendar": True,
        "when": {
            "edtf": "2026-12-02T09:30/2026-12-02T17:00",
            "precision": "time",
            "basis": "entered",
            "qualifier": "",
            "start_on": "2026-12-02",
            "end_on": "2026-12-02",
            "start_time": "09:30",
            "end_time": "17:00",
            "start_at": "2026-12-02T01:30:00Z",
            "end_at": "2026-12-02T09:00:00Z",
            "timezone": "Asia/Shanghai",
            "end_timezone": "",
            "text": "",
        },
        "end_place": None,
        "place": {
            "slug": f"city-{n}",
            "name": "Shanghai",
            "kind": "city",
            "country": "CN",
            "timezone": "Asia/Shanghai",
        },
        "places": [
            {
                "role": "hub",
                "direction": "to",
                "place": {
                    "slug": f"hub-{n}",
                    "name": "Manila",
                    "kind": "city",
                    "country": "PH",
                    "timezone": "Asia/Manila",
                },
            }
        ],
        "organisations": [
            {
                "role": role,
                "organisation": {
                    "slug": f"{role.replace('_', '-')}-{n}",
                    "name": "Invest Promotion Agency",
                    "short_name": "",
                    "kind": "company",
                },
            }
            for role in ("organiser", "co_organiser")
        ],
        "series": {"slug": f"series-{n}", "name": "Expo", "kind": "conference"},
        "edition": 3,
        "parent": f"parent-{n}",
        "after": f"after-{n}",
        "previous_related": f"previous-related-{n}",
        "children": [f"child-{n}"],
        "sectors": [{"slug": f"sector-{n}", "name": "Shipping"}],
        "figures": [
            {
                "value": "400",
                "unit": "guests",
                "comparator": "over",
                "period": "",
                "evidence": [
                    {
                        "field": "value",
                        "basis": "stated",
                        "source": source,
                        "line": 9,
                        "reference": "",
                        "note": "",
                    }
                ],
            }
        ],
        "sequence": 0,
        "revision": 0,
        "changed_at": "2026-06-01T08:00:00Z",
        "evidence": [
            {
                "field": "when.start",
                "basis": "stated",
                "source": source,
                "line": 25,
                "reference": "",
                "note": "counted",
            }
        ],
    }


def test_the_list_shows_the_same_as_the_detail(client):
    event = rich_event()

    rows = client.get(EVENTS).json()["results"]

    detail = client.get(f"{EVENTS}{event.slug}/").json()
    assert [row for row in rows if row["slug"] == event.slug] == [detail]


def test_nobody_learns_who_comes_or_where_the_stream_is(client):
    event = rich_event()

    for path in (EVENTS, f"{EVENTS}{event.slug}/"):
        text = client.get(path).content.decode().casefold()
        assert [secret for secret in SECRETS.split() if secret in text] == []


@pytest.mark.parametrize(
    "hidden",
    [{"visibility": visibility} for visibility in ("participants", "delegation", "internal")]
    + [{"status": "draft"}],
)
def test_what_is_not_public_is_not_there(client, hidden):
    secret = factories.event(slug="secret-event", **hidden)
    event = factories.event(parent=secret, after=secret, previous_related=secret)
    Event.objects.filter(pk=secret.pk).update(parent=event.pk)

    shown = client.get(f"{EVENTS}{event.slug}/").json()

    assert client.get(f"{EVENTS}secret-event/").status_code == 404
    assert "secret-event" not in client.get(EVENTS).content.decode()
    names = ("parent", "after", "previous_related", "children")
    assert [shown[name] for name in names] == [None, None, None, []]


@pytest.mark.parametrize("status", ["tentative", "postponed", "cancelled"])
def test_an_event_that_may_not_take_place_is_shown_with_its_status(client, status):
    event = factories.event(status=status)

    assert client.get(f"{EVENTS}{event.slug}/").json()["status"] == status


def test_a_window_is_no_duration_and_has_no_calendar(client, half_year):
    shown = client.get(f"{EVENTS}roadshow-stop/").json()

    assert (shown["when"]["edtf"], shown["when"]["precision"]) == ("2025-40", "half_year")
    assert (shown["when"]["start_at"], shown["when"]["end_at"]) == (None, None)
    assert shown["ics"] is None


def test_the_earliest_comes_first_and_undated_ones_last(client):
    factories.event(slug="undated", precision="unknown", start_on=None)
    factories.event(slug="late", start_on=date(2027, 1, 1))
    factories.event(slug="early", start_on=date(2025, 1, 1))

    assert slugs(client.get(EVENTS)) == ["early", "late", "undated"]


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Fair"), ("zh-hans", "博覽會"), ("zh-hant", "博覽會")]
)
def test_texts_are_in_the_language_asked_for_or_the_nearest(client, language, title):
    event = factories.event(title="Fair", title_zh_hant="博覽會")

    response = client.get(f"{EVENTS}{event.slug}/", {"lang": language})

    assert response.json()["title"] == title
    assert response["Content-Language"] == language


def test_the_readers_browser_does_not_choose_the_language(client):
    event = factories.event(title="Fair", title_zh_hans="博览会")

    response = client.get(f"{EVENTS}{event.slug}/", headers={"accept-language": "zh-hans"})

    assert response.json()["title"] == "Fair"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=expo", ["fair"]),
        ("kind=expo&kind=forum", ["fair", "talk"]),
        ("series=fairs", ["fair"]),
        ("place=asia", ["fair"]),
        ("country=qa", ["talk"]),
        ("sector=tea", ["talk"]),
        ("past=0", ["fair", "talk"]),
        ("kind=expo&country=QA", []),
        ("past=0&parts=yes", ["fair", "talk", "speech"]),
        ("past=0&parts=no", ["fair", "talk"]),
        ("kind=address", ["speech"]),
    ],
)
def test_the_filters_of_the_feed_narrow_the_list(client, query, expected, time_machine):
    time_machine.move_to(factories.NOW, tick=False)
    asia = factories.place(slug="asia")
    factories.event(
        slug="fair",
        kind="expo",
        series=factories.series(slug="fairs"),
        place=factories.place(parent=asia, country="CN"),
    )
    talk = factories.event(slug="talk", kind="forum", place=factories.place(country="QA"))
    talk.sectors.create(slug="tea", name="Tea")
    factories.event(slug="speech", kind="address", parent=talk)
    factories.event(slug="long-ago", kind="roadshow_stop", start_on=date(2020, 1, 1))

    assert slugs(client.get(f"{EVENTS}?{query}")) == expected
