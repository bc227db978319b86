"""Secret feeds over HTTP, and the page that explains how to subscribe to one."""

import gzip
import hashlib
import io
import logging
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from config.logs import WithoutSecrets
from events.domain.feeds import subscriptions
from events.domain.imports.calendars import importpreviews
from events.domain.lifecycle import lifecycle
from events.models import CalendarFeed, ImportPreview, RateLimitCounter
from tests import factories

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

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


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("query", ["", "?lang=zh-hant"])
def test_head_bears_the_headers_of_get(
    client: Client, path: str, encoding: str, query: str
) -> None:
    cold, get, warm = (
        ask(path + query, headers={"accept-encoding": encoding})
        for ask in (client.head, client.get, client.head)
    )
    assert cold.headers == get.headers == warm.headers
    assert int(get["Content-Length"]) == len(get.content)
    assert (cold.content, warm.content) == (b"", b"")


def test_head_fails_as_get_does(client: Client, path: str) -> None:
    for query in ({"lang": "fr"}, {"kind": "expo"}):
        get, head = client.get(path, query), client.head(path, query)
        assert (head.status_code, head.headers) == (get.status_code, get.headers)
    failed = client.head(path, headers={"if-match": '"other"'})
    assert failed.status_code == 412


def test_head_takes_one_query_and_is_no_full_answer(client: Client, path: str) -> None:
    first = client.get(path)
    counted = list(RateLimitCounter.objects.values_list("number", flat=True))
    RateLimitCounter.objects.update(number=subscriptions.READS_OF_OWN.most)
    assert client.get(path).status_code == 429
    with CaptureQueriesContext(connection) as queries:
        head = client.head(path)
    assert (head.status_code, head["ETag"], counted) == (200, first["ETag"], [1])
    assert len(queries) <= 1  # on PostgreSQL it bypasses Django


def test_head_of_what_has_changed_is_counted(client: Client, feed: CalendarFeed, path: str) -> None:
    client.get(path)
    assert feed.person
    lifecycle.touch(event=feed.person.attendances.get().event, now=timezone.now())
    RateLimitCounter.objects.update(number=subscriptions.READS_OF_OWN.most)
    assert client.head(path).status_code == 429


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


# ---------------------------------------------------------------- rate limits


def guesses(client: Client, number: int, **headers: str) -> list[int]:
    """Request calendars that do not exist, with all kinds of wrong addresses."""
    wrong = (UNKNOWN, "/calendar/f/x.ics", UNKNOWN.replace(".ics", "/"), f"{UNKNOWN}?no=such")
    return [client.get(wrong[n % 4], headers=headers).status_code for n in range(number)]


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freeze the clock in the middle of an hour."""
    now = timezone.now().replace(minute=30, second=30)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.usefixtures("standing_clock")
def test_who_guesses_is_refused_whatever_they_claim_to_be(client: Client, path: str) -> None:
    assert guesses(client, 30) == [404] * 30
    claims = {"x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9", "forwarded": "for=x"}
    assert guesses(client, 4, **claims) == [429] * 4
    first, second = (client.get(url) for url in (UNKNOWN, "/calendar/f/x.ics"))
    assert (first.content, first.headers) == (second.content, second.headers)
    assert first["Retry-After"] == "30"
    assert guesses(Client(REMOTE_ADDR="192.0.2.9"), 1) == [404]


@pytest.mark.usefixtures("standing_clock")
def test_a_good_address_is_served_to_the_neighbours_of_who_guesses(
    client: Client, path: str
) -> None:
    """Google and Microsoft fetch the feeds of all their users from a few hosts."""
    guesses(client, 40)
    assert client.get(path).status_code == 200
    assert client.get(path.replace(".ics", "/")).status_code == 200


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("proxies", [1, 2])
def test_behind_proxies_each_client_is_counted_alone(
    client: Client, settings: Settings, proxies: int
) -> None:
    settings.PROXIES = proxies
    ours = ", 192.0.2.80" * (proxies - 1)
    for n in range(30):
        assert guesses(client, 1, **{"x-forwarded-for": f"192.0.2.{n}, 203.0.113.9{ours}"}) == [404]
    assert guesses(client, 1, **{"x-forwarded-for": f"203.0.113.9{ours}"}) == [429]
    assert guesses(client, 1, **{"x-forwarded-for": f"203.0.113.10{ours}"}) == [404]


@pytest.mark.usefixtures("standing_clock")
def test_an_address_gives_so_many_full_answers_and_unchanged_ones_beyond(
    client: Client, path: str
) -> None:
    page = path.replace(".ics", "/")
    tag = client.get(path)["ETag"]
    for _ in range(100):
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    answers = [client.get((path, page)[n % 2]).status_code for n in range(61)]
    assert answers == [200] * 59 + [429] * 2
    refused = client.get(path, headers={"if-none-match": '"another"'})
    assert (refused.status_code, refused["Retry-After"]) == (429, "1770")
    assert refused["Cache-Control"] == "no-store"
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304


@pytest.mark.usefixtures("standing_clock")
def test_an_address_that_is_nobodys_own_may_be_scanned_by_all(
    client: Client, feed: CalendarFeed
) -> None:
    assert feed.person
    shared = CalendarFeed(
        name="Wall", team=feed.team, event=feed.person.attendances.get().event, role="participant"
    )
    address = subscriptions.hand_out(feed=shared, now=timezone.now())
    url = address.removeprefix(settings.SITE_URL)
    assert {client.get(url).status_code for _ in range(100)} == {200}


def test_an_unchanged_poll_writes_nothing(client: Client, path: str) -> None:
    tag = client.get(path)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    # Statements of `models.base.statements` bypass Django's cursors, so they are not captured.
    assert {query["sql"].split()[0] for query in asked.captured_queries} <= {"SELECT"}


def test_no_other_secret_opens_a_calendar_and_a_calendar_opens_nothing_else(
    client: Client, feed: CalendarFeed, path: str
) -> None:
    token = path.split("/f/")[1].removesuffix(".ics")
    user = factories.user(member_of=feed.team, is_superuser=True)
    opened = ImportPreview.objects.create(
        user=user, team=feed.team, source="x", body=b"", language="en", timezone="UTC",
        kind="expo", visibility="internal", opened_at=timezone.now(),
    )  # fmt: skip
    client.force_login(user)
    others = [
        opened.key,
        default_token_generator.make_token(user),
        signing.dumps(feed.pk),
        client.session.session_key,
        feed.token_hash,
        feed.hint,
        str(feed.pk),
        f"calendar feed\0{token}",
        hashlib.sha256(token.encode()).hexdigest(),
    ]
    for other in others:
        for url in (f"/calendar/f/{quote(other)}.ics", f"/calendar/f/{quote(other)}/"):
            assert client.get(url).status_code == 404, url
    for purpose in (b"", b"answer\0", b"calendar feed", b"calendar feed\0\0"):
        digest = hashlib.sha256(purpose + token.encode()).hexdigest()
        CalendarFeed.objects.filter(pk=feed.pk).update(token_hash=digest)
        assert client.get(path).status_code == 404, purpose
    with pytest.raises(importpreviews.Gone):
        importpreviews.confirm(key=token, user=user, now=timezone.now())
    assert not default_token_generator.check_token(user, token)
    answer = Client().get("/admin/", headers={"cookie": f"sessionid={token}"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
