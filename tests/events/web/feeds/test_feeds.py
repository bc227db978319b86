"""Feeds over HTTP."""

import gzip

import pytest

from events.domain.feeds import feedcache
from events.domain.lifecycle import lifecycle
from events.models import FeedVersion
from events.web.feeds.feeds import STREAMED_FROM_BYTES
from tests import factories

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

PUBLIC = "/calendar/public.ics"


def test_the_feed_is_a_calendar_that_anybody_may_keep(client):
    factories.event()

    response = client.get(PUBLIC)

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=900"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in response.get("Vary", "")
    assert "Accept-Language" not in response.get("Vary", "")
    assert not response.cookies


def test_an_unchanged_feed_is_not_sent_again(client):
    factories.event()
    tag = client.get(PUBLIC)["ETag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = client.get(PUBLIC, headers={"if-none-match": known})

        assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)


def test_a_changed_feed_is_sent_again(client):
    tag = client.get(PUBLIC)["ETag"]
    lifecycle.save(event=factories.event(), now=factories.NOW)

    assert client.get(PUBLIC, headers={"if-none-match": tag}).status_code == 200


def test_a_client_that_keeps_dates_alone_is_served_too(client):
    factories.event()
    date = client.get(PUBLIC)["Last-Modified"]

    assert client.get(PUBLIC, headers={"if-modified-since": date}).status_code == 304


def test_a_client_that_keeps_dates_alone_learns_of_an_update_of_the_program(client, time_machine):
    time_machine.move_to(factories.NOW, tick=False)
    event = factories.event()
    paths = (PUBLIC, f"/events/{event.slug}.ics")
    dates = [client.get(path)["Last-Modified"] for path in paths]
    FeedVersion.objects.update(version="the former")
    feedcache.forget()  # a new process
    time_machine.shift(60)
    for path, date in zip(paths, dates, strict=True):
        known = client.get(path, headers={"if-modified-since": date})

        assert (known.status_code, known["Last-Modified"] > date) == (200, True)
        again = client.get(path, headers={"if-modified-since": known["Last-Modified"]})
        assert again.status_code == 304


def test_head_says_the_same_without_the_body(client):
    factories.event()
    get, head = client.get(PUBLIC), client.head(PUBLIC)

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("size", [STREAMED_FROM_BYTES, 10])
def test_head_bears_the_headers_of_get(client, monkeypatch, encoding, size):
    event = factories.event()
    monkeypatch.setattr("events.web.feeds.feeds.STREAMED_FROM_BYTES", size)
    for path in (PUBLIC, f"/events/{event.slug}.ics"):
        cold, get, warm = (
            ask(path, headers={"accept-encoding": encoding})
            for ask in (client.head, client.get, client.head)
        )
        assert cold.headers == get.headers == warm.headers
        assert int(get["Content-Length"]) == len(get.getvalue())


@pytest.mark.parametrize("ask", ["get", "head"])
def test_head_is_conditional_as_get_is(client, ask):
    factories.event()
    tag = client.get(PUBLIC)["ETag"]
    kept = getattr(client, ask)(PUBLIC, headers={"if-none-match": tag})
    failed = getattr(client, ask)(PUBLIC, headers={"if-match": '"other"'})
    assert (kept.status_code, failed.status_code) == (304, 412)


def test_it_is_compressed_for_those_who_can_read_that(client):
    for _ in range(3):
        factories.event()

    plain = client.get(PUBLIC)
    packed = client.get(PUBLIC, headers={"accept-encoding": "gzip"})

    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("language", ["zh", "fr;q=1", ""])
def test_the_bytes_do_not_depend_on_who_asks(client, language):
    factories.event(title_en="Expo", title_zh_hans="博览会")

    other = client.get(PUBLIC, headers={"accept-language": language, "accept": "text/html"})

    assert other.content == client.get(PUBLIC).content


@pytest.mark.parametrize(
    "query", ["knid=expo", "kind=party", "lang=fr", "past=x", "series=none", "parts=1"]
)
def test_a_wrong_filter_is_refused_by_name(client, query):
    response = client.get(f"{PUBLIC}?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().startswith(query.split("=")[0] + ":")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT"])
def test_only_reading_is_allowed(client, method):
    assert client.generic(method, PUBLIC).status_code == 405


def test_an_event_has_a_calendar_file_of_its_own(client):
    factories.event(slug="expo", title="Expo")

    response = client.get("/events/expo.ics")

    assert b"SUMMARY:Expo\r\n" in response.content
    assert response["Content-Disposition"] == 'inline; filename="expo.ics"'


def test_what_is_not_public_is_not_found(client):
    factories.event(slug="secret", visibility="internal")

    assert client.get("/events/secret.ics").status_code == 404
    assert client.get("/events/nothing.ics").status_code == 404


@pytest.mark.parametrize("refused", ["gzip;q=0", "br, gzip; q=0.0", "identity"])
def test_who_refuses_gzip_gets_the_plain_calendar(client, refused):
    factories.event()
    response = client.get(PUBLIC, headers={"accept-encoding": refused})
    assert "Content-Encoding" not in response
    assert response.content.startswith(b"BEGIN:VCALENDAR")


def test_asking_takes_the_same_few_queries_however_many_events_there_are(
    client, django_assert_max_num_queries
):
    place = factories.place(parent=factories.place())
    client.get(PUBLIC)  # notes that this version of the program serves it
    for count in (1, 3, 30):
        for _ in range(count):
            lifecycle.touch(event=factories.event(place=place), now=factories.NOW)
            factories.event(place=place, parent=factories.event(place=place))
        with django_assert_max_num_queries(14):
            client.get(PUBLIC)
