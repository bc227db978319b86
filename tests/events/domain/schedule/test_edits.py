"""Edits of a programme: stored together or not at all, merged by field, taken back."""

import json
from datetime import date, time

import pytest
from django.utils.translation import override

from events.domain.schedule import edits
from events.models import Attendee, Event, Place, Team, User
from events.values.languages import columns
from tests import factories
from tests.events.domain.schedule.grids import apply, conference, hours, part, room, set_

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def user(team: Team) -> User:
    return factories.user(member_of=team)


@pytest.fixture
def event(team: Team) -> Event:
    return conference(team)


def stored(row: Event) -> Event:
    return Event.objects.get(pk=row.pk)


def test_fields_are_set_and_set_back(event: Event, user: User) -> None:
    opening, hall = part(event, "Opening", "09:00", "09:30"), room(event, "Hall")
    edit = set_(
        opening, from_="10:00", to="10:45", room=hall.pk, titles__en="Welcome", kind="address"
    )
    done = apply(event, user, edit)
    row = stored(opening)
    assert (hours(opening), row.place, row.title_en, row.kind) == (
        ["10:00–10:45"], hall, "Welcome", "address",
    )  # fmt: skip
    assert done.touched == {opening.pk}
    apply(event, user, *done.undo)
    row = stored(opening)
    assert (hours(opening), row.place, row.title_en, row.kind) == (
        ["09:00–09:30"], event.place, "Opening", "session",
    )  # fmt: skip


def test_what_others_changed_in_other_fields_stays(event: Event, user: User) -> None:
    opening = part(event, "Opening", "09:00", "09:30")
    mine = set_(opening, to="09:45")
    apply(event, user, set_(opening, titles__en="Welcome"))
    apply(event, user, mine)
    assert (stored(opening).title_en, hours(opening)) == ("Welcome", ["09:00–09:45"])


def test_what_others_changed_in_the_same_field_is_refused_with_both(
    event: Event, user: User
) -> None:
    opening, lunch = (
        part(event, "Opening", "09:00", "09:30"),
        part(event, "Lunch", "12:00", "13:00"),
    )
    mine = [set_(lunch, to="13:30"), set_(opening, to="09:45")]
    apply(event, user, set_(opening, to="09:40"))
    with pytest.raises(edits.Refused) as refusal:
        apply(event, user, *mine)
    (fault,) = refusal.value.faults
    assert (fault.index, fault.id, fault.field) == (1, opening.pk, "to")
    assert (fault.theirs, fault.yours) == ("09:40", "09:45")
    assert hours(opening, lunch) == ["09:00–09:40", "12:00–13:00"]


def test_the_same_change_of_both_is_no_collision(event: Event, user: User) -> None:
    opening = part(event, "Opening", "09:00", "09:30")
    mine = set_(opening, to="09:45")
    apply(event, user, mine)
    assert apply(event, user, mine).undo == []


def test_a_part_is_added_after_another_and_taken_back(event: Event, user: User) -> None:
    hall = room(event, "Hall")
    opening = part(event, "Opening", "09:00", "09:30", place=hall)
    add = {
        "op": "add",
        "key": "a",
        "next_to": opening.pk,
        "to": {"title": "Keynote", "to": "10:00"},
    }
    done = apply(event, user, add)
    row = Event.objects.get(pk=done.made["a"])
    assert (row.title_en, hours(row), row.place, row.status, row.team) == (
        "Keynote", ["09:30–10:00"], hall, "draft", event.team,
    )  # fmt: skip
    apply(event, user, *done.undo)
    assert not Event.objects.filter(pk=row.pk).exists()


def test_a_chinese_title_goes_into_its_column(event: Event, user: User) -> None:
    done = apply(event, user, {"op": "add", "key": "a", "to": {"title": "開幕典禮", "on": None}})
    row = Event.objects.get(pk=done.made["a"])
    assert (row.title_zh_hant, row.title_en or "", row.precision) == ("開幕典禮", "", "unknown")


