"""The filters of feed, pages and API."""

from datetime import date, timedelta

import pytest

from events.domain.pages import eventfilters
from events.models import Event, EventPlace
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def chosen(now=NOW, **filters) -> set[str]:
    events = eventfilters.narrow(events=Event.objects.public(), parameters=filters, now=now)
    return {event.title for event in events}


def test_without_filters_everything_is_let_through():
    factories.event(title="Expo")

    assert chosen() == {"Expo"}


def test_a_filter_given_twice_means_either():
    for kind in ("expo", "forum", "session"):
        factories.event(title=kind, kind=kind)

    assert chosen(kind=["expo", "forum"]) == {"expo", "forum"}


def test_filters_combine():
    series = factories.series(slug="ciie")
    factories.event(title="Expo", kind="expo", series=series)
    factories.event(title="Forum", kind="forum", series=series)

    assert chosen(kind=["forum"], series=["ciie"]) == {"Forum"}


def calendar(**filters) -> set[str]:
    events = eventfilters.calendar(events=Event.objects.public(), parameters=filters, now=NOW)
    return {event.title for event in events}


def test_items_of_a_programme_are_shown_on_request():
    expo = factories.event(title="Expo", kind="expo")
    factories.event(title="Keynote", kind="keynote", parent=expo)

    assert calendar() == calendar(parts=["no"]) == calendar(kind=["expo"]) == {"Expo"}
    assert calendar(parts=["yes"]) == calendar(parts=["no", "yes"]) == {"Expo", "Keynote"}
    assert calendar(kind=["keynote"]) == calendar(kind=["keynote"], parts=["yes"]) == {"Keynote"}
    assert calendar(kind=["keynote"], parts=["no"]) == set()
    assert chosen() == {"Expo", "Keynote"}  # secret feeds have no such rule


def test_each_kind_can_be_asked_for_though_all_are_parts_on_pages_only():
    expo = factories.event(title="Expo", kind="expo")
    for kind in Event.Kind:
        factories.event(title=kind, kind=kind, parent=expo, team=expo.team, in_calendar=False)

    for kind in Event.Kind:
        alone = {"Expo"} if kind == "expo" else set()
        assert calendar(kind=[kind]) == {kind} | alone


def test_a_place_holds_what_takes_place_inside_it_and_what_joins_from_there():
    city = factories.place(slug="shanghai")
    park = factories.place(parent=city)
    factories.event(title="Here", place=city)
    factories.event(title="In the park", place=park)
    joins, topic, elsewhere = (factories.event(title=t) for t in ("Hub", "Topic", "Elsewhere"))
    EventPlace.objects.create(event=joins, place=park, role="hub")
    EventPlace.objects.create(event=topic, place=park, role="topic")

    assert chosen(place=["shanghai"]) == {"Here", "In the park", "Hub"}
    assert elsewhere.title not in chosen(place=["shanghai"])


def test_a_country_is_asked_for_by_its_code_in_either_case():
    factories.event(title="Doha", place=factories.place(country="QA"))
    factories.event(title="Kuwait", place=factories.place(country="KW"))

    assert chosen(country=["qa"]) == {"Doha"}


def test_past_cuts_what_ended_longer_ago_than_so_many_days():
    for ago in (0, 1, 2, 3):
        day = NOW.date() - timedelta(days=ago)
        factories.event(title=str(ago), start_on=day, end_on=day, precision="day")
    factories.event(title="undated", precision="unknown", start_on=None)

    assert chosen(past=["1"]) == {"0", "1", "undated"}


def test_an_event_is_named_once_however_many_of_its_places_match():
    city = factories.place(slug="shanghai")
    event = factories.event(title="Expo", place=city)
    for role in ("site", "hub"):
        EventPlace.objects.create(event=event, place=city, role=role)

    events = eventfilters.narrow(
        events=Event.objects.public(), parameters={"place": ["shanghai"]}, now=NOW
    )

    assert list(events) == [event]


def test_an_unknown_filter_is_named_with_those_that_exist():
    with pytest.raises(eventfilters.UnknownFilter, match=r"knid: there is no such filter.*kind"):
        chosen(knid=["expo"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "party"),
        ("series", "nothing"),
        ("place", "nowhere"),
        ("sector", "none"),
        ("country", "XX"),
        ("past", "-1"),
        ("past", "many"),
        ("past", "٣"),
        ("lang", "fr"),
        ("parts", "maybe"),
        ("parts", ""),
        ("kind", "\x00"),
        ("place", "\x00"),
    ],
)
def test_an_unknown_value_is_named(name, value):
    with pytest.raises(eventfilters.UnknownValue) as refusal:
        chosen(**{name: [value]})

    assert (refusal.value.name, refusal.value.value) in {(name, value), (name, value.upper())}


def test_a_place_of_another_team_that_is_used_for_nothing_public_is_unknown():
    factories.place(slug="safe-house", team=factories.team())

    with pytest.raises(eventfilters.UnknownValue):
        chosen(place=["safe-house"])


def test_touching_asks_for_local_days():
    factories.event(title="Before", start_on=date(2026, 11, 30), end_on=date(2026, 11, 30))
    factories.event(title="Across", start_on=date(2026, 11, 30), end_on=date(2026, 12, 1))
    factories.event(title="Within", start_on=date(2026, 12, 2))

    events = Event.objects.touching(date(2026, 12, 1), date(2026, 12, 31)).in_time_order()

    assert [event.title for event in events] == ["Across", "Within"]
