"""The committed OpenAPI document agrees with the code."""

from pathlib import Path

import yaml
from django.conf import settings
from django.core.management import call_command

from events.api import openapi
from events.domain.pages import eventfilters

COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
COMMAND = "manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn"


def test_the_committed_schema_is_up_to_date(tmp_path):
    current = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(current), validate=True, fail_on_warn=True)

    assert current.read_bytes() == COMMITTED.read_bytes(), f"Run {COMMAND}"


def test_everybody_is_served_the_committed_schema(client, db):
    for query in ("", "?lang=zh-hans", "?lang=%00", "?version=9"):
        response = client.get(f"/api/v1/schema/{query}", headers={"accept-language": "zh-hant"})

        assert response.content == COMMITTED.read_bytes()


def test_every_filter_is_described():
    paths = yaml.safe_load(COMMITTED.read_text())["paths"]
    described = {item["name"] for item in paths["/api/v1/events/"]["get"]["parameters"]}

    assert described == {*eventfilters.FILTERS, "page", "page_size"}
    assert {item.name for item in openapi.EVENTS} == {*eventfilters.FILTERS} - {"lang"}