def test_a_room_is_made_and_used_in_one_list(event: Event, user: User) -> None:
    opening = part(event, "Opening", "09:00", "09:30")
    make = {"op": "room", "key": "r", "name": "Pearl Room", "parent_place": None}
    done = apply(event, user, make, set_(opening, room="r"))
    row = stored(opening)
    assert row.place
    assert (row.place.name, row.place.parent, row.place.kind) == (
        "Pearl Room",
        event.place,
        "room",
    )
    again = apply(event, user, {**make, "name": "pearl room"})
    assert (again.made["r"], again.undo) == (row.place_id, [])
    apply(event, user, *done.undo)
    assert stored(opening).place == event.place
    assert not Place.objects.filter(pk=done.made["r"]).exists()


def test_all_faults_of_a_list_are_told_and_nothing_is_stored(event: Event, user: User) -> None:
    opening = part(event, "Opening", "09:00", "09:30")
    add = {"op": "add", "key": "a", "to": {"title": "", "from": "10:00"}}
    wrong = {"op": "add", "key": "b", "to": {"title": "Late", "from": "25:00"}}
    away = {"op": "add", "key": "c", "to": {"title": "Away", "on": "2026-12-09"}}
    with pytest.raises(edits.Refused) as refusal:
        apply(event, user, set_(opening, to="09:45"), add, wrong, away)
    assert [(fault.index, fault.field) for fault in refusal.value.faults] == [
        (1, "title"), (2, "from"), (3, "on"),
    ]  # fmt: skip
    assert Event.objects.filter(parent=event).count() == 1
    assert hours(opening) == ["09:00–09:30"]


def test_an_end_before_the_start_is_of_the_next_day_or_wrong(event: Event, user: User) -> None:
    event.end_on = date(2026, 12, 3)
    event.save()
    dinner = part(event, "Dinner", "20:00", "22:00")
    done = apply(event, user, set_(dinner, to="00:30"))
    assert (stored(dinner).end_on, stored(dinner).end_time) == (date(2026, 12, 3), time(0, 30))
    apply(event, user, *done.undo)
    assert stored(dinner).end_on == date(2026, 12, 2)
    with pytest.raises(edits.Refused) as refusal:
        apply(event, user, set_(dinner, from_="10:00", to="09:30"))
    assert [fault.field for fault in refusal.value.faults] == ["to"]


@pytest.mark.parametrize(
    ("to", "last"),
    [({"from_": "18:30"}, 4), ({"to": "09:00"}, 4), ({"to": "20:00"}, 4), ({"from_": "07:00"}, 4)],
)
def test_hours_of_a_part_of_several_days_keep_its_last_day(
    event: Event, user: User, to: dict[str, str], last: int
) -> None:
    Event.objects.filter(pk=event.pk).update(end_on=date(2026, 12, 5))
    fair = part(event, "Fair", "18:00", "08:00", end_on=date(2026, 12, 4))
    apply(event, user, set_(fair, **to))
    assert stored(fair).end_on == date(2026, 12, last)


def test_a_flight_over_the_date_line_still_arrives_before_it_leaves(
    event: Event, user: User
) -> None:
    Event.objects.filter(pk=event.pk).update(end_on=date(2026, 12, 5))
    zones = {"timezone": "Asia/Tokyo", "end_timezone": "Pacific/Honolulu"}
    flight = part(event, "Flight", "20:00", "08:00", kind="transfer", **zones)
    apply(event, user, set_(flight, from_="20:30"))
    assert stored(flight).end_on == date(2026, 12, 2)


def test_a_night_of_many_hours_begins_later(event: Event, user: User) -> None:
    Event.objects.filter(pk=event.pk).update(end_on=date(2026, 12, 5))
    train = part(event, "Night train", "17:00", "09:00", end_on=date(2026, 12, 3))
    apply(event, user, set_(train, from_="18:00"))
    assert (stored(train).start_time, stored(train).end_on) == (time(18), date(2026, 12, 3))


def test_a_block_is_shifted_with_what_is_below_and_taken_back_at_once(
    event: Event, user: User
) -> None:
    event.end_on = date(2026, 12, 3)
    event.save()
    session = part(event, "Session", "10:00", "11:00")
    talk = part(session, "Talk", "10:00", "10:30")
    tray = part(event, "Some time")
    done = apply(event, user, {"op": "shift", "ids": [session.pk, tray.pk, talk.pk], "minutes": 20})
    assert hours(session, talk) == ["10:20–11:20", "10:20–10:50"]
    assert done.touched == {session.pk, talk.pk}
    apply(event, user, *done.undo)
    assert hours(session, talk) == ["10:00–11:00", "10:00–10:30"]
    done = apply(event, user, {"op": "shift", "ids": [session.pk], "days": 1})
    assert stored(talk).start_on == date(2026, 12, 3)
    apply(event, user, *done.undo)
    assert stored(session).start_on == stored(talk).start_on == date(2026, 12, 2)


