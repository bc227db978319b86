"""The API conforms to its schema for generated requests (schemathesis)."""

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
from tests.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
# A well-formed slug that does not exist is refused, as in feeds; no schema can express this.
UNFIT = [positive_data_acceptance]


@pytest.fixture
def api(db: None) -> Iterator[Any]:
    rich_event(slug="rich")
    factories.event(slug="undated", precision="unknown", start_on=None, timezone="")
    # WSGI requests end with signals that would close the connection of the test.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(examples(20), database=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_its_contract(case):
    # The WSGI client would ask for gzip, but not decompress it.
    case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=UNFIT)
