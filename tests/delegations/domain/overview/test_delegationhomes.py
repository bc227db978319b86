"""The read model of the home of a delegation."""

import pytest

from delegations.domain.overview import delegationhomes
from delegations.models import Delegate, Delegation
from tests import factories, missions
from tests.events.admin import screens
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def missing(row: Delegation) -> dict[str, int]:
    user = factories.user(member_of=row.team)
    home = delegationhomes.of(delegation=row, user=user, now=NOW)
    return {gap.name: gap.number for gap in home.gaps}


def test_what_is_missing_depends_on_the_stage() -> None:
    row = factories.delegation(status="planning", quota=None, applications_close=None)
    assert row.mission
    row.mission.place = factories.place()
    row.mission.save()
    factories.organiser(row.mission)
    assert missing(row) == {"quota": 1, "deadline": 1}
    row.status = "selecting"
    assert missing(row) == {"head": 1, "leg": 1}
    head = screens.delegate(row, "Head")
    Delegate.objects.filter(pk=head.pk).update(capacity="head")
    Delegate.objects.create(delegation=row, label_en="To be named")
    screens.leg(row, "Doha")
    factories.application(delegation=row)
    assert missing(row) == {"undecided": 1, "nameless": 1}
    row.status = "concluded"
    assert missing(row) == {}


@pytest.mark.parametrize(
    ("role", "legs", "members", "applications"),
    [("organiser", 2, 3, 1), ("viewer", 2, 3, 1), ("liaison", 1, 2, 0), ("secretary", 1, 1, 0)],
)
def test_a_role_reads_what_it_may_see(
    role: str, legs: int, members: int, applications: int
) -> None:
    mission = missions.build()
    user = mission.users[role]
    home = delegationhomes.of(delegation=mission.delegation, user=user, now=NOW)
    found = (len(home.legs), len(home.roster), sum(home.by_status.values()))
    assert found == (legs, members, applications)
    assert (home.gaps != []) is (role == "organiser")
