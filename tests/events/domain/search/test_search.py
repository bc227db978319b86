"""Find anything: which rows the words find, the best first, each told apart from its like."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from delegations.models import Delegation
from events.domain.search import registry, search
from events.models import Appointment, Event, Organisation, Person, Place, Team, User
from tests import factories
from tests.events.admin import screens
from tests.factories import NOW
from tests.samples import first_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def team() -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def user(team: Team) -> User:
    return factories.user(member_of=team)


def groups(user: User, text: str) -> dict[type[Any], list[str]]:
    found = search.find(user=user, text=text, now=NOW)
    return {group.kind.model: [hit.words.title for hit in group.hits] for group in found}


def about(user: User, text: str) -> list[str]:
    """What tells the first row apart."""
    [first, *_others] = search.find(user=user, text=text, now=NOW)
    return list(first.hits[0].words.about)


def person(team: Team | None, family: str, given: str = "Ming", **columns: Any) -> Person:
    return factories.person(team=team, family_name=family, given_name=given, **columns)


def office(person: Person, title: str, body: Organisation | None = None, **columns: Any) -> None:
    Appointment.objects.create(person=person, title_en=title, organisation=body, **columns)


class TestPeople:
    @pytest.mark.parametrize(
        "text",
        [
            "陳大文", "陈大文", "大文", "chen dawen", "dawen chen", "chendawen", "chen da wen",
            "chen daw", "tai-man chan", "CHAN",
        ],
    )  # fmt: skip
    def test_they_are_found_in_any_script_and_by_pinyin(
        self, user: User, team: Team, text: str
    ) -> None:
        person(team, "Chan", "Tai-man", name_zh_hant="陳大文")
        assert groups(user, text) == {Person: ["CHAN Tai-man 陳大文"]}

    def test_they_are_found_by_title_and_employer_together_with_the_name(
        self, user: User, team: Team
    ) -> None:
        port = factories.organisation(team=team, name_en="Example Port", name_zh_hans="示例港")
        office(person(team, "Chan"), "Chairman", port)
        office(person(team, "Lee"), "Director", port)
        assert groups(user, "chairman") == {Person: ["CHAN Ming"]}
        assert groups(user, "chairman example port") == {Person: ["CHAN Ming"]}
        assert groups(user, "shili gang")[Person] == ["CHAN Ming", "LEE Ming"]
        assert groups(user, "lee example") == {Person: ["LEE Ming"]}
        assert groups(user, "lee chairman") == {}

    def test_an_office_that_is_over_finds_nobody(self, user: User, team: Team) -> None:
        office(person(team, "Chan"), "Chairman", valid_to=date(2026, 5, 31))
        assert groups(user, "chairman") == {}

    def test_the_office_that_was_meant_is_told_before_the_highest(
        self, user: User, team: Team
    ) -> None:
        chan = person(team, "Chan")
        port = factories.organisation(team=team, name_en="Example Port")
        office(chan, "President", rank=9)
        office(chan, "Chairman", port, rank=1)
        assert about(user, "chan") == ["President"]
        assert about(user, "chan port") == ["Chairman", "Example Port"]

    def test_a_hidden_employer_neither_finds_nor_is_told(self, user: User, team: Team) -> None:
        hidden = factories.organisation(team=factories.team(), name_en="Canary Bank")
        office(person(team, "Chan"), "Chairman", hidden)
        assert groups(user, "canary") == {}
        assert about(user, "chairman") == ["Chairman"]

    def test_a_mail_address_finds_for_those_who_may_see_it(self, user: User, team: Team) -> None:
        person(team, "Chan", email="secret@example.org")
        assert groups(user, "secret@example.org") == {Person: ["CHAN Ming"]}
        viewer = factories.user(member_of=team, role="viewer")
        assert groups(viewer, "secret@example.org") == {}

    def test_the_name_in_the_language_of_the_page_comes_first(self, user: User, team: Team) -> None:
        person(team, "Chan", name_zh_hans="陈明", name_zh_hant="陳明")
        for language, name in (
            ("zh-hans", "陈明 CHAN Ming"), ("zh-hant", "陳明 CHAN Ming"), ("en", "CHAN Ming 陳明"),
        ):  # fmt: skip
            with translation.override(language):
                assert groups(user, "chan") == {Person: [name]}

    def test_an_erased_person_is_not_found(self, user: User, team: Team) -> None:
        gone = person(team, "Chan")
        Person.objects.filter(pk=gone.pk).update(erased_at=NOW)
        gone.refresh_from_db()
        gone.save()
        assert groups(user, "chan") == {}


class TestPlaces:
    def test_a_room_is_named_with_its_venue(self, user: User, team: Team) -> None:
        city = factories.place(name_en="Hong Kong")
        venue = factories.place(name_en="Kowloon Harbour Centre", kind="venue", parent=city)
        factories.place(name_en="Grand Hall", kind="room", parent=venue, team=team)
        assert groups(user, "grand") == {Place: ["Grand Hall · Kowloon Harbour Centre"]}
        assert about(user, "grand") == ["Room", "Hong Kong"]

    def test_a_venue_that_is_hidden_is_not_named(self, user: User) -> None:
        venue = factories.place(name_en="Canary Centre", kind="venue", team=factories.team())
        factories.place(name_en="Grand Hall", kind="room", parent=venue)
        assert groups(user, "grand") == {Place: ["Grand Hall"]}
        assert about(user, "grand") == ["Room"]

    def test_they_are_found_by_locode_and_characters(self, user: User) -> None:
        factories.place(name_en="Shanghai", name_zh_hans="上海", unlocode="CNSGH")
        for text in ("cnsgh", "上海", "shang hai"):
            assert groups(user, text) == {Place: ["Shanghai"]}

    def test_the_exact_name_comes_before_longer_ones(self, user: User) -> None:
        for name in (
            "Guangdong-Hong Kong-Macao Greater Bay Area",
            "Hong Kong Science Park",
            "Hong Kong Island",
            "Hong Kong",
        ):
            factories.place(name_en=name)
        assert groups(user, "Hong Kong")[Place] == [
            "Hong Kong",
            "Hong Kong Island",
            "Hong Kong Science Park",
            "Guangdong-Hong Kong-Macao Greater Bay Area",
        ]

    def test_of_equal_names_that_of_the_own_team_comes_first(self, user: User, team: Team) -> None:
        factories.place(name_en="Hall", slug="shared")
        factories.place(name_en="Hall", slug="ours", team=team)
        [group] = search.find(user=user, text="hall", now=NOW)
        assert [hit.row.slug for hit in group.hits] == ["ours", "shared"]  # type: ignore[attr-defined]


def event(team: Team, title: str, **columns: Any) -> Event:
    values = {"team": team, "title_en": title, "end_on": date(2026, 12, 2), **columns}
    return factories.event(**values)


class TestEvents:
    def test_a_part_says_of_what_it_is_part(self, user: User, team: Team) -> None:
        gulf = event(team, "Gulf Conference")
        other = event(team, "Bay Conference")
        for parent in (gulf, other):
            event(team, "Registration", parent=parent)
        assert groups(user, "registration") == {Event: ["Registration", "Registration"]}
        assert groups(user, "registration gulf") == {Event: ["Registration"]}
        assert "Part of Gulf Conference" in about(user, "registration gulf")

    def test_a_conference_comes_without_its_parts(self, user: User, team: Team) -> None:
        gulf = event(team, "Gulf Conference")
        event(team, "Registration", parent=gulf)
        assert groups(user, "gulf") == {Event: ["Gulf Conference"]}

    def test_date_place_and_status_are_told(self, user: User, team: Team) -> None:
        venue = factories.place(name_en="Harbour Centre", kind="venue")
        hall = factories.place(name_en="Grand Hall", kind="room", parent=venue)
        event(team, "Expo", place=hall)
        assert about(user, "expo") == [
            "2 December 2026, 09:30–17:00", "Grand Hall · Harbour Centre", "Confirmed",
        ]  # fmt: skip

    def test_what_is_hidden_is_neither_told_nor_searched(self, user: User, team: Team) -> None:
        hidden = factories.event(team=factories.team(), title_en="Canary", visibility="internal")
        venue = factories.place(name_en="Canary Hall", team=factories.team())
        part = event(team, "Expo", place=venue)
        Event.objects.filter(pk=part.pk).update(parent=hidden)
        assert groups(user, "canary") == groups(user, "expo canary") == {}
        assert about(user, "expo") == ["2 December 2026, 09:30–17:00", "Confirmed"]

    def test_those_to_come_come_before_those_that_are_over(self, user: User, team: Team) -> None:
        for year in (2024, 2025, 2027, 2028):
            factories.event(
                team=team, title_en="Expo", precision="day", start_on=date(year, 1, 5),
            )  # fmt: skip
        [group] = search.find(user=user, text="expo", now=NOW)
        years = [hit.row.start_on.year for hit in group.hits]  # type: ignore[attr-defined]
        assert years == [2027, 2028, 2025, 2024]

    def test_they_are_found_by_the_pinyin_of_their_titles(self, user: User, team: Team) -> None:
        factories.event(team=team, title_en="Fair", title_zh_hant="重慶國際博覽會")
        for text in ("重庆", "chongqing", "guoji bolan hui"):
            assert groups(user, text) == {Event: ["Fair"]}


class TestOrganisations:
    def test_they_are_found_by_any_name(self, user: User, team: Team) -> None:
        factories.organisation(
            team=team, name_en="Example Port", short_name_en="EXP", name_zh_hant="示例港務",
            aliases=["Old Harbour Board"], kind="company",
        )  # fmt: skip
        for text in ("example", "exp", "示例港务", "shili", "harbour old"):
            assert groups(user, text) == {Organisation: ["Example Port"]}
        assert about(user, "exp") == ["EXP", "Company"]


class TestDelegations:
    def test_they_are_found_without_being_known_to_events(self, user: User, team: Team) -> None:
        mission = event(team, "Journey", **factories.days(5, 9))
        sender = factories.organisation(team=team, name_en="Chamber")
        Delegation.objects.create(
            slug="gulf", name_en="Gulf Party", team=team, mission=mission,
            sending_organisation=sender,
        )  # fmt: skip
        assert groups(user, "gulf") == {Delegation: ["Gulf Party"]}
        assert about(user, "gulf") == [
            "5–9 December 2026", "Official delegation", "Chamber", "Planning",
        ]  # fmt: skip
        assert registry.of(model=Delegation) in registry.kinds()


class TestAll:
    def test_the_kind_with_the_closest_row_comes_first(self, user: User, team: Team) -> None:
        factories.event(team=team, title_en="Hong Kong Expo")
        factories.place(name_en="Hong Kong")
        person(team, "Hong", "Kong")
        assert list(groups(user, "hong kong")) == [Person, Place, Event]
        assert list(groups(user, "expo")) == [Event]

    def test_a_few_of_each_kind_are_shown(self, user: User) -> None:
        for number in range(search.MAX_SHOWN + 1):
            factories.place(name_en=f"Hall {number}")
        [group] = search.find(user=user, text="hall", now=NOW)
        assert (len(group.hits), group.more) == (search.MAX_SHOWN, True)

    @pytest.mark.parametrize("text", ["", "  ", " - ", "·’", "%", "_"])
    def test_without_letters_nothing_is_found(self, user: User, text: str) -> None:
        factories.place(name_en="Hall")
        assert groups(user, text) == {}

    @pytest.mark.parametrize("text", ["x " * 5000, "陳" * 5000, "'; DROP TABLE", "\\", "a%b_c"])
    def test_no_query_is_too_much(self, user: User, text: str) -> None:
        assert groups(user, text) == {}

    def test_who_is_no_staff_finds_nothing(self) -> None:
        factories.place(name_en="Hall")
        assert groups(factories.user(is_staff=False), "hall") == {}

    @pytest.mark.parametrize("role", first_of(["liaison", "organiser", "viewer", "secretary"]))
    def test_the_number_of_queries_does_not_grow(self, team: Team, role: str) -> None:
        counts = []
        for _round in (1, 3, 12):
            for _row in range(_round):
                body = factories.organisation(team=team, name_en="Hall Ltd")
                venue = factories.place(name_en="Hall", team=team)
                place = factories.place(name_en="Hall", kind="room", parent=venue, team=team)
                mission = screens.event(team, "Hall", place=place)
                screens.event(team, "Hall", parent=mission, place=place)
                office(person(team, "Hall"), "Hall", body)
                screens.delegation(team, "Hall", mission=mission, sending_organisation=body)
            user = User.objects.get(pk=factories.user(member_of=team, role=role).pk)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                search.find(user=user, text="hall", now=NOW)
            counts.append(len(queries))
        assert counts[0] == counts[1] == counts[2] <= 30, counts


def test_a_table_has_one_kind() -> None:
    with pytest.raises(registry.RegisteredTwice):
        registry.register(*registry.kinds()[:1])
