"""A save or a step that would mail people says so before, and takes a choice."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.models import Delivery, Event, Person, Place, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import save, save_and_tell
from tests.office import address, form_of

pytestmark = pytest.mark.django_db

CHOICES = {"now": "pending", "later": "held", "never": "cancelled"}
START = timezone.now() + timedelta(days=90)


@pytest.fixture
def event(ours: Team) -> Event:
    """A conference of ours with three guests who were sent an invitation."""
    row = factories.event(
        title_en="Going Global",
        team=ours,
        place=factories.place(),
        start_on=START.date(),
        end_on=START.date(),
    )
    for name in ("Ada", "Bo", "Cai"):
        person = factories.person(given_name=name, team=ours, email=f"{name}@example.org")
        factories.attendee(event=row, person=person, seat="confirmed")
    keys = list(row.attendees.values_list("pk", flat=True))
    invitations.send(event=row, attendees=keys, now=timezone.now())
    delivery.tick(now=timezone.now())
    return row


def states() -> list[str]:
    rows = Delivery.objects.filter(kind="request").order_by("pk")
    return [state for state in rows.values_list("state", flat=True) if state != "sent"]


def messages(client: Client, answer: Any) -> list[str]:
    page = client.get(answer.url) if answer.status_code == 302 else answer
    return [str(message) for message in page.context["messages"]]


class TestASave:
    def test_says_before_to_whom_and_what(self, event: Event, organiser: Client) -> None:
        page = save(organiser, event, title_en="Going Further")
        assert page.status_code == 200
        assert page.context["who"] == (
            "3 people would be told by mail: CHAN Ada, CHAN Bo, CHAN Cai"
        )
        assert page.context["kinds"] == ["3 × changed invitation"]
        [changed] = page.context["told"].changes
        assert changed.lines == ["Going Global → Going Further"]
        assert Event.objects.get(pk=event.pk).title_en == "Going Global"
        assert states() == []

    @pytest.mark.parametrize("choice", CHOICES)
    def test_carries_all_that_was_typed(self, event: Event, organiser: Client, choice: str) -> None:
        page = save(
            organiser, event, title_en="Going Further", description_en="Two\r\nlines", _continue="1"
        )
        again: dict[str, list[str]] = {}
        for name, value in page.context["fields"]:
            again.setdefault(name, []).append(value)
        url = address(event, "change")
        answer = organiser.post(url, {**again, "_telling": choice})
        assert answer.status_code == 302
        assert answer.url == url
        event.refresh_from_db()
        assert (event.title_en, event.description_en) == ("Going Further", "Two\r\nlines")
        assert states() == [CHOICES[choice]] * 3

    @pytest.mark.parametrize(
        ("choice", "text"),
        [
            ("now", "3 people will be told in two minutes."),
            ("later", "The mails to 3 people are held back; release them under Deliveries."),
            ("never", "3 people are not told."),
        ],
    )
    def test_says_afterwards_what_happens_to_the_mails(
        self, event: Event, organiser: Client, choice: str, text: str
    ) -> None:
        answer = save_and_tell(organiser, event, choice, title_en="Going Further")
        _changed, told = messages(organiser, answer)
        assert told.startswith(text)
        link = told.split('"')[1].replace("&amp;", "&")
        found = organiser.get(link).context["cl"].result_list
        assert {row.state for row in found} == {CHOICES[choice]}

    def test_goes_back_to_the_form_with_all_that_was_typed(
        self, event: Event, organiser: Client
    ) -> None:
        page = save_and_tell(organiser, event, "back", title_en="Going Further")
        assert page.status_code == 200
        assert form_of(page)["title_en"] == "Going Further"
        assert Event.objects.get(pk=event.pk).title_en == "Going Global"
        assert page.context["errors"] == []

    def test_that_tells_nobody_is_one_click(self, event: Event, organiser: Client) -> None:
        assert save(organiser, event, capacity=50).status_code == 302
        assert save(organiser, event).status_code == 302

    def test_is_refused_before_it_asks(self, event: Event, organiser: Client) -> None:
        page = save(organiser, event, title_en="", title_zh_hans="", title_zh_hant="")
        assert page.status_code == 200
        assert page.context["errors"]

    def test_asks_with_the_first_names_and_a_number(self, event: Event, organiser: Client) -> None:
        for number in range(9):
            person = factories.person(given_name=f"Z{number}", team=event.team)
            factories.attendee(event=event, person=person)
        keys = [row.pk for row in invitations.uninvited(event=event)]
        invitations.send(event=event, attendees=keys, now=timezone.now())
        delivery.tick(now=timezone.now())
        page = save(organiser, event, title_en="Going Further")
        assert page.context["who"].endswith(
            "CHAN Ada, CHAN Bo, CHAN Cai, CHAN Z0, CHAN Z1 and 7 more"
        )

    def test_of_a_place_asks_too(self, event: Event, organiser: Client, superuser: Client) -> None:
        place = Place.objects.get(pk=event.place_id)
        page = save(superuser, place, name_en="Great Hall")
        assert page.context["kinds"] == ["3 × changed invitation"]
        assert Place.objects.get(pk=place.pk).name_en == "Shanghai"
        assert save_and_tell(superuser, place, "never", name_en="Great Hall").status_code == 302
        assert states() == ["cancelled"] * 3

    def test_of_a_hub_in_an_inline_asks_too(self, event: Event, organiser: Client) -> None:
        hub = screens.place(event.team, "Manila")
        page = organiser.get(address(event, "change"))
        sent = form_of(page)
        row = {"id": "", "event": event.pk, "place": hub.pk, "role": "hub", "position": 1}
        more = {f"place_roles-0-{name}": value for name, value in row.items()}
        sent |= {**more, "place_roles-TOTAL_FORMS": 1}
        page = organiser.post(address(event, "change"), sent)
        assert page.context["kinds"] == ["3 × changed invitation"]
        assert not event.place_roles.exists()

    def test_in_a_popup_asks_too(self, event: Event, organiser: Client) -> None:
        url = address(event, "change") + "?_popup=1"
        sent = {**form_of(organiser.get(url)), "title_en": "Going Further", "_popup": "1"}
        page = organiser.post(url, sent)
        assert page.context["is_popup"]
        answer = organiser.post(url, {**sent, "_telling": "now"})
        assert answer.status_code == 200
        assert states() == ["pending"] * 3

    def test_names_nobody_whom_the_user_may_not_see(
        self, event: Event, theirs: Team, organiser: Client
    ) -> None:
        Person.objects.update(team=theirs, family_name="CANARY")
        page = save(organiser, event, title_en="Going Further")
        assert page.context["who"] == "3 people would be told by mail"
        assert b"CANARY" not in page.render().content


class TestAStep:
    @pytest.mark.parametrize(
        ("verb", "kind"),
        [
            ("cancel", "3 × end of an invitation"),
            ("postpone", "3 × end of an invitation"),
            ("move", "3 × changed invitation"),
        ],
    )
    def test_says_beforehand_who_gets_a_mail(
        self, event: Event, organiser: Client, verb: str, kind: str
    ) -> None:
        page = organiser.get(address(event, "step", verb))
        assert page.context["kinds"] == [kind]
        assert page.context["who"].startswith("3 people would be told by mail: ")
        assert Event.objects.get(pk=event.pk).status == "confirmed"
        assert states() == []

    @pytest.mark.parametrize("choice", CHOICES)
    def test_takes_the_choice_on_its_own_page(
        self, event: Event, organiser: Client, choice: str
    ) -> None:
        answer = organiser.post(address(event, "step", "cancel"), {"_telling": choice})
        assert answer.status_code == 302
        rows = Delivery.objects.filter(kind="cancel")
        assert {row.state for row in rows} == {CHOICES[choice]}
        assert len(messages(organiser, answer)) == 2

    def test_without_a_choice_is_not_taken(self, event: Event, organiser: Client) -> None:
        page = organiser.post(address(event, "step", "cancel"), {"reason": "Typhoon"})
        assert page.status_code == 200
        assert page.context["kinds"] == ["3 × end of an invitation"]
        assert page.context["form"]["reason"].value() == "Typhoon"
        assert Event.objects.get(pk=event.pk).status == "confirmed"

    def test_that_tells_nobody_says_so_and_is_one_click(
        self, ours: Team, organiser: Client
    ) -> None:
        row = factories.event(team=ours, status="draft", place=factories.place())
        url = address(row, "step", "propose")
        page = organiser.get(url)
        assert page.context["is_foreseen"]
        assert "Nobody gets a mail about it." in page.render().content.decode()
        assert organiser.post(url).status_code == 302

    def test_of_a_guest_says_so_too(self, event: Event, organiser: Client) -> None:
        attendee = event.attendees.order_by("pk")[0]
        page = organiser.get(address(attendee, "step", "release"))
        assert page.context["kinds"] == ["1 × end of an invitation"]

    def test_that_sends_invitations_asks_nothing(self, event: Event, organiser: Client) -> None:
        other = factories.attendee(event=event)
        answer = organiser.post(address(event, "step", "invite"), {"attendees": [other.pk]})
        assert answer.status_code == 302
        assert states() == ["pending"]
