"""The grid of a programme over HTTP: its page, its data and what has changed since, its edits."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events.models import Delivery, Event, Place, Team
from events.models.base import history
from tests import factories
from tests.events.admin import screens
from tests.events.domain.schedule.grids import conference, hours, part, room, set_


@pytest.fixture
def event(ours: Team) -> Event:
    return conference(ours)


def address(event: Event, view: str = "") -> str:
    return f"/admin/events/event/{event.pk}/programme/{view}"


def data(client: Client, event: Event, since: str = "") -> Any:
    answer = client.get(address(event, "data/"), {"since": since} if since else {})
    assert answer.status_code == 200
    return answer.json()


def send(client: Client, event: Event, *edits: Any) -> Any:
    body = json.dumps({"edits": list(edits)})
    return client.post(address(event, "edits/"), body, content_type="application/json")


def test_the_data_has_parts_rooms_and_hubs(event: Event, organiser: Client) -> None:
    hall, speaker = room(event, "Hall"), factories.person(family_name="Lee", given_name="Ann")
    session = part(event, "Session", "10:00", "11:00", place=hall)
    talk = part(session, "Talk", "10:00", "10:30", place=hall, after=session)
    factories.attendee(event=talk, person=speaker, role="speaker")
    factories.hub(event=event)
    found = data(organiser, event)
    assert [(row["title"], row["depth"], row["parent"]) for row in found["parts"]] == [
        ("Session", 1, event.pk), ("Talk", 2, session.pk),
    ]  # fmt: skip
    row = found["parts"][1]
    assert row == row | {
        "titles": {"en": "Talk", "zh_hans": "", "zh_hant": ""}, "kind": "session",
        "on": "2026-12-02", "from": "10:00", "until_on": "2026-12-02", "to": "10:30",
        "room": hall.pk, "place": "Hall", "status": "draft", "visibility": "public",
        "zone": "Asia/Shanghai", "may_change": True, "after": session.pk,
        "speakers": [{"id": speaker.pk, "name": str(speaker)}],
        "may": ["propose", "publish", "delete"], "url": f"/admin/events/event/{talk.pk}/",
    }  # fmt: skip
    assert found["rooms"] == [{"id": hall.pk, "name": "Hall", "capacity": None}]
    assert [(hub["name"], hub["zone"]) for hub in found["hubs"]] == [("Manila", "Asia/Manila")]
    assert found["event"]["may_add"]
    assert found["waiting"] == {"changes": 0, "people": 0, "may_tell": True}


def test_edits_are_stored_and_answered_with_what_takes_them_back(
    event: Event, organiser: Client
) -> None:
    talk = part(event, "Talk", "10:00", "10:30")
    answer = send(organiser, event, set_(talk, to="10:45"))
    assert answer.status_code == 200
    found = answer.json()
    assert [row["to"] for row in found["parts"]] == ["10:45"]
    back = send(organiser, event, *found["undo"])
    assert (back.status_code, hours(talk)) == (200, ["10:00–10:30"])


def test_a_refusal_names_edit_field_and_both_values(event: Event, organiser: Client) -> None:
    talk = part(event, "Talk", "10:00", "10:30")
    late = set_(talk, to="10:50")
    send(organiser, event, set_(talk, to="10:45"))
    answer = send(organiser, event, late)
    assert answer.status_code == 409
    assert answer.json() == {
        "refused": [
            {
                "index": 0, "id": talk.pk, "field": "to", "theirs": "10:45", "yours": "10:50",
                "reason": "Somebody else has changed this meanwhile.",
            }
        ]
    }  # fmt: skip


def test_what_is_new_since_a_stamp(event: Event, organiser: Client) -> None:
    one, two = part(event, "One", "10:00", "10:30"), part(event, "Two", "11:00", "11:30")
    for model in (Event, factories.Attendee):
        past = history.of(model)
        assert past is not None
        for record in past.all():
            record.history_date -= timedelta(minutes=1)
            record.save()
    stamp = data(organiser, event)["stamp"]
    assert data(organiser, event, stamp)["parts"] == []
    send(organiser, event, set_(two, to="11:45"))
    assert [row["id"] for row in data(organiser, event, stamp)["parts"]] == [two.pk]
    factories.attendee(event=one, role="speaker")
    assert {row["id"] for row in data(organiser, event, stamp)["parts"]} == {one.pk, two.pk}
    send(organiser, event, {"op": "step", "ids": [one.pk], "verb": "delete"})
    later = data(organiser, event, stamp)
    assert later["ids"] == [two.pk] or later["ids"] == [one.pk, two.pk]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"edits": {}}', '{"edits": [3]}', "[" * 100_000])
def test_what_cannot_be_read_is_refused(event: Event, organiser: Client, body: str) -> None:
    answer = organiser.post(address(event, "edits/"), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["refused"][0]["reason"]


@pytest.mark.parametrize(
    "edit",
    [
        {"op": []}, {"op": "step", "ids": ["talk"], "verb": {}}, {"op": "shift", "ids": [[1]]},
        {"op": "add", "to": {"title": "\ud83d"}}, {"op": "room", "key": "r", "name": "\ud83d"},
        {"op": "set", "id": "talk", "was": {"speakers": []}, "to": {"speakers": ["\ud83d"]}},
        {"op": "set", "id": "talk", "was": {"after": None}, "to": {"after": "talk"}},
        {"op": "set", "id": "talk", "was": {"on": "2026-12-02", "to": "11:00"},
         "to": {"on": "9999-12-31", "to": "01:00"}},
    ],
)  # fmt: skip
def test_odd_values_are_refused(event: Event, organiser: Client, edit: dict[str, Any]) -> None:
    talk = part(event, "Talk", "10:00", "11:00")
    body = json.dumps({"edits": [edit]}).replace('"talk"', str(talk.pk))
    answer = organiser.post(address(event, "edits/"), body, content_type="application/json")
    assert answer.status_code in (400, 409)


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"])
def test_a_stamp_that_no_clock_shows_is_none(event: Event, organiser: Client, since: str) -> None:
    assert data(organiser, event, since)["ids"] == []


def test_a_reason_is_stored_without_what_no_database_keeps(event: Event, organiser: Client) -> None:
    Event.objects.filter(pk=event.pk).update(status="confirmed")
    talk = part(event, "Talk", "10:00", "11:00", status="confirmed")
    step = {"op": "step", "ids": [talk.pk], "verb": "postpone", "reason": "Storm\0"}
    assert send(organiser, event, step).status_code == 200
    assert Event.objects.get(pk=talk.pk).cancellation_reason == "Storm"


def test_too_much_is_refused(event: Event, organiser: Client) -> None:
    many = [{"op": "add", "to": {"title": "A"}}] * 201
    assert send(organiser, event, *many).status_code == 400
    assert send(organiser, event, {"op": "add", "to": {"title": "A" * 600_000}}).status_code == 400
    assert not Event.objects.filter(parent=event).exists()


def test_viewers_read_and_strangers_see_nothing(event: Event, ours: Team, theirs: Team) -> None:
    talk = part(event, "Talk", "10:00", "10:30", visibility="participants")
    part(event, "Canary", "10:00", "10:30", visibility="internal")
    viewer = factories.user(member_of=ours, role="viewer")
    stranger = factories.user(member_of=theirs)
    client = Client()
    client.force_login(viewer)
    found = data(client, event)
    assert [(row["title"], row["may_change"], row["may"]) for row in found["parts"]] == [
        ("Talk", False, [])
    ]
    assert not found["event"]["may_add"]
    assert client.get(address(event)).status_code == 200
    assert send(client, event, set_(talk, to="10:45")).status_code == 403
    client.force_login(stranger)
    for view in ("", "data/"):
        assert client.get(address(event, view)).status_code == 404
    assert send(client, event, set_(talk, to="10:45")).status_code == 404


def test_places_of_other_teams_are_neither_named_nor_built_upon(
    event: Event, theirs: Team, organiser: Client
) -> None:
    canary = factories.place(team=theirs, name="Canary", slug="canary", kind="venue")
    factories.hub(event=event, place=canary)
    Event.objects.filter(pk=event.pk).update(place=canary)
    assert "Canary" not in json.dumps(data(organiser, event))
    answer = send(organiser, event, {"op": "room", "key": "hall", "name": "Hall"})
    hall = Place.objects.get(pk=answer.json()["made"]["hall"])
    assert (hall.parent, "canary" in hall.slug) == (None, False)


def test_edits_need_a_token_against_forgery(event: Event, ours: Team) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(member_of=ours))
    assert send(client, event, {"op": "add", "to": {"title": "A"}}).status_code == 403


def test_the_queries_do_not_depend_on_the_number_of_parts(event: Event, organiser: Client) -> None:
    def cost() -> int:
        return screens.cost(organiser, address(event, "data/"))

    def more(number: int) -> None:
        for _ in range(number):
            row = part(event, "Talk", "10:00", "10:30", place=room(event, "Hall"))
            factories.attendee(event=row, role="speaker")

    more(1)
    first = cost()
    more(2)
    assert cost() == first
    more(factories.MANY)
    assert cost() == first


def post(client: Client, event: Event, view: str, **body: Any) -> Any:
    return client.post(address(event, view), json.dumps(body), content_type="application/json")


def test_the_mails_of_edits_are_decided_once(event: Event, organiser: Client) -> None:
    Event.objects.filter(pk=event.pk).update(status="confirmed")
    factories.attendee(event=event)
    talk = part(event, "Talk", "10:00", "10:30", status="confirmed")
    sent = send(organiser, event, set_(talk, to="10:45")).json()
    assert sent["waiting"] == {"changes": 1, "people": 1, "may_tell": True}
    assert post(organiser, event, "telling/", choice="soon").status_code == 400
    assert post(organiser, event, "telling/", choice="now").json() == {"told": 1}
    assert data(organiser, event)["waiting"]["people"] == 0
    assert Delivery.objects.get().state == "pending"


def test_pasted_lines_are_read_and_nothing_is_stored(event: Event, organiser: Client) -> None:
    room(event, "Pearl")
    text = "9:00-9:30\tRegistration\tPearl\nten past\tBroken\tPearl\n10:00\t午餐\tPearl\tAnn Lee\n"
    found = post(organiser, event, "lines/", text=f"Time\tSession\tRoom\tSpeaker\n{text}").json()
    assert [(row["title"], row["kind"], row["from"], row["room"]) for row in found["lines"]] == [
        ("Registration", "registration", "09:00", "Pearl"), ("Broken", "session", None, "Pearl"),
        ("午餐", "meal", "10:00", "Pearl"),
    ]  # fmt: skip
    assert [row["errors"] for row in found["lines"]] == [{}, {"from": "“ten past” is no time."}, {}]
    assert not Event.objects.filter(parent=event).exists()
    assert post(organiser, event, "lines/", text=3).status_code == 400


def test_people_and_places_are_found(event: Event, organiser: Client) -> None:
    hall = room(event, "Pearl Hall")
    answer = organiser.get(address(event, "find/"), {"find": "pearl", "what": "place"})
    assert [row["key"] for row in answer.json()["found"]] == [hall.pk]


def test_viewers_neither_tell_nor_paste_nor_search(event: Event, viewer: Client) -> None:
    assert post(viewer, event, "telling/", choice="now").status_code == 403
    assert post(viewer, event, "lines/", text="A").status_code == 403
    assert viewer.get(address(event, "find/"), {"find": "a"}).status_code == 403
    page = viewer.get(address(event))
    assert b"csrfmiddlewaretoken" not in page.content.split(b'id="programme"')[1]


def test_the_grid_is_a_click_from_home_and_form(event: Event, organiser: Client) -> None:
    home = organiser.get(f"/admin/events/event/{event.pk}/").content.decode()
    assert f'href="{address(event)}"' in home
    assert organiser.get(f"/admin/events/event/{event.pk}/grid/").headers["Location"] == address(
        event
    )
