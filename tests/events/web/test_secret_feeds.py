"""Secret feeds over HTTP, and the page that says how to subscribe to one."""

import gzip
import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from config.logs import WithoutSecrets
from events.domain import lifecycle, subscriptions
from events.models import CalendarFeed
from tests import factories

pytestmark = pytest.mark.django_db

UNKNOWN = "/calendar/f/cf1_" + 43 * "x" + ".ics"


@pytest.fixture
def feed() -> CalendarFeed:
    team = factories.team()
    now = timezone.now()
    event = factories.event(
        title_en="Reception",
        title_zh_hant="酒會",
        team=team,
        visibility="participants",
        start_on=now.date().replace(year=now.year + 1, day=1),
    )
    person = factories.attendee(event=event, person=factories.person(team=team)).person
    return CalendarFeed(name="Phone", team=team, person=person)


@pytest.fixture
def path(feed: CalendarFeed) -> str:
    return subscriptions.hand_out(feed=feed, now=timezone.now()).removeprefix(settings.SITE_URL)


def test_it_is_private_and_the_same_for_every_client(client: Client, path: str) -> None:
    response = client.get(path, headers={"accept-language": "zh-hant", "user-agent": "x"})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=900"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert response.content == client.get(path).content
    assert b"Reception" in response.content
    assert path.encode() not in response.content


def test_it_is_compressed_for_those_who_can_read_that(client: Client, path: str) -> None:
    for _written_then_kept in range(2):
        plain = client.get(path, headers={"accept-encoding": "br"})
        packed = client.get(path, headers={"accept-encoding": "gzip"})
        assert gzip.decompress(packed.content) == plain.content
        assert packed["ETag"] == f"W/{plain['ETag']}"
        assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


def test_head_says_the_same_without_the_body(client: Client, path: str) -> None:
    plain, head = client.get(path), client.head(path)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", plain["ETag"])
    assert head["Last-Modified"] == plain["Last-Modified"]
    assert head["Content-Disposition"] == 'inline; filename="attache.ics"'
    unknown = client.head(UNKNOWN)
    assert (unknown.status_code, unknown.content) == (404, b"")


def test_its_address_is_short_enough_for_every_program(path: str) -> None:
    assert len(f"{settings.SITE_URL}{path}") < 128


@pytest.mark.parametrize("ask", ["get", "head"])
def test_an_unchanged_one_is_not_sent_again(client: Client, path: str, ask: str) -> None:
    first = client.get(path)
    tag = first["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = getattr(client, ask)(path, headers={"if-none-match": known})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
        assert response["Cache-Control"] == "private, max-age=900"
    dated = client.get(path, headers={"if-modified-since": first["Last-Modified"]})
    assert dated.status_code == 304


def test_a_changed_one_is(client: Client, feed: CalendarFeed, path: str) -> None:
    tag = client.get(path)["ETag"]
    assert feed.person
    lifecycle.touch(event=feed.person.attendances.get().event, now=timezone.now())
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", [UNKNOWN, UNKNOWN.replace("x", "é"), "/calendar/f/x.ics"])
@pytest.mark.parametrize("query", [{}, {"lang": "en"}, {"no": "such"}])
def test_all_that_is_unknown_is_answered_alike(
    client: Client, path: str, query: dict[str, str]
) -> None:
    plain = client.get(UNKNOWN)
    for headers in ({}, {"if-none-match": "*"}):
        response = client.get(path, query, headers=headers)
        assert response.status_code == 404
        assert (response.content, response.headers) == (plain.content, plain.headers)
        assert not response.cookies


def test_a_revoked_one_is_gone(client: Client, feed: CalendarFeed, path: str) -> None:
    tag = client.get(path)["ETag"]
    subscriptions.revoke(feed=feed, now=timezone.now())
    assert client.get(path, headers={"if-none-match": tag}).status_code == 410
    assert client.get(path.replace(".ics", "/")).status_code == 404


def test_what_it_does_not_know_is_named(client: Client, path: str) -> None:
    for query, word in (({"kind": "expo"}, "kind"), ({"lang": "fr"}, "fr")):
        response = client.get(path, query)
        assert (response.status_code, word in response.content.decode()) == (400, True)


def test_other_methods_are_refused(client: Client, path: str) -> None:
    for method in ("POST", "OPTIONS", "PROPFIND", "REPORT"):
        assert client.generic(method, path).status_code == 405


def test_no_log_tells_the_address(client: Client, path: str) -> None:
    handler = logging.StreamHandler(heard := io.StringIO())
    handler.addFilter(WithoutSecrets())
    root = logging.getLogger("django.request")
    root.addHandler(handler)
    try:
        wrong = path.replace("cf1_", "cf1_0")
        client.get(wrong)
        root.warning("%s from %s", wrong, "https://example.org" + path)
    finally:
        root.removeHandler(handler)
    told = heard.getvalue()
    assert "/calendar/f/…" in told
    assert path.split("cf1_")[1].removesuffix(".ics") not in told
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["secrets"]


def test_the_page_says_how_to_subscribe_in_the_language_of_the_feed(
    client: Client, feed: CalendarFeed, path: str
) -> None:
    page = client.get(path.replace(".ics", "/"), {"lang": "zh-hant"})
    text = page.content.decode()
    assert page.status_code == 200
    assert '<html lang="zh-hant">' in text.lower()
    assert "酒會" in text
    assert "webcal://" in text
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F" in text
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"


def test_the_public_page_keeps_the_filters(client: Client) -> None:
    for kind in ("expo", "forum"):
        day = factories.NOW.date().replace(2099)
        factories.event(title_en=f"Next {kind}", kind=kind, start_on=day)
    page = client.get("/subscribe/", {"kind": "expo"})
    text = page.content.decode()
    assert "public.ics?kind=expo" in text
    assert "Next expo" in text
    assert "Next forum" not in text
    assert client.get("/subscribe/", {"no": "such"}).status_code == 400
    month: Any = client.get("/", {"kind": "expo"}).content.decode()
    assert 'href="/subscribe/?kind=expo"' in month
