"""Saving events: derived values, refusals, and effects."""

from datetime import date, time
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from events.models import Attendee, Event, EventPlace, PromotionConference, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import form_of, save
from tests.office import Office

ADD = "/admin/events/promotionconference/add/"


def add(client: Client, **values: Any) -> Any:
    return client.post(ADD, {**form_of(client.get(ADD)), **values})


def errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200, "the form was taken"
    return page.context["adminform"].form.errors


def test_a_new_event_gets_its_kind_zone_last_day_and_short_name(
    ours: Team, organiser: Client
) -> None:
    shanghai = screens.place(ours, "Shanghai")
    hall = screens.place(ours, "Hall", timezone="")
    hall.parent = shanghai
    hall.save()
    page = add(organiser, title_en="Going Global", start_on="2026-12-02", place=hall.pk)
    assert page.status_code == 302
    event = Event.objects.get()
    assert (event.kind, event.timezone, event.end_on, event.slug, event.team, event.status) == (
        "promotion_conference", "Asia/Shanghai", date(2026, 12, 2), "going-global", ours, "draft",
    )  # fmt: skip


def test_a_month_fills_in_its_first_and_last_day(ours: Team, organiser: Client) -> None:
    add(organiser, title_en="Some day", precision="month", start_on="2026-12-14")
    event = Event.objects.get()
    assert (event.start_on, event.end_on) == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_choice_that_is_no_row_is_refused_beside_its_field(organiser: Client) -> None:
    page = add(organiser, title_en="Talk", precision="unknown", place="nowhere")
    assert list(errors(page)) == ["place"]


def test_a_chinese_title_alone_is_enough(ours: Team, organiser: Client) -> None:
    add(organiser, title_zh_hant="走出去推介會", precision="unknown")
    event = Event.objects.get()
    assert event.title_zh_hant == "走出去推介會"
    assert event.slug.startswith("promotionconference-")


def test_no_title_at_all_is_refused(ours: Team, organiser: Client) -> None:
    assert list(errors(add(organiser, precision="unknown"))) == ["title_en"]


def test_two_events_of_one_name_get_two_short_names(ours: Team, organiser: Client) -> None:
    for _ in range(2):
        add(organiser, title_en="Going Global", precision="unknown")
    first, second = Event.objects.order_by("pk")
    assert first.slug == "going-global"
    assert second.slug.startswith("going-global-")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "start_on"),
        ({"start_on": "2026-12-02"}, "timezone"),
        ({"start_on": "2026-12-02", "end_on": "2026-12-01", "timezone": "Asia/Dubai"}, "end_on"),
        ({"start_on": "2026-12-02", "timezone": "CST"}, "timezone"),
        ({"start_on": "2026-12-02", "precision": "time", "timezone": "Asia/Dubai"}, "start_time"),
        ({"start_on": "2026-12-02", "end_time": "09:30", "timezone": "Asia/Dubai"}, "start_time"),
        ({"start_on": "2026-12-02", "start_time": "25:30", "timezone": "Asia/Dubai"}, "start_time"),
    ],
    ids=str,
)
def test_a_date_that_contradicts_itself_is_explained_at_its_field(
    values: dict[str, str], field: str, ours: Team, organiser: Client
) -> None:
    found = errors(add(organiser, title_en="x", **values))
    assert {name: len(told) for name, told in found.items()} == {field: 1}


def test_a_date_without_a_zone_says_no_precision(organiser: Client) -> None:
    values = {"start_on": "2026-12-02", "start_time": "09:30"}
    found = errors(add(organiser, title_en="x", **values))
    assert found == {"timezone": ["is required for an exact date"]}


def dated(**columns: Any) -> Event:
    """Add a promotion conference on 2 December 2026 in Dubai; return it."""
    client = Client()
    client.force_login(factories.user(member_of=factories.team()))
    values = {"title_en": "x", "start_on": "2026-12-02", "timezone": "Asia/Dubai", **columns}
    assert add(client, **values).status_code == 302
    return Event.objects.order_by("-pk")[0]