def test_a_part_that_moves_takes_what_is_below_it_along(event: Event, user: User) -> None:
    session = part(event, "Session", "10:00", "11:00")
    talk = part(session, "Talk", "10:00", "10:30")
    apply(event, user, set_(session, from_="14:00", to="15:00"))
    assert hours(session, talk) == ["14:00–15:00", "14:00–14:30"]
    apply(event, user, set_(session, to="16:00"))
    assert hours(session, talk) == ["14:00–16:00", "14:00–14:30"]


def test_a_duplicate_follows_its_original(event: Event, user: User) -> None:
    speaker = factories.person()
    talk = part(event, "Talk", "10:00", "10:30", visibility="public")
    factories.attendee(event=talk, person=speaker, role="speaker")
    done = apply(event, user, {"op": "duplicate", "id": talk.pk, "key": "d"})
    row = Event.objects.get(pk=done.made["d"])
    assert (row.title_en, hours(row), row.uid == talk.uid) == ("Talk", ["10:30–11:00"], False)
    assert [a.person for a in Attendee.objects.filter(event=row)] == [speaker]


def test_a_duplicate_has_the_description_in_each_language(event: Event, user: User) -> None:
    texts = {"description_en": "Doors at nine.", "description_zh_hant": "九時入場。"}
    talk = part(event, "Talk", "10:00", "10:30", **texts)
    with override("zh-hans"):
        done = apply(event, user, {"op": "duplicate", "id": talk.pk, "key": "d"})
    row = Event.objects.get(pk=done.made["d"])
    assert [getattr(row, name) or "" for name in columns("description")] == [
        "Doors at nine.", "", "九時入場。",
    ]  # fmt: skip


def test_speakers_are_found_made_and_taken_off(event: Event, user: User) -> None:
    known = factories.person(team=event.team, family_name="Chan", given_name="Tai-man")
    talk = part(event, "Talk", "10:00", "10:30")
    edit = {"op": "set", "id": talk.pk, "was": {"speakers": []},
            "to": {"speakers": [known.pk, "Jane Smith"]}}  # fmt: skip
    done = apply(event, user, edit)
    rows = Attendee.objects.filter(event=talk, role="speaker").order_by("pk")
    assert [str(row.person) for row in rows] == [str(known), "Jane SMITH"]
    apply(event, user, *done.undo)
    assert not Attendee.objects.filter(event=talk).exists()
    with pytest.raises(edits.Refused) as refusal:
        apply(event, user, {**edit, "was": {"speakers": [known.pk]}, "to": {"speakers": [3]}})
    assert [fault.field for fault in refusal.value.faults] == ["speakers"]


def test_a_participant_who_was_to_speak_is_one_again_when_it_is_undone(
    event: Event, user: User
) -> None:
    talk = part(event, "Talk", "10:00", "10:30")
    row = factories.attendee(event=talk, role="participant", partstat="accepted")
    edit = {
        "op": "set",
        "id": talk.pk,
        "was": {"speakers": []},
        "to": {"speakers": [row.person_id]},
    }
    done = apply(event, user, edit)
    assert Attendee.objects.get(event=talk).role == "speaker"
    apply(event, user, *json.loads(json.dumps(done.undo)))
    row.refresh_from_db()
    assert (row.role, row.is_off_the_list) == ("participant", False)


def test_an_invited_speaker_who_was_taken_off_speaks_again_when_it_is_undone(
    event: Event, user: User
) -> None:
    Event.objects.filter(pk=event.pk).update(status="confirmed")
    talk = part(event, "Talk", "10:00", "10:30", status="confirmed")
    row = factories.attendee(event=talk, role="speaker", partstat="accepted", seat="confirmed")
    speaks = {"was": {"speakers": [row.person_id]}, "to": {"speakers": []}}
    done = apply(event, user, {"op": "set", "id": talk.pk, **speaks})
    row.refresh_from_db()
    assert row.is_off_the_list
    apply(event, user, *done.undo)
    row.refresh_from_db()
    assert (row.role, row.seat) == ("speaker", "confirmed")


