"""Telling: for each kind of change who gets how many mails, and that nobody gets one unasked."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from delegations.domain.rosters import rosters
from events.domain import telling
from events.domain.attendance import attendees, capacity, invitations
from events.domain.delivery import delivery
from events.domain.directory import organisations, places
from events.domain.lifecycle import lifecycle
from events.domain.mail import outbox
from events.models import Attendee, Delivery, Event, Person, Telling
from events.values.dates import Precision, When
from tests import factories
from tests.factories import NOW
from tests.invitations import entry, invite, is_for_calendars, method, recipient
from tests.races import at_once, race
from tests.samples import quick
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

MINUTE = timedelta(minutes=1)
LATER = NOW + 3 * MINUTE
HELD, PENDING = Delivery.State.HELD, Delivery.State.PENDING


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.SITE_URL, settings.UID_HOST = "https://attache.example", "attache.example"
    return smtp


class Unsure(Exception):
    """The user has not chosen yet, so the change is rolled back."""


class Conference:
    """A conference with a keynote for everybody and a panel by invitation.

    `guest` was sent an invitation to it, `walk_in` is expected and was sent nothing, `speaker` was
    invited to the panel only, and `waits` is on the waiting list.
    """

    def __init__(self) -> None:
        self.team = factories.team(name="Office")
        self.hall = factories.place(name="Hall")
        self.event = factories.event(
            title_en="Going Global", slug="gg", team=self.team, place=self.hall, capacity=2
        )
        part = {"team": self.team, "parent": self.event, "kind": "session", "place": self.hall}
        self.keynote = factories.event(title_en="Keynote", start_time=time(10), **part)
        self.panel = factories.event(title_en="Panel", audience="invited", **part)
        self.host = factories.organiser(self.event).organisation
        self.hub = factories.hub(event=self.event)
        seated = {"event": self.event, "seat": "confirmed"}
        self.guest = factories.attendee(**seated, person=_person("guest"))
        self.walk_in = factories.attendee(**seated, person=_person("walk-in"))
        self.waits = factories.attendee(
            event=self.event, person=_person("waits"), seat="waitlisted", waitlisted_at=NOW
        )
        self.speaker = factories.attendee(event=self.panel, person=_person("speaker"))
        for each in (self.guest, self.speaker):
            invitations.send(event=each.event, attendees=[each.pk], now=NOW)
        delivery.tick(now=NOW)

    def fresh(self, event: Event) -> Event:
        return Event.objects.get(pk=event.pk)


def _person(name: str) -> Person:
    return factories.person(given_name=name, email=f"{name}@example.org")


def on(day: int, hour: int = 9) -> When:
    start = date(2026, 12, day)
    times = {"start_time": time(hour, 30), "end_time": time(17), "timezone": "Asia/Shanghai"}
    return When(precision=Precision.TIME, start_on=start, end_on=start, **times)


@pytest.fixture
def conference(server: Sink) -> Conference:
    made = Conference()
    server.envelopes.clear()
    return made


def _store(it: Conference, now: datetime, **columns: Any) -> None:
    event = it.fresh(it.event)
    for name, value in columns.items():
        setattr(event, name, value)
    lifecycle.save(event=event, now=now)


def _add_part(it: Conference, now: datetime) -> None:
    part = factories.event(team=it.team, parent=it.event, kind="session", status="draft")
    lifecycle.propose(event=part, now=now)


def _change_place(it: Conference, now: datetime) -> None:
    _store(it, now, place=factories.place(name="Tower"))


def _drop_hub(it: Conference, now: datetime) -> None:
    it.hub.delete()
    lifecycle.touch(event=it.fresh(it.event), now=now)


def _rename_host(it: Conference, now: datetime) -> None:
    it.host.name_en = "Another Agency"
    organisations.save(organisation=it.host, now=now)


def _rename_hall(it: Conference, now: datetime) -> None:
    it.hall.name_en = "Great Hall"
    places.save(place=it.hall, now=now)


def _step(verb: str, part: str = "event", **values: Any) -> Callable[[Conference, datetime], None]:
    def take(it: Conference, now: datetime) -> None:
        event = it.fresh(getattr(it, part))
        made = {name: value() if callable(value) else value for name, value in values.items()}
        getattr(lifecycle, verb)(event=event, now=now, **made)

    return take


CHANGES: dict[str, Callable[[Conference, datetime], None]] = {
    "move": _step("move", when=on(9)),
    "hour": partial(_store, start_time=time(9)),
    "place": _change_place,
    "title": partial(_store, title_en="Going Further"),
    "capacity": partial(_store, capacity=3),
    "cancel": _step("cancel", reason="Typhoon"),
    "postpone": _step("postpone", reason="Typhoon"),
    "reinstate": _step("reinstate", when=on(9)),
    "hub": _drop_hub,
    "part added": _add_part,
    "part moved": _step("move", "keynote", when=on(2, 11)),
    "part cancelled": _step("cancel", "keynote", reason=""),
    "guest removed": lambda it, now: attendees.release(attendee=it.guest, now=now),
    "organisation renamed": _rename_host,
    "place renamed": _rename_hall,
}


# The mails that follow from each change, by the reader's name and the kind of mail.
MAILS = {
    "move": ["guest REQUEST", "speaker REQUEST", "walk-in notice"],
    "hour": ["guest REQUEST", "walk-in notice"],
    "place": ["guest REQUEST", "walk-in notice"],
    "title": ["guest REQUEST"],
    "capacity": ["waits promoted"],
    "cancel": ["guest CANCEL", "speaker CANCEL", "walk-in notice"],
    "postpone": ["guest CANCEL", "speaker CANCEL", "walk-in notice"],
    "hub": ["guest REQUEST"],
    "part added": [],
    "part moved": ["guest notice", "walk-in notice"],
    "part cancelled": ["guest notice", "walk-in notice"],
    "guest removed": ["guest CANCEL", "waits promoted"],
    "place renamed": ["guest REQUEST", "speaker REQUEST"],
    "organisation renamed": [],
}
# What does not depend on the change is tried of four kinds; `make test-all` tries it of all.
KINDS = ("move", "capacity", "part moved", "guest removed")
NEWS = quick([what for what, mails in MAILS.items() if mails], among=KINDS)


def kind(message: EmailMessage) -> str:
    if is_for_calendars(message):
        return method(message)
    return "promoted" if message["Subject"].startswith("You have a seat") else "notice"


def sent(server: Sink, now: datetime = LATER) -> list[str]:
    delivery.tick(now=now)
    return sorted(f"{recipient(mail).partition('@')[0]} {kind(mail)}" for mail in server.messages)


def make(
    what: str, it: Conference, choice: Telling | None, now: datetime = NOW
) -> telling.Told | None:
    """Make a change with a choice; return whom it tells."""
    user = factories.user(is_superuser=True)
    with telling.planning(choice=choice, now=now):
        CHANGES[what](it, now)
        return telling.read(user=user)


class TestEachChange:
    @pytest.mark.parametrize("what", MAILS)
    def test_tells_each_person_once(self, conference: Conference, server: Sink, what: str) -> None:
        told = make(what, conference, Telling.NOW)
        mails = sent(server)
        assert mails == MAILS[what]
        assert (told.people if told else 0) == len({mail.split()[0] for mail in mails})
        assert sent(server, LATER + 60 * MINUTE) == mails

    @pytest.mark.parametrize("what", NEWS)
    @pytest.mark.parametrize("choice", [Telling.LATER, Telling.NEVER])
    def test_tells_nobody_unasked(
        self, conference: Conference, server: Sink, what: str, choice: Telling
    ) -> None:
        told = make(what, conference, choice)
        assert told
        assert told.people == len({mail.split()[0] for mail in MAILS[what]})
        lifecycle.touch(event=conference.fresh(conference.event), now=NOW)
        assert sent(server, LATER + 60 * MINUTE) == []

    @pytest.mark.parametrize("what", NEWS)
    def test_goes_when_it_is_released(
        self, conference: Conference, server: Sink, what: str
    ) -> None:
        make(what, conference, Telling.LATER)
        assert sent(server) == []
        week = LATER + timedelta(days=7)
        while row := Delivery.objects.filter(state=HELD).first():
            outbox.release(delivery=row, now=week)
        assert sent(server, week + MINUTE) == MAILS[what]

    @pytest.mark.parametrize("what", NEWS)
    def test_can_be_asked_about_first(
        self, conference: Conference, server: Sink, what: str
    ) -> None:
        with suppress(Unsure), telling.planning(choice=None, now=NOW):
            CHANGES[what](conference, NOW)
            told = telling.read(user=factories.user(is_superuser=True))
            raise Unsure
        assert told
        assert told.choice is None
        assert told.people == len({mail.split()[0] for mail in MAILS[what]})
        assert sent(server) == []


class TestWhatWasNotTold:
    def test_is_told_with_the_next_change_that_is(
        self, conference: Conference, server: Sink
    ) -> None:
        make("part moved", conference, Telling.NEVER)
        make("hour", conference, Telling.NEVER)
        assert sent(server) == []
        make("place", conference, Telling.NOW, LATER)
        assert sent(server, LATER + 3 * MINUTE) == ["guest REQUEST", "walk-in notice"]
        for mail in server.messages:
            body = mail.get_body(("plain",))
            assert body is not None
            text = body.get_content()
            assert "09:00–17:00" in text
            assert "09:30–17:00" in text
            assert "Tower" in text
            assert "Hall" in text
        guest = next(mail for mail in server.messages if recipient(mail).startswith("guest"))
        assert "New time: Keynote" in guest.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    def test_is_not_sent_by_a_change_that_says_nothing(
        self, conference: Conference, server: Sink
    ) -> None:
        make("title", conference, Telling.NEVER)
        make("guest removed", conference, Telling.NEVER)
        conference.speaker.refresh_from_db()
        make("part moved", conference, Telling.NOW, LATER)
        assert sent(server, LATER + 3 * MINUTE) == ["waits notice", "walk-in notice"]

    def test_a_guest_taken_off_silently_hears_that_it_is_cancelled(
        self, conference: Conference, server: Sink
    ) -> None:
        make("guest removed", conference, Telling.NEVER)
        make("cancel", conference, Telling.NOW, LATER)
        assert "guest CANCEL" in sent(server, LATER + 3 * MINUTE)

    def test_what_is_held_is_replaced_by_what_is_told(
        self, conference: Conference, server: Sink
    ) -> None:
        make("hour", conference, Telling.LATER)
        make("place", conference, Telling.NOW, LATER)
        assert not Delivery.objects.filter(state=HELD).exists()
        assert sent(server, LATER + 3 * MINUTE) == ["guest REQUEST", "walk-in notice"]
        assert all(
            "09:30–17:00" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            for mail in server.messages
        )

    @pytest.mark.parametrize("choice", [Telling.LATER, Telling.NEVER])
    def test_the_latest_choice_counts_for_what_waits(
        self, conference: Conference, server: Sink, choice: Telling
    ) -> None:
        make("hour", conference, Telling.NOW)
        make("place", conference, choice, NOW + MINUTE)
        assert sent(server) == []

    def test_a_first_invitation_goes_whatever_is_chosen_of_a_change(
        self, conference: Conference, server: Sink
    ) -> None:
        invite(conference.event, NOW)
        make("hour", conference, Telling.NEVER)
        assert sent(server) == ["waits REQUEST", "walk-in REQUEST"]


class TestOneMail:
    def test_the_updated_invitation_says_what_has_changed(
        self, conference: Conference, server: Sink
    ) -> None:
        """The event moves with its programme, and the keynote is cancelled."""
        make("move", conference, Telling.NOW)
        make("part cancelled", conference, Telling.NOW)
        sent(server)
        [mail] = [each for each in server.messages if recipient(each).startswith("guest")]
        body = mail.get_body(("plain",))
        assert body is not None
        said = [line.strip() for line in body.get_content().splitlines() if line.strip()]
        assert said[2:] == [
            "Going Global",
            "When",
            "Wednesday 9 December 2026, 09:30–17:00 (Hall, UTC+8)",
            "Where",
            "Hall",
            "Until now",
            "Wednesday 2 December 2026, 09:30–17:00 (Hall, UTC+8)",
            "This has changed for you as well:",
            "Cancelled: Keynote",
            "Until now",
            "Wednesday 2 December 2026, 10:00–17:00 (Hall, UTC+8)",
            "You have accepted. You can still change your answer:",
            *said[-4:],
        ]
        assert int(entry(mail)["SEQUENCE"]) == 1

    @pytest.mark.parametrize(
        ("language", "until", "also"),
        [("zh-hans", "原为", "此外"), ("zh-hant", "原為", "此外")],
    )
    def test_in_the_language_of_the_reader(
        self, conference: Conference, server: Sink, language: str, until: str, also: str
    ) -> None:
        Person.objects.update(language=language)
        make("move", conference, Telling.NOW)
        sent(server)
        [mail] = [each for each in server.messages if recipient(each).startswith("guest")]
        for kind_ in ("plain", "html"):
            body = mail.get_body((kind_,))
            assert body is not None
            assert until in body.get_content()
            assert also in body.get_content()

    def test_a_first_invitation_says_nothing_of_changes(
        self, conference: Conference, server: Sink
    ) -> None:
        make("part moved", conference, Telling.NOW)
        invitations.send(
            event=conference.event, attendees=[conference.walk_in.pk], now=NOW + MINUTE
        )
        assert sent(server) == ["guest notice", "walk-in REQUEST"]

    def test_what_was_told_by_a_notice_is_not_told_again(
        self, conference: Conference, server: Sink
    ) -> None:
        make("part moved", conference, Telling.NOW)
        sent(server)
        make("hour", conference, Telling.NOW, LATER)
        sent(server, LATER + 3 * MINUTE)
        mail = server.messages[-1]
        assert "Keynote" not in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_reinstated_event_is_told_to_those_who_heard_that_it_is_off(
    conference: Conference, server: Sink
) -> None:
    make("postpone", conference, Telling.NOW)
    sent(server)
    server.envelopes.clear()
    make("reinstate", conference, Telling.NOW, LATER)
    assert sent(server, LATER + 3 * MINUTE) == [
        "guest REQUEST", "speaker REQUEST", "walk-in notice",
    ]  # fmt: skip


def test_a_mission_whose_place_is_filled_in_tells_no_delegate(server: Sink) -> None:
    delegation = factories.delegation()
    for number in range(3):
        rosters.add(delegation=delegation, person=_person(f"delegate-{number}"), now=NOW)
    mission = delegation.mission
    mission.place = factories.place(timezone="")
    with telling.planning(choice=None, now=NOW):
        lifecycle.save(event=mission, now=NOW)
        assert telling.read(user=factories.user(is_superuser=True)) is None
    assert sent(server) == []


class TestWhatIsSaid:
    def test_names_only_what_the_user_may_see(self, conference: Conference) -> None:
        user = factories.user(member_of=factories.team())
        Person.objects.update(team=conference.team)
        with telling.planning(choice=None, now=NOW):
            CHANGES["hour"](conference, NOW)
            told = telling.read(user=user)
        assert told
        assert told.people == 2
        assert told.names == []

    def test_says_old_and_new(self, conference: Conference) -> None:
        told = make("hour", conference, None)
        assert told
        [row] = told.changes
        assert row.title == "Going Global"
        assert row.lines == [
            "from 2 December 2026, 09:30–17:00 → from 2 December 2026, 09:00–17:00",
        ]
        assert sorted(told.kinds) == [("changed invitation", 1), ("notice of changes", 1)]


def test_a_worker_between_the_two_posts_finds_nothing(conference: Conference, server: Sink) -> None:
    with suppress(Unsure), telling.planning(choice=None, now=NOW):
        CHANGES["hour"](conference, NOW)
        raise Unsure
    assert sent(server) == []
    make("hour", conference, Telling.NOW, LATER)
    assert sent(server, LATER + 3 * MINUTE) == MAILS["hour"]


@race
@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_with_other_choices_tell_each_guest_at_most_once(server: Sink) -> None:
    event = factories.event(place=factories.place())
    guest = factories.attendee(event=event)
    invite(event, NOW)
    delivery.tick(now=NOW)
    server.envelopes.clear()

    def save(choice: Telling, day: int) -> None:
        with telling.planning(choice=choice, now=NOW):
            lifecycle.move(event=Event.objects.get(pk=event.pk), when=on(day), now=NOW)

    tick: Callable[[], Any] = partial(delivery.tick, now=NOW)
    assert at_once(partial(save, Telling.NOW, 9), partial(save, Telling.NEVER, 10), tick) == []
    delivery.tick(now=LATER)
    sequences = [int(entry(mail)["SEQUENCE"]) for mail in server.messages]
    assert len(sequences) <= 1
    states = guest.deliveries.invitations().values_list("state", flat=True)
    assert PENDING not in states
    assert Attendee.objects.get(pk=guest.pk).event_id == event.pk
    assert capacity.of(event=event)
