"""Legs: consecutive stays, and transfers between them that are entered once."""

from datetime import date, time
from typing import Any

import pytest

from delegations.domain.rosters import legs, rosters
from delegations.domain.rosters.legs import NoZone, OnlyLegOf, OutsideMission, Overlap
from delegations.domain.rosters.rosters import Closed
from delegations.models import Delegation, Leg
from events.models import Attendee, Event, Person, Place
from events.values import dates
from events.values.dates import Precision, When
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def day(number: int) -> date:
    """A day of the mission, which lasts from the 10th to the 15th."""
    return date(2026, 11, number)


def at(first: int, start: int, last: int | None = None, end: int | None = None) -> When:
    return When(
        precision=Precision.TIME,
        start_on=day(first),
        start_time=time(start),
        end_on=day(last) if last else None,
        end_time=time(end) if end else None,
    )


@pytest.fixture
def delegation() -> Delegation:
    return factories.delegation()


@pytest.fixture
def hong_kong() -> Place:
    return factories.place(name="Hong Kong", timezone="Asia/Hong_Kong")


@pytest.fixture
def doha() -> Place:
    """A city with a Chinese name; its zone is that of its country."""
    qatar = factories.place(name="Qatar", timezone="Asia/Qatar")
    return factories.place(
        name_en="Doha", name_zh_hans="多哈", slug="doha", timezone="", parent=qatar
    )


@pytest.fixture
def kuwait() -> Place:
    return factories.place(name="Kuwait City", timezone="Asia/Kuwait")


def add(delegation: Delegation, place: Place, first: int, last: int, **values: Any) -> Leg:
    return legs.add(
        delegation=delegation, place=place, first=day(first), last=day(last), now=NOW, **values
    )


def people_at(event: Event | None) -> list[Person | None]:
    rows = Attendee.objects.filter(event=event, seat="confirmed")
    return [row.person for row in rows.order_by("position", "pk")]


class TestStays:
    def test_place_and_days_make_the_stay(self, delegation: Delegation, doha: Place) -> None:
        host = factories.organisation()
        leg = add(delegation, doha, 11, 12, host=host)
        stay = Event.objects.get(leg=leg)
        assert (stay.kind, stay.parent, stay.place) == ("leg", delegation.mission, doha)
        assert (stay.when.start_on, stay.when.end_on, stay.when.precision) == (
            day(11),
            day(12),
            "day",
        )
        assert (stay.timezone, stay.team, stay.visibility, leg.host) == (
            "Asia/Qatar",
            delegation.team,
            "delegation",
            host,
        )
        assert (stay.title_en, stay.title_zh_hans, stay.title_zh_hant) == ("Doha", "多哈", "")
        assert stay.changed_at == NOW.replace(microsecond=0)

    def test_two_stays_at_one_place_have_names_of_their_own(
        self, delegation: Delegation, doha: Place
    ) -> None:
        slugs = [add(delegation, doha, d, d + 1).stay.slug for d in (10, 12, 14)]
        stem = f"{delegation.mission.slug}-doha" if delegation.mission else ""
        assert slugs == [stem, f"{stem}-2", f"{stem}-3"]

    @pytest.mark.parametrize(
        ("mission", "stay"),
        [
            ("draft", "draft"),
            ("tentative", "tentative"),
            ("confirmed", "confirmed"),
            ("postponed", "draft"),
        ],
    )
    def test_a_stay_is_as_settled_as_its_mission(
        self, delegation: Delegation, doha: Place, mission: str, stay: str
    ) -> None:
        Event.objects.filter(delegation=delegation).update(status=mission)
        assert add(delegation, doha, 11, 12).stay.status == stay

    def test_a_place_without_a_zone_is_too_vague(self, delegation: Delegation) -> None:
        gulf = factories.place(name="The Gulf", kind="macro_region", timezone="")
        with pytest.raises(NoZone) as refusal:
            add(delegation, gulf, 11, 12)
        assert refusal.value.place == gulf

    @pytest.mark.parametrize(
        "columns", [{"status": "concluded"}, {"status": "cancelled"}, {"origin": "reported"}]
    )
    def test_what_is_over_or_reported_gets_no_legs(
        self, columns: dict[str, str], doha: Place
    ) -> None:
        with pytest.raises(Closed):
            add(factories.delegation(**columns), doha, 11, 12)
        assert not Leg.objects.exists()

    def test_legs_stand_in_the_order_of_their_days(
        self, delegation: Delegation, doha: Place, kuwait: Place
    ) -> None:
        second, first = add(delegation, kuwait, 12, 14), add(delegation, doha, 11, 12)
        assert list(delegation.legs.in_order()) == [first, second]


