"""Guests of a list: who is found on record, who is made, and that nothing is half done."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from events.domain.attendance import attendees
from events.domain.guests import guests, matching
from events.domain.guests.matching import Guest
from events.models import Appointment, Attendee, Event, Organisation, Person, Team, User
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
JANE = Guest(family="Smith", given="Jane", email="jane@example.org", organisation="Example Port")


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def event(team: Team) -> Event:
    return factories.event(team=team, title_en="Conference")


@pytest.fixture
def user(team: Team) -> User:
    return factories.user(member_of=team)


def add(event: Event, user: User, *found: Guest) -> guests.Added:
    return guests.add(event=event, guests=found, user=user, now=NOW)


def match(user: User, **written: Any) -> matching.Match:
    (found,) = matching.match(guests=[Guest(**written)], user=user, now=NOW)
    return found


class TestAdd:
    def test_a_new_person_and_organisation_are_made_on_the_way(
        self, event: Event, user: User, team: Team
    ) -> None:
        guest = Guest(
            family="Smith",
            given="Jane",
            honorific="Dr",
            email="jane@example.org",
            organisation="Example Port",
            office="Chair",
            language="zh-hant",
            role="speaker",
            tags=("vip",),
        )
        done = add(event, user, guest)
        row = Attendee.objects.get()
        person = row.person
        assert done.added == [row]
        assert person is not None
        assert (person.name_en, person.email) == ("Jane SMITH", "jane@example.org")  # type: ignore[attr-defined]
        assert (person.team, person.language, person.honorific) == (team, "zh-hant", "Dr")
        assert (row.role, row.tags, row.language) == ("speaker", ["vip"], "")
        body = Organisation.objects.get()
        assert (str(body), body.team, row.representing) == ("Example Port", team, body)
        assert row.appointment == Appointment.objects.get(person=person, title="Chair")
        assert row.is_untouched

    def test_a_name_in_characters_is_kept_beside_the_one_in_letters(
        self, event: Event, user: User
    ) -> None:
        add(event, user, Guest(family="Chan", given="Tai-man", characters="陳大文"))
        person: Any = Person.objects.get()
        assert (person.name_en, person.name_zh_hant) == ("CHAN Tai-man", "陳大文")
        add(event, user, Guest(family="王", given="小明", organisation="示例港务"))
        assert Person.objects.filter(name_en="王小明").exists()
        assert Organisation.objects.get().name_zh_hans == "示例港务"  # type: ignore[attr-defined]

    def test_sent_twice_nobody_is_there_twice(self, event: Event, user: User) -> None:
        add(event, user, JANE)
        done = add(event, user, JANE)
        assert done.added == []
        assert list(map(str, done.known)) == ["Jane SMITH"]
        assert (Attendee.objects.count(), Person.objects.count()) == (1, 1)
        assert Organisation.objects.count() == 1

    def test_another_of_the_name_sent_twice_is_asked_about(self, event: Event, user: User) -> None:
        known = factories.person(team=event.team, family_name="Smith", given_name="Jane")
        other = Guest(family="Smith", given="Jane", another=True, seen=frozenset([known.pk]))
        add(event, user, other)
        assert Person.objects.count() == 2
        with pytest.raises(guests.Open):
            add(event, user, other)
        assert Person.objects.count() == 2

    def test_one_who_is_there_twice_in_the_list_is_made_once(
        self, event: Event, user: User
    ) -> None:
        done = add(event, user, JANE, JANE)
        assert (len(done.added), len(done.known)) == (1, 1)
        assert (Attendee.objects.count(), Person.objects.count()) == (1, 1)

    def test_one_open_row_and_nothing_is_stored(self, event: Event, user: User) -> None:
        factories.person(team=event.team, family_name="Chan", given_name="Tai-man")
        with pytest.raises(guests.Open) as refused:
            add(event, user, JANE, Guest(family="Chan", given="Tai-man"))
        assert [found.is_open for found in refused.value.matches] == [False, True]
        assert not Attendee.objects.exists()
        assert not Organisation.objects.exists()

    def test_nobody_comes_to_what_is_cancelled(self, event: Event, user: User) -> None:
        Event.objects.update(status="cancelled")
        with pytest.raises(attendees.NotOpen):
            add(event, user, JANE)
        assert not Person.objects.exists()

    def test_a_person_without_an_address_gets_it(self, event: Event, user: User) -> None:
        known = factories.person(team=event.team, email="")
        add(event, user, Guest(person=known.pk, email="new@example.org"))
        known.refresh_from_db()
        assert known.email == "new@example.org"
        add(event, user, Guest(person=known.pk, email="other@example.org"))
        known.refresh_from_db()
        assert known.email == "new@example.org"

    def test_the_language_of_one_on_record_holds_for_this_event(
        self, event: Event, user: User
    ) -> None:
        known = factories.person(team=event.team, language="en")
        add(event, user, Guest(person=known.pk, language="zh-hans"))
        assert Attendee.objects.get().language == "zh-hans"
        known.refresh_from_db()
        assert known.language == "en"

    def test_a_person_of_another_team_cannot_be_chosen(self, event: Event, user: User) -> None:
        foreign = factories.person(team=factories.team())
        with pytest.raises(guests.Open):
            add(event, user, Guest(person=foreign.pk))

    def test_who_may_add_no_people_chooses_among_those_on_record(
        self, event: Event, team: Team
    ) -> None:
        viewer = factories.user(member_of=team, role="viewer")
        known = factories.person(team=team)
        with pytest.raises(guests.NoTeam):
            add(event, viewer, JANE)
        add(event, viewer, Guest(person=known.pk))
        assert Attendee.objects.get().person == known


class TestMatch:
    def test_a_mail_address_and_a_name_are_one_person(self, team: Team, user: User) -> None:
        known = factories.person(
            team=team, family_name="Smith", given_name="Jane", email="Jane@Example.org"
        )
        written = {"family": "Smith", "given": "Jane", "email": "jane@example.org"}
        assert match(user, **written).person == known
        assert match(user, email="jane@example.org").person == known
        other = match(user, family="Jones", given="Tom", email="jane@example.org")
        assert (other.person, other.alike, other.is_open) == (None, [known], True)

    def test_a_name_and_an_organisation_are_one_person(self, team: Team, user: User) -> None:
        known = factories.person(team=team, family_name="Smith", given_name="Jane", email="")
        body = factories.organisation(team=team, name_en="Example Port")
        assert match(user, family="Smith", given="Jane").is_open
        Appointment.objects.create(person=known, organisation=body, title="Chair")
        found = match(user, family="Smith", given="Jane", organisation="example port")
        assert (found.person, found.organisation) == (known, body)
        assert match(user, family="Smith", given="Jane", organisation="Other").is_open

    def test_a_name_is_found_in_any_script(self, team: Team, user: User) -> None:
        known = factories.person(
            team=team, family_name="Chan", given_name="Tai-man", name_zh_hant="陳大文"
        )
        for written in (
            {"family": "陈", "given": "大文"},
            {"family": "Chan", "given": "Tai Man"},
            {"family": "Tai-man", "given": "Chan"},
            {"family": "Chan", "given": "Tai-man", "western": "Peter"},
        ):
            assert match(user, **written).alike == [known], written
        assert match(user, family="Chan", given="Siu-ming").alike == []

    def test_people_of_other_teams_are_nobody(self, user: User) -> None:
        factories.person(
            team=factories.team(), family_name="Smith", given_name="Jane", email="jane@example.org"
        )
        found = match(user, family="Smith", given="Jane", email="jane@example.org")
        assert (found.person, found.alike) == (None, [])

    def test_many_are_looked_up_at_once(
        self, team: Team, user: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(3):
            factories.person(team=team, family_name=f"Known{number}", given_name="Jane")
        factories.organisation(team=team, name_en="Port 1")
        matching.match(guests=[JANE], user=user, now=NOW)
        for size in (3, 120):
            many = [
                Guest(family=f"Known{number}", given="Jane", organisation=f"Port {number}")
                for number in range(size)
            ]
            with django_assert_num_queries(7):
                found = matching.match(guests=many, user=user, now=NOW)
            assert [bool(each.alike) for each in found] == [number < 3 for number in range(size)]

    def test_nobody_sees_nobody(self, team: Team) -> None:
        factories.person(team=team, family_name="Smith", given_name="Jane")
        written = Guest(family="Smith", given="Jane")
        (found,) = matching.match(guests=[written], user=AnonymousUser(), now=NOW)
        assert found.alike == []
