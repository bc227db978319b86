"""Clashes by hand: each rule once, and what other programs are known to get wrong.

Known faults elsewhere: two talks at exactly the same time escape (pretalx), or only one of the two
shows it; events that end when others begin, whole days, cancelled and free ones count or do not
(Nextcloud, Outlook, cal.com); a yard can hold several at once; a divided ballroom is two rooms.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from events.domain.programme import clashes
from events.models import Attendee, Event, EventPlace, Place, User
from tests import factories
from tests.events.domain.programme.clashing import Office

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PERSON, ROOM, OUTSIDE = ("person", False), ("room", False), ("outside", False)
Partstat, Seat = Attendee.Partstat, Attendee.Seat


@pytest.fixture
def office() -> Office:
    return Office()


class TestPeople:
    def test_a_person_is_not_at_two_events_at_once(self, office: Office) -> None:
        one, other = office.event("09:00", "10:30"), office.event("10:00", "11:00")
        minister = factories.person(given_name="Wei", family_name="Wang")
        office.attend(minister, one, other)
        (clash,) = office.of(one)
        assert (clash.kind, clash.soft, clash.ids) == ("person", False, (one.pk, other.pk))
        assert clash.subject == str(minister)
        assert clash.start == datetime(2026, 12, 2, 2, tzinfo=UTC)
        assert clash.end == datetime(2026, 12, 2, 2, 30, tzinfo=UTC)

    def test_it_is_seen_from_both_and_told_once(self, office: Office) -> None:
        one, other = office.event("09:00", "10:00"), office.event("09:00", "10:00")
        office.attend(factories.person(), one, other)
        (mine,), (theirs,), (both,) = office.of(one), office.of(other), office.of(one, other)
        assert mine.key == theirs.key == both.key
        assert (mine.ids, theirs.ids) == ((one.pk, other.pk), (other.pk, one.pk))

    @pytest.mark.parametrize(
        ("hours", "clash"),
        [
            (("09:00", "10:00"), True),  # exactly the same time
            (("08:00", "12:00"), True),  # around it
            (("09:15", "09:45"), True),  # within it
            (("10:00", "11:00"), False),  # back to back
            (("08:00", "09:00"), False),
            (("09:30",), True),  # its end is not known
            (("10:00",), False),
            (("09:00",), True),
        ],
    )
    def test_periods_are_half_open(
        self, office: Office, hours: tuple[str, ...], clash: bool
    ) -> None:
        one, other = office.event("09:00", "10:00"), office.event(*hours)
        office.attend(factories.person(), one, other)
        assert office.told(one) == office.told(other) == [PERSON] * clash

    def test_two_that_start_together_clash_though_no_end_is_known(self, office: Office) -> None:
        one, other, later = office.event("09:00"), office.event("09:00"), office.event("09:01")
        office.attend(factories.person(), one, other, later)
        assert [clash.ids for clash in office.of(one)] == [(one.pk, other.pk)]

    def test_moments_count_not_clocks(self, office: Office) -> None:
        here = office.event("20:00", "21:00")
        there = office.event("12:30", "13:00", timezone="Europe/London")
        same_hour = office.event("20:00", "21:00", timezone="Europe/London")
        office.attend(factories.person(), here, there, same_hour)
        assert [clash.ids for clash in office.of(here)] == [(here.pk, there.pk)]

    def test_an_event_over_midnight_meets_one_of_the_next_day(self, office: Office) -> None:
        dinner = office.event("21:00", "00:30", end_on=date(2026, 12, 3))
        call = office.event("00:15", "01:00", day=3)
        office.attend(factories.person(), dinner, call)
        assert office.told(call) == [PERSON]

    def test_the_hour_that_comes_twice_is_counted_once(self, office: Office) -> None:
        autumn: dict[str, Any] = {"start_on": date(2026, 10, 25), "end_on": date(2026, 10, 25)}
        london = office.event(
            "00:30", "01:30", timezone="Europe/London", **autumn
        )  # until BST 1:30
        second = office.event("09:00", "10:00", **autumn)  # 01:00 to 02:00 UTC
        first = office.event("08:00", "09:00", **autumn)  # 00:00 to 01:00 UTC
        office.attend(factories.person(), london, first, second)
        assert [clash.ids for clash in office.of(london)] == [(london.pk, first.pk)]

    @pytest.mark.parametrize("status", ["cancelled", "postponed"])
    def test_what_is_off_never_clashes(self, office: Office, status: str) -> None:
        one, off = office.event("09:00", "10:00"), office.event("09:00", "10:00", status=status)
        office.attend(factories.person(), one, off)
        assert office.told(one, off) == []

    @pytest.mark.parametrize("status", ["draft", "tentative"])
    def test_what_is_not_certain_clashes_softly(self, office: Office, status: str) -> None:
        one, other = office.event("09:00", "10:00"), office.event("09:00", "10:00", status=status)
        office.attend(factories.person(), one, other)
        assert office.told(one) == office.told(other) == [("person", True)]

    @pytest.mark.parametrize("kind", ["deadline", "review", "publication", "free_time"])
    def test_dates_to_know_never_clash(self, office: Office, kind: str) -> None:
        one, other = office.event("09:00", "10:00"), office.event("09:00", "10:00", kind=kind)
        office.attend(factories.person(), one, other)
        assert office.told(one, other) == []

    def test_a_date_known_to_the_month_never_clashes(self, office: Office) -> None:
        month: dict[str, Any] = {
            "precision": "month",
            "start_on": date(2026, 12, 1),
            "end_on": date(2026, 12, 31),
        }
        coarse = office.event("09:00", **month, start_time=None)
        one = office.event("09:00", "10:00")
        office.attend(factories.person(), coarse, one)
        assert office.told(one, coarse) == []

    def test_a_reported_event_never_clashes(self, office: Office) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        reported = office.event("09:00", "10:00", place=office.hall, origin="reported", team=None)
        office.attend(factories.person(), one, reported)
        assert office.told(one, reported) == []

    @pytest.mark.parametrize(
        ("columns", "told"),
        [
            ({"partstat": Partstat.NEEDS_ACTION}, [PERSON]),
            ({"partstat": Partstat.TENTATIVE}, [("person", True)]),
            ({"partstat": Partstat.DECLINED}, []),
            ({"partstat": Partstat.DELEGATED}, []),
            ({"seat": Seat.CONFIRMED}, [PERSON]),
            ({"seat": Seat.CANCELLED}, []),
            ({"seat": Seat.WAITLISTED, "waitlisted_at": factories.NOW}, []),
        ],
    )
    def test_who_does_not_come_does_not_clash(
        self, office: Office, columns: dict[str, Any], told: list[Any]
    ) -> None:
        one, other = office.event("09:00", "10:00"), office.event("09:00", "10:00")
        (attendee,) = office.attend(factories.person(), one)
        office.attend(attendee.person, other, **columns)
        assert office.told(one) == office.told(other) == told

    def test_a_part_never_clashes_with_what_it_is_part_of(self, office: Office) -> None:
        top = office.event("09:00", "17:00", place=office.hall)
        middle = office.event("09:00", "12:00", parent=top, place=office.hall)
        bottom = office.event("10:00", "11:00", parent=middle, place=office.hall)
        office.attend(factories.person(), top, middle, bottom)
        assert office.told(top, middle, bottom) == []

    def test_parts_of_one_conference_clash_for_who_speaks_at_both(self, office: Office) -> None:
        top = office.event("09:00", "17:00")
        one = office.event("10:00", "11:00", parent=top)
        other = office.event("10:30", "11:30", parent=top)
        office.attend(factories.person(), top, one)
        assert office.told(top, one, other) == []
        office.attend(Attendee.objects.get(event=one).person, other)
        assert office.told(one) == [PERSON]


class TestWholeDays:
    def test_in_one_city_they_leave_the_hours_free(self, office: Office) -> None:
        expo = office.whole(1, 4, place=office.city)
        talk = office.event("10:00", "11:00", day=2, place=office.hall)
        office.attend(factories.person(), expo, talk)
        assert office.told(expo, talk) == []

    @pytest.mark.parametrize(
        ("first", "last", "clash"), [(1, 3, True), (2, 2, True), (2, 4, False), (1, 2, False)]
    )
    def test_in_another_city_they_clash_softly_but_on_days_of_travel(
        self, office: Office, first: int, last: int, clash: bool
    ) -> None:
        paris = factories.place(name="Paris", timezone="Europe/Paris")
        mission = office.whole(first, last, place=paris, timezone="Asia/Shanghai")
        talk = office.event("10:00", "11:00", day=2, place=office.hall)
        office.attend(factories.person(), mission, talk)
        assert office.told(mission) == office.told(talk) == [("person", True)] * clash

    def test_several_days_with_hours_count_as_whole_days(self, office: Office) -> None:
        expo = office.event("09:00", "17:00", day=1, end_on=date(2026, 12, 4), place=office.city)
        dinner = office.event("20:00", "22:00", day=2, place=office.hall)
        office.attend(factories.person(), expo, dinner)
        assert office.told(expo, dinner) == []

    def test_two_legs_share_their_day_of_travel(self, office: Office) -> None:
        paris = factories.place(name="Paris", timezone="Europe/Paris")
        mission = office.whole(1, 5, kind="trade_mission")
        legs = [
            office.whole(1, 3, kind="leg", parent=mission, place=office.city),
            office.whole(3, 3, kind="leg", parent=mission, place=paris),
            office.whole(3, 5, kind="leg", parent=mission, place=paris),
        ]
        office.attend(factories.person(), mission, *legs)
        assert office.told(mission, *legs) == []


class TestRooms:
    def test_a_room_holds_one_event_at_a_time(self, office: Office) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        other = office.event("09:30", "11:00", place=office.hall)
        after = office.event("10:00", "11:00", place=office.salon)
        (clash,) = office.of(one, after)
        assert (clash.kind, clash.soft, clash.subject) == ("room", False, "Hall")
        assert clash.ids == (one.pk, other.pk)

    def test_a_room_let_for_days_is_taken_at_night_too(self, office: Office) -> None:
        expo = office.whole(1, 3, place=office.hall)
        talk = office.event("22:00", "23:00", place=office.hall)
        assert office.told(expo) == office.told(talk) == [ROOM]

    @pytest.mark.parametrize("kind", ["city", "country_or_region", "district", "online"])
    def test_cities_and_the_internet_hold_any_number(self, office: Office, kind: str) -> None:
        place = factories.place(kind=kind)
        one, other = (office.event("09:00", "10:00", place=place) for _ in range(2))
        assert office.told(one, other) == []

    def test_a_divided_room_is_taken_with_its_parts(self, office: Office) -> None:
        half = office.room("Hall A", parent=office.hall)
        rest = office.room("Hall B", parent=office.hall)
        whole = office.event("09:00", "10:00", place=office.hall)
        first = office.event("09:00", "10:00", place=half)
        second = office.event("09:00", "10:00", place=rest)
        assert [clash.ids for clash in office.of(first)] == [(first.pk, whole.pk)]
        assert [clash.ids for clash in office.of(second)] == [(second.pk, whole.pk)]

    def test_a_venue_is_shared_softly_by_events_of_two_trees(self, office: Office) -> None:
        ours = office.event("09:00", "17:00", place=office.house)
        theirs = office.event("10:00", "11:00", place=office.hall)
        assert office.told(ours) == office.told(theirs) == [("room", True)]

    def test_within_one_event_a_venue_holds_any_number(self, office: Office) -> None:
        top = office.event("09:00", "17:00", place=office.house)
        one, other = (
            office.event("10:00", "11:00", place=place, parent=top)
            for place in (office.house, office.hall)
        )
        assert office.told(top, one, other) == []

    def test_a_hub_takes_its_room(self, office: Office) -> None:
        stream = office.event("09:00", "10:00")
        EventPlace.objects.create(event=stream, place=office.hall, role=EventPlace.Role.HUB)
        EventPlace.objects.create(event=stream, place=office.salon, role=EventPlace.Role.TOPIC)
        here = office.event("09:00", "10:00", place=office.hall)
        topic = office.event("09:00", "10:00", place=office.salon)
        assert office.told(stream) == office.told(here) == [ROOM]
        assert office.told(topic) == []

    def test_a_transfer_only_leaves_from_a_room_and_an_online_event_needs_none(
        self, office: Office
    ) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        office.event("09:00", "10:00", place=office.hall, kind="transfer")
        office.event("09:00", "10:00", place=office.hall, attendance_mode="online")
        assert office.told(one) == []


class TestOutside:
    def test_a_part_lies_within_the_hours_of_its_event(self, office: Office) -> None:
        top = office.event("09:00", "17:00")
        inside = office.event("09:00", "17:00", parent=top)
        late = office.event("16:30", "17:30", parent=top)
        (clash,) = office.of(top, inside)
        assert (clash.kind, clash.soft, clash.ids) == ("outside", False, (late.pk, top.pk))
        assert office.told(late) == [OUTSIDE]

    def test_what_is_usual_around_the_hours_is_outside_softly(self, office: Office) -> None:
        top = office.event("09:00", "17:00")
        early = office.event("08:30", "09:00", parent=top, kind="registration")
        assert office.told(early) == [("outside", True)]

    def test_days_are_compared_if_no_hours_are_known(self, office: Office) -> None:
        top = office.whole(2, 3)
        office.event("09:00", "10:00", day=3, parent=top)
        after = office.event("09:00", "10:00", day=4, parent=top)
        assert [clash.ids for clash in office.of(top)] == [(after.pk, top.pk)]

    def test_what_has_no_known_end_ends_with_its_day(self, office: Office) -> None:
        top = office.event("09:00")
        office.event("16:00", "17:00", parent=top)
        assert office.told(top) == []


class TestTravel:
    @pytest.fixture
    def hotel(self, office: Office) -> Place:
        """A place in the city, 10 km from the conference centre as the crow flies."""
        Place.objects.filter(pk=office.house.pk).update(latitude="31.2", longitude="121.4")
        return factories.place(
            kind="venue", name="Hotel", parent=office.city, latitude="31.29", longitude="121.4"
        )

    def test_there_is_time_to_get_from_one_place_to_the_next(
        self, office: Office, hotel: Place
    ) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        soon = office.event("10:20", "10:30", place=hotel)
        late = office.event("10:30", "11:00", place=hotel)
        office.attend(factories.person(), one, soon)
        office.attend(factories.person(), one, late)
        (clash,) = office.of(soon)
        assert (clash.kind, clash.ids, clash.way) == ("travel", (soon.pk, one.pk), 28)
        assert not clash.is_first
        assert office.told(late) == []

    def test_rooms_of_one_house_need_no_time(self, office: Office, hotel: Place) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        other = office.event("10:00", "11:00", place=office.salon)
        office.attend(factories.person(), one, other)
        assert office.told(one, other) == []

    def test_places_without_points_tell_nothing(self, office: Office) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        other = office.event("10:00", "11:00", place=factories.place(name="Paris"))
        office.attend(factories.person(), one, other)
        assert office.told(one, other) == []

    def test_who_is_brought_there_in_between_comes_in_time(
        self, office: Office, hotel: Place
    ) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        drive = office.event("10:00", "10:20", place=office.hall, end_place=hotel, kind="transfer")
        other = office.event("10:20", "11:00", place=hotel)
        office.attend(factories.person(), one, drive, other)
        assert office.told(one, drive, other) == []

    def test_who_joins_online_or_at_a_hub_does_not_travel(
        self, office: Office, hotel: Place
    ) -> None:
        one = office.event("09:00", "10:00", place=office.hall)
        online = office.event("10:00", "10:10", place=hotel, attendance_mode="online")
        streamed = office.event("10:10", "11:00", place=hotel)
        hub = factories.hub(event=streamed, place=office.salon)
        (attendee, *_) = office.attend(factories.person(), one, online)
        office.attend(attendee.person, streamed, hub=hub)
        assert office.told(one, online, streamed) == []


class TestCapacity:
    def test_a_hall_is_not_smaller_than_those_who_come(self, office: Office) -> None:
        small = office.room("Corner", capacity=2)
        talk = office.event("09:00", "10:00", place=small)
        for _ in range(2):
            factories.attendee(event=talk)
        factories.attendee(event=talk, partstat=Partstat.DECLINED)
        assert office.told(talk) == []
        factories.attendee(event=talk, partstat=Partstat.NEEDS_ACTION)
        assert office.told(talk) == [("capacity", True)]
        factories.attendee(event=talk)
        (clash,) = office.of(talk)
        assert (clash.soft, clash.limit, clash.come, clash.subject) == (False, 2, 3, "Corner")

    def test_seats_that_are_promised_beyond_those_of_the_event(self, office: Office) -> None:
        talk = office.event("09:00", "10:00", place=office.hall, capacity=1)
        for _ in range(2):
            factories.attendee(event=talk)
        factories.attendee(event=talk, partstat=Partstat.NEEDS_ACTION)
        (clash,) = office.of(talk)
        assert (clash.limit, clash.come) == (1, 2)

    def test_a_hub_has_seats_of_its_own(self, office: Office) -> None:
        talk = office.event("09:00", "10:00", place=office.room("Corner", capacity=1))
        hub = factories.hub(event=talk, place=office.salon, capacity=1)
        factories.attendee(event=talk)
        factories.attendee(event=talk, hub=hub)
        assert office.told(talk) == []
        factories.attendee(event=talk, hub=hub)
        assert [clash.subject for clash in office.of(talk)] == ["Salon"]


class TestReaders:
    """Canaries: of what its reader may not see a clash tells that it is busy, and nothing else."""

    CANARY = "Secret summit"

    def hidden(self, office: Office, **columns: Any) -> Event:
        values = {"visibility": "internal", "title": self.CANARY, **columns}
        return office.event("09:30", "11:00", team=office.others, **values)

    def test_of_another_team_only_the_overlap_is_known(self, office: Office) -> None:
        ours = office.event("09:00", "10:00", place=office.hall)
        theirs = self.hidden(office, place=office.hall)
        office.attend(factories.person(), ours, theirs)
        for clash in office.of(ours):
            assert clash.is_busy
            assert clash.ids == (ours.pk, None)
            assert clash.other is None
            assert clash.start == datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
            assert clash.end == datetime(2026, 12, 2, 2, tzinfo=UTC)
            assert str(theirs.pk) not in (clash.key, *map(str, clash.ids))
            assert self.CANARY not in repr(clash)
        assert office.told(ours) == [PERSON, ROOM]
        assert office.of(theirs) == []
        assert {clash.is_busy for clash in office.of(theirs, user=office.stranger)} == {True}

    def test_of_a_part_of_our_room_that_they_take_only_ours_is_named(self, office: Office) -> None:
        ours = office.event("09:00", "10:00", place=office.hall)
        self.hidden(office, place=office.room("Secret door", parent=office.hall))
        (clash,) = office.of(ours)
        assert clash.subject == "Hall"

    def test_on_the_way_neither_hour_nor_place_of_another_team_is_known(
        self, office: Office
    ) -> None:
        Place.objects.filter(pk=office.house.pk).update(latitude="31.2", longitude="121.4")
        ours = office.event("11:00", "12:00", place=office.hall)
        far = factories.place(kind="venue", latitude="51.5", longitude="0", name=self.CANARY)
        office.attend(factories.person(), ours, self.hidden(office, place=far))
        (clash,) = office.of(ours)
        assert (clash.kind, clash.is_busy, clash.way) == ("travel", True, 0)
        assert (clash.start, clash.end, clash.is_first) == (None, None, False)
        assert self.CANARY not in repr(clash)

    def test_who_may_not_see_the_guests_is_told_nothing_of_them(self, office: Office) -> None:
        mission = office.whole(1, 4, kind="trade_mission")
        leg = office.whole(2, 3, kind="leg", parent=mission)
        liaison = factories.user(member_of=office.team, role="liaison", person=factories.person())
        office.attend(liaison.person, leg, role="liaison")
        talk = office.event("09:00", "10:00", place=office.hall, parent=mission)
        other = office.event("09:00", "10:00")
        office.attend(factories.person(), talk, other)
        assert office.told(talk, user=liaison) == []
        assert office.told(talk) == [PERSON]

    def test_a_guest_of_a_visible_event_whose_guests_are_not_visible_is_busy(
        self, office: Office
    ) -> None:
        viewer = factories.user(member_of=office.team, role="viewer")
        ours, theirs = office.event("09:00", "10:00"), self.hidden(office)
        office.attend(factories.person(), ours, theirs)
        (clash,) = office.of(ours, user=viewer)
        assert clash.is_busy

    @pytest.mark.parametrize("number", [1, 3, factories.MANY])
    def test_the_number_of_queries_is_constant(
        self, office: Office, number: int, django_assert_num_queries: Any
    ) -> None:
        top = office.event("08:00", "18:00", place=office.house)
        events = []
        for _ in range(number):
            ours = office.event("09:00", "10:00", place=office.hall, parent=top)
            theirs = self.hidden(office, place=office.hall)
            office.attend(factories.person(), ours, theirs)
            EventPlace.objects.create(event=ours, place=office.salon, role=EventPlace.Role.HUB)
            events.append(ours)
        user = User.objects.get(pk=office.user.pk)
        with django_assert_num_queries(17):
            assert len(clashes.of(events=[event.pk for event in events], user=user)) >= number