class TestDays:
    @pytest.mark.parametrize(
        "spans",
        [
            [],
            [(10, 15)],
            [(12, 14), (11, 12)],
            [(10, 10), (10, 12), (12, 12), (12, 15)],
        ],
    )
    def test_stays_share_a_day_of_travel(
        self, delegation: Delegation, spans: list[tuple[int, int]]
    ) -> None:
        legs.check(delegation=delegation, spans=[(day(a), day(b)) for a, b in spans])

    @pytest.mark.parametrize(
        "spans", [[(11, 13), (12, 14)], [(11, 12), (11, 12)], [(10, 15), (12, 12)]]
    )
    def test_and_nothing_more(self, delegation: Delegation, spans: list[tuple[int, int]]) -> None:
        with pytest.raises(Overlap) as refusal:
            legs.check(delegation=delegation, spans=[(day(a), day(b)) for a, b in spans])
        both = sorted([refusal.value.one, refusal.value.other])
        assert both == sorted((day(a), day(b)) for a, b in spans)

    @pytest.mark.parametrize("span", [(9, 11), (14, 16)])
    def test_they_lie_within_the_mission(
        self, delegation: Delegation, span: tuple[int, int]
    ) -> None:
        with pytest.raises(OutsideMission) as refusal:
            legs.check(delegation=delegation, spans=[(day(span[0]), day(span[1]))])
        assert refusal.value.span == (day(span[0]), day(span[1]))

    def test_a_mission_without_days_holds_any(self, delegation: Delegation) -> None:
        coarse = factories.event(
            precision="month", start_on=day(1), end_on=day(30), team=delegation.team
        )
        delegation.mission = coarse
        legs.check(delegation=delegation, spans=[(day(1), day(30))])
        legs.check(delegation=Delegation(), spans=[(day(1), day(30))])


class TestChanges:
    def test_a_leg_is_given_other_days_at_another_place(
        self, delegation: Delegation, doha: Place, kuwait: Place
    ) -> None:
        host, officer = factories.organisation(), factories.person()
        leg = add(delegation, doha, 11, 12, host=host)
        before = leg.stay
        legs.change(leg=leg, place=kuwait, first=day(12), last=day(14), liaison=officer, now=NOW)
        stay = leg.stay
        assert (stay.uid, stay.place, stay.timezone) == (before.uid, kuwait, "Asia/Kuwait")
        assert (stay.start_on, stay.end_on, str(stay)) == (day(12), day(14), "Kuwait City")
        assert stay.sequence > before.sequence
        assert (leg.host, leg.liaison, people_at(stay)) == (None, officer, [officer])

    def test_a_name_of_its_own_stays(
        self, delegation: Delegation, doha: Place, kuwait: Place
    ) -> None:
        leg = add(delegation, doha, 11, 12)
        Event.objects.filter(leg=leg).update(title_en="Free days")
        legs.change(leg=leg, place=kuwait, first=day(11), last=day(12), now=NOW)
        assert str(leg.stay) == "Free days"

    def test_the_same_once_more_is_no_change(self, delegation: Delegation, doha: Place) -> None:
        leg = add(delegation, doha, 11, 12)
        before = Event.objects.get(leg=leg).revision
        legs.change(leg=leg, place=doha, first=day(11), last=day(12), now=NOW)
        assert Event.objects.get(leg=leg).revision == before

    def test_its_members_stay_on_it(self, delegation: Delegation, doha: Place) -> None:
        leg = add(delegation, doha, 11, 12)
        member = rosters.add(delegation=delegation, person=factories.person(), legs=[leg], now=NOW)
        legs.change(leg=leg, place=doha, first=day(11), last=day(13), now=NOW)
        assert people_at(leg.stay) == [member.person]


class TestRemoval:
    def test_the_stay_is_cancelled_and_nobody_goes_there(
        self, delegation: Delegation, doha: Place
    ) -> None:
        leg = add(delegation, doha, 11, 12, liaison=factories.person())
        rosters.add(delegation=delegation, person=factories.person(), now=NOW)
        legs.remove(leg=leg, reason="No flights", now=NOW)
        stay = Event.objects.get(kind="leg")
        assert (stay.status, stay.cancellation_reason) == ("cancelled", "No flights")
        assert {row.seat for row in stay.attendees.all()} == {"cancelled"}
        assert len(people_at(delegation.mission)) == 1
        assert not Leg.objects.exists()

    def test_a_draft_leaves_nothing_behind(self, delegation: Delegation, doha: Place) -> None:
        Event.objects.filter(delegation=delegation).update(status="draft")
        leg = add(delegation, doha, 11, 12)
        rosters.add(delegation=delegation, person=factories.person(), now=NOW)
        legs.remove(leg=leg, now=NOW)
        assert not Event.objects.filter(kind="leg").exists()

    def test_not_while_members_are_on_no_other(
        self, delegation: Delegation, doha: Place, kuwait: Place
    ) -> None:
        first, second = add(delegation, doha, 11, 12), add(delegation, kuwait, 12, 14)
        rosters.add(delegation=delegation, label="on both", legs=[first, second], now=NOW)
        only = rosters.add(delegation=delegation, label="on one", legs=[first], now=NOW)
        with pytest.raises(OnlyLegOf) as refusal:
            legs.remove(leg=first, now=NOW)
        assert (refusal.value.leg, refusal.value.members) == (first, [only])
        legs.remove(leg=second, now=NOW)
        legs.remove(leg=first, now=NOW)
        assert not Leg.objects.exists()


