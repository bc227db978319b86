"""A link in a mail stops mails of one kind, and no others."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client

from events.domain.delivery import delivery
from events.domain.directory import people
from events.domain.mail import optouts
from events.domain.reminders import fanout, reminders
from events.models import Delivery, OptOut, Person
from events.values import secretpaths
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

DUE = datetime(2026, 12, 1, 1, tzinfo=UTC)


@pytest.fixture
def person() -> Person:
    return factories.person(language="en")


def path(person: Person, kind: str = "reminder") -> str:
    return optouts.link(person=person, kind=kind).removeprefix("http://testserver")


def stopped() -> list[tuple[int, str]]:
    return list(OptOut.objects.order_by("pk").values_list("person", "kind"))


def test_a_look_at_the_page_changes_nothing(client: Client, person: Person) -> None:
    """Mail scanners follow every link."""
    for method in (client.get, client.head):
        page = method(path(person))
        assert page.status_code == 200
        assert stopped() == []
    assert "Reminders of events by mail" in client.get(path(person)).content.decode()


def test_the_button_stops_them_and_another_takes_it_back(client: Client, person: Person) -> None:
    for _twice in range(2):
        page = client.post(path(person))
        assert (page.status_code, stopped()) == (200, [(person.pk, "reminder")])
    assert "You get no more reminders" in page.content.decode()
    assert "You get no more reminders" in client.get(path(person)).content.decode()
    assert client.post(path(person), {"undo": "1"}).status_code == 200
    assert stopped() == []


def test_one_click_of_a_mail_program_needs_no_page_before(person: Person) -> None:
    """RFC 8058: no cookie, no token, no redirect."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path(person), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, stopped()) == (200, [(person.pk, "reminder")])


@pytest.mark.parametrize("kind", ["reminder", "thanks", "followup"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_page_speaks_the_language_of_its_reader(
    client: Client, kind: str, language: str
) -> None:
    url = path(factories.person(language=language), kind)
    for page in (client.get(url), client.post(url)):
        assert page["Content-Language"] == language
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex"
    assert client.get(url, {"lang": "zh-hant"})["Content-Language"] == "zh-hant"


def test_a_page_names_nobody(client: Client) -> None:
    person = factories.person(family_name="SECRETNAME", email="secret@example.org")
    page = client.get(path(person)).content.decode()
    assert "SECRETNAME" not in page
    assert "secret@" not in page


def forged(person: Person) -> dict[str, str]:
    value: Any = [person.pk, "reminder"]
    token = path(person).removeprefix("/u/")
    return {
        "another purpose": Signer(salt="another").sign_object(value),
        "no purpose": Signer().sign_object(value),
        "cut": token[:-1],
        "changed": "x" + token[1:],
        "long": token + "x" * 500,
        "a feed": "cf1_" + "x" * 40,
    }


@pytest.mark.parametrize(
    "which", ["another purpose", "no purpose", "cut", "changed", "long", "a feed"]
)
def test_another_token_is_nothing(client: Client, person: Person, which: str) -> None:
    url = f"/u/{forged(person)[which]}"
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert stopped() == []


def test_the_token_opens_no_calendar(client: Client, person: Person) -> None:
    token = path(person).removeprefix("/u/")
    assert client.get(f"/calendar/f/{token}.ics").status_code == 404


def test_the_link_of_a_record_that_became_part_of_another_still_works(
    client: Client, person: Person
) -> None:
    keep, url = factories.person(team=person.team), path(person)
    people.merge(keep=keep, drop=person, now=NOW)
    client.post(url)
    assert stopped() == [(keep.pk, "reminder")]


def test_two_records_that_both_want_none_become_one(client: Client, person: Person) -> None:
    keep = factories.person(team=person.team)
    for one in (keep, person):
        client.post(path(one))
    people.merge(keep=keep, drop=person, now=NOW)
    assert stopped() == [(keep.pk, "reminder")]


def test_nobody_is_behind_the_link_of_an_erased_person(client: Client, person: Person) -> None:
    url = path(person)
    people.erase(person=person, now=NOW)
    assert client.get(url).status_code == 404


def test_no_log_holds_the_token(person: Person) -> None:
    assert secretpaths.masked(f'"GET {path(person)} HTTP/1.1" 200') == '"GET /u/… HTTP/1.1" 200'


def test_who_opted_out_after_a_mail_was_queued_does_not_get_it(
    client: Client, person: Person, settings: Any, tmp_path: Path
) -> None:
    """US-11, 5: the check before sending finds the opt-out, and the row states the reason."""
    settings.MAIL_FOLDER = tmp_path
    event = factories.rule().event
    factories.attendee(event=event, person=person)
    factories.attendee(event=event)
    reminders.plan(event=event, now=NOW)
    fanout.expand_due(now=DUE)
    client.post(path(person))
    assert delivery.tick(now=DUE).results == {"sent": 1, "skipped": 1}
    row = Delivery.objects.get(person=person)
    assert (row.state, row.reason) == ("skipped", "opted_out")


def test_another_kind_still_comes(
    client: Client, person: Person, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_FOLDER = tmp_path
    client.post(path(person, "thanks"))
    event = factories.rule().event
    factories.attendee(event=event, person=person)
    reminders.plan(event=event, now=NOW)
    assert delivery.tick(now=DUE).results == {"sent": 1}


def test_nobody_keeps_what_is_behind_it_not_even_that_nothing_is(
    client: Client, person: Person
) -> None:
    for address, status in ((path(person), 200), (path(person) + "x", 404)):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == status
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["X-Robots-Tag"] == "noindex"
