"""HTTP headers and methods of the API."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("events/", 200),
        ("events/?kind=party", 400),
        ("events/nowhere/", 404),
        ("nowhere/", 404),
        ("", 404),
        ("schema/", 200),
    ],
)
def test_pages_of_any_origin_may_read_it(client, path, status):
    response = client.get(f"/api/v1/{path}", headers={"origin": "https://example.org"})

    assert response.status_code == status
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    event = factories.event()

    for path in ("/api/v1/events/", f"/api/v1/events/{event.slug}/"):
        response = getattr(client, method)(path, data="{", content_type="application/json")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_there_is_json_and_nothing_else(client):
    browser = client.get(
        "/api/v1/events/", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    )

    assert browser["Content-Type"] == "application/json"
    assert client.get("/api/v1/events/", headers={"accept": "text/html"}).status_code == 406


def test_who_reads_does_not_matter(client, admin_client):
    factories.event(visibility="internal")
    factories.event(status="draft")

    for reader in (client, admin_client):
        response = reader.get("/api/v1/events/")
        assert response.json()["count"] == 0
        assert not response.cookies


def test_a_forgotten_slash_is_forgiven(client):
    assert client.get("/api/v1/events")["Location"] == "/api/v1/events/"
