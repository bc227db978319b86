"""Who walks through the stories."""

import pytest
from django.test import Client

from events.models import Team
from tests import factories
from tests.office import Office


@pytest.fixture
def team(db: None) -> Team:
    return factories.team(name="Example Trade Council")


@pytest.fixture
def office(team: Team) -> Office:
    """An organiser of the team."""
    return at_work(team, "organiser")


def at_work(team: Team, role: str, **columns: object) -> Office:
    """Return the office of somebody with a role in the team."""
    client = Client()
    client.force_login(factories.user(member_of=team, role=role, **columns))
    return Office(client)
