"""Properties of an event, and query-set methods."""

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
