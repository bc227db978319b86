"""The page of an invitation: who may open it, what it shows, what an answer does."""

import logging
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from config.logs import WithoutSecrets
from events.domain.access import answerlinks
from events.domain.attendance import attendees
from events.domain.directory import people
from events.domain.feeds import subscriptions
from events.domain.lifecycle import lifecycle
from events.domain.mail import optouts
from events.models import Attendee, CalendarFeed, Event, RateLimitCounter
from tests import factories
from tests.events.web.conftest import Read

pytestmark = pytest.mark.django_db

UNKNOWN = "/a/WzFd:" + 43 * "x"


@pytest.fixture
def attendee() -> Attendee:
    place = factories.place(name_en="Expo Centre", name_zh_hant="博覽中心")
    event = factories.event(
        title_en="Reception",
        title_zh_hant="酒會",
        team=factories.team(name="Promotion Office"),
        visibility="participants",
        place=place,
    )
    person = factories.person(timezone="America/Vancouver")
    return factories.attendee(event=event, person=person, partstat="needs_action")


def path(attendee: Attendee) -> str:
    return answerlinks.link(attendee=attendee).removeprefix("http://testserver")


def answer(client: Client, attendee: Attendee, verb: str) -> Any:
    return client.post(path(attendee), {"answer": verb})


def test_it_says_what_when_and_where(read: Read, attendee: Attendee) -> None:
    page = read(path(attendee))
    assert "Invitation from Promotion Office to CHAN Siu-ming" in page.text
    assert "Reception" in page.text
    assert "Wednesday 2 December 2026, 09:30–17:00 (Expo Centre, UTC+8)" in page.text
    assert "Tuesday 1 December 2026, 18:30 (UTC-7)" in page.text
    assert "Expo Centre" in page.text
    assert "No answer yet" in page.text
    values = [button["value"] for button in page.all("button")]
    assert values == ["accept", "accept_tentatively", "decline"]


def test_it_speaks_the_readers_language_or_the_one_that_is_asked_for(
    client: Client, attendee: Attendee
) -> None:
    attendee.person.language = "zh-hant"
    attendee.person.save()
    assert "酒會" in client.get(path(attendee)).content.decode()
    assert "閣下會出席嗎" in client.get(path(attendee)).content.decode()
    english = client.get(path(attendee), {"lang": "en"}).content.decode()
    assert "Will you come?" in english
    assert '<html lang="en">' in english
    assert "閣下會出席嗎" in client.get(path(attendee), {"lang": "xx"}).content.decode()


@pytest.mark.parametrize(
    ("verb", "said", "place"),
    [
        ("accept", "accepted", "confirmed"),
        ("accept_tentatively", "tentative", "none"),
        ("decline", "declined", "none"),
    ],
)
def test_an_answer_is_recorded_and_shown(
    client: Client, attendee: Attendee, verb: str, said: str, place: str
) -> None:
    response = answer(client, attendee, verb)
    assert (response.status_code, response["Location"]) == (302, path(attendee))
    attendee.refresh_from_db()
    assert (attendee.partstat, attendee.seat) == (said, place)
    assert attendee.answered_at == timezone.now().replace(microsecond=0)
    page = client.get(path(attendee)).content.decode()
    assert f'value="{verb}"' not in page
    assert "You can change your answer" in page


def test_looking_at_it_changes_nothing(client: Client, attendee: Attendee) -> None:
    before = Attendee.objects.values().get()
    for verb in ("accept", "decline", "nonsense"):
        for ask in (client.get, client.head):
            assert ask(path(attendee), {"answer": verb}).status_code == 200
    assert Attendee.objects.values().get() == before


def test_the_button_of_the_mail_is_the_one_that_stands_out(read: Read, attendee: Attendee) -> None:
    for verb in ("accept", "decline"):
        buttons = read(f"{path(attendee)}?answer={verb}").all("button")
        plain = [each["value"] for each in buttons if "quiet" not in each["class"]]
        assert plain == [verb]


