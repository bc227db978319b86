"""Time zones: chosen from a list on every form of the admin, never typed."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from events.admin.calendars.imports import ImportForm
from events.admin.kit.widgets import ZoneSelect
from events.models import Event, Person, Place, Team, User
from events.models.base.fields import TimezoneField
from tests import factories
from tests.events.admin import screens

ADDRESS = "/admin/events/place/zones/"


def found(client: Client, **query: str) -> dict[str, list[tuple[str, str]]]:
    answer = client.get(ADDRESS, query)
    assert answer.status_code == 200
    return {
        group["text"]: [(zone["id"], zone["text"]) for zone in group["children"]]
        for group in answer.json()["results"]
    }


def zone_fields(form: type[Any]) -> list[Any]:
    columns = [field for field in form._meta.model._meta.fields if isinstance(field, TimezoneField)]
    return [form.base_fields[one.name] for one in columns if one.name in form.base_fields]


@pytest.mark.django_db
def test_every_form_with_a_zone_offers_a_list() -> None:
    request = RequestFactory().get("/")
    request.user = factories.user(is_superuser=True)
    seen = set()
    for model, screen in admin.site._registry.items():
        row = request.user if model is User else None
        forms = [screen.get_form(request, change=True, obj=row)]
        forms += [rows.get_formset(request).form for rows in screen.get_inline_instances(request)]
        for field in (one for form in forms for one in zone_fields(form)):
            assert isinstance(field.widget, ZoneSelect), (model, field.label)
            seen.add(model)
    assert {Event, Place, Person, User} <= seen
    assert isinstance(ImportForm.base_fields["timezone"].widget, ZoneSelect)


def test_the_list_begins_with_the_zones_of_the_places(ours: Team, organiser: Client) -> None:
    for zone in ("Asia/Urumqi", "Asia/Urumqi", "Asia/Vientiane"):
        screens.place(ours, "A place", timezone=zone)
    Place.objects.filter(timezone="Asia/Shanghai").update(timezone="")
    groups = found(organiser)
    assert list(groups) == ["Of places here", "Common", "All"]
    assert groups["Of places here"] == [
        ("Asia/Urumqi", "Urumqi, UTC+6 (Asia/Urumqi)"),
        ("Asia/Vientiane", "Vientiane, UTC+7 (Asia/Vientiane)"),
    ]
    assert groups["Common"][0] == ("Asia/Dubai", "Dubai, UTC+4 (Asia/Dubai)")
    every = [zone for zones in groups.values() for zone, _label in zones]
    assert len(every) == len(set(every)) > 400


def test_a_zone_is_found_by_name_city_and_place(ours: Team, organiser: Client) -> None:
    screens.place(ours, "Beijing")
    assert found(organiser, term="beijing") == {
        "Of places here": [("Asia/Shanghai", "Beijing, UTC+8 (Asia/Shanghai)")]
    }
    assert found(organiser, term="hong kong") == {
        "Common": [("Asia/Hong_Kong", "Hong Kong, UTC+8 (Asia/Hong_Kong)")]
    }
    (group,) = found(organiser, term="argentina/ush").values()
    assert [zone for zone, _label in group] == ["America/Argentina/Ushuaia"]
    assert found(organiser, term="nowhere\0at all") == {}


def test_no_place_of_another_team_is_named(theirs: Team, organiser: Client, viewer: Client) -> None:
    screens.place(theirs, "Secret hall", timezone="Asia/Urumqi")
    assert found(organiser, term="secret") == {}
    assert "Of places here" not in found(viewer)
    assert Client().get(ADDRESS).status_code == 302


def test_many_places_cost_no_more_queries(ours: Team, organiser: Client) -> None:
    asked = []
    for number in (1, 2, 9):
        for _ in range(number):
            screens.place(ours, "Harbour", timezone="")
        with CaptureQueriesContext(connection) as queries:
            found(organiser, term="harbour")
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2]


def test_a_page_contains_the_chosen_zone_only(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", timezone="Asia/Shanghai")
    page = organiser.get(screens.address(Event, "change", event.pk)).content.decode()
    assert page.count('<option value="Asia/') == 1
    assert "Shanghai, UTC+8 (Asia/Shanghai)" in page


def test_a_page_with_a_form_has_the_scripts_of_its_fields(organiser: Client) -> None:
    page = organiser.get("/admin/events/event/import", follow=True).content.decode()
    assert 'data-ajax--url="/admin/events/place/zones/"' in page
    assert "admin/js/autocomplete.js" in page
