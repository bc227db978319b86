"""Second invitations: who is asked again, with what, and that nobody is who has answered."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from events.domain import telling
from events.domain.access import answerlinks
from events.domain.attendance import answers, invitations, invitees
from events.domain.attendance.invitees import LeftOut, Wish
from events.domain.delivery import delivery
from events.domain.lifecycle import lifecycle
from events.domain.mail import outbox
from events.models import Attendee, Delivery, Event, InvitationText, Suppression, Telling
from tests import factories
from tests.factories import NOW
from tests.invitations import LATER, Mailbox, entry, invite, method, recipient, summary
from tests.races import at_once, race
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

DAY = timedelta(days=1)
NEXT = NOW + DAY + timedelta(minutes=1)
State = Delivery.State


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.SITE_URL, settings.UID_HOST = "https://attache.example", "attache.example"
    settings.DEFAULT_FROM_EMAIL = "Attaché <post@attache.example>"
    return smtp


@pytest.fixture
def box(server: Sink) -> Mailbox:
    return Mailbox(server)


@pytest.fixture
def event() -> Event:
    return factories.event(title_en="Going Global", team=factories.team(name="Promotion Office"))


def guest(event: Event, **columns: Any) -> Attendee:
    return factories.attendee(event=event, **{"partstat": "needs_action", **columns})


def again(event: Event, now: Any = NEXT) -> int:
    keys = [row.pk for row in invitees.of_second(event=event, now=now).rows]
    return invitations.invite_again(event=event, attendees=keys, now=now)


def answer(attendee: Attendee, verb: str, now: Any = NEXT) -> None:
    token = answerlinks.link(attendee=attendee).rpartition("/")[2]
    answers.give(token=token, verb=verb, now=now)


def latest(attendee: Attendee) -> Delivery:
    return attendee.deliveries.order_by("-pk")[0]


def text(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


def test_it_is_the_same_appointment_with_another_first_sentence(event: Event, box: Mailbox) -> None:
    guest(event)
    invite(event, NOW)
    [first] = box.new(NOW)
    assert again(event) == 1
    [second] = box.new(NEXT)
    for name in ("UID", "SEQUENCE", "DTSTART", "SUMMARY"):
        assert entry(second)[name] == entry(first)[name]
    assert method(second) == "REQUEST"
    assert entry(second)["DTSTAMP"].dt > entry(first)["DTSTAMP"].dt
    assert first["Message-ID"] != second["Message-ID"]
    assert second["Subject"].startswith("Please answer: Going Global · ")
    assert "would like to know whether you come:" in text(second)
    assert "Will you come?" in text(second)


def test_it_has_a_text_of_its_own(event: Event, box: Mailbox) -> None:
    guest(event)
    InvitationText.objects.create(
        event=event, text_en="First", again_subject_en="Well?", again_text_en="Again"
    )
    invite(event, NOW)
    [first] = box.new(NOW)
    again(event)
    [second] = box.new(NEXT)
    assert "First" in text(first)
    assert second["Subject"] == "Well?"
    assert "Again" in text(second)
    assert "First" not in text(second)


@pytest.mark.parametrize("verb", ["accept", "accept_tentatively", "decline"])
def test_who_answers_before_it_leaves_is_not_asked(event: Event, box: Mailbox, verb: str) -> None:
    attendee = guest(event)
    invite(event, NOW)
    box.new(NOW)
    again(event)
    answer(attendee, verb)
    assert box.new(NEXT) == []
    assert (latest(attendee).state, latest(attendee).reason) == (State.SKIPPED, "answered")
    assert again(event, NEXT + DAY) == 0


def test_who_answers_while_it_is_held_is_not_asked(
    event: Event, box: Mailbox, settings: Settings
) -> None:
    asked, other = guest(event), guest(event)
    invite(event, NOW)
    box.new(NOW)
    settings.HOLD_ABOVE = 1
    assert again(event) == 2
    assert {latest(row).state for row in (asked, other)} == {State.HELD}
    answer(asked, "accept")
    outbox.release(delivery=latest(asked), now=NEXT)
    assert [each["To"].addresses[0].addr_spec for each in box.new(NEXT)] == [
        other.person.email  # type: ignore[union-attr]
    ]


def test_twice_is_once(event: Event, box: Mailbox) -> None:
    guest(event)
    invite(event, NOW)
    box.new(NOW)
    assert again(event, NOW + timedelta(hours=23)) == 0
    assert again(event) == 1
    assert again(event) == 0
    assert len(box.new(NEXT)) == 1
    assert box.new(NEXT) == []
    assert again(event, NEXT + timedelta(hours=23)) == 0
    assert again(event, NEXT + DAY + timedelta(minutes=1)) == 1


@race
@pytest.mark.django_db(transaction=True)
def test_organisers_and_workers_at_the_same_instant_ask_each_once(box: Mailbox) -> None:
    """Two organisers ask all again while one answers and mails leave."""
    row = factories.event()
    rows = [guest(row) for _ in range(6)]
    keys = [each.pk for each in rows]
    invitations.send(event=row, attendees=keys, now=NOW)
    assert len(box.new(NOW)) == 6
    ask = partial(invitations.invite_again, event=row, attendees=keys, now=NEXT)
    give = partial(answer, rows[0], "accept")
    assert at_once(ask, ask, give, partial(delivery.tick, now=NEXT)) == []
    asked = Counter(recipient(mail) for mail in [*box.new(NEXT), *box.new(NEXT + LATER)])
    first = asked.pop(rows[0].person.email, 0)
    assert first <= 1
    assert asked == {each.person.email: 1 for each in rows[1:]}


def test_only_who_was_invited_and_may_answer_is_asked(event: Event, box: Mailbox) -> None:
    asked, came, gone, off = guest(event), guest(event), guest(event), guest(event)
    guest(event, person=factories.person(email=""))
    wrong = guest(event)
    invite(event, NOW)
    box.new(NOW)
    guest(event)
    answer(came, "accept")
    answer(gone, "decline")
    off.seat = "cancelled"
    off.save()
    address = wrong.person.email  # type: ignore[union-attr]
    Suppression.objects.create(
        address_hash=outbox.address_hash(address.upper()), since=NOW, reply="550"
    )
    found = invitees.of_second(event=event, now=NEXT)
    assert found.rows == [asked]
    assert {reason: number for reason, number in found.left_out.items() if number} == {
        LeftOut.ANSWERED: 1,
        LeftOut.DECLINED: 2,
        LeftOut.NO_ADDRESS: 1,
        LeftOut.UNINVITED: 1,
        LeftOut.WRONG_ADDRESS: 1,
    }
    just = invitees.of_second(event=event, now=NOW)
    assert just.left_out[LeftOut.JUST_ASKED] == 2
    keys = list(Attendee.objects.values_list("pk", flat=True))
    invitations.invite_again(event=event, attendees=keys, now=NEXT)
    chosen = Delivery.objects.filter(is_again=True).values_list("attendee", flat=True)
    assert set(chosen) == {asked.pk, wrong.pk}


def test_who_gets_a_first_one_and_who_not(event: Event) -> None:
    known, fresh = guest(event), guest(event)
    invitations.send(event=event, attendees=[known.pk], now=NOW)
    guest(event, partstat="declined")
    guest(event, person=None, label="Somebody")
    found = invitees.of_first(event=event)
    assert found.rows == [fresh]
    assert {reason: number for reason, number in found.left_out.items() if number} == {
        LeftOut.INVITED: 1,
        LeftOut.DECLINED: 1,
        LeftOut.NO_ADDRESS: 1,
    }


def test_they_are_narrowed_down_by_role_tag_answer_and_time(event: Event, box: Mailbox) -> None:
    speaker = guest(event, role="speaker", tags=["vip", "press"])
    yes = guest(event, partstat="accepted", tags=["vip"])
    plain = guest(event)

    def meant(found: invitees.Invitees, now: Any = NOW, **wish: Any) -> list[Attendee]:
        return found.narrowed(wish=Wish(**wish), now=now)

    found = invitees.of_first(event=event)
    assert meant(found) == [speaker, yes, plain]
    assert meant(found, roles=["speaker"]) == [speaker]
    assert meant(found, tags=["vip", "x"]) == [speaker, yes]
    assert meant(found, tags=["vip"], partstats=["accepted"]) == [yes]
    invite(event, NOW)
    box.new(NOW)
    for days, number in ((0, 2), (1, 2), (2, 0)):
        found = invitees.of_second(event=event, now=NEXT)
        assert len(meant(found, NEXT, days=days)) == number


def test_a_move_meanwhile_makes_one_mail_of_both(event: Event, box: Mailbox) -> None:
    guest(event)
    invite(event, NOW)
    box.new(NOW)
    again(event)
    event.refresh_from_db()
    event.capacity = 40
    event.place = factories.place(name_en="Grand Hall")
    lifecycle.save(event=event, now=NEXT)
    found = box.after_a_while(NEXT)
    assert len(found) == 1
    assert found[0]["Subject"].startswith("Changed invitation")


@pytest.mark.parametrize("is_held", [False, True])
def test_a_change_of_nothing_that_they_read_does_not_take_it_back(
    event: Event, box: Mailbox, settings: Settings, is_held: bool
) -> None:
    rows = [guest(event), guest(event)]
    invite(event, NOW)
    box.new(NOW)
    settings.HOLD_ABOVE = 1 if is_held else 200
    again(event)
    Event.objects.filter(pk=event.pk).update(revision=7)
    event.refresh_from_db()
    answer(rows[0], "accept")
    for _time in range(2):
        invitations.replan(event=event, now=NEXT)
    waiting = Delivery.objects.filter(is_again=True, state__in=Delivery.UNSENT)
    assert [row.attendee for row in waiting] == [rows[1]]
    assert waiting[0].state == ("held" if is_held else "pending")
    if is_held:
        outbox.release(delivery=waiting[0], now=NEXT)
    assert len(box.after_a_while(NEXT)) == 1


def test_what_was_never_told_is_told_with_it(event: Event, box: Mailbox) -> None:
    """A second invitation contains the present state, so its mail says what has changed."""
    attendee = guest(event)
    invite(event, NOW)
    box.new(NOW)
    again(event)
    Event.objects.filter(pk=event.pk).update(title_en="Gone Global", revision=7)
    [found] = box.new(NEXT)
    assert "Gone Global" in found["Subject"]
    assert found["Subject"].startswith("Changed invitation")
    assert summary([found])[0][1:] == ("REQUEST", 0)
    assert latest(attendee).state == State.SENT


def test_an_event_that_is_called_off_without_a_word_asks_nobody_any_more(
    event: Event, box: Mailbox
) -> None:
    guest(event)
    invite(event, NOW)
    box.new(NOW)
    again(event)
    with telling.planning(choice=Telling.NEVER, now=NEXT):
        lifecycle.cancel(event=event, reason="", now=NEXT)
    assert box.after_a_while(NEXT) == []
    assert not Delivery.objects.unsent().exists()


@pytest.mark.parametrize("verb", ["cancel", "postpone"])
def test_an_event_that_is_off_asks_nobody(event: Event, box: Mailbox, verb: str) -> None:
    attendee = guest(event)
    invite(event, NOW)
    box.new(NOW)
    getattr(lifecycle, verb)(event=event, reason="", now=NOW)
    event.refresh_from_db()
    with pytest.raises(invitations.NotOpen):
        invitations.invite_again(event=event, attendees=[attendee.pk], now=NEXT)
