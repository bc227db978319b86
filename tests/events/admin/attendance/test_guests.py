"""The page of guests: rows typed and pasted, kept while something is wrong, stored all at once."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.admin.attendance import guestrows
from events.models import Appointment, Attendee, Event, Person, Team
from tests import factories
from tests.events.admin import screens


@pytest.fixture
def event(ours: Team) -> Event:
    return screens.event(ours, "Conference")


def address(event: Event) -> str:
    return f"/admin/events/event/{event.pk}/guests/"


def typed(number: int = 0, **values: Any) -> dict[str, Any]:
    return {f"g{number}-{name}": value for name, value in values.items()}


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def rows(page: Any) -> list[Any]:
    assert page.status_code == 200, "the page was taken"
    return list(page.context["rows"])


def save(client: Client, event: Event, *guests: dict[str, Any], **values: Any) -> Any:
    data = {"_save": "1", **values}
    for number, guest in enumerate(guests):
        data |= typed(number, **guest)
    return client.post(address(event), data)


JANE = {
    "name": "Jane Smith",
    "organisation": "Example Port",
    "email": "jane@example.org",
    "role": "speaker",
    "language": "zh-hans",
    "tags": "vip, press",
}


class TestTyped:
    def test_a_row_becomes_a_guest(self, event: Event, organiser: Client) -> None:
        page = organiser.post(address(event), {"_save": "1", **typed(**JANE)}, follow=True)
        assert said(page) == [
            "1 guest was added. 1 of them is new. 1 organisation is new.",
        ]
        row = Attendee.objects.get()
        assert (str(row.person), str(row.representing)) == ("Jane SMITH", "Example Port")
        assert (row.role, row.tags) == ("speaker", ["vip", "press"])
        assert row.person
        assert row.person.language == "zh-hans"

    def test_blank_rows_are_nobody(self, event: Event, organiser: Client) -> None:
        blank = {"name": "", "role": "participant", "email": ""}
        assert save(organiser, event, blank, JANE, blank).status_code == 302
        assert Attendee.objects.count() == 1

    def test_parts_that_were_corrected_count(self, event: Event, organiser: Client) -> None:
        save(
            organiser, event,
            {"name": "Mary Ann Lee", "family": "Lee", "given": "Mary Ann", "split": "Mary Ann Lee"},
            {"name": "Tom Jones", "family": "Smith", "given": "Jane", "split": "Jane Smith"},
        )  # fmt: skip
        assert sorted(map(str, Person.objects.all())) == ["Mary Ann LEE", "Tom JONES"]

    def test_one_row_is_wrong_and_all_keep_what_was_typed(
        self, event: Event, organiser: Client
    ) -> None:
        wrong = {"organisation": "Nobody’s", "role": "king", "email": "no address", "name": "–"}
        page = save(organiser, event, JANE, wrong)
        first, second = rows(page)
        assert {name: first.values[name] for name in JANE} == JANE
        assert sorted(second.errors) == ["email", "name", "role"]
        assert second.values["organisation"] == "Nobody’s"
        text = page.content.decode()
        assert "Nobody is added yet: mend the marked rows." in text
        assert 'value="no address"' in text
        assert not Attendee.objects.exists()
        assert not Person.objects.exists()

    def test_one_who_may_be_on_record_is_asked_about(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        known = factories.person(team=ours, family_name="Smith", given_name="Jane")
        (row,) = rows(save(organiser, event, {"name": "Smith, Jane"}))
        assert row.errors == {"who": "Is it one of these?"}
        assert [key for key, _label in row.choices] == [str(known.pk), "new"]
        seen = row.values["seen"]
        save(organiser, event, {"name": "Smith, Jane", "who": str(known.pk), "seen": seen})
        assert Attendee.objects.get().person == known
        save(organiser, event, {"name": "Smith, Jane", "who": "new", "seen": seen})
        assert Person.objects.count() == 2
        assert Attendee.objects.count() == 2

    def test_twice_sent_is_once_done(self, event: Event, organiser: Client) -> None:
        data = {"_save": "1", **typed(**JANE)}
        organiser.post(address(event), data, follow=True)
        page = organiser.post(address(event), data, follow=True)
        assert said(page) == ["On the list already: Jane SMITH."]
        assert (Attendee.objects.count(), Person.objects.count()) == (1, 1)

    def test_a_mail_address_alone_is_somebody_on_record_or_nobody(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        (row,) = rows(save(organiser, event, {"email": "chan@example.org"}))
        assert row.errors == {"name": "Write a name, or choose a person."}
        known = factories.person(team=ours, email="chan@example.org")
        save(organiser, event, {"email": "Chan@example.org"})
        assert Attendee.objects.get().person == known

    def test_rows_that_are_left_out_are_not_stored(self, event: Event, organiser: Client) -> None:
        save(organiser, event, {**JANE, "leave": "on"}, {"name": "Tai-man Chan"})
        assert [str(row) for row in Attendee.objects.all()] == ["CHAN Tai-man"]

    def test_more_rows_without_script(self, event: Event, organiser: Client) -> None:
        page = organiser.post(address(event), {"_more": "1", **typed(4, **JANE)})
        assert [row.number for row in rows(page)] == [4]
        assert [row.number for row in page.context["blank"]] == [5, 6, 7, 8, 9]

    def test_a_cancelled_event_takes_nobody_and_the_row_stays(
        self, event: Event, organiser: Client
    ) -> None:
        Event.objects.update(status="cancelled")
        page = save(organiser, event, JANE)
        assert rows(page)[0].values["name"] == "Jane Smith"
        assert "not possible while “Conference” is in this state" in page.content.decode()
        assert not Person.objects.exists()


class TestPasted:
    def test_lines_become_rows_and_nothing_is_stored(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        known = factories.person(
            team=ours, family_name="Chan", given_name="Tai-man", email="chan@example.org"
        )
        factories.person(team=ours, family_name="Lee", given_name="Mary")
        lines = """Name\tCompany\tE-mail\tRole\tRoom