def test_who_comes_from_a_button_of_the_mail_is_told_that_it_takes_another(
    client: Client, attendee: Attendee
) -> None:
    asked = client.get(path(attendee), {"answer": "accept"}).content.decode()
    assert "Please confirm your answer" in asked
    answer(client, attendee, "accept")
    answered = client.get(path(attendee), {"answer": "accept"}).content.decode()
    assert "Please confirm your answer" not in answered
    assert "The organiser has your answer." in answered


def test_a_full_event_has_a_waiting_list(client: Client, attendee: Attendee) -> None:
    Event.objects.update(capacity=1)
    factories.attendee(event=attendee.event, seat="confirmed")
    answer(client, attendee, "accept")
    page = client.get(path(attendee)).content.decode()
    assert "On the waiting list" in page


def off_the_list(attendee: Attendee) -> None:
    attendees.release(attendee=attendee, now=timezone.now())


def cancelled(attendee: Attendee) -> None:
    lifecycle.cancel(event=attendee.event, reason="Typhoon", now=timezone.now())


def checked_in(attendee: Attendee) -> None:
    start = attendee.event.start_at
    assert start is not None
    attendees.check_in(attendee=attendee, now=start)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (off_the_list, "You are no longer on the list"),
        (cancelled, "This does not take place"),
        (checked_in, "You have been checked in"),
    ],
)
def test_where_nothing_can_be_answered_the_page_says_why(
    client: Client, attendee: Attendee, happens: Any, words: str
) -> None:
    happens(attendee)
    page = client.get(path(attendee))
    assert words in page.content.decode()
    assert b"<button" not in page.content
    before = Attendee.objects.values().get()
    late = answer(client, attendee, "decline")
    assert late.status_code == 409
    assert words in late.content.decode()
    assert Attendee.objects.values().get() == before


def test_a_postponed_event_does_not_promise_its_old_date(
    client: Client, attendee: Attendee
) -> None:
    lifecycle.postpone(event=attendee.event, now=timezone.now())
    page = client.get(path(attendee)).content.decode()
    assert "The new date is not known yet." in page
    assert "Until now" in page


def test_what_is_over_cannot_be_answered(client: Client, attendee: Attendee) -> None:
    with time_machine.travel(datetime(2026, 12, 3, tzinfo=UTC)):
        assert b"This is over" in client.get(path(attendee)).content
        assert answer(client, attendee, "accept").status_code == 409


@pytest.mark.parametrize("verb", ["", "delegated", "check_in", "accepted", "ACCEPT"])
def test_no_other_verb_is_taken(client: Client, attendee: Attendee, verb: str) -> None:
    assert answer(client, attendee, verb).status_code == 400
    attendee.refresh_from_db()
    assert attendee.is_untouched


def test_it_needs_no_cookie_and_sets_none(attendee: Attendee) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(path(attendee))
    assert not page.cookies
    # a browser sends this origin from a page with Referrer-Policy: no-referrer
    response = strict.post(path(attendee), {"answer": "accept"}, headers={"origin": "null"})
    assert response.status_code == 302
    assert not response.cookies


def test_it_is_kept_by_nobody_and_tells_nobody_where_it_is(
    client: Client, attendee: Attendee
) -> None:
    for response in (
        client.get(path(attendee)),
        answer(client, attendee, "nonsense"),
        answer(client, attendee, "accept"),
    ):
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
    assert b"//" not in client.get(path(attendee)).content.replace(b"://www.w3.org", b"")


def forged(attendee: Attendee) -> list[str]:
    """Return invalid tokens that resemble a valid one, such as the proof of another attendee."""
    token = path(attendee).removeprefix("/a/")
    about, _colon, proof = token.partition(":")
    other = path(factories.attendee(event=attendee.event)).removeprefix("/a/").partition(":")[0]
    assert attendee.person
    stop = optouts.link(person=attendee.person, kind="reminder").rpartition("/")[2]
    feed = CalendarFeed(name="Phone", team=attendee.event.team, person=attendee.person)
    url = subscriptions.hand_out(feed=feed, now=timezone.now())
    return [
        f"{other}:{proof}",
        f"{about}:{proof[:-1]}",
        f"{about}:{proof.swapcase()}",
        f"{about.swapcase()}:{proof}",
        f"{about}={proof}",
        f"{about}:",
        f":{proof}",
        stop,
        f"{token}\n",
        f"{token}=",
        url.rpartition("/")[2].removesuffix(".ics"),
        signing.dumps([attendee.pk, attendee.person_id]),
        str(attendee.pk),
        "é",
        "x" * 5_000,
    ]


