"""Clients of users with different roles."""

import pytest
from django.test import Client

from events.models import Team
from tests import factories


@pytest.fixture
def ours(db: None) -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def theirs(db: None) -> Team:
    return factories.team(name="CANARY desk", slug="canary-desk")


@pytest.fixture
def organiser(ours: Team) -> Client:
    """An organiser of our team."""
    client = Client()
    client.force_login(factories.user(member_of=ours))
    return client


@pytest.fixture
def viewer(ours: Team) -> Client:
    """A viewer of our team."""
    client = Client()
    client.force_login(factories.user(member_of=ours, role="viewer"))
    return client


@pytest.fixture
def superuser(db: None) -> Client:
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    return client
