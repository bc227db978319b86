"""The organiser of a mission counts for its event and for all of its parts."""

from typing import Any

import pytest

from events.domain.programme import completeness
from tests import factories
from tests.factories import days

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("named", "missing"),
    [("organiser", ()), ("sending_organisation", ()), (None, ("organiser",))],
)
def test_who_organises_or_sends_a_delegation_is_in_charge_of_its_mission(
    named: str | None, missing: tuple[str, ...]
) -> None:
    who: dict[str, Any] = {"organiser": None, "sending_organisation": None}
    if named:
        who[named] = factories.organisation()
    place = factories.place()
    mission = factories.event(place=place, kind="trade_mission", **days(10, 15))
    factories.delegation(mission=mission, team=mission.team, **who)
    leg = factories.event(parent=mission, kind="leg", place=place, **days(11, 12))
    flight = factories.event(parent=leg, kind="transfer", place=place)
    other = factories.event(place=place)
    found = [completeness.missing(event=event) for event in (mission, leg, flight, other)]
    assert found == [missing, missing, missing, ("organiser",)]
