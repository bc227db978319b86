"""Series, places and organisations as JSON."""

import pytest

from events.models import EventOrganisation, Evidence, Sector
from tests import factories

pytestmark = pytest.mark.django_db

API = "/api/v1/"


def test_a_series(client):
    place = factories.place(slug="shanghai", country="CN")
    series = factories.series(
        slug="fair", name="Fair", name_zh_hans="展会", place=place, kind="expo", established="2003"
    )
    Evidence.objects.create(target=series, field="name", basis="outside", reference="its site")

    assert client.get(f"{API}series/fair/").json() == {
        "slug": "fair",
        "name": "Fair",
        "kind": "expo",
        "cadence": "",
        "translations": {
            "en": {"name": "Fair", "cadence": None},
            "zh-hans": {"name": "展会", "cadence": None},
            "zh-hant": {"name": None, "cadence": None},
        },
        "place": {
            "slug": "shanghai",
            "name": "Shanghai",
            "kind": "city",
            "country": "CN",
            "timezone": "Asia/Shanghai",
        },
        "established": "2003",
        "evidence": [
            {
                "field": "name",
                "basis": "outside",
                "source": None,
                "line": None,
                "reference": "its site",
                "note": "",
            }
        ],
    }


def test_a_place(client):
    china = factories.place(slug="china", kind="country_or_region", country="CN")
    factories.place(
        slug="hall",
        name="Hall",
        kind="venue",
        parent=china,
        timezone="",
        country="CN",
        subdivision="CN-SH",
        unlocode="CNSGH",
        address="1 Road",
        latitude="31.25",
        longitude="121.5",
    )

    assert client.get(f"{API}places/hall/").json() == {
        "slug": "hall",
        "name": "Hall",
        "kind": "venue",
        "country": "CN",
        "timezone": "Asia/Shanghai",
        "translations": {
            "en": {"name": "Hall"},
            "zh-hans": {"name": None},
            "zh-hant": {"name": None},
        },
        "parent": "china",
        "subdivision": "CN-SH",
        "unlocode": "CNSGH",
        "address": "1 Road",
        "latitude": 31.25,
        "longitude": 121.5,
    }


def test_an_organisation(client):
    board = factories.organisation(slug="board")
    place = factories.place(slug="hong-kong", country="HK", timezone="Asia/Hong_Kong")
    agency = factories.organisation(
        slug="agency",
        name="Agency",
        short_name="AG",
        aliases=["The Agency"],
        kind="investment_agency",
        parent=board,
        place=place,
        headcount_text="about 200",
    )
    agency.sectors.add(Sector.objects.create(slug="tea", name="Tea"))

    assert client.get(f"{API}organisations/agency/").json() == {
        "slug": "agency",
        "name": "Agency",
        "short_name": "AG",
        "kind": "investment_agency",
        "translations": {
            "en": {"name": "Agency", "short_name": "AG"},
            "zh-hans": {"name": None, "short_name": None},
            "zh-hant": {"name": None, "short_name": None},
        },
        "aliases": ["The Agency"],
        "parent": "board",
        "place": {
            "slug": "hong-kong",
            "name": "Shanghai",
            "kind": "city",
            "country": "HK",
            "timezone": "Asia/Hong_Kong",
        },
        "sectors": [{"slug": "tea", "name": "Tea"}],
        "named": True,
        "headcount_text": "about 200",
    }


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("series", factories.series),
        ("places", factories.place),
        ("organisations", factories.organisation),
    ],
)
def test_what_a_team_keeps_to_itself_is_not_there(client, name, make):
    make(slug="ours", team=factories.team())
    make(slug="shared")

    rows = client.get(f"{API}{name}/").json()["results"]

    assert [row["slug"] for row in rows] == ["shared"]
    assert client.get(f"{API}{name}/ours/").status_code == 404


def test_a_public_row_does_not_name_a_private_one(client):
    team = factories.team()
    private = factories.place(slug="private-place", team=team)
    board = factories.organisation(slug="private-board", team=team)
    factories.place(slug="place", parent=private)
    factories.organisation(slug="body", parent=board, place=private)
    factories.series(slug="fair", place=private)

    place = client.get(f"{API}places/place/").json()
    body = client.get(f"{API}organisations/body/").json()
    series = client.get(f"{API}series/fair/").json()

    assert [place["parent"], body["parent"], body["place"], series["place"]] == [None] * 4


def test_a_teams_organisation_is_public_with_its_role_in_a_public_event(client):
    body = factories.organisation(slug="host", team=factories.team())
    for _ in range(2):
        EventOrganisation.objects.create(event=factories.event(), organisation=body)

    rows = client.get(f"{API}organisations/").json()["results"]

    assert [row["slug"] for row in rows] == ["host"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("places/?kind=venue", ["hall"]),
        ("places/?kind=venue&kind=city", ["doha", "hall"]),
        ("places/?country=qa", ["doha"]),
        ("places/?country=QA&kind=venue", []),
        ("organisations/?kind=chamber", ["chamber"]),
        ("series/?kind=expo", ["fair"]),
    ],
)
def test_lists_are_narrowed(client, query, expected):
    factories.place(slug="hall", kind="venue", country="CN")
    factories.place(slug="doha", country="QA")
    factories.organisation(slug="chamber", kind="chamber")
    factories.organisation(slug="firm")
    factories.series(slug="fair", kind="expo")
    factories.series(slug="talks")

    rows = client.get(f"{API}{query}").json()["results"]

    assert [row["slug"] for row in rows] == expected