@pytest.mark.parametrize(("verb", "status"), [("cancel", "cancelled"), ("postpone", "postponed")])
def test_a_step_is_taken_with_several_and_taken_back(
    event: Event, user: User, verb: str, status: str
) -> None:
    Event.objects.filter(pk=event.pk).update(status="confirmed")
    factories.organiser(event)
    one, two = (part(event, title, "10:00", "10:30", status="confirmed") for title in ("A", "B"))
    step = {"op": "step", "ids": [one.pk, two.pk], "verb": verb, "reason": "Snow"}
    done = apply(event, user, step)
    assert {(stored(row).status, stored(row).cancellation_reason) for row in (one, two)} == {
        (status, "Snow")
    }
    apply(event, user, *done.undo)
    assert {stored(row).status for row in (one, two)} == {"confirmed"}


def test_announcing_a_draft_is_for_good_and_confirming_is_not(event: Event, user: User) -> None:
    Event.objects.filter(pk=event.pk).update(status="tentative")
    factories.organiser(event)
    talk = part(event, "Talk", "10:00", "10:30")
    done = apply(event, user, {"op": "step", "ids": [talk.pk], "verb": "propose"})
    assert (done.undo, done.is_final) == ([], True)
    done = apply(event, user, {"op": "step", "ids": [talk.pk], "verb": "publish"})
    assert stored(talk).status == "confirmed"
    apply(event, user, *done.undo)
    assert stored(talk).status == "tentative"


def test_a_deleted_draft_is_put_back_with_its_parts(event: Event, user: User) -> None:
    session = part(event, "Session", "10:00", "11:00")
    talk = part(session, "Talk", "10:00", "10:30")
    done = apply(event, user, {"op": "step", "ids": [session.pk], "verb": "delete"})
    assert done.gone == {session.pk, talk.pk}
    apply(event, user, *done.undo)
    assert (stored(session).title_en, stored(talk).parent) == ("Session", session)


def test_a_draft_is_deleted_together_with_its_parts_that_are_chosen_too(
    event: Event, user: User
) -> None:
    session = part(event, "Session", "10:00", "11:00")
    talk = part(session, "Talk", "10:00", "10:30")
    done = apply(event, user, {"op": "step", "ids": [session.pk, talk.pk], "verb": "delete"})
    assert done.gone == {session.pk, talk.pk}
    apply(event, user, *done.undo)
    assert (stored(session).title_en, stored(talk).parent) == ("Session", session)


def test_parts_of_others_cannot_be_changed(event: Event) -> None:
    viewer = factories.user(member_of=event.team, role="viewer")
    stranger = factories.user(member_of=factories.team())
    talk = part(event, "Talk", "10:00", "10:30", visibility="internal")
    shown = part(event, "Shown", "10:00", "10:30", visibility="participants")
    for who, row, reason in (
        (viewer, shown, edits.NoRight), (viewer, talk, edits.Gone), (stranger, shown, edits.Gone),
    ):  # fmt: skip
        with pytest.raises(edits.Refused) as refusal:
            apply(event, who, set_(row, to="11:00"))
        assert [type(fault.reason) for fault in refusal.value.faults] == [reason]


@pytest.mark.parametrize(
    "edit",
    [
        "text", {}, {"op": "fly"}, {"op": "set", "id": 1}, {"op": "set", "id": "1", "was": {}},
        {"op": "set", "id": 10**30, "was": {"to": None}, "to": {"to": None}},
        {"op": "add", "to": {"slug": "x"}}, {"op": "add", "to": {"titles": []}},
        {"op": "shift", "ids": [], "minutes": 5}, {"op": "shift", "ids": [1], "minutes": True},
        {"op": "shift", "ids": [1], "minutes": 10**30}, {"op": "step", "ids": [1], "verb": "fly"},
        {"op": "room", "key": "a"}, {"op": "add", "to": {"title": "A", "speakers": "B"}},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_malformed(event: Event, user: User, edit: object) -> None:
    with pytest.raises((edits.Malformed, edits.Refused)):
        edits.apply(event=event, edits=[edit], user=user, now=factories.NOW)  # type: ignore[list-item]
