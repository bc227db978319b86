"""The API keeps what its schema promises, whatever it is asked (schemathesis)."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import factories
from tests.events.api.conftest import rich_event

pytestmark = pytest.mark.django_db
# A well-formed name that nobody has is refused, as the feed does: no schema can say which exist.
UNFIT = [positive_data_acceptance]


@pytest.fixture
def api(db: None) -> Iterator[Any]:
    rich_event(slug="rich")
    factories.event(slug="undated", precision="unknown", start_on=None, timezone="")
    # Requests over WSGI end for real, and would close the connection that the test is on.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_its_contract(case):
    # Over WSGI it asks for gzip and does not unpack it.
    case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=UNFIT)
