"""What an event says of itself, and the questions that are asked of all of them."""

from itertools import product

import pytest

from events.models import Event, Team
from tests import factories

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def team() -> Team:
    return factories.team()


class TestShownIn:
    def test_a_part_for_everybody_concerns_those_above(self, team: Team) -> None:
        top = factories.event(team=team)
        middle = factories.event(team=team, parent=top)
        part = factories.event(team=team, parent=middle)
        assert Event.objects.shown_in(part) == [middle, top]

    @pytest.mark.parametrize(
        "columns", [{"audience": "invited"}, {"visibility": "internal"}, {"kind": "leg"}]
    )
    def test_a_part_for_some_does_not(self, team: Team, columns: dict[str, str]) -> None:
        top = factories.event(team=team)
        middle = factories.event(team=team, parent=top, **columns)
        part = factories.event(team=team, parent=middle)
        assert Event.objects.shown_in(part) == [middle]
        assert Event.objects.shown_in(middle) == []


class TestPublic:
    def test_row_and_query_agree_for_each_status_and_visibility(self) -> None:
        for status, visibility in product(Event.Status, Event.Visibility):
            factories.event(status=status, visibility=visibility)
        by_row = {event.pk for event in Event.objects.all() if event.is_public}
        assert by_row == {event.pk for event in Event.objects.public()}
        assert len(by_row) == 4

    @pytest.mark.parametrize("status", Event.Status)
    def test_all_but_a_draft_of_what_is_public(self, status: str) -> None:
        event = Event(status=status, visibility="public")
        assert event.is_public == (status != "draft")
        event.visibility = Event.Visibility.PARTICIPANTS
        assert not event.is_public
