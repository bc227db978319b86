"""Who may be the person that somebody is about to add."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.domain.directory import namesakes
from events.domain.directory.namesakes import Asked
from events.models import Person, User
from tests import factories

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

JANE = {"family_name": "Smith", "given_name": "Jane"}
LEE = {"family_name": "Lee", "given_name": "Ka-chiu", "western_name": "John"}
WANG = {"family_name": "Wang", "given_name": "Wei", "name_zh_hans": "王伟"}
LU = {"family_name": "Lü", "given_name": "Wei", "aliases": ["Louie Lu"]}


def member() -> User:
    return factories.user(member_of=factories.team())


def person(user: User, **columns: Any) -> Person:
    team = user.memberships.get().team
    return factories.person(**{"team": team, "email": "", **columns})


def found(user: User, **asked: Any) -> list[Person]:
    return namesakes.find(asked=Asked(**asked), user=user)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (JANE, {"family": "Smith", "given": "Jane"}),
        (JANE, {"family": "SMITH", "given": "jane "}),
        (JANE, {"family": "Jane", "given": "Smith"}),
        (JANE, {"family": "Smith", "western": "Jane"}),
        (JANE, {"spellings": ("Jane Smith",)}),
        (LEE, {"family": "Lee", "given": "Ka Chiu", "western": "John"}),
        (LEE, {"family": "Lee", "given": "Kachiu"}),
        (LEE, {"family": "Lee", "given": "John"}),
        (LEE, {"family": "Lee", "western": "John"}),
        (WANG, {"family": "王", "given": "伟"}),
        (WANG, {"family": "王", "given": "偉"}),
        (WANG, {"family": "Wong", "given": "Wai", "spellings": ("王偉",)}),
        (LU, {"family": "Lyu", "given": "Wei"}),
        (LU, {"family": "Lu", "given": "Louie"}),
        ({"family_name": "Sukarno", "given_name": ""}, {"family": "Sukarno"}),
        ({**JANE, "email": "Jane@Example.org"}, {"email": "jane@example.ORG"}),
    ],
)
def test_the_same_name_is_found_in_every_spelling(
    known: dict[str, Any], asked: dict[str, Any]
) -> None:
    user = member()
    row = person(user, **known)
    assert found(user, **asked) == [row]


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (JANE, {"family": "Smith", "given": "John"}),
        (JANE, {"family": "Smithson", "given": "Jane"}),
        (JANE, {"family": "Smith"}),
        (LEE, {"family": "Lee", "given": "Wai-man", "western": "John"}),
        (WANG, {"family": "王", "given": "伟明"}),
        (WANG, {"family": "Wang", "given": "Weiming"}),
        ({**JANE, "email": ""}, {"email": ""}),
        (JANE, {}),
    ],
)
def test_another_name_is_not_found(known: dict[str, Any], asked: dict[str, Any]) -> None:
    user = member()
    person(user, **known)
    assert found(user, **asked) == []


def test_only_those_whom_the_user_may_see_and_by_mail_only_those_whom_they_may_reach() -> None:
    user, stranger = member(), member()
    row = person(user, **JANE, email="jane@example.org")
    name, mail = {"family": "Smith", "given": "Jane"}, {"email": "jane@example.org"}
    assert (found(stranger, **name), found(stranger, **mail)) == ([], [])
    viewer = factories.user(member_of=row.team, role="viewer")
    assert (found(viewer, **name), found(viewer, **mail)) == ([row], [])
    assert (found(user, **name), found(user, **mail)) == ([row], [row])


def test_nobody_who_was_erased_is_found() -> None:
    user = member()
    person(user, **JANE, erased_at=factories.NOW)
    Person.objects.update(search_key="janesmith")
    assert found(user, family="Smith", given="Jane") == []


def test_among_many_with_a_longer_name_the_same_name_is_found_in_two_queries() -> None:
    user = member()
    for number in range(30):
        person(user, family_name="Li", given_name=f"Yu{number:02}", slug=f"li-{number}")
    row = person(user, family_name="Li", given_name="Yu")
    found(user, family="Li", given="Yu")
    with CaptureQueriesContext(connection) as asked:
        assert found(user, family="Li", given="Yu", email="li@example.org") == [row]
    assert len(asked) == 2
