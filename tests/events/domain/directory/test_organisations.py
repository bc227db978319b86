"""A change of an organisation revises the events that it has a role in."""

from datetime import timedelta

import pytest

from events.domain.directory import organisations
from events.models import Event, Organisation
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"name_en": "Renamed"}, 1),
        ({"name_zh_hans": "投资促进局"}, 1),
        ({"short_name_en": "IPA"}, 1),
        ({"kind": "chamber"}, 1),
        ({"headcount_text": "a dozen"}, 0),
        ({}, 0),
    ],
    ids=str,
)
def test_its_events_are_revised_when_it_shows(change: dict[str, str], seen: int) -> None:
    event, other = factories.event(), factories.event()
    body = factories.organiser(event).organisation
    for name, value in change.items():
        setattr(body, name, value)
    organisations.save(organisation=body, now=LATER)
    event.refresh_from_db()
    assert (event.revision, event.sequence) == (seen, 0)
    assert Event.objects.get(pk=other.pk).revision == 0


def test_a_new_one_is_stored() -> None:
    organisations.save(organisation=Organisation(slug="ipa", name="IPA"), now=LATER)
    assert Organisation.objects.get().slug == "ipa"
