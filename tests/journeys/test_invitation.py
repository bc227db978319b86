"""US-05, US-11: invited by mail, answered in a mail program or by a link, told of changes."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from events.models import Attendee, Event, Team
from events.models.base import clock
from tests import factories, replymails
from tests.commands import pipe
from tests.invitations import LATER, Mailbox, entry, method, recipient, summary
from tests.journeys.calendars import entries
from tests.office import Office
from tests.smtp import Sink

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def box(settings: Settings, smtp: Sink) -> Mailbox:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return Mailbox(smtp)


@pytest.fixture
def event(team: Team, office: Office) -> Event:
    """A conference in a month, with three attendees."""
    day = timezone.localdate() + 30 * DAY
    row = factories.event(
        team=team, title_en="Conference", start_on=day, end_on=day, visibility="participants"
    )
    for email in ("ann@example.org", "ben@example.org", ""):
        person = factories.person(team=team, email=email)
        factories.attendee(event=row, person=person, partstat="needs_action")
    return row


def reply(monkeypatch: pytest.MonkeyPatch, mail: EmailMessage, **said: Any) -> None:
    """Answer in a mail program, which sends the UID and SEQUENCE of the invitation back."""
    found = entry(mail)
    answer = replymails.Answer(
        uid=str(found["UID"]),
        sender=recipient(mail),
        sequence=int(found["SEQUENCE"]),
        stamped_at=clock.now(),
        **said,
    )
    pipe(monkeypatch, replymails.outlook(answer))
    call_command("read_replies")


def press(mail: EmailMessage, words: str) -> Any:
    """Follow a button of the mail to its page, and press the highlighted button there."""
    html = mail.get_body(("html",))
    assert html is not None
    found = re.findall(r'<a class="[^"]*" href="([^"]+)">([^<]+)</a>', html.get_content())
    links = {label: url for url, label in found}
    url = links[words].removeprefix("http://testserver")
    client = Client()
    page = client.get(url)
    assert page.status_code == 200
    [verb] = re.findall(r'class="button "\s+name="answer"\s+value="(\w+)"', page.content.decode())
    return client.post(url.partition("?")[0], {"answer": verb}, follow=True)


def answers(event: Event) -> dict[str, tuple[str, str]]:
    rows = Attendee.objects.filter(event=event).select_related("person")
    return {row.person.email: (row.partstat, row.seat) for row in rows if row.person}


def test_invited_answered_moved_and_cancelled(
    office: Office, event: Event, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The organiser sees who gets an invitation, and sends it.
    said = office.step(event, "invite")
    assert "1 attendee has no mail address" in said
    now = clock.now()
    mails = {recipient(mail): mail for mail in box.new(now)}
    assert sorted(mails) == ["ann@example.org", "ben@example.org"]

    # Ann answers in her mail program, Ben by the link.
    reply(monkeypatch, mails["ann@example.org"], partstat="ACCEPTED")
    page = press(mails["ben@example.org"], "Tentative")
    assert "Tentative" in page.content.decode()
    assert answers(event) == {
        "ann@example.org": ("accepted", "confirmed"),
        "ben@example.org": ("tentative", "none"),
        "": ("needs_action", "none"),
    }

    # The event moves: both are told, and an answer to the old date is ignored.
    there = event.start_on + DAY  # type: ignore[operator]
    office.step(event, "move", start_on=f"{there:%Y-%m-%d}", end_on=f"{there:%Y-%m-%d}")
    moved = box.after_a_while(clock.now())
    assert summary(moved) == [
        ("ann@example.org", "REQUEST", 1),
        ("ben@example.org", "REQUEST", 1),
    ]
    assert all(entry(mail)["UID"] == event.ical_uid for mail in moved)
    reply(monkeypatch, mails["ann@example.org"], partstat="DECLINED", message_id="<late@x>")
    assert answers(event)["ann@example.org"][0] == "accepted"
    [anns] = [mail for mail in moved if recipient(mail) == "ann@example.org"]
    reply(monkeypatch, anns, partstat="TENTATIVE", message_id="<new@x>")
    assert answers(event)["ann@example.org"] == ("tentative", "none")

    # Ben is taken off the list: only he is told.
    ben = event.attendees.get(person__email="ben@example.org")
    office.step(ben, "release")
    told = box.after_a_while(clock.now() + LATER)
    assert summary(told) == [("ben@example.org", "CANCEL", 1)]
    assert "STATUS" not in entry(told[0])

    # The event is cancelled: Ann is told.
    office.step(event, "cancel", reason="Typhoon")
    told = box.after_a_while(clock.now() + 2 * LATER)
    assert summary(told) == [("ann@example.org", "CANCEL", 2)]
    assert str(entry(told[0])["STATUS"]) == "CANCELLED"
    assert box.after_a_while(clock.now() + 3 * LATER) == []


def test_the_invitation_and_the_feed_are_one_event(
    office: Office, event: Event, box: Mailbox
) -> None:
    Event.objects.update(visibility="public")
    office.step(event, "invite")
    mail = box.new(clock.now())[0]
    found = entries("/calendar/public.ics")[event.ical_uid]
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "URL"):
        assert entry(mail)[name] == found[name], name
    assert method(mail) == "REQUEST"
    assert "ATTENDEE" not in found


def test_a_forged_answer_waits_for_the_organiser(
    office: Office, event: Event, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.step(event, "invite")
    mail = box.new(clock.now())[0]
    forged = replymails.Answer(
        uid=event.ical_uid, sender="evil@example.com", attendee=recipient(mail),
        partstat="DECLINED",
    )  # fmt: skip
    pipe(monkeypatch, replymails.gmail(forged))
    call_command("read_replies")
    assert answers(event)[recipient(mail)][0] == "needs_action"
    page = office.open("/admin/events/reply/").content.decode()
    assert "evil@example.com" in page