@pytest.mark.parametrize(
    ("values", "precision", "hours"),
    [
        ({"start_time": "09:30"}, "time", (time(9, 30), None)),
        ({"start_time": "09:30", "precision": "month"}, "time", (time(9, 30), None)),
        ({}, "day", (None, None)),
        ({"precision": "quarter"}, "quarter", (None, None)),
    ],
    ids=str,
)
@pytest.mark.django_db
def test_the_precision_of_a_new_event_follows_from_its_time(
    values: dict[str, str], precision: str, hours: tuple[time | None, ...]
) -> None:
    event = dated(**values)
    assert (event.precision, (event.start_time, event.end_time)) == (precision, hours)


@pytest.mark.parametrize(
    ("values", "precision"),
    [
        ({"start_time": ""}, "day"),
        ({"start_time": "", "end_time": ""}, "day"),
        ({"precision": "month", "end_on": ""}, "month"),
        ({"start_time": "10:00"}, "time"),
        ({"precision": "day", "start_time": "10:00"}, "time"),
    ],
    ids=str,
)
def test_the_precision_of_a_stored_event_follows_from_its_time(
    values: dict[str, str], precision: str, ours: Team, organiser: Client
) -> None:
    event = screens.event(ours, "row", status="draft", end_on=date(2026, 12, 2))
    assert save(organiser, event, **values).status_code == 302
    event.refresh_from_db()
    assert (event.precision, event.start_time is None) == (precision, precision != "time")


