"""Members put on a roster many at once."""

import pytest

from delegations.domain.rosters import newcomers, rosters
from delegations.models import Delegate, Delegation
from events.domain.guests import guests
from events.domain.guests.matching import Guest
from events.models import Attendee, Person, User
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def delegation() -> Delegation:
    team = factories.team()
    mission = factories.event(team=team, kind="trade_mission")
    return factories.delegation(team=team, mission=mission, quota=3)


@pytest.fixture
def user(delegation: Delegation) -> User:
    return factories.user(member_of=delegation.team)


def add(delegation: Delegation, user: User, *found: Guest) -> guests.Added:
    return newcomers.add(delegation=delegation, found=found, user=user, now=NOW)


HEAD = Guest(family="Chan", given="Tai-man", role="head", organisation="Example Port")
MEMBER = Guest(family="Smith", given="Jane")


def test_members_stand_at_their_places_and_attend_the_mission(
    delegation: Delegation, user: User
) -> None:
    add(delegation, user, MEMBER, HEAD)
    found = [(str(row), row.precedence, row.capacity) for row in delegation.delegates.in_order()]
    assert found == [("CHAN Tai-man", 1, "head"), ("Jane SMITH", 2, "delegate")]
    roles = Attendee.objects.filter(event=delegation.mission).order_by("position")
    assert [row.role for row in roles] == ["head", "delegate"]
    assert str(delegation.delegates.in_order()[0].organisation) == "Example Port"


def test_sent_twice_nobody_is_a_member_twice(delegation: Delegation, user: User) -> None:
    jane = Guest(family="Smith", given="Jane", email="jane@example.org")
    add(delegation, user, jane)
    done = add(delegation, user, jane, jane)
    assert (done.added, len(done.known)) == ([], 2)
    assert Delegate.objects.count() == 1


def test_one_too_many_and_nobody_is_added(delegation: Delegation, user: User) -> None:
    four = [Guest(family=f"Guest{number}", given="Jane") for number in range(4)]
    with pytest.raises(rosters.NoSeatsLeft):
        add(delegation, user, *four)
    assert not Delegate.objects.exists()
    assert not Person.objects.exists()


def test_a_closed_roster_takes_nobody(delegation: Delegation, user: User) -> None:
    Delegation.objects.update(status="cancelled")
    with pytest.raises(rosters.Closed):
        add(delegation, user, MEMBER)
