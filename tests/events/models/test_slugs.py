"""Slugs: unused, short enough, and given only once."""

import pytest

from events.models import Event, Sector
from events.models.base import slugs
from events.models.base.locks import NoTransaction
from tests import factories
from tests.races import overlapping, race


@pytest.mark.django_db
class TestFree:
    def test_a_number_follows_what_is_taken(self) -> None:
        for slug in ("expo", "expo-2", "expo-4", "expo-hall"):
            factories.event(slug=slug)
        assert slugs.free(rows=Event.objects.all(), stem="expo") == "expo-3"
        assert slugs.free(rows=Event.objects.all(), stem="fair") == "fair"

    def test_rows_that_do_not_count_hold_no_name(self) -> None:
        event = factories.event(slug="expo")
        assert slugs.free(rows=Event.objects.exclude(pk=event.pk), stem="expo") == "expo"

    @pytest.mark.parametrize(("model", "length"), [(Event, 120), (Sector, 50)])
    def test_it_fits_its_column_whatever_stands_behind_it(
        self, model: type[Event | Sector], length: int
    ) -> None:
        rows = model._default_manager.all()
        stem = "x" * (length - 11) + "-" + "x" * length
        assert slugs.free(rows=rows, stem=stem) == "x" * (length - 11)
        assert len(slugs.random(rows=rows, stem="x" * 200)) < length

    def test_random_ones_differ(self) -> None:
        found = {slugs.random(rows=Event.objects.all(), stem="event") for _ in range(20)}
        assert len(found) == 20
        assert all(slug.startswith("event-") for slug in found)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_given_one_outside_of_a_transaction() -> None:
    with pytest.raises(NoTransaction):
        slugs.free(rows=Event.objects.all(), stem="expo")


@race
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_instant_are_given_two() -> None:
    team = factories.team()

    def make() -> None:
        factories.event(slug=slugs.free(rows=Event.objects.all(), stem="expo"), team=team)

    assert overlapping(make, make) == []
    assert sorted(Event.objects.values_list("slug", flat=True)) == ["expo", "expo-2"]
