"""Parameters: unknown ones are refused by name."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db

LISTS = ["events", "series", "places", "organisations"]
ODD = ["\0", "a\0b", "\ud7ff\uffff", "🏮" * 300, "9" * 5000, "-1", "1e9", "'\"--", "%00", "٣", ""]
NAMES = {
    "events": ["kind", "series", "place", "country", "sector", "parts", "past", "lang"],
    "series": ["kind", "lang"],
    "places": ["kind", "country", "lang"],
    "organisations": ["kind", "lang"],
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("parameter", ["Kind", "format", "ordering", "search", "\0", ""])
def test_an_unknown_parameter_is_refused(client, name, parameter):
    response = client.get(f"/api/v1/{name}/", {parameter: "json"})

    assert response.status_code == 400
    assert response.json()["parameter"] == parameter
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_refusal_is_that_of_the_feed(client):
    for query in (
        {"colour": "red"},
        {"kind": "party"},
        {"past": "yesterday"},
        {"lang": "fr"},
        {"parts": "1"},
    ):
        feed = client.get(reverse("public-feed"), query)
        response = client.get("/api/v1/events/", query)

        assert response.status_code == feed.status_code == 400
        assert response.json()["detail"] == feed.content.decode().strip()


@pytest.mark.parametrize("name", LISTS)
def test_a_row_knows_no_filter_but_the_language(client, name):
    make = {"events": factories.event, "series": factories.series, "places": factories.place}
    row = make.get(name, factories.organisation)()

    for query in ("kind=expo", "page=1", "colour=red", "lang=fr"):
        response = client.get(f"/api/v1/{name}/{row.slug}/?{query}")

        assert (response.status_code, response.json()["parameter"]) == (400, query.split("=")[0])


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", LISTS)
def test_odd_values_are_refused_and_break_nothing(client, name, odd):
    for parameter in (*NAMES[name], "page", "page_size"):
        response = client.get(f"/api/v1/{name}/", {parameter: odd})

        assert response.status_code == 400, parameter
        assert response.json()["parameter"] == parameter


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("slug", ["nowhere", "%00", "a%00b", "%FF", "博览会", "a" * 5000, "a.b"])
def test_there_is_nothing_under_a_name_that_nobody_has(client, name, slug):
    response = client.get(f"/api/v1/{name}/{slug}/", headers={"accept-language": "zh-hans"})

    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert list(response.json()) == ["detail"]
    assert response.json()["detail"].isascii()


def test_too_many_parameters_are_refused(client):
    parameters = ["kind=expo"] * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    response = client.get("/api/v1/events/?" + "&".join(parameters))

    assert response.status_code == 400
    assert response.json() == {"detail": "There are too many parameters.", "parameter": ""}


def test_a_list_comes_in_pages(client):
    for number in range(3):
        factories.place(slug=f"place-{number}")

    first = client.get("/api/v1/places/?page_size=2&kind=city").json()
    second = client.get(first["next"]).json()

    assert (first["count"], first["previous"], second["next"]) == (3, None, None)
    slugs = [row["slug"] for row in first["results"] + second["results"]]
    assert slugs == ["place-0", "place-1", "place-2"]
    assert client.get(second["previous"]).json() == first


def test_a_page_that_does_not_exist_is_not_found(client):
    assert client.get("/api/v1/events/?page=1").json()["results"] == []
    for page in (2, 999_999_999):
        assert client.get("/api/v1/events/", {"page": page}).status_code == 404


@pytest.mark.parametrize("size", ["0", "101", "last"])
def test_a_page_has_bounds(client, size):
    response = client.get("/api/v1/events/", {"page_size": size})

    assert response.status_code == 400
    assert "1 to 100" in response.json()["detail"]
