"""The people of the journeys: users of the admin, and a mail server."""

import pytest
from django.test import Client
from pytest_django import Settings

from events.models import Team
from tests import factories
from tests.journeys.mails import Post
from tests.office import Office
from tests.smtp import Sink


@pytest.fixture
def team(db: None) -> Team:
    return factories.team(name="Example Trade Council")


@pytest.fixture
def office(team: Team) -> Office:
    """An organiser of the team."""
    return at_work(team, "organiser")


@pytest.fixture
def post(settings: Settings, smtp: Sink) -> Post:
    """A real mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return Post(smtp)


def at_work(team: Team, role: str, **columns: object) -> Office:
    """Return the admin as seen by a new user with a role in the team."""
    client = Client()
    client.force_login(factories.user(member_of=team, role=role, **columns))
    return Office(client)
