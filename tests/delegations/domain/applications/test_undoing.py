"""A round taken back: applications, roster and waiting list are as before."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from pytest_django import Settings

from delegations.domain.applications import applications, rounds, undoing
from delegations.models import Application, Delegation
from events.domain import steps
from events.domain.delivery import delivery
from events.models import Delivery
from tests import factories
from tests.factories import NOW
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

LATER = NOW + timedelta(days=1)
SENT = LATER + timedelta(minutes=3)
VALUES: dict[str, dict[str, Any]] = {
    "accept": {"confirm_by": NOW + timedelta(days=14)},
    "decline": {"reason": "No stand left"},
    "request_info": {"question": "Which market?"},
}


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


@pytest.fixture
def mission() -> Delegation:
    return factories.delegation(quota=3)


def applied(mission: Delegation, *seats: int, **columns: Any) -> list[Application]:
    return [
        factories.application(
            delegation=mission, seats=number, contact=factories.person(), **columns
        )
        for number in seats
    ]


def take(rows: list[Application], verb: str) -> dict[int, int]:
    """Decide in one round; return the stamps by which it is taken back."""
    keys = [row.pk for row in rows]
    rounds.take(keys=keys, verb=verb, user=None, now=LATER, **VALUES.get(verb, {}))
    return steps.stamps(rows=rows)


def undo(stamps: dict[int, int]) -> list[str]:
    """Take a round back; return the sentences of the refusals."""
    _done, refused = undoing.undo(stamps=stamps, now=SENT)
    return [refusal.sentence(user=None) for refusal in refused]


def columns(rows: list[Application]) -> list[tuple[Any, ...]]:
    names = ("status", "confirm_by", "reason", "question", "reply", "decided_at")
    found = (Application.objects.get(pk=row.pk) for row in rows)
    return [tuple(getattr(row, name) for name in names) for row in found]


def sent(server: Sink, now: Any) -> list[EmailMessage]:
    delivery.tick(now=now)
    return server.messages


@pytest.mark.parametrize("verb", ["accept", "admit", "decline", "request_info"])
@pytest.mark.parametrize("status", ["submitted", "under_review"])
def test_all_is_as_before_and_nobody_is_told(
    mission: Delegation, server: Sink, verb: str, status: str
) -> None:
    rows = applied(mission, 1, 2, status=status)
    before = columns(rows)
    stamps = take(rows, verb)
    assert columns(rows) != before
    assert undo(stamps) == []
    assert columns(rows) == before
    assert not mission.delegates.exists()
    assert sent(server, SENT + timedelta(days=1)) == []


def test_a_confirmation_is_taken_back_to_the_acceptance(mission: Delegation) -> None:
    rows = applied(mission, 1, 1, status="accepted")
    before = columns(rows)
    stamps = take(rows, "confirm")
    assert mission.delegates.count() == 2
    assert undo(stamps) == []
    assert columns(rows) == before
    assert not mission.delegates.exists()


def test_seats_go_to_the_waiting_list_only_when_all_are_back(mission: Delegation) -> None:
    rows = applied(mission, 3, 1)
    stamps = take(rows, "accept")
    assert [row[0] for row in columns(rows)] == ["accepted", "waitlisted"]
    assert undo(stamps) == []
    assert [row[0] for row in columns(rows)] == ["submitted", "submitted"]


def test_who_waited_before_moves_up(mission: Delegation) -> None:
    [first] = applied(mission, 3)
    stamps = take([first], "accept")
    [waits] = applied(mission, 1)
    take([waits], "accept")
    assert undo(stamps) == []
    assert [row[0] for row in columns([first, waits])] == ["submitted", "accepted"]


def test_a_decision_that_was_mailed_is_taken_back_by_mail(
    mission: Delegation, server: Sink
) -> None:
    rows = applied(mission, 1)
    stamps = take(rows, "decline")
    assert len(sent(server, SENT)) == 1
    assert undo(stamps) == []
    assert columns(rows)[0][0] == "submitted"
    _declined, mail = sent(server, SENT + timedelta(minutes=3))
    assert mail["Subject"] == f"Under review again: {mission}"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "our decision is taken back" in body.get_content()
    assert "No stand left" not in body.get_content()


def test_the_same_decision_taken_again_is_told_again(mission: Delegation, server: Sink) -> None:
    rows = applied(mission, 1)
    stamps = take(rows, "accept")
    sent(server, SENT)
    undo(stamps)
    take(rows, "accept")
    subjects = [mail["Subject"] for mail in sent(server, SENT + timedelta(days=2))]
    assert subjects == [f"Accepted: {mission}"] * 2


def test_who_is_back_on_the_waiting_list_is_told_that(mission: Delegation, server: Sink) -> None:
    taken, waits = applied(mission, 3, 1)
    take([taken, waits], "accept")
    sent(server, SENT)
    stamps = take([waits], "decline")
    sent(server, SENT)
    assert undo(stamps) == []
    mails = sent(server, SENT + timedelta(minutes=3))
    told = [
        mail["Subject"]
        for mail in mails
        if str(waits.contact and waits.contact.email) in mail["To"]
    ]
    assert told == [
        f"On the waiting list: {mission}",
        f"Not accepted: {mission}",
        f"On the waiting list: {mission}",
    ]


def test_a_decision_that_fell_due_under_another_is_told_when_it_counts_again(
    mission: Delegation, server: Sink
) -> None:
    taken, waits = applied(mission, 3, 1)
    take([taken], "accept")
    sent(server, SENT)
    early = LATER - timedelta(minutes=1)
    values = VALUES["accept"]
    rounds.take(keys=[waits.pk], verb="accept", user=None, now=early, **values)
    stamps = take([waits], "decline")
    sent(server, early + timedelta(seconds=121))
    undoing.undo(stamps=stamps, now=LATER + timedelta(seconds=100))
    subjects = [mail["Subject"] for mail in sent(server, SENT + timedelta(hours=1))]
    assert subjects == [f"Accepted: {mission}", f"On the waiting list: {mission}"]


def test_the_mail_goes_also_if_the_review_goes_on(mission: Delegation, server: Sink) -> None:
    [row] = applied(mission, 1)
    stamps = take([row], "decline")
    sent(server, SENT)
    undo(stamps)
    row.refresh_from_db()
    applications.review(application=row, now=SENT)
    assert len(sent(server, SENT + timedelta(minutes=3))) == 2


def test_what_has_changed_since_stays(mission: Delegation) -> None:
    first, second = applied(mission, 1, 1)
    stamps = take([first, second], "accept")
    first.refresh_from_db()
    applications.confirm(application=first, now=LATER)
    [sentence] = undo(stamps)
    assert "has changed since" in sentence
    assert [row[0] for row in columns([first, second])] == ["confirmed", "submitted"]


def test_who_has_applied_anew_is_not_reopened(mission: Delegation) -> None:
    [row] = applied(mission, 1)
    stamps = take([row], "decline")
    factories.application(delegation=mission, organisation=row.organisation)
    assert undo(stamps) == ["This organisation has an application already."]
    assert columns([row])[0][0] == "declined"


def test_a_closed_delegation_stays_as_it_is(mission: Delegation) -> None:
    rows = applied(mission, 1)
    stamps = take(rows, "decline")
    Delegation.objects.filter(pk=mission.pk).update(status="cancelled")
    assert len(undo(stamps)) == 1
    assert columns(rows)[0][0] == "declined"


def test_a_mail_that_was_withheld_is_no_telling(mission: Delegation) -> None:
    rows = applied(mission, 1)
    stamps = take(rows, "decline")
    Delivery.objects.update(state="cancelled", reason="withheld", claim_at=None)
    assert undo(stamps) == []
    assert Delivery.objects.count() == 1
