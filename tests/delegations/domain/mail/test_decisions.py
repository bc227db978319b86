"""The contact of an application gets a mail about its status, unless that has changed again."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from delegations.domain.applications import applications
from delegations.domain.mail import decisions
from delegations.domain.mail.decisions import Silence
from delegations.models import Application, Decision
from events.domain.delivery import delivery
from events.models import Delivery
from tests import factories
from tests.factories import NOW
from tests.smtp import Sink

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


def applied(**columns: Any) -> Application:
    values = {"status": "under_review", "contact": factories.person(), **columns}
    return factories.application(**values)


def accept(row: Application) -> None:
    applications.accept(application=row, confirm_by=NOW + WEEK, user=None, now=NOW)


def subjects(server: Sink) -> list[str]:
    delivery.tick(now=NOW + decisions.DEBOUNCE)
    return [str(message["Subject"]) for message in server.messages]


def test_the_acceptance_is_of_use_until_it_must_be_confirmed(server: Sink) -> None:
    row = applied()
    accept(row)
    mail = Delivery.objects.get()
    assert (mail.kind, mail.person, mail.event, mail.team, mail.expires_at) == (
        "decision", row.contact, row.delegation.mission, row.delegation.team, NOW + WEEK,
    )  # fmt: skip
    assert subjects(server) == [f"Accepted: {row.delegation}"]
    assert server.messages[0]["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("language", "subject"), [("zh-hans", "申请已获接纳"), ("zh-hant", "申請已獲接納")]
)
def test_in_the_language_of_the_contact(server: Sink, language: str, subject: str) -> None:
    accept(applied(contact=factories.person(language=language)))
    assert subjects(server)[0].startswith(subject)


def test_what_is_not_true_any_more_is_not_told(server: Sink) -> None:
    row = applied()
    accept(row)
    applications.withdraw(application=row, now=NOW)
    assert subjects(server) == []
    assert list(Delivery.objects.values_list("state", "reason")) == [("cancelled", "another")]


@pytest.mark.parametrize("address", [None, ""])
def test_without_an_address_there_is_nobody_to_tell(server: Sink, address: str | None) -> None:
    accept(applied(contact=None if address is None else factories.person(email=address)))
    assert subjects(server) == []
    assert not Decision.objects.exists()


def test_it_is_known_beforehand_whom_nobody_can_tell() -> None:
    silent = [decisions.silence(application=applied(contact=None))]
    silent += [decisions.silence(application=applied(contact=factories.person(email="")))]
    assert silent == [Silence.NO_CONTACT, Silence.NO_ADDRESS]
    assert decisions.silence(application=applied()) is None


def test_a_step_that_decides_nothing_tells_nothing(server: Sink) -> None:
    applications.request_info(application=applied(), question="Which products?", now=NOW)
    assert subjects(server) == []


def test_what_others_have_typed_makes_no_link(server: Sink) -> None:
    row = applied(organisation=factories.organisation(name="http://evil.example/pay"))
    applications.decline(application=row, reason="See www.evil.example", user=None, now=NOW)
    delivery.tick(now=NOW + decisions.DEBOUNCE)
    for kind in ("plain", "html"):
        part = server.messages[0].get_body((kind,))
        assert part is not None
        assert "evil.example" not in part.get_content()


class TestTakenBack:
    def test_before_its_mail_has_left_nobody_hears_of_it(self, server: Sink) -> None:
        row = applied()
        accept(row)
        applications.reconsider(application=row, now=NOW)
        assert (row.status, row.confirm_by, row.decided_at) == ("under_review", None, None)
        assert subjects(server) == []

    def test_the_same_decision_taken_later_is_told(self, server: Sink) -> None:
        row = applied()
        accept(row)
        applications.reconsider(application=row, now=NOW)
        accept(row)
        assert subjects(server) == [f"Accepted: {row.delegation}"]

    def test_once_they_were_told_it_stands(self, server: Sink) -> None:
        row = applied()
        accept(row)
        subjects(server)
        with pytest.raises(applications.AlreadyTold) as refused:
            applications.reconsider(application=row, now=NOW + WEEK)
        assert "has been told of this decision by mail" in refused.value.sentence(user=None)
        row.refresh_from_db()
        assert row.status == "accepted"

    def test_a_declined_body_that_has_applied_anew_keeps_its_new_application(self) -> None:
        row = applied()
        applications.decline(application=row, reason="Full", user=None, now=NOW)
        factories.application(delegation=row.delegation, organisation=row.organisation)
        with pytest.raises(applications.AlreadyApplied):
            applications.reconsider(application=row, now=NOW)

    def test_without_a_contact_it_can_be_taken_back_at_any_time(self) -> None:
        row = applied(contact=None)
        applications.decline(application=row, reason="Full", user=None, now=NOW)
        applications.reconsider(application=row, now=NOW + WEEK)
        assert (row.status, row.reason) == ("under_review", "")