Jane Smith\tExample Port\tjane@example.org\tmoderator\t12
Chan Tai-man\t\tCHAN@example.org\t演讲者\t
Mary Lee\t\t\t\t
王小明\t示例港务\tbad address\t\t
Jane Smith\t\t\t\t
"""
        page = organiser.post(address(event), {"_read": "1", "paste": lines})
        jane, chan, mary, wang, double = rows(page)
        assert list(jane.errors) == ["role"]
        assert jane.notes == ["Not used: 12.", "“Example Port” is a new organisation."]
        assert (chan.values["who"], chan.values["role"]) == (str(known.pk), "speaker")
        assert mary.choices
        assert (wang.values["family"], wang.values["given"]) == ("王", "小明")
        assert list(wang.errors) == ["email"]
        assert double.is_left_out
        assert double.notes == ["The same as in line 2."]
        assert not Attendee.objects.exists()

    def test_whoever_is_on_the_list_is_left_out(self, event: Event, organiser: Client) -> None:
        save(organiser, event, JANE)
        lines = "Jane Smith <jane@example.org>"
        (row,) = rows(organiser.post(address(event), {"_read": "1", "paste": lines}))
        assert row.is_left_out
        assert row.notes == ["On the list already: speaker."]

    def test_what_was_typed_before_stays_above(self, event: Event, organiser: Client) -> None:
        data = {"_read": "1", "paste": "Tom Jones", **typed(3, **JANE)}
        found = rows(organiser.post(address(event), data))
        assert [(row.number, row.values["name"]) for row in found] == [
            (3, "Jane Smith"),
            (4, "Tom Jones"),
        ]

    def test_a_list_that_is_too_long_is_cut_and_says_so(
        self, event: Event, organiser: Client
    ) -> None:
        lines = "\n".join(f"Guest{number} Smith" for number in range(305))
        page = organiser.post(address(event), {"_read": "1", "paste": lines})
        assert len(rows(page)) == 300
        assert "5 lines were not read" in page.content.decode()
        page = organiser.post(address(event), {"_read": "1", "paste": ";;;"})
        assert "No guest was found in these lines." in page.content.decode()

    def test_many_lines_take_as_many_queries_as_few(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        counts = []
        for size in (2, 200):
            lines = "\n".join(f"Guest{number} Smith; Port{number}" for number in range(size))
            data = {"_read": "1", "paste": lines}
            organiser.post(address(event), data)
            with CaptureQueriesContext(connection) as asked:
                organiser.post(address(event), data)
            counts.append(len(asked))
        assert counts[0] == counts[1]

    @pytest.mark.thorough
    def test_three_hundred_are_stored_with_one_click(self, event: Event, organiser: Client) -> None:
        every = dict.fromkeys(guestrows.FIELDS, "")
        guests = [
            {**every, "name": f"Guest{number} Smith", "role": "media"} for number in range(300)
        ]
        assert save(organiser, event, *guests).status_code == 302
        assert Attendee.objects.filter(role="media").count() == 300


class TestListed:
    def test_roles_and_languages_are_changed_in_place(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        row = factories.attendee(event=event, person=factories.person(team=ours), role="media")
        key = row.pk
        was = {f"was-role-{key}": "media", f"was-language-{key}": ""}
        new = {f"role-{key}": "speaker", f"language-{key}": "zh-hant"}
        page = organiser.post(address(event), {"_save": "1", **was, **new}, follow=True)
        assert said(page) == ["1 row was changed."]
        row.refresh_from_db()
        assert (row.role, row.language) == ("speaker", "zh-hant")

    def test_what_was_changed_stays_while_a_row_is_wrong(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        row = factories.attendee(event=event, person=factories.person(team=ours), role="media")
        sent = {f"was-role-{row.pk}": "media", f"role-{row.pk}": "speaker"}
        page = save(organiser, event, {"name": "Jane Smith", "email": "none"}, **sent)
        (each,) = page.context["listed"]
        assert (each.role, each.was_role) == ("speaker", "media")

    def test_what_another_has_changed_meanwhile_stays(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        row = factories.attendee(event=event, person=factories.person(team=ours), role="speaker")
        sent = {f"was-role-{row.pk}": "media", f"role-{row.pk}": "media"}
        organiser.post(address(event), {"_save": "1", **sent})
        row.refresh_from_db()
        assert row.role == "speaker"

    def test_attendees_of_another_event_are_not_changed(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        other = screens.event(ours, "Other")
        row = factories.attendee(event=other, person=factories.person(team=ours), role="media")
        sent = {f"was-role-{row.pk}": "media", f"role-{row.pk}": "head", "role-" + "9" * 40: "head"}
        organiser.post(address(event), {"_save": "1", **sent})
        row.refresh_from_db()
        assert row.role == "media"

    def test_each_has_answer_place_and_a_way_off_the_list(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        row = factories.attendee(
            event=event,
            person=factories.person(team=ours),
            partstat="accepted",
            seat="confirmed",
        )
        (each,) = organiser.get(address(event)).context["listed"]
        assert [text for text, _colour in each.states] == ["accepted", "confirmed"]
        assert f"/attendee/{row.pk}/step/release/?next=" in each.off_url
        assert organiser.get(each.off_url).status_code == 200

    @pytest.mark.parametrize("number", [1, 3, 12])
    def test_a_list_takes_the_same_queries_for_any_number(
        self, event: Event, ours: Team, organiser: Client, number: int
    ) -> None:
        for _ in range(number):
            body = factories.organisation(team=ours)
            person = factories.person(team=ours)
            factories.attendee(event=event, person=person, representing=body)
        assert screens.cost(organiser, address(event)) == 10


class TestRights:
    def test_only_those_who_may_change_the_event_may_enter(
        self, event: Event, client: Client, viewer: Client
    ) -> None:
        assert viewer.get(address(event)).status_code in (403, 404)
        assert viewer.post(address(event), {"_save": "1", **typed(**JANE)}).status_code in (
            403,
            404,
        )
        foreign = screens.event(factories.team(), "Foreign")
        assert client.get(address(event)).status_code == 302
        assert not Attendee.objects.filter(event__in=[event, foreign]).exists()

    def test_another_teams_event_is_not_there(self, organiser: Client) -> None:
        foreign = screens.event(factories.team(), "Foreign")
        for url in (address(foreign), "/admin/events/event/999999/guests/"):
            assert organiser.get(url).status_code == 403
            assert organiser.post(url, {"_save": "1", **typed(**JANE)}).status_code == 403

    def test_suggestions_name_people_and_offices_that_the_user_may_see(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        known = factories.person(
            team=ours, family_name="Chan", given_name="Tai-man", name_zh_hant="陳大文"
        )
        secret = factories.organisation(team=factories.team(), name_en="Secret canary")
        Appointment.objects.create(person=known, organisation=secret, title="Chair")
        factories.person(team=factories.team(), family_name="Chan", given_name="Secret")
        answer = organiser.get(address(event), {"find": "陈大", "what": "person"})
        assert answer.json()["found"] == [{"key": known.pk, "label": "CHAN Tai-man 陳大文 · Chair"}]
        bodies = organiser.get(address(event), {"find": "Secret", "what": "organisation"})
        assert bodies.json() == {"found": []}

    def test_a_new_person_is_shown_as_they_would_be_written(
        self, event: Event, organiser: Client
    ) -> None:
        found = organiser.get(address(event), {"find": "John Lee Ka-chiu"}).json()
        assert found["found"] == []
        assert found["new"]["formal"] == "John LEE Ka-chiu"

    @pytest.mark.parametrize(
        "page",
        [
            "event/{}/change/",
            "event/{}/",
            "attendee/?event__id__exact={}",
        ],
        ids=["form", "home", "list"],
    )
    def test_form_home_and_list_lead_to_the_guests(
        self, page: str, event: Event, organiser: Client, viewer: Client
    ) -> None:
        url = f"/admin/events/{page.format(event.pk)}"
        assert address(event) in organiser.get(url).content.decode()
        assert address(event) not in viewer.get(url).content.decode()


def test_a_session_asks_for_its_speakers(event: Event, ours: Team, organiser: Client) -> None:
    part = screens.event(ours, "Panel", parent=event, kind="session")
    page = organiser.get(address(part))
    assert page.context["blank"][0].values["role"] == "speaker"
    page = organiser.get(address(part) + "?role=media")
    assert page.context["blank"][0].values["role"] == "media"