class TestTransfers:
    def test_a_way_has_two_places_and_two_zones(
        self, delegation: Delegation, hong_kong: Place, doha: Place
    ) -> None:
        leg = add(delegation, doha, 11, 12)
        way = legs.set_transfer(
            leg=leg,
            which="arrival",
            origin=hong_kong,
            destination=doha,
            when=at(10, 23, 11, 4),
            now=NOW,
        )
        assert (leg.arrival, leg.departure) == (way, None)
        assert (way.kind, way.parent, str(way)) == (
            "transfer",
            delegation.mission,
            "Hong Kong – Doha",
        )
        assert (way.timezone, way.end_timezone) == ("Asia/Hong_Kong", "Asia/Qatar")
        assert dates.to_edtf(way.when) == "2026-11-10T23:00/2026-11-11T04:00"
        hours = way.end_at - way.start_at if way.end_at and way.start_at else None
        assert str(hours) == "10:00:00"

    def test_it_is_changed_not_made_anew(
        self, delegation: Delegation, hong_kong: Place, doha: Place, kuwait: Place
    ) -> None:
        leg = add(delegation, doha, 11, 12)
        values: dict[str, Any] = {"leg": leg, "which": "departure", "now": NOW}
        legs.set_transfer(origin=doha, destination=hong_kong, when=at(12, 9), **values)
        before = leg.departure
        legs.set_transfer(origin=doha, destination=kuwait, when=at(12, 10), **values)
        assert leg.departure == before
        assert (str(leg.departure), leg.departure.start_time) == (
            "Doha – Kuwait City",
            time(10),
        )
        assert Event.objects.filter(kind="transfer").count() == 1

    @pytest.mark.parametrize("which", ["departure", "arrival"])
    def test_the_way_between_two_legs_is_typed_once(
        self, delegation: Delegation, doha: Place, kuwait: Place, which: Any
    ) -> None:
        second, first = add(delegation, kuwait, 12, 14), add(delegation, doha, 11, 12)
        leg = first if which == "departure" else second
        way = legs.set_transfer(
            leg=leg, which=which, origin=doha, destination=kuwait, when=at(12, 9), now=NOW
        )
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.arrival, first.departure) == (None, way)
        assert (second.arrival, second.departure) == (way, None)

    def test_a_way_that_leads_elsewhere_belongs_to_one(
        self, delegation: Delegation, hong_kong: Place, doha: Place, kuwait: Place
    ) -> None:
        first, second = add(delegation, doha, 11, 12), add(delegation, kuwait, 12, 14)
        legs.set_transfer(
            leg=first,
            which="departure",
            origin=doha,
            destination=hong_kong,
            when=at(12, 9),
            now=NOW,
        )
        second.refresh_from_db()
        assert second.arrival is None

    def test_who_is_on_the_leg_travels_and_between_two_who_is_on_both(
        self, delegation: Delegation, hong_kong: Place, doha: Place, kuwait: Place
    ) -> None:
        officer = factories.person()
        first = add(delegation, doha, 11, 12, liaison=officer)
        second = add(delegation, kuwait, 12, 14)
        everywhere, there = (
            rosters.add(delegation=delegation, person=factories.person(), legs=stops, now=NOW)
            for stops in ([], [first])
        )
        arrival = legs.set_transfer(
            leg=first,
            which="arrival",
            origin=hong_kong,
            destination=doha,
            when=at(10, 23, 11, 4),
            now=NOW,
        )
        between = legs.set_transfer(
            leg=second,
            which="arrival",
            origin=doha,
            destination=kuwait,
            when=at(12, 9),
            now=NOW,
        )
        assert arrival.audience == "invited"
        assert people_at(arrival) == [everywhere.person, there.person, officer]
        assert people_at(between) == [everywhere.person, officer]

    def test_ways_go_with_the_last_leg_that_has_them(
        self, delegation: Delegation, doha: Place, kuwait: Place
    ) -> None:
        first, second = add(delegation, doha, 11, 12), add(delegation, kuwait, 12, 14)
        between = legs.set_transfer(
            leg=first,
            which="departure",
            origin=doha,
            destination=kuwait,
            when=at(12, 9),
            now=NOW,
        )
        legs.remove(leg=first, now=NOW)
        between.refresh_from_db()
        assert between.status == "confirmed"
        legs.remove(leg=second, now=NOW)
        between.refresh_from_db()
        assert between.status == "cancelled"

    def test_an_end_before_the_start_is_refused(
        self, delegation: Delegation, hong_kong: Place, doha: Place
    ) -> None:
        leg = add(delegation, doha, 11, 12)
        with pytest.raises(dates.BadDate):
            legs.set_transfer(
                leg=leg,
                which="arrival",
                origin=hong_kong,
                destination=doha,
                when=at(11, 12, 11, 3),
                now=NOW,
            )
        assert not Event.objects.filter(kind="transfer").exists()
