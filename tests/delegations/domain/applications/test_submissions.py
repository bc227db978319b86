"""Applications entered many at once."""

from datetime import timedelta

import pytest

from delegations.domain.applications import applications, submissions
from delegations.models import Application, Delegation
from events.domain.guests import guests
from events.domain.guests.matching import Guest
from events.models import Delivery, Organisation, Person, User
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
    return submissions.add(delegation=delegation, found=found, user=user, now=NOW)


JANE = Guest(family="Smith", given="Jane", organisation="Alpha Solar", role="head")
JOHN = Guest(family="Smith", given="John", organisation="Alpha Solar", role="delegate")
CHAN = Guest(family="Chan", given="Tai-man", organisation="Beta Wind")


def faults(refusal: guests.Unfit) -> dict[int, tuple[str, type]]:
    return {at: (field, type(why)) for at, (field, why) in refusal.reasons.items()}


def test_rows_of_one_organisation_are_one_application_whose_contact_is_the_first(
    delegation: Delegation, user: User
) -> None:
    done = add(delegation, user, JANE, CHAN, JOHN)
    found = [
        (str(row), row.status, str(row.contact), [(str(n), n.capacity) for n in row.nominees.all()])
        for row in done.added
    ]
    assert found == [
        ("Alpha Solar", "submitted", "Jane SMITH", [("Jane SMITH", "head"),
                                                    ("John SMITH", "delegate")]),
        ("Beta Wind", "submitted", "CHAN Tai-man", [("CHAN Tai-man", "delegate")]),
    ]  # fmt: skip
    assert {row.submitted_at for row in done.added} == {NOW}
    assert not Delivery.objects.exists()


def test_a_contact_who_stays_at_home_is_no_nominee(delegation: Delegation, user: User) -> None:
    office = Guest(
        family="Lee", given="Ann", organisation="Beta Wind", role="contact", email="a@example.org"
    )
    (row,) = add(delegation, user, CHAN, office).added
    assert str(row.contact) == "Ann LEE"
    assert [str(nominee) for nominee in row.nominees.all()] == ["CHAN Tai-man"]


def test_what_is_wrong_is_said_by_row_and_nothing_is_stored(
    delegation: Delegation, user: User
) -> None:
    known = factories.organisation(team=delegation.team, name="Gamma Grid")
    factories.application(delegation=delegation, organisation=known)
    people, bodies = Person.objects.count(), Organisation.objects.count()
    late = Guest(family="Lin", given="Mei", organisation="gamma grid")
    alone = Guest(family="Lee", given="Ann", organisation="Delta", role="contact")
    homeless = Guest(family="Kim", given="Min-jun")
    with pytest.raises(guests.Unfit) as refusal:
        add(delegation, user, JANE, late, alone, homeless, JANE)
    assert faults(refusal.value) == {
        1: ("organisation", applications.AlreadyApplied),
        2: ("role", submissions.NobodyTravels),
        3: ("organisation", submissions.NoOrganisation),
        4: ("name", submissions.ProposedTwice),
    }
    assert Application.objects.count() == 1
    assert (Person.objects.count(), Organisation.objects.count()) == (people, bodies)


def test_an_organisation_that_has_withdrawn_may_apply_anew(
    delegation: Delegation, user: User
) -> None:
    body = factories.organisation(team=delegation.team, name="Beta Wind")
    factories.application(delegation=delegation, organisation=body, status="withdrawn")
    add(delegation, user, CHAN)
    assert list(Application.objects.live().values_list("status", flat=True)) == ["submitted"]


def test_after_the_deadline_nobody_applies(delegation: Delegation, user: User) -> None:
    with pytest.raises(applications.CallClosed):
        submissions.add(
            delegation=delegation, found=[CHAN], user=user, now=NOW + timedelta(days=365)
        )
    assert not Application.objects.exists()
