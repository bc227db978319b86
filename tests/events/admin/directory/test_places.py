"""The form of places."""

import pytest
from django.test import Client

from events.models import Place, Team
from tests import factories
from tests.events.admin.forms import form_of

pytestmark = pytest.mark.django_db
ADD = "/admin/events/place/add/"


def test_the_next_place_has_the_same_kind_and_lies_in_the_same(
    ours: Team, organiser: Client
) -> None:
    venue = factories.place(team=ours, name="Venue")
    data = {**form_of(organiser.get(ADD)), "name_en": "Hall", "kind": "room", "parent": venue.pk}
    answer = organiser.post(ADD, {**data, "_addanother": "1"})
    assert answer.status_code == 302
    assert Place.objects.get(name_en="Hall").parent == venue
    following = form_of(organiser.get(answer.url))
    assert (following["kind"], str(following["parent"])) == ("room", str(venue.pk))
    assert not following.get("name_en")


def test_a_place_at_the_top_leads_to_one_at_the_top(ours: Team, organiser: Client) -> None:
    data = {**form_of(organiser.get(ADD)), "name_en": "Oslo", "kind": "city", "_addanother": "1"}
    answer = organiser.post(ADD, data)
    assert answer.url == f"{ADD}?kind=city&parent="
    assert organiser.get(answer.url).status_code == 200
