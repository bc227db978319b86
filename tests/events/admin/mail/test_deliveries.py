"""The screen of deliveries: what organisers see, and the steps that they take."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import Settings

from events.domain.access import answerlinks
from events.domain.attendance import invitations
from events.domain.delivery import attempts, delivery
from events.domain.mail import optouts, outbox
from events.domain.reminders import reminders
from events.models import Delivery, Event, Team
from events.models.mail import kinds
from tests import factories
from tests.events.admin import screens
from tests.factories import NOW
from tests.office import Office, address
from tests.smtp import Sink

pytestmark = pytest.mark.django_db

DUE = datetime(2026, 12, 1, 1, tzinfo=UTC)
State = Delivery.State


@pytest.fixture
def office(organiser: Client) -> Office:
    return Office(organiser)


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


def due_event(team: Team, people: int) -> Event:
    event = factories.rule(event=factories.event(team=team)).event
    for _ in range(people):
        factories.attendee(event=event, person=factories.person(team=team))
    reminders.plan(event=event, now=NOW)
    return event


class TestHeld:
    """Mails to more people than the setting allows are held for an organiser."""

    @pytest.fixture(autouse=True)
    def few(self, settings: Settings) -> None:
        settings.HOLD_ABOVE = 2

    def test_as_many_as_the_setting_says_go(self, ours: Team, server: Sink) -> None:
        due_event(ours, people=2)
        delivery.tick(now=DUE)
        assert len(server.messages) == 2

    def test_one_more_and_all_are_held(self, ours: Team, office: Office, server: Sink) -> None:
        due_event(ours, people=3)
        assert delivery.tick(now=DUE).results == {}
        assert set(Delivery.objects.values_list("state", "claim_at")) == {(State.HELD, None)}
        (held,) = (row for row in office.open("/admin/").context["todo"] if "held" in row["text"])
        assert held["number"] == 3
        assert len(office.open(held["url"]).context["cl"].queryset) == 3

    def test_one_button_releases_them_all(
        self, ours: Team, theirs: Team, office: Office, server: Sink
    ) -> None:
        for team in (ours, theirs, ours):
            due_event(team, people=3)
        delivery.tick(now=DUE)
        row = Delivery.objects.order_by("pk").first()
        assert row
        assert office.buttons(row) == ["release", "drop"]
        with time_machine.travel(DUE + timedelta(minutes=5)):
            assert office.step(row, "release") == (
                "All that are held back together: reminder, “Promotion Conference”."
                " 3 mails go out at once."
            )
        assert delivery.tick(now=DUE + timedelta(minutes=6)).results == {"sent": 3}
        assert Delivery.objects.filter(state=State.HELD).count() == 6
        assert LogEntry.objects.get().change_message == "Released."

    def test_released_in_time_they_go(self, ours: Team, server: Sink) -> None:
        due_event(ours, people=3)
        delivery.tick(now=DUE)
        row = Delivery.objects.order_by("pk").first()
        assert row
        assert outbox.release(delivery=row, now=DUE + timedelta(minutes=5)) == 3
        delivery.tick(now=DUE + timedelta(minutes=6))
        assert len(server.messages) == 3

    def test_dropped_they_never_go(self, ours: Team, office: Office, server: Sink) -> None:
        event = due_event(ours, people=3)
        delivery.tick(now=DUE)
        row = Delivery.objects.order_by("pk").first()
        assert row
        office.step(row, "drop")
        reminders.replan(event=event, now=DUE)
        assert delivery.tick(now=DUE + timedelta(minutes=5)).results == {}
        assert set(Delivery.objects.values_list("state", "reason")) == {("cancelled", "dropped")}

    def test_an_event_that_is_off_calls_them_back(self, ours: Team) -> None:
        event = due_event(ours, people=3)
        delivery.tick(now=DUE)
        event.status = "cancelled"
        event.save()
        reminders.replan(event=event, now=DUE)
        assert set(Delivery.objects.values_list("state", flat=True)) == {State.CANCELLED}


class TestAgain:
    @pytest.mark.parametrize("state", ["failed", "dead", "unknown", "presumed"])
    def test_what_came_to_no_good_end_goes_again_under_another_name(
        self, ours: Team, office: Office, server: Sink, state: str
    ) -> None:
        due_event(ours, people=1)
        delivery.tick(now=DUE)
        row = Delivery.objects.get()
        Delivery.objects.update(state=state, attempts=3, unknown_count=1)
        attempts._suppress(row.person.email, "550 5.1.1", DUE)
        office.step(row, "send_again")
        assert row.claim_at
        assert delivery.tick(now=row.claim_at).results == {"sent": 1}
        first, second = (message["Message-ID"] for message in server.messages)
        assert first == f"<{row.public_uuid}.0@testserver>"
        assert second == f"<{row.public_uuid}.1@testserver>"
        assert LogEntry.objects.get().change_message == "Sent again."

    @pytest.mark.parametrize("state", ["pending", "sent", "skipped", "cancelled", "expired"])
    def test_nothing_else_does(self, ours: Team, office: Office, state: str) -> None:
        row = screens.delivery(ours, "row", state=state)
        assert office.buttons(row) == []
        assert "not possible now" in office.refused_step(row, "send_again")

    def test_who_looks_on_does_not_see_mails(self, ours: Team, viewer: Client) -> None:
        row = screens.delivery(ours, "row", state="failed")
        assert viewer.get(address(row, "change")).status_code == 404
        assert viewer.post(address(row, "step", "send_again")).status_code == 404


class TestOverview:
    def test_an_event_and_a_person_say_how_far_their_mails_have_come(
        self, ours: Team, office: Office
    ) -> None:
        event = factories.event(team=ours)
        person = factories.person(team=ours)
        for values in (
            {"state": "sent"},
            {"state": "sent"},
            {"state": "presumed"},
            {"state": "skipped", "reason": "opted_out"},
        ):
            screens.delivery(ours, "row", event=event, person=person, **values)
        factories.rule(event=event)
        reminders.plan(event=event, now=NOW)
        mails = office.open(address(event, "home")).context["mails"]
        assert len(mails["planned"]) == 1
        assert sorted(row["number"] for row in mails["sent"]) == [1, 1, 2]
        for row in mails["sent"]:
            assert len(office.open(row["url"]).context["cl"].queryset) == row["number"]
        page = office.open(address(person, "change"))
        shown = [(row["why"], row["number"]) for row in page.context["mails"]]
        assert shown == [("", 2), ("", 1), ("wants no such mail", 1)]

    def test_who_looks_on_is_not_told_how_many(self, ours: Team, viewer: Client) -> None:
        row = screens.delivery(ours, "row")
        assert viewer.get(address(row.event, "home")).context["mails"]["sent"] == []

    def test_the_list_is_narrowed_by_reason(self, ours: Team, office: Office) -> None:
        row = screens.delivery(ours, "row", state="skipped", reason="opted_out")
        screens.delivery(ours, "row", state="skipped", reason="stays_away")
        assert office.found(Delivery, reason__exact="opted_out") == [row]

    def test_a_state_that_says_too_little_is_explained(self, ours: Team, office: Office) -> None:
        shown = {
            state: office.open(address(screens.delivery(ours, "row", state=state), "change"))
            for state in ("sent", "presumed", "suppressed")
        }
        lines = {state: page.context["lines"] for state, page in shown.items()}
        assert lines["sent"] == []
        assert str(lines["presumed"][0]).startswith("The program ended")
        assert str(lines["suppressed"][0]).startswith("A mail server has said")

    def test_the_list_says_why_or_what_the_server_said(self, ours: Team, office: Office) -> None:
        screens.delivery(ours, "row", state="failed", detail="550 5.7.1 No")
        screens.delivery(ours, "row", state="skipped", reason="opted_out", detail="550 5.7.1 No")
        page = office.open("/admin/events/delivery/").content.decode()
        assert page.count("550 5.7.1 No") == 1
        assert "wants no such mail" in page


class TestTheMail:
    def test_it_is_shown_in_a_frame_where_nothing_runs(
        self, ours: Team, theirs: Team, office: Office
    ) -> None:
        event = factories.event(team=ours, title="<script>alert(1)</script>")
        row = screens.delivery(ours, "row", event=event)
        url = address(row, "mail")
        assert url in office.open(address(row, "change")).content.decode()
        page = office.open(url).content.decode()
        assert "<script>alert(1)" not in page
        assert 'sandbox=""' in page
        foreign = screens.delivery(theirs, "CANARY")
        assert office.client.get(address(foreign, "mail")).status_code == 404

    def test_the_secret_of_its_reader_is_not(self, ours: Team, office: Office) -> None:
        row = screens.delivery(ours, "row")
        token = optouts.link(person=row.person, kind="reminder").rpartition("/")[2]
        assert token not in office.open(address(row, "mail")).content.decode()

    def test_an_invitation_is_shown_without_its_link_and_stays_as_it_was(
        self, ours: Team, office: Office
    ) -> None:
        attendee = factories.attendee(
            event=factories.event(team=ours), person=factories.person(team=ours)
        )
        invitations.send(event=attendee.event, attendees=[attendee.pk], now=NOW)
        Delivery.objects.update(state="sent", claim_at=None, sequence=7, content_digest="x")
        row = Delivery.objects.get()
        token = answerlinks.link(attendee=attendee).rpartition("/")[2]
        page = office.open(address(row, "mail")).content.decode()
        assert "/a/…" in page
        assert token not in page
        row.refresh_from_db()
        assert (row.sequence, row.content_digest) == (7, "x")

    def test_it_is_said_whether_it_has_gone(self, ours: Team, office: Office) -> None:
        for state, words in (("sent", "As it went"), ("failed", "It has not gone")):
            row = screens.delivery(ours, "row", state=state)
            assert words in office.open(address(row, "mail")).content.decode()

    def test_a_notice_of_what_was_undone_says_nothing(self, ours: Team, office: Office) -> None:
        row = screens.delivery(ours, "row", kind="notice")
        assert "there is nothing to show" in office.open(address(row, "mail")).content.decode()

    @pytest.mark.parametrize("kind", [value for value, _label in kinds.choices()])
    def test_every_kind_can_be_shown(self, ours: Team, office: Office, kind: str) -> None:
        values: dict[str, Any] = {"kind": kind}
        assert office.open(address(screens.delivery(ours, "row", **values), "mail"))

    def test_one_of_a_kind_that_no_app_sends_is_listed_and_has_nothing_to_show(
        self, ours: Team, office: Office
    ) -> None:
        row = screens.delivery(ours, "row", kind="gone", state="held", reason="no_sender")
        listed = office.open(address(Delivery, "changelist")).content.decode()
        assert "nothing here sends mails of this kind any more" in listed
        assert "there is nothing to show" in office.open(address(row, "mail")).content.decode()
        page = office.open(address(row, "change")).content.decode()
        assert "Mails to very many people" not in page
