"""Who may see and who may change which rows of a delegation."""

import pytest
from django.contrib.auth.models import AnonymousUser

from delegations.models import Application, Delegate, Delegation, Leg, Nominee, RosterAttendee
from events.domain.access import access
from tests import factories, missions
from tests.events.admin import screens
from tests.missions import (
    APPLICATIONS,
    DELEGATES,
    DELEGATIONS,
    LEGS,
    Mission,
    rights_of_all,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def mission(db: None) -> Mission:
    return missions.build()


def test_delegations(mission: Mission) -> None:
    rows = {
        "delegation": mission.delegation,
        "shared": screens.delegation(None, "shared"),
        "foreign": screens.delegation(factories.team(), "foreign"),
        "other": screens.delegation(mission.team, "other"),
    }
    assert rights_of_all(mission, rows) == DELEGATIONS


def test_legs_delegates_and_applications(mission: Mission) -> None:
    assert rights_of_all(mission, mission.legs) == LEGS
    assert rights_of_all(mission, mission.delegates) == DELEGATES
    assert rights_of_all(mission, mission.applications) == APPLICATIONS


def test_a_leg_whose_stay_is_internal_is_no_more_to_be_seen_than_the_stay(
    mission: Mission,
) -> None:
    stay = mission.events["one"]
    stay.visibility = "internal"
    stay.save()
    seen = {
        role
        for role, user in mission.users.items()
        if Leg.objects.visible_to(user).filter(stay=stay).exists()
    }
    assert seen == {"organiser", "secretary", "superuser"}


def test_nobody_without_a_way_in_sees_anything(mission: Mission) -> None:
    for user in (AnonymousUser(), factories.user(member_of=mission.team, is_staff=False)):
        for model in (Delegation, Leg, Delegate, Application, Nominee, RosterAttendee):
            assert not access.visible(user=user, model=model).exists()
            assert not access.changeable(user=user, model=model).exists()


def test_only_organisers_add(mission: Mission) -> None:
    for model in (Delegation, Leg, Delegate, Application):
        may = {
            role for role, user in mission.users.items() if access.may_add(user=user, model=model)
        }
        assert may == {"organiser", "outsider", "superuser"}, model


def test_an_application_is_entered_to_a_delegation_that_one_runs(mission: Mission) -> None:
    field = Application._meta.get_field("delegation")
    screens.delegation(None, "shared")
    offered = {
        role: list(access.choices(user=user, field=field)) for role, user in mission.users.items()
    }
    assert offered["organiser"] == [mission.delegation]
    assert offered["viewer"] == offered["outsider"] == offered["liaison"] == []
