"""Vehicles at two transfers at once, with too few seats; and the minutes between places."""

from typing import Any

import pytest

from events.models import Place, TravelTime, Vehicle
from tests import factories
from tests.events.domain.programme.clashing import Office

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def office() -> Office:
    return Office()


def car(office: Office, **columns: object) -> Vehicle:
    return Vehicle.objects.create(
        **{"team": office.team, "name": "Bus", "plate": "AB 12", **columns}
    )


class TestVehicles:
    def test_a_vehicle_makes_one_transfer_at_a_time(self, office: Office) -> None:
        bus = car(office)
        one = office.event("09:00", "10:00", kind="transfer", vehicle=bus)
        other = office.event("09:30", "10:30", kind="transfer", vehicle=bus)
        office.event("10:30", "11:00", kind="transfer", vehicle=bus)
        (clash,) = office.of(one)
        assert (clash.kind, clash.soft, clash.subject) == ("vehicle", False, "Bus · AB 12")
        assert clash.ids == (one.pk, other.pk)

    def test_it_must_get_from_one_transfer_to_the_next(self, office: Office) -> None:
        bus, hotel = car(office), factories.place(kind="venue", parent=office.city)
        TravelTime.objects.create(team=office.team, start=hotel, end=office.house, minutes=30)
        there: dict[str, Any] = {
            "kind": "transfer",
            "vehicle": bus,
            "place": office.house,
            "end_place": hotel,
        }
        office.event("09:00", "10:00", **there)
        soon = office.event("10:20", "11:00", **there)
        late = office.event("11:30", "12:00", **there)
        assert office.told(soon) == [("travel", False)]
        assert office.told(late) == []

    def test_more_people_than_seats_clash(self, office: Office) -> None:
        bus = car(office, seats=1)
        ride = office.event("09:00", "10:00", kind="transfer", vehicle=bus)
        factories.attendee(event=ride)
        assert office.told(ride) == []
        factories.attendee(event=ride)
        (clash,) = office.of(ride)
        assert (clash.kind, clash.limit, clash.come, clash.of) == ("capacity", 1, 2, "vehicle")
        assert clash.subject == "Bus · AB 12"

    def test_that_another_team_has_it_is_all_that_is_known(self, office: Office) -> None:
        bus = car(office, team=None)
        ours = office.event("09:00", "10:00", kind="transfer", vehicle=bus)
        office.event("09:00", "10:00", kind="transfer", vehicle=bus, team=office.others)
        (clash,) = office.of(ours)
        assert clash.is_busy
        assert clash.ids == (ours.pk, None)


class TestTravelTimes:
    @pytest.fixture
    def hotel(self, office: Office) -> Place:
        return factories.place(kind="venue", name="Hotel", parent=office.city)

    def late(self, office: Office, minutes: int, start: Place, end: Place) -> bool:
        """Whether so many minutes between two events are too few for a person."""
        hour, minute = divmod(9 * 60 + minutes, 60)
        one = office.event("08:00", "09:00", place=start)
        other = office.event(f"{hour:02}:{minute:02}", "23:00", place=end)
        office.attend(factories.person(), one, other)
        told = [clash for clash in office.of(one) if clash.kind == "travel"]
        return bool(told)

    def way(
        self, office: Office, start: Place, end: Place, minutes: int, **columns: object
    ) -> None:
        values = {"team": office.team, "start": start, "end": end, "minutes": minutes, **columns}
        TravelTime.objects.create(**values)

    def test_a_row_counts_for_all_rooms_in_both_directions(
        self, office: Office, hotel: Place
    ) -> None:
        self.way(office, office.house, hotel, 25)
        assert self.late(office, 24, office.hall, hotel)
        assert self.late(office, 24, hotel, office.salon)
        assert not self.late(office, 25, office.hall, hotel)

    def test_the_way_back_may_take_longer(self, office: Office, hotel: Place) -> None:
        self.way(office, office.house, hotel, 10)
        self.way(office, hotel, office.house, 40)
        assert not self.late(office, 20, office.hall, hotel)
        assert self.late(office, 20, hotel, office.hall)

    def test_the_nearest_row_counts(self, office: Office, hotel: Place) -> None:
        self.way(office, office.city, office.city, 30)
        self.way(office, office.hall, hotel, 5)
        assert not self.late(office, 10, office.hall, hotel)
        assert self.late(office, 10, office.salon, hotel)

    def test_a_city_has_a_time_of_its_own_but_not_for_rooms_of_one_house(
        self, office: Office, hotel: Place
    ) -> None:
        self.way(office, office.city, office.city, 30)
        assert self.late(office, 29, office.hall, hotel)
        assert not self.late(office, 0, office.hall, office.salon)
        self.way(office, office.house, office.house, 10)
        assert self.late(office, 9, office.hall, office.salon)

    def test_a_table_of_another_team_does_not_count_but_a_shared_one_does(
        self, office: Office, hotel: Place
    ) -> None:
        self.way(office, office.house, hotel, 90, team=office.others)
        assert not self.late(office, 30, office.hall, hotel)
        self.way(office, office.house, hotel, 60, team=None)
        assert self.late(office, 30, office.hall, hotel)
        self.way(office, office.house, hotel, 20)
        assert not self.late(office, 30, office.hall, hotel)
