"""The search of lists: people by any spelling, events by title, none that the user may not see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from events.models import Attendee, Delivery, Event, Person, Team
from tests import factories
from tests.events.admin import screens
from tests.office import Office

pytestmark = pytest.mark.both_databases


def attending(event: Event, person: Person) -> Attendee:
    return factories.attendee(event=event, person=person, seat="waitlisted", waitlisted_at=NOW)


def told(event: Event, person: Person) -> Delivery:
    row = screens.delivery(event.team, "x", event=event)
    row.person = person
    row.save()
    return row


NOW = factories.NOW
MAKERS = {Attendee: attending, Delivery: told}


def found(client: Client, model: type[Any], words: str) -> list[Any]:
    return sorted(Office(client).found(model, q=words), key=lambda row: row.pk)


@pytest.mark.parametrize("model", MAKERS)
def test_a_list_finds_names_and_titles_of_our_own(
    ours: Team, theirs: Team, organiser: Client, model: type[Any]
) -> None:
    make: Callable[[Event, Person], Any] = MAKERS[model]
    expo, forum = (screens.event(ours, title) for title in ("Robotics Expo", "Tea Forum"))
    lyu, wong = (
        factories.person(team=ours, family_name=family, given_name="Ming", name_zh_hant=chinese)
        for family, chinese in (("Lyu", "呂明"), ("Wong", "黃明"))
    )
    at_expo, lyu_at_forum, wong_at_forum = make(expo, wong), make(forum, lyu), make(forum, wong)
    elsewhere = screens.event(theirs, "Robotics Elsewhere")
    make(elsewhere, factories.person(team=theirs, family_name="Lyu", given_name="Ming"))
    assert found(organiser, model, "lü") == [lyu_at_forum]
    assert found(organiser, model, "呂明") == [lyu_at_forum]
    assert found(organiser, model, "robotics") == [at_expo]
    assert found(organiser, model, "ming") == [at_expo, lyu_at_forum, wong_at_forum]
    assert found(organiser, model, "nobody") == []


@pytest.mark.parametrize("model", MAKERS)
def test_a_list_finds_words_of_a_title_in_any_order_and_quoted_ones_in_theirs(
    ours: Team, organiser: Client, model: type[Any]
) -> None:
    lyu = factories.person(team=ours, family_name="Lyu")
    row = MAKERS[model](screens.event(ours, "Tea and Silk Forum"), lyu)
    assert found(organiser, model, "forum tea") == [row]
    assert found(organiser, model, '"silk forum"') == [row]
    assert found(organiser, model, '"forum silk"') == []
    assert found(organiser, model, "tea robotics") == []