def told(response: Any, url: str) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a response, without the requested address."""
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return response.content.replace(url.encode(), b""), headers


def test_all_that_is_unknown_is_answered_alike(client: Client, attendee: Attendee) -> None:
    plain = told(client.get(UNKNOWN), UNKNOWN)
    for token in forged(attendee):
        url = f"/a/{quote(token, safe=':')}"
        for response in (client.get(url), client.post(url, {"answer": "accept"})):
            assert response.status_code == 404, token
            assert told(response, url) == plain, token
            RateLimitCounter.objects.all().delete()
    attendee.refresh_from_db()
    assert attendee.is_untouched


@pytest.mark.parametrize(
    ("asked", "browser", "language"),
    [("?lang=zh-hant", "en", "zh-Hant"), ("", "zh-CN", "zh-Hans"), ("?lang=xx", "en", "en")],
)
@pytest.mark.parametrize("room", ["a", "u"])
def test_what_is_unknown_is_said_in_a_language_that_is_read(
    client: Client, room: str, asked: str, browser: str, language: str
) -> None:
    page = client.get(f"/{room}/nothing{asked}", headers={"accept-language": browser})
    assert page.status_code == 404
    assert f'<html lang="{language}">' in page.content.decode()


def test_a_token_of_this_page_opens_nothing_else(client: Client, attendee: Attendee) -> None:
    token = path(attendee).removeprefix("/a/")
    for address in (f"/calendar/f/{token}.ics", f"/calendar/f/{token}/"):
        assert client.get(address).status_code == 404


def test_another_secret_key_ends_it_unless_the_old_one_still_counts(
    client: Client, attendee: Attendee, settings: Settings
) -> None:
    url, key = path(attendee), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert client.get(url).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [key]
    assert client.get(url).status_code == 200


def test_it_ends_with_the_person(client: Client, attendee: Attendee) -> None:
    url = path(attendee)
    people.erase(person=attendee.person, now=timezone.now())
    assert client.get(url).status_code == 404


def test_it_outlives_a_second_record_of_the_person(client: Client, attendee: Attendee) -> None:
    url = path(attendee)
    assert attendee.person
    people.merge(keep=factories.person(), drop=attendee.person, now=timezone.now())
    assert client.get(url).status_code == 200


def test_who_guesses_has_to_wait_and_who_knows_has_not(client: Client, attendee: Attendee) -> None:
    answers = [client.get(UNKNOWN) for _ in range(31)]
    assert [each.status_code for each in answers] == [404] * 30 + [429]
    assert int(answers[-1]["Retry-After"]) <= 60
    assert client.get(path(attendee)).status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(UNKNOWN, **elsewhere).status_code == 404  # type: ignore[arg-type]


def test_no_log_tells_it(client: Client, attendee: Attendee) -> None:
    url = path(attendee)
    for text, arguments in (("Not Found: %s", (url,)), (f'"GET {url}?lang=en HTTP/1.1"', ())):
        record = logging.LogRecord("django", logging.INFO, "", 1, text, arguments, None)
        assert WithoutSecrets().filter(record)
        assert url not in record.getMessage()
        assert "/a/…" in record.getMessage()


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_known(client: Client, attendee: Attendee, method: str) -> None:
    assert getattr(client, method)(path(attendee)).status_code == 405


def test_a_draft_again_or_a_day_shows_no_clock(read: Read) -> None:
    event = factories.event(precision="day", start_on=date(2026, 12, 2), end_on=date(2026, 12, 4))
    page = read(path(factories.attendee(event=event)))
    assert "2–4 December 2026" in page.text
    assert "Your time" not in page.text
