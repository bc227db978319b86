"""The attendees of the mission and its legs follow the roster."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.domain.rosters import legs, rosters
from delegations.models import Delegate, Delegation, Leg, RosterAttendee
from events.domain.attendance import answers, attendees, invitations
from events.domain.delivery import delivery
from events.models import Attendee, Event
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def delegation() -> Delegation:
    return factories.delegation()


@pytest.fixture
def doha(delegation: Delegation) -> Leg:
    return stop(delegation, 11, 12)


@pytest.fixture
def kuwait(delegation: Delegation) -> Leg:
    return stop(delegation, 12, 14)


def stop(delegation: Delegation, first: int, last: int, **values: Any) -> Leg:
    mission = delegation.mission
    assert mission
    assert mission.start_on
    return legs.add(
        delegation=delegation,
        place=factories.place(timezone="Asia/Qatar"),
        first=mission.start_on.replace(day=first),
        last=mission.start_on.replace(day=last),
        now=NOW,
        **values,
    )


def member(delegation: Delegation, **values: Any) -> Delegate:
    if "label" not in values:
        values.setdefault("person", factories.person())
    return rosters.add(delegation=delegation, now=NOW, **values)


def live(event: Event | None) -> list[str]:
    rows = Attendee.objects.filter(event=event, seat="confirmed", partstat="accepted")
    return [str(row.person or row.label) for row in rows.order_by("position", "pk")]


def of(delegate: Delegate, event: Event | None) -> Attendee:
    return Attendee.objects.get(event=event, person=delegate.person)


def test_members_attend_the_mission_and_all_its_legs(
    delegation: Delegation, doha: Leg, kuwait: Leg
) -> None:
    head = member(delegation, capacity="head")
    member(delegation, label="A banker")
    names = [str(head), "A banker"]
    assert [live(event) for event in (delegation.mission, doha.stay, kuwait.stay)] == [names] * 3


def test_or_the_legs_that_they_are_on(delegation: Delegation, doha: Leg, kuwait: Leg) -> None:
    row = member(delegation, legs=[doha])
    assert [live(delegation.mission), live(doha.stay), live(kuwait.stay)] == [
        [str(row)],
        [str(row)],
        [],
    ]


def test_a_new_leg_is_attended_by_those_who_are_on_all(delegation: Delegation, doha: Leg) -> None:
    everywhere, there = member(delegation), member(delegation, legs=[doha])
    kuwait = stop(delegation, 12, 14)
    assert live(kuwait.stay) == [str(everywhere)]
    assert live(doha.stay) == [str(everywhere), str(there)]


def test_who_leaves_a_leg_loses_the_place_and_has_it_back_on_return(
    delegation: Delegation, doha: Leg, kuwait: Leg
) -> None:
    row = member(delegation, legs=[doha, kuwait])
    before = of(row, kuwait.stay)
    rosters.change(delegate=row, legs=[doha], now=LATER)
    assert of(row, kuwait.stay).seat == "cancelled"
    rosters.change(delegate=row, legs=[doha, kuwait], now=LATER)
    assert (of(row, kuwait.stay), of(row, kuwait.stay).seat) == (before, "confirmed")


@pytest.mark.parametrize("answer", ["declined", "tentative"])
def test_what_somebody_has_answered_outlives_the_next_change(
    delegation: Delegation, kuwait: Leg, answer: str
) -> None:
    row = member(delegation)
    says = Attendee.Partstat(answer)
    attendees.answer(attendee=of(row, kuwait.stay), partstat=says, now=LATER)
    before = of(row, kuwait.stay)
    rosters.change(delegate=row, capacity="deputy", now=LATER)
    after = of(row, kuwait.stay)
    assert (after.partstat, after.seat, after.role) == (answer, before.seat, "deputy")
    assert of(row, delegation.mission).partstat == "accepted"


def test_who_declined_and_leaves_the_roster_does_not_come_back_by_a_link(
    delegation: Delegation,
) -> None:
    row = member(delegation)
    there = of(row, delegation.mission)
    attendees.answer(attendee=there, partstat=Attendee.Partstat.DECLINED, now=LATER)
    rosters.remove(delegate=row, now=LATER)
    with pytest.raises(attendees.NotAllowed):
        answers.record(attendee=there, partstat=Attendee.Partstat.ACCEPTED, now=LATER)
    assert live(delegation.mission) == []


def test_who_may_not_come_is_on_the_list_again_with_the_leg(
    delegation: Delegation, doha: Leg, kuwait: Leg
) -> None:
    row = member(delegation, legs=[doha, kuwait])
    answer = Attendee.Partstat.TENTATIVE
    attendees.answer(attendee=of(row, kuwait.stay), partstat=answer, now=LATER)
    for chosen in ([doha], [doha, kuwait]):
        rosters.change(delegate=row, legs=chosen, now=LATER)
    assert str(row) in live(kuwait.stay)


def test_a_substitute_stays_in_the_place_of_a_member(delegation: Delegation, kuwait: Leg) -> None:
    row, other = member(delegation), factories.person()
    attendees.substitute(attendee=of(row, kuwait.stay), person=other, now=LATER)
    rosters.change(delegate=row, capacity="deputy", now=LATER)
    assert of(row, kuwait.stay).partstat == "delegated"
    assert live(kuwait.stay) == [str(other)]


def test_who_leaves_the_roster_keeps_the_rows_but_not_the_places(
    delegation: Delegation, doha: Leg
) -> None:
    person = factories.person()
    row = member(delegation, person=person)
    rosters.remove(delegate=row, now=LATER)
    assert [a.seat for a in person.attendances.all()] == ["cancelled", "cancelled"]
    member(delegation, person=person)
    assert [a.seat for a in person.attendances.all()] == ["confirmed", "confirmed"]


def test_even_if_the_member_was_deleted_elsewhere(delegation: Delegation, doha: Leg) -> None:
    row, unnamed = member(delegation), member(delegation, label="A banker")
    unnamed.delete()
    Delegate.objects.filter(pk=row.pk).delete()
    rosters.sync(delegation=delegation, now=LATER)
    assert [live(delegation.mission), live(doha.stay)] == [[], []]
    assert Attendee.objects.filter(seat="cancelled").count() == 4


def test_a_member_who_is_named_is_the_same_attendee(delegation: Delegation, doha: Leg) -> None:
    row = member(delegation, label="A banker")
    before = set(Attendee.objects.values_list("pk", flat=True))
    rosters.name(delegate=row, person=factories.person(), now=LATER)
    assert live(doha.stay) == [str(row)]
    assert set(Attendee.objects.values_list("pk", flat=True)) == before


def test_who_was_invited_by_hand_is_not_invited_twice(delegation: Delegation) -> None:
    person = factories.person()
    invited = factories.attendee(
        event=delegation.mission, person=person, partstat="declined", notes="vegetarian"
    )
    unnamed = member(delegation, label="A banker")
    rosters.name(delegate=unnamed, person=person, now=LATER)
    invited.refresh_from_db()
    assert (invited.seat, invited.partstat, invited.notes) == (
        "confirmed",
        "accepted",
        "vegetarian",
    )
    assert live(delegation.mission) == [str(person)]
    assert Attendee.objects.get(label="A banker", person=None).seat == "cancelled"


def test_who_waits_for_a_place_has_one_as_a_member(delegation: Delegation) -> None:
    person = factories.person()
    factories.attendee(
        event=delegation.mission, person=person, seat="waitlisted", waitlisted_at=NOW
    )
    row = member(delegation, person=person)
    assert (of(row, delegation.mission).seat, of(row, delegation.mission).waitlisted_at) == (
        "confirmed",
        None,
    )


def test_guests_invited_by_hand_are_left_alone(delegation: Delegation) -> None:
    guest = factories.attendee(event=delegation.mission)
    row = member(delegation)
    rosters.remove(delegate=row, now=LATER)
    assert live(delegation.mission) == []
    assert Attendee.objects.get(pk=guest.pk).seat == "none"


def test_a_mission_within_a_mission_keeps_its_own(delegation: Delegation) -> None:
    inner = factories.delegation()
    Event.objects.filter(delegation=inner).update(parent=delegation.mission)
    member(inner, label="A banker")
    rosters.sync(delegation=delegation, now=LATER)
    assert live(inner.mission) == ["A banker"]


def test_another_person_in_the_same_seat_is_another_attendee(delegation: Delegation) -> None:
    row = member(delegation)
    old, new = of(row, delegation.mission), factories.person()
    row.person = new
    row.save()
    rosters.sync(delegation=delegation, now=LATER)
    old.refresh_from_db()
    assert (old.seat, live(delegation.mission)) == ("cancelled", [str(new)])


def test_two_members_may_change_seats(delegation: Delegation) -> None:
    one, two = member(delegation), member(delegation)
    attendees = {a.person_id: a.pk for a in Attendee.objects.all()}
    first, second = one.person, two.person
    for row, person in ((one, None), (two, first), (one, second)):
        row.person, row.label_en = person, "nobody yet"
        row.save()
    rosters.sync(delegation=delegation, now=LATER)
    assert {a.person_id: a.pk for a in Attendee.objects.all()} == attendees
    assert [row.attendee.person for row in RosterAttendee.objects.order_by("delegate")] == [
        second,
        first,
    ]


def test_a_label_is_changed_in_all_languages(delegation: Delegation) -> None:
    row = member(delegation, label="A banker")
    row.label_en, row.label_zh_hans = "", "银行家"
    row.save()
    rosters.sync(delegation=delegation, now=LATER)
    attendee = Attendee.objects.get()
    assert (attendee.label_en, attendee.label_zh_hans) == ("", "银行家")


@pytest.mark.parametrize(
    ("capacity", "at_mission", "on_leg"),
    [
        ("head", "head", "head"),
        ("deputy", "deputy", "deputy"),
        ("delegate", "delegate", "delegate"),
        ("adviser", "delegate", "delegate"),
        ("secretary", "secretary", "secretary"),
        ("interpreter", "interpreter", "interpreter"),
        ("media", "media", "media"),
        ("security", "staff", "staff"),
        ("advance", "staff", "staff"),
        ("liaison", "staff", "liaison"),
    ],
)
def test_the_role_is_that_of_their_capacity(
    delegation: Delegation, doha: Leg, capacity: str, at_mission: str, on_leg: str
) -> None:
    row = member(delegation, capacity=capacity)
    assert (of(row, delegation.mission).role, of(row, doha.stay).role) == (at_mission, on_leg)


def test_attendees_follow_what_changes_on_the_roster(delegation: Delegation) -> None:
    firm, person = factories.organisation(), factories.person()
    office = person.appointments.create(title_en="Director")
    first, row = member(delegation), member(delegation, person=person)
    rosters.change(
        delegate=row, capacity="deputy", organisation=firm, appointment=office, now=LATER
    )
    rosters.reorder(delegation=delegation, delegates=[row, first], now=LATER)
    attendee = of(row, delegation.mission)
    assert (attendee.role, attendee.representing, attendee.appointment, attendee.position) == (
        "deputy",
        firm,
        office,
        1,
    )
    assert live(delegation.mission) == [str(row), str(first)]


def test_presence_stays_what_it_was(delegation: Delegation) -> None:
    row = member(delegation)
    Attendee.objects.update(attendance="checked_in", checked_in_at=NOW)
    rosters.change(delegate=row, capacity="adviser", now=LATER)
    rosters.remove(delegate=row, now=LATER)
    assert Attendee.objects.get().attendance == "checked_in"


class TestLiaisonOfficers:
    def test_they_attend_their_leg(self, delegation: Delegation, kuwait: Leg) -> None:
        officer = factories.person()
        doha = stop(delegation, 11, 12, liaison=officer)
        attendee = Attendee.objects.get(person=officer)
        assert (attendee.event, attendee.role, attendee.seat) == (
            doha.stay,
            "liaison",
            "confirmed",
        )

    def test_another_one_replaces_them(self, delegation: Delegation) -> None:
        old, new = factories.person(), factories.person()
        doha = stop(delegation, 11, 12, liaison=old)
        doha.liaison = new
        doha.save()
        rosters.sync(delegation=delegation, now=LATER)
        rows = {a.person: (a.role, a.seat) for a in doha.stay.attendees.all()}
        assert rows == {old: ("liaison", "cancelled"), new: ("liaison", "confirmed")}

    def test_a_member_may_be_one(self, delegation: Delegation, kuwait: Leg) -> None:
        row = member(delegation)
        doha = stop(delegation, 11, 12, liaison=row.person)
        assert of(row, doha.stay).role == "liaison"
        assert of(row, kuwait.stay).role == "delegate"
        rosters.remove(delegate=row, now=LATER)
        assert (of(row, doha.stay).role, of(row, doha.stay).seat) == ("liaison", "confirmed")
        assert of(row, kuwait.stay).seat == "cancelled"

    def test_they_stay_when_the_member_is_no_officer_any_more(self, delegation: Delegation) -> None:
        row = member(delegation)
        doha = stop(delegation, 11, 12, liaison=row.person)
        Leg.objects.update(liaison=None)
        rosters.sync(delegation=delegation, now=LATER)
        assert (of(row, doha.stay).role, of(row, doha.stay).seat) == ("delegate", "confirmed")


@pytest.mark.parametrize(
    "columns", [{"status": "concluded"}, {"status": "cancelled"}, {"origin": "reported"}]
)
def test_what_is_over_or_reported_is_left_alone(columns: dict[str, str]) -> None:
    delegation = factories.delegation(**columns)
    Delegate.objects.create(delegation=delegation, person=factories.person())
    rosters.sync(delegation=delegation, now=LATER)
    assert not Attendee.objects.exists()


def test_twice_changes_nothing_and_asks_as_often_for_1_3_and_30_members(
    delegation: Delegation, doha: Leg, kuwait: Leg
) -> None:
    counts = []
    for number in (1, 2, 27):
        people = [factories.person() for _ in range(number)]
        delegation.quota = None
        delegation.save()
        Delegate.objects.bulk_create(
            Delegate(delegation=delegation, person=person) for person in people
        )
        rosters.sync(delegation=delegation, now=LATER)
        history = Attendee.history.count()
        with CaptureQueriesContext(connection) as queries:
            rosters.sync(delegation=delegation, now=LATER)
        counts.append(len(queries))
        assert Attendee.history.count() == history
    assert len(live(kuwait.stay)) == 30
    assert len(set(counts)) == 1


def invitations_of(attendee: Attendee) -> list[tuple[str, str]]:
    return list(attendee.deliveries.order_by("pk").values_list("kind", "state"))


def test_who_was_invited_by_mail_is_told_when_the_roster_drops_them(
    delegation: Delegation, doha: Leg, kuwait: Leg
) -> None:
    one, two = member(delegation), member(delegation)
    mission = delegation.mission
    assert mission
    there = {row.person_id: row for row in mission.attendees.all()}
    invitations.send(event=mission, attendees=[row.pk for row in there.values()], now=NOW)
    delivery.tick(now=NOW)
    rosters.remove(delegate=one, now=LATER)
    gone, stays = there[one.person_id], there[two.person_id]
    assert invitations_of(gone) == [("request", "sent"), ("cancel", "pending")]
    assert invitations_of(stays) == [("request", "sent")]
    rosters.add(delegation=delegation, person=gone.person, now=LATER)
    assert invitations_of(gone)[1:] == [("cancel", "cancelled")]