def test_the_zone_follows_the_place_unless_it_was_chosen(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    dubai = screens.place(ours, "Dubai", timezone="Asia/Dubai")
    tokyo = screens.place(ours, "Tokyo", timezone="Asia/Tokyo")
    zones = []
    for values in (
        {"place": dubai.pk},
        {"place": tokyo.pk, "timezone": "Asia/Seoul"},
        {"place": dubai.pk},
    ):
        assert save(organiser, event, **values).status_code == 302
        event.refresh_from_db()
        zones.append(event.timezone)
    assert zones == ["Asia/Dubai", "Asia/Seoul", "Asia/Seoul"]


def test_the_end_of_a_transfer_has_the_zone_of_the_place_of_arrival(
    ours: Team, organiser: Client
) -> None:
    flight = screens.event(ours, "row", kind="transfer", end_on=date(2026, 12, 2))
    dubai = screens.place(ours, "Dubai", timezone="Asia/Dubai")
    assert save(organiser, flight, end_place=dubai.pk).status_code == 302
    flight.refresh_from_db()
    assert (flight.timezone, flight.end_timezone) == ("Asia/Shanghai", "Asia/Dubai")


def test_a_change_is_counted_and_an_unchanged_form_is_not(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    assert save(organiser, event).status_code == 302
    event.refresh_from_db()
    assert (event.sequence, event.revision) == (0, 0)
    save(organiser, event, start_on="2026-12-01")
    event.refresh_from_db()
    assert (event.sequence, event.revision) == (1, 1)


def test_a_new_hub_is_a_visible_change(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    hub = screens.place(ours, "Dubai")
    added = {
        "place_roles-TOTAL_FORMS": 1,
        "place_roles-0-place": hub.pk,
        "place_roles-0-role": "hub",
        "place_roles-0-position": 1,
    }
    assert save(organiser, event, **added).status_code == 302
    event.refresh_from_db()
    assert (EventPlace.objects.get().place, event.sequence, event.revision) == (hub, 0, 1)


def test_a_new_reminder_is_planned_at_once(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", start_on=date(2099, 12, 2), end_on=date(2099, 12, 2))
    added = {
        "reminder_rules-TOTAL_FORMS": 1,
        "reminder_rules-0-offset": 1,
        "reminder_rules-0-offset_kind": "nominal_days",
        "reminder_rules-0-at_local_time": "09:00",
        "reminder_rules-0-clock": "event",
        "reminder_rules-0-enabled": "on",
        "reminder_rules-0-topic": "reminder",
        "reminder_rules-0-answers": "expected",
    }
    assert save(organiser, event, **added).status_code == 302
    assert [row.state for row in event.reminder_occurrences.all()] == ["planned"]


def test_an_event_cannot_be_part_of_itself(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    part = screens.event(ours, "part", parent=event, end_on=date(2026, 12, 2))
    assert list(errors(save(organiser, event, parent=part.pk))) == ["parent"]


def test_a_programme_of_five_levels_is_refused(ours: Team, organiser: Client) -> None:
    above = None
    for level in range(4):
        above = screens.event(ours, f"level {level}", parent=above)
    fifth = screens.event(ours, "fifth", end_on=date(2026, 12, 2))
    assert above
    assert list(errors(save(organiser, fifth, parent=above.pk))) == ["parent"]


@pytest.mark.parametrize(("kind", "refused"), [("session", True), ("deadline", False)])
def test_a_part_lies_inside_what_it_is_part_of(
    kind: str, refused: bool, ours: Team, organiser: Client
) -> None:
    days = {"precision": "day", "start_on": date(2026, 12, 2), "end_on": date(2026, 12, 4)}
    expo = screens.event(ours, "expo", **days)
    part = screens.event(ours, "part", **days, kind=kind)
    page = save(organiser, part, parent=expo.pk, end_on="2026-12-05")
    assert (page.status_code == 302) is not refused
    if refused:
        assert list(errors(page)) == ["start_on"]


def reasons(page: Any, field: str) -> str:
    return " ".join(errors(page)[field])


def test_an_event_does_not_shrink_around_its_parts_and_they_are_named(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    expo = screens.event(ours, "expo", **factories.days(5, 10))
    for team, word, day in ((ours, "Keynote", 5), (ours, "Tour", 6), (theirs, "CANARY", 10)):
        screens.event(team, word, parent=expo, **factories.days(day))
    page = save(organiser, expo, start_on="2026-12-06", end_on="2026-12-09")
    assert reasons(page, "start_on") == (
        "Outside the days of “expo” would lie: Keynote; (not visible)."
    )
    assert b"CANARY" not in page.content


def test_who_opened_an_event_before_it_was_moved_does_not_move_it_back(
    ours: Team, organiser: Client
) -> None:
    expo = screens.event(ours, "expo", **factories.days(5))
    url = screens.address(Event, "change", expo.pk)
    opened = form_of(organiser.get(url))
    Office(organiser).step(expo, "move", start_on="2026-12-08", end_on="2026-12-08")
    page = organiser.post(url, {**opened, "title_en": "Big expo"})
    assert "Somebody has changed this event" in " ".join(errors(page)["__all__"])
    expo.refresh_from_db()
    assert (expo.start_on, expo.title_en) == (date(2026, 12, 8), "expo")


def test_two_legs_overlap_by_a_day_of_travel_at_most(ours: Team, organiser: Client) -> None:
    mission = screens.event(ours, "mission", **factories.days(10, 15))
    legs = {"kind": "leg", "parent": mission}
    screens.event(ours, "Doha", **legs, **factories.days(11, 12))
    kuwait = screens.event(ours, "Kuwait", **legs, **factories.days(13, 14))
    page = save(organiser, kuwait, start_on="2026-12-11")
    assert "“Doha”" in reasons(page, "start_on")
    assert save(organiser, kuwait, start_on="2026-12-12").status_code == 302


def test_nothing_is_put_into_what_is_cancelled(ours: Team, organiser: Client) -> None:
    expo = screens.event(ours, "expo", status="cancelled")
    part = screens.event(ours, "part", end_on=date(2026, 12, 2))
    assert "“expo”" in reasons(save(organiser, part, parent=expo.pk), "parent")


def test_a_day_that_people_know_is_not_lost(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", **factories.days(2))
    page = save(organiser, event, precision="month", end_on="")
    assert "postpone" in reasons(page, "precision")


@pytest.mark.parametrize("view", ["change", "add"])
def test_no_form_changes_a_status(view: str, ours: Team, organiser: Client) -> None:
    forged = {"status": "cancelled", "cancellation_reason": "forged"}
    if view == "add":
        add(organiser, title_en="row", precision="unknown", **forged)
    else:
        event = screens.event(ours, "row", status="draft", **factories.days(2))
        assert b"draft" in organiser.get(screens.address(Event, "change", event.pk)).content
        assert save(organiser, event, **forged).status_code == 302
    row = Event.objects.get()
    assert (row.status, row.cancellation_reason) == ("draft", "")


def test_a_reported_part_outside_is_taken_with_a_warning(superuser: Client) -> None:
    days = {"precision": "day", "start_on": date(2025, 12, 2), "end_on": date(2025, 12, 4)}
    expo = screens.event(None, "expo", **days)
    part = screens.event(None, "part", **days)
    answer = save(superuser, part, parent=expo.pk, end_on="2025-12-05")
    assert answer.status_code == 302
    assert b"lies outside the days of" in superuser.get(answer.url).content


def test_only_drafts_are_deleted_and_the_refusal_says_what_to_do(
    ours: Team, organiser: Client
) -> None:
    draft = screens.event(ours, "draft", status="draft")
    event = screens.event(ours, "row")
    url = screens.address(Event, "delete", event.pk)
    page = organiser.post(url, {"post": "yes"}, follow=True)
    assert b"Cancel it instead of deleting it" in page.content
    organiser.post(screens.address(Event, "delete", draft.pk), {"post": "yes"})
    assert list(Event.objects.all()) == [event]


class TestDrafts:
    @pytest.fixture
    def draft(self, ours: Team) -> Event:
        return screens.event(ours, "draft", status="draft")

    def delete(self, client: Client, event: Event) -> Any:
        url = screens.address(Event, "delete", event.pk)
        return client.post(url, {"post": "yes"}, follow=True)

    def test_a_draft_is_deleted_with_its_drafts_which_are_named(
        self, ours: Team, draft: Event, organiser: Client
    ) -> None:
        part = screens.event(ours, "A part of it", status="draft", parent=draft)
        screens.event(ours, "Deeper", status="draft", parent=part)
        page = organiser.get(screens.address(Event, "delete", draft.pk)).content
        assert b"A part of it" in page
        assert b"Deeper" in page
        self.delete(organiser, draft)
        assert not Event.objects.exists()

    def test_one_with_parts_that_people_know_stays(
        self, ours: Team, draft: Event, organiser: Client
    ) -> None:
        screens.event(ours, "part", parent=draft)
        assert b"parts of it are not" in self.delete(organiser, draft).content
        assert Event.objects.count() == 2

    def test_one_that_others_need_stays(self, ours: Team, draft: Event, organiser: Client) -> None:
        screens.delegation(ours, "Gulf mission", mission=draft)
        part = screens.event(ours, "part", status="draft", parent=draft)
        page = self.delete(organiser, draft).content.decode()
        assert "“draft” stays, for other records need it: Gulf mission." in page
        assert Event.objects.get(pk=part.pk).parent == draft

    def test_one_with_parts_of_another_team_stays(
        self, theirs: Team, draft: Event, organiser: Client
    ) -> None:
        screens.event(theirs, "CANARY", status="draft", parent=draft)
        url = screens.address(Event, "delete", draft.pk)
        for page in (organiser.get(url), organiser.post(url, {"post": "yes"})):
            assert b"CANARY" not in page.content
        assert Event.objects.count() == 2


def test_a_place_lies_in_nothing_that_lies_in_it(ours: Team, organiser: Client) -> None:
    hall = screens.place(ours, "Hall")
    page = save(organiser, hall.parent, parent=hall.pk)
    assert list(errors(page)) == ["parent"]


def test_events_learn_that_their_place_or_organiser_has_another_name(
    ours: Team, organiser: Client
) -> None:
    event = screens.event(ours, "row")
    body = factories.organiser(event, organisation=screens.organisation(ours, "Agency"))
    for row in (event.place, body.organisation):
        assert save(organiser, row, name_en="Renamed").status_code == 302
    event.refresh_from_db()
    assert (event.revision, event.sequence) == (2, 0)


def test_an_unnamed_attendee_needs_a_description(ours: Team, organiser: Client) -> None:
    url = "/admin/events/attendee/add/"
    event = screens.event(ours, "row")
    data = {**form_of(organiser.get(url)), "event": event.pk}
    assert list(errors(organiser.post(url, data))) == ["person"]
    assert organiser.post(url, {**data, "label_zh_hant": "三位代表"}).status_code == 302
    assert Attendee.objects.get().label_zh_hant == "三位代表"


def test_a_public_event_leads_to_its_page_and_others_do_not(ours: Team, organiser: Client) -> None:
    public = screens.event(ours, "row", slug="public-row")
    draft = screens.event(ours, "row", slug="draft-row", status="draft")
    for row, shown in ((public, True), (draft, False)):
        url = screens.address(PromotionConference, "change", row.pk)
        assert (row.get_absolute_url() in organiser.get(url).content.decode()) is shown


def test_a_figure_needs_a_unit_in_one_language(ours: Team, organiser: Client) -> None:
    url = "/admin/events/figure/add/"
    data = {**form_of(organiser.get(url)), "event": screens.event(ours, "row").pk, "value": "51"}
    assert list(errors(organiser.post(url, data))) == ["unit_en"]
    assert organiser.post(url, {**data, "unit_zh_hans": "个项目"}).status_code == 302


def test_the_factory_makes_what_the_form_takes(ours: Team, organiser: Client) -> None:
    event = factories.event(team=ours, end_on=date(2026, 12, 2), title_en="Row")
    assert save(organiser, event).status_code == 302


def test_an_organisation_that_the_user_may_not_see_is_neither_named_nor_lost(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    expo = screens.event(ours, "expo", **factories.days(5))
    hidden = factories.organiser(expo, organisation=screens.organisation(theirs, "CANARY"))
    page = organiser.get(screens.address(Event, "change", expo.pk))
    assert b"CANARY" not in page.content
    assert save(organiser, expo, title_en="Big expo").status_code == 302
    assert list(expo.organisation_roles.all()) == [hidden]


def test_a_day_is_read_as_it_is_shown(ours: Team, organiser: Client) -> None:
    add(organiser, title_en="Talk", start_on="03/04/2027", timezone="Asia/Shanghai")
    assert Event.objects.get().start_on == date(2027, 4, 3)


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_capacity_below_those_who_are_in_is_told_and_nobody_loses_a_seat(
    ours: Team, organiser: Client
) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2), capacity=3)
    hub = factories.hub(event=event, place=screens.place(ours, "Manila"), capacity=2)
    for at in (None, None, None, hub, hub):
        factories.attendee(event=event, hub=at, seat="confirmed")
    assert not any("too many" in text for text in told(save(organiser, event)))
    changes = {"capacity": "1", "place_roles-0-capacity": "1"}
    texts = told(save(organiser, event, **changes))
    rest = " All keep their seats, and nobody moves up from the waiting list."
    assert [text for text in texts if "too many" in text] == [
        f"3 of 1 seat: 2 too many.{rest} Raise the capacity, or take people off the list.",
        f"Manila: 2 of 1 seat: 1 too many.{rest} Raise the capacity, or take people off the list.",
    ]
    assert Attendee.objects.filter(seat="confirmed").count() == 5
    page = organiser.get("/admin/events/attendee/", {"event__id__exact": event.pk})
    assert page.context["venues"] == [
        "3 of 1 seat: 2 too many", "Manila: 2 of 1 seat: 1 too many",
    ]  # fmt: skip
