"""The registry of kinds of mail; mails of an unregistered kind are held back."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from events.domain.delivery import delivery, presend
from events.domain.mail import kinds, letters, outbox
from events.domain.reminders import eligibility
from events.models import Delivery
from events.models.mail.kinds import LABELS, choices
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

State = Delivery.State


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "events.domain.mail.transport.FolderBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"


def mail(kind: str) -> Delivery:
    """Return a delivery that is due at once."""
    attendee = factories.attendee()
    return Delivery.objects.create(
        kind=kind,
        attendee=attendee,
        person=attendee.person,
        event=attendee.event,
        dedup_key=outbox.dedup_key(kind),
        due_at=NOW,
        claim_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )


def test_every_app_has_registered_its_kinds() -> None:
    assert [value for value, _label in choices()] == [*Delivery.Kind, "decision"]


def test_a_value_is_registered_once() -> None:
    before = dict(LABELS)
    again = kinds.Kind(
        value="notice", label="x", compose=letters.reminder, refusal=eligibility.refusal
    )
    with pytest.raises(kinds.RegisteredTwice):
        kinds.register(again)
    assert before == LABELS


def test_a_mail_that_no_app_sends_is_held_back_and_stops_no_other() -> None:
    unknown, _known = mail("gone"), mail(Delivery.Kind.REQUEST)
    assert delivery.tick(now=NOW).results == {"held": 1, "sent": 1}
    unknown.refresh_from_db()
    assert (unknown.state, unknown.reason) == (State.HELD, Delivery.Reason.NO_SENDER)
    assert (unknown.claim_at, unknown.lease_token) == (None, None)
    assert str(unknown) == f"gone · {unknown.person}"


def test_it_can_be_released_once_its_app_is_back() -> None:
    row = mail("gone")
    delivery.tick(now=NOW)
    assert outbox.release(delivery=row, now=NOW) == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.PENDING, "")


def test_it_can_not_be_composed() -> None:
    with pytest.raises(kinds.Unknown):
        presend.compose_again(delivery=mail("gone"), now=NOW)
