"""Saving events: what the form fills in, what it refuses, and what follows."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from events.models import Attendee, Event, EventPlace, PromotionConference, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.test_rights import form_of, save

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
        ({"start_on": "2026-12-02", "start_time": "09:30", "timezone": "Asia/Dubai"}, "start_time"),
    ],
    ids=str,
)
def test_a_date_that_contradicts_itself_is_explained_at_its_field(
    values: dict[str, str], field: str, ours: Team, organiser: Client
) -> None:
    assert list(errors(add(organiser, title_en="x", **values))) == [field]


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
        "reminder_rules-0-enabled": "on",
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


def test_an_unnamed_attendee_needs_a_description(ours: Team, organiser: Client) -> None:
    url = "/admin/events/attendee/add/"
    event = screens.event(ours, "row")
    data = {**form_of(organiser.get(url)), "event": event.pk}
    assert list(errors(organiser.post(url, data))) == ["person"]
    assert organiser.post(url, {**data, "label_zh_hant": "三位代表"}).status_code == 302
    assert Attendee.objects.get().label_zh_hant == "三位代表"


def test_the_mail_of_a_delivery_is_shown_as_text(
    ours: Team, theirs: Team, organiser: Client, tmp_path: Path
) -> None:
    row, foreign = screens.delivery(ours, "row"), screens.delivery(theirs, "CANARY")
    text = "Subject: Tomorrow\r\nTo: chan@example.org\r\n\r\n<script>alert(1)</script>\r\n"
    for each in (row, foreign):
        (tmp_path / f"{each.public_uuid}.eml").write_text(text)
    with override_settings(MAIL_FOLDER=tmp_path):
        url = f"/admin/events/delivery/{row.pk}/mail/"
        assert url in organiser.get(screens.address(type(row), "change", row.pk)).content.decode()
        page = organiser.get(url).content
        assert organiser.get(f"/admin/events/delivery/{foreign.pk}/mail/").status_code == 404
    assert b"Tomorrow" in page
    assert b"&lt;script&gt;alert(1)" in page
    assert b"<script>alert(1)" not in page


def test_a_mail_that_has_no_copy_is_not_found(
    ours: Team, organiser: Client, tmp_path: Path
) -> None:
    row = screens.delivery(ours, "row")
    with override_settings(MAIL_FOLDER=tmp_path):
        assert organiser.get(f"/admin/events/delivery/{row.pk}/mail/").status_code == 404


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
