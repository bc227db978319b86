"""The screens of attendees: forms, which ask the domain, list actions, and seats taken."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from events.domain.attendance import attendees, capacity
from events.models import Attendee, Event, EventPlace, Person, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import all_values, form_of, save, save_and_tell
from tests.events.admin.screens import queries
from tests.factories import NOW
from tests.office import address

LIST = "/admin/events/attendee/"
ADD = "/admin/events/attendee/add/"
FAR = date(2099, 12, 2)


@pytest.fixture
def event(ours: Team) -> Event:
    """An event of our team in the far future."""
    return screens.event(ours, "Conference", start_on=FAR, end_on=FAR, capacity=1)


def invited(event: Event, name: str = "Chan", **columns: Any) -> Attendee:
    person = factories.person(team=event.team, family_name=name)
    return factories.attendee(event=event, person=person, partstat="needs_action", **columns)


def accepted(event: Event, *names: str, **columns: Any) -> list[Attendee]:
    people = [invited(event, name, **columns) for name in names]
    for row in people:
        attendees.answer(attendee=row, partstat=Attendee.Partstat.ACCEPTED, now=NOW)
    return people


def state(row: Attendee) -> tuple[str, str, str]:
    row.refresh_from_db()
    return row.partstat, row.seat, row.attendance


def add(client: Client, **values: Any) -> Any:
    return client.post(ADD, {**form_of(client.get(ADD)), **values})


def errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200, "the form was taken"
    return page.context["adminform"].form.errors


def under_way(event: Event) -> Event:
    """Let the event last from today to tomorrow, so that people can be checked in."""
    today = timezone.now().date()
    event.precision, event.start_time, event.end_time = "day", None, None
    event.start_on, event.end_on = today, today + timedelta(days=1)
    event.save()
    return event


def act(
    client: Client, action: str, rows: Iterable[Attendee], url: str = LIST, **more: Any
) -> list[str]:
    """Run a list action on the rows; return its messages."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return said(client.post(url, chosen, follow=True))


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


class TestForm:
    def test_a_new_attendee_is_invited_and_nothing_more(
        self, event: Event, ours: Team, organiser: Client
    ) -> None:
        person = factories.person(team=ours)
        forged = {"partstat": "accepted", "seat": "confirmed", "attendance": "attended"}
        page = add(organiser, event=event.pk, person=person.pk, role="speaker", **forged)
        assert page.status_code == 302
        row = Attendee.objects.get()
        assert (row.event, row.person, row.role) == (event, person, "speaker")
        assert state(row) == ("needs_action", "none", "expected")

    def test_a_person_who_is_on_the_list_is_refused_in_words(
        self, event: Event, organiser: Client
    ) -> None:
        known = invited(event, role="speaker")
        found = errors(add(organiser, event=event.pk, person=known.person_id))
        assert found == {"person": ["CHAN Siu-ming is on the list already: speaker."]}

    def test_nobody_is_invited_to_a_cancelled_event(
        self, ours: Team, event: Event, organiser: Client
    ) -> None:
        Event.objects.update(status="cancelled")
        person = factories.person(team=ours, family_name="Lee")
        found = errors(add(organiser, event=event.pk, person=person.pk))
        words = "LEE Siu-ming: not possible while “Conference” is in this state: cancelled."
        assert found == {"event": [words]}

    @pytest.mark.parametrize("given", ["?event={}", ""], ids=["event-known", "event-posted"])
    def test_the_hubs_on_offer_are_those_of_the_event(
        self, given: str, ours: Team, event: Event, organiser: Client
    ) -> None:
        hub, site = factories.hub(event=event), factories.hub(event=event, role="site")
        elsewhere = factories.hub(event=screens.event(ours, "Another"))
        url = ADD + given.format(event.pk)
        page = organiser.get(url)
        if given:
            choices = list(page.context["adminform"].form.fields["hub"].queryset)
            assert choices == [hub]
        data = {**form_of(page), "event": event.pk, "person": factories.person(team=ours).pk}
        for wrong in (site, elsewhere):
            assert list(errors(organiser.post(url, {**data, "hub": wrong.pk}))) == ["hub"]
        assert organiser.post(url, {**data, "hub": hub.pk}).status_code == 302
        assert Attendee.objects.get().hub == hub

    def test_before_an_event_is_chosen_no_hub_is_on_offer(
        self, event: Event, organiser: Client
    ) -> None:
        factories.hub(event=event)
        form = organiser.get(ADD).context["adminform"].form
        assert list(form.fields["hub"].queryset) == []
        assert list(errors(add(organiser, event=0))) == ["event", "person"]

    def test_answer_place_and_presence_are_shown_and_not_changed(
        self, event: Event, organiser: Client
    ) -> None:
        (row,) = accepted(event, "Chan")
        forged = {"partstat": "declined", "seat": "none", "attendance": "no_show"}
        assert save(organiser, row, notes="vegetarian", **forged).status_code == 302
        assert state(row) == ("accepted", "confirmed", "expected")
        assert row.notes == "vegetarian"

    def test_person_and_event_stay_and_an_unnamed_member_gets_a_name(
        self, ours: Team, event: Event, organiser: Client
    ) -> None:
        other, person = screens.event(ours, "Another"), factories.person(team=ours)
        row = invited(event)
        was = row.person
        assert save(organiser, row, person=person.pk, event=other.pk).status_code == 302
        row.refresh_from_db()
        assert (row.person, row.event) == (was, event)
        unnamed = factories.attendee(event=event, person=None, label="A guest")
        assert save(organiser, unnamed, person=person.pk).status_code == 302
        assert Attendee.objects.get(pk=unnamed.pk).person == person

    def test_a_move_to_a_full_hub_is_refused_at_its_field(
        self, event: Event, organiser: Client
    ) -> None:
        hub = factories.hub(event=event, capacity=0)
        (row,) = accepted(event, "Chan")
        found = errors(save(organiser, row, hub=hub.pk))
        assert found == {"hub": ["CHAN Siu-ming: no seat is left in Manila."]}
        hub.capacity = 1
        hub.save()
        assert save(organiser, row, hub=hub.pk).status_code == 302
        assert [venue.taken for venue in capacity.of(event=event)] == [0, 1]

    def test_only_who_has_not_answered_yet_is_deleted(
        self, event: Event, organiser: Client
    ) -> None:
        (kept,) = accepted(event, "Chan")
        mistake = invited(event)
        for row, status in ((kept, 403), (mistake, 302)):
            url = screens.address(Attendee, "delete", row.pk)
            assert organiser.post(url, {"post": "yes"}).status_code == status
        assert list(Attendee.objects.all()) == [kept]


class TestOfAnEvent:
    """Attendees added from the home of an event."""

    def test_the_home_leads_to_the_form_and_the_form_back_to_the_home(
        self, ours: Team, event: Event, organiser: Client
    ) -> None:
        hub, person = factories.hub(event=event), factories.person(team=ours)
        home = organiser.get(screens.address(Event, "home", event.pk))
        url = home.context["add_guest_url"]
        data = {**form_of(organiser.get(url)), "person": person.pk, "hub": hub.pk}
        answer = organiser.post(url, {**data, "partstat": "accepted", "seat": "confirmed"})
        assert (answer.status_code, answer.url) == (302, home.request["PATH_INFO"])
        row = Attendee.objects.get()
        assert (row.event, row.person, row.hub) == (event, person, hub)
        assert state(row) == ("needs_action", "none", "expected")

    def test_a_larger_capacity_of_event_or_hub_lets_people_in(
        self, event: Event, organiser: Client
    ) -> None:
        hub = factories.hub(event=event, place=screens.place(event.team, "Manila"), capacity=0)
        _first, here = accepted(event, "Chan", "Lee")
        (there,) = accepted(event, "Wong", hub=hub)
        assert save_and_tell(organiser, event, capacity=2).status_code == 302
        assert state(here) == ("accepted", "confirmed", "expected")
        assert save_and_tell(organiser, event, **{"place_roles-0-capacity": 1}).status_code == 302
        assert state(there) == ("accepted", "confirmed", "expected")


class TestActions:
    def test_people_are_checked_in_and_refusals_are_named(
        self, event: Event, organiser: Client
    ) -> None:
        under_way(event)
        first, second = accepted(event, "Chan", "Lee")
        words = act(organiser, "check_in", [first, second])
        assert words == ["Checked in: 1.", "LEE Siu-ming: no seat is left at “Conference”."]
        assert state(first) == ("accepted", "confirmed", "checked_in")
        assert state(second) == ("accepted", "waitlisted", "expected")
        (again,) = act(organiser, "check_in", [first])
        assert again.startswith("CHAN Siu-ming was checked in already: ")

    def test_attendance_is_closed_after_the_end(self, ours: Team, organiser: Client) -> None:
        day = date(2020, 12, 2)
        event = screens.event(ours, "Conference", start_on=day, end_on=day)
        came, missing = invited(event), invited(event, "Lee")
        act(organiser, "check_in", [came])
        assert act(organiser, "mark_attended", [came]) == ["Marked as attended: 1."]
        assert act(organiser, "mark_no_show", [came, missing]) == [
            "Marked as no-show: 1.",
            "CHAN Siu-ming: not possible now (accepted; seat: confirmed; attended).",
        ]
        assert [state(row)[2] for row in (came, missing)] == ["attended", "no_show"]

    def test_a_no_show_waits_for_the_end(self, event: Event, organiser: Client) -> None:
        words = act(organiser, "mark_no_show", [invited(event)])
        assert words == ["CHAN Siu-ming: “Conference” is not over yet."]

    def test_who_is_taken_off_the_list_makes_room(self, event: Event, organiser: Client) -> None:
        first, second = accepted(event, "Chan", "Lee")
        assert act(organiser, "release", [first]) == []
        assert state(second) == ("accepted", "waitlisted", "expected")
        done, told = act(organiser, "release", [first], _telling="now")
        assert done == "Taken off the list: 1."
        assert told.startswith("1 person will be told in two minutes.")
        assert state(second) == ("accepted", "confirmed", "expected")

    def test_a_filter_that_the_action_empties_still_counts(
        self, event: Event, organiser: Client
    ) -> None:
        under_way(event)
        row = invited(event)
        url = f"{LIST}?attendance__exact=expected"
        assert act(organiser, "check_in", [row], url) == ["Checked in: 1."]

    def test_of_many_refusals_some_are_spelt_out(self, event: Event, organiser: Client) -> None:
        rows = [invited(event) for _ in range(12)]
        (words,) = act(organiser, "mark_attended", rows)
        assert words.count("not possible now") == 10
        assert words.endswith(" And 2 more.")

    def test_another_teams_rows_are_not_there(
        self, ours: Team, theirs: Team, event: Event, organiser: Client
    ) -> None:
        under_way(event)
        mine, foreign = invited(event), screens.attendee(theirs, "CANARY")
        before = all_values(foreign)
        assert act(organiser, "check_in", [mine, foreign]) == ["Checked in: 1."]
        for action in ("check_in", "mark_attended", "mark_no_show", "release"):
            assert act(organiser, action, [foreign]) == []
        assert all_values(foreign) == before

    def test_rows_that_one_may_only_see_are_counted_and_left(
        self, event: Event, organiser: Client
    ) -> None:
        under_way(event)
        shared = screens.attendee(None, "shared")
        words = act(organiser, "check_in", [shared, invited(event)])
        assert words == ["Checked in: 1.", "1 attendee is not yours to change."]
        assert state(shared) == ("accepted", "none", "expected")

    def test_a_viewer_has_no_actions(self, event: Event, viewer: Client) -> None:
        row = invited(event)
        assert act(viewer, "check_in", [row]) == []
        assert state(row) == ("needs_action", "none", "expected")

    def test_a_liaison_officer_checks_in_their_party(self, ours: Team, event: Event) -> None:
        under_way(event)
        me, client = factories.person(team=ours), Client()
        client.force_login(factories.user(member_of=ours, role="liaison", person=me))
        factories.attendee(event=event, person=me, role="liaison")
        mine, other = invited(event), invited(screens.event(ours, "Another"))
        assert act(client, "check_in", [mine, other]) == ["Checked in: 1."]
        assert state(other) == ("needs_action", "none", "expected")

    def test_rows_are_not_deleted_together(self, event: Event, organiser: Client) -> None:
        row = invited(event)
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        organiser.post(LIST, chosen)
        assert list(Attendee.objects.all()) == [row]


class TestList:
    def test_one_event_is_chosen_and_how_full_it_is_stands_above(
        self, ours: Team, event: Event, organiser: Client
    ) -> None:
        hub = factories.hub(event=event, capacity=2)
        rows = accepted(event, "Chan", "Lee") + accepted(event, "Wong", hub=hub)
        invited(screens.event(ours, "Another"))
        page = organiser.get(LIST, {"event__id__exact": event.pk})
        assert set(page.context["cl"].queryset) == set(rows)
        assert page.context["venues"] == ["1 of 1 seat, 1 waiting", "Manila: 1 of 2 seats"]
        assert b"1 of 1 seat, 1 waiting" in page.content
        Event.objects.update(capacity=None)
        page = organiser.get(LIST, {"event__id__exact": event.pk})
        assert page.context["venues"][0] == "1 taken, seats without limit, 1 waiting"

    def test_the_list_of_one_event_names_it_once(self, event: Event, organiser: Client) -> None:
        accepted(event, "Chan", "Lee")
        shown = organiser.get(LIST, {"event__id__exact": event.pk})
        assert not {"event", "shown_when"} & set(shown.context["cl"].list_display)
        assert shown.content.decode().count(f">{event.title}</a>") == 1
        assert b"<li>1 of 1 seat, 1 waiting</li>" in shown.content
        assert "event" in organiser.get(LIST).context["cl"].list_display

    @pytest.mark.parametrize("chosen", ["", "x", "0", "99999999999999999999"])
    def test_without_an_event_nothing_stands_above(
        self, chosen: str, event: Event, organiser: Client
    ) -> None:
        page = organiser.get(LIST, {"event__id__exact": chosen}, follow=True)
        assert page.status_code == 200
        assert page.context["venues"] == []

    def test_another_teams_event_is_not_named_by_the_filter(
        self, theirs: Team, organiser: Client
    ) -> None:
        foreign = screens.attendee(theirs, "CANARY")
        page = organiser.get(LIST, {"event__id__exact": foreign.event_id})
        assert page.status_code == 200
        assert b"CANARY" not in page.content
        assert page.context["venues"] == []

    def test_who_waits_is_told_when_their_turn_comes(self, event: Event, organiser: Client) -> None:
        accepted(event, "Chan", "Lee", "Wong")
        page = organiser.get(LIST, {"event__id__exact": event.pk, "role__exact": "participant"})
        text = page.content.decode()
        assert "on the waiting list: no. 1" in text
        assert "on the waiting list: no. 2" in text
        one = organiser.get(LIST, {"q": "Wong"}).content.decode()
        assert "on the waiting list: no. 2" in one

    def test_whom_a_report_names_was_never_asked(self, ours: Team, organiser: Client) -> None:
        columns = admin.site.get_model_admin(Attendee)
        told = {"partstat": "needs_action", "seat": "none"}
        asked = factories.attendee(event=factories.event(team=ours), **told)
        named = factories.attendee(event=factories.event(team=ours, origin="reported"), **told)
        assert "no answer yet" in columns.shown_answer(asked)
        assert "none needed" in columns.shown_place(asked)
        shown = (columns.shown_answer, columns.shown_place, columns.shown_presence)
        assert {show(named) for show in shown} == {"–"}


class TestForgedKeys:
    @pytest.mark.parametrize("field", ["event", "person", "representing", "invited_by", "hub"])
    def test_another_teams_row_is_no_choice(
        self, field: str, ours: Team, theirs: Team, event: Event, organiser: Client
    ) -> None:
        foreign = screens.attendee(theirs, "CANARY")
        keys = {
            "event": foreign.event_id,
            "person": foreign.person_id,
            "representing": foreign.representing_id,
            "invited_by": foreign.person_id,
            "hub": factories.hub(event=foreign.event).pk,
        }
        mine = {"event": event.pk, "person": factories.person(team=ours).pk}
        page = add(organiser, **{**mine, field: keys[field]})
        assert field in errors(page)
        assert b"CANARY" not in page.content
        assert list(Attendee.objects.all()) == [foreign]

    def test_what_one_may_only_see_takes_no_guests(
        self, ours: Team, theirs: Team, organiser: Client
    ) -> None:
        shared = screens.event(None, "shared")
        page = add(organiser, event=shared.pk, person=factories.person(team=ours).pk)
        assert list(errors(page)) == ["event"]

    def test_another_teams_attendee_is_not_changed_by_its_own_page(
        self, theirs: Team, organiser: Client
    ) -> None:
        foreign = screens.attendee(theirs, "CANARY")
        before = all_values(foreign)
        for view in ("change", "delete"):
            url = screens.address(Attendee, view, foreign.pk)
            forged = {"role": "staff", "post": "yes"}
            assert organiser.post(url, forged).status_code == 404
        assert all_values(foreign) == before


def add_guests(event: Event, hub: EventPlace, number: int) -> None:
    """Add guests on the waiting lists of the main place and of a hub, in few queries."""
    slugs = [f"guest-{factories.number()}" for _ in range(number)]
    people = Person.objects.bulk_create(
        Person(slug=slug, family_name="Chan", name_en="CHAN", team=event.team) for slug in slugs
    )
    waits = {"partstat": "accepted", "seat": "waitlisted", "waitlisted_at": NOW}
    Attendee.objects.bulk_create(
        Attendee(event=event, person=person, hub=hub if row % 2 else None, **waits)
        for row, person in enumerate(people)
    )


@pytest.mark.parametrize("who", ["organiser", "viewer"])
def test_lists_and_pages_cost_the_same_for_1_3_and_many_guests(
    who: str, event: Event, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    hub = factories.hub(event=event, place=screens.place(event.team, "Hub"))
    add_guests(event, hub, 1)
    event.attendees.update(hub=hub)
    urls = (
        f"{LIST}?event__id__exact={event.pk}",
        screens.address(Event, "change", event.pk),
        screens.address(Event, "home", event.pk),
        screens.address(Attendee, "change", event.attendees.get().pk),
    )
    for url in urls:
        assert client.get(url).status_code == 200  # fills the cache of content types
    counts = []
    for more in (0, 2, factories.MANY - 3):
        add_guests(event, hub, more)
        counts.append([queries(client, url) for url in urls])
    assert counts[1:] == counts[:1] * 2


# --- tags ---


def test_tags_are_set_on_the_page_of_an_attendee(ours: Team, organiser: Client) -> None:
    row = factories.attendee(event=factories.event(team=ours), person=factories.person(team=ours))
    assert save(organiser, row, tags="press\uff0c VIP").status_code == 302
    row.refresh_from_db()
    assert row.tags == ["press", "VIP"]
    page = organiser.get(address(row, "change"))
    assert page.context["adminform"].form["tags"].value() == "press, VIP"
    assert save(organiser, row, tags="x" * 61).status_code == 200


def test_a_list_is_filtered_by_a_tag_and_offers_those_in_use(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    event = factories.event(team=ours)
    row = factories.attendee(event=event, person=factories.person(team=ours), tags=["press"])
    factories.attendee(event=event, person=factories.person(team=ours), tags=["VIP"])
    factories.attendee(event=factories.event(team=theirs), tags=["CANARY"])
    page = organiser.get(LIST, {"tag": "press"})
    assert list(page.context["cl"].queryset) == [row]
    text = page.content.decode()
    assert 'value="VIP"' in text
    assert "CANARY" not in text.replace(theirs.name, "")


def test_a_tag_is_put_on_those_who_are_chosen(ours: Team, theirs: Team, organiser: Client) -> None:
    event = factories.event(team=ours)
    rows = [factories.attendee(event=event, person=factories.person(team=ours)) for _ in range(3)]
    other = factories.attendee(event=factories.event(team=theirs))

    def act(action: str, tag: str, *chosen: Attendee) -> str:
        keys = [row.pk for row in chosen]
        sent = {"action": action, "tag": tag, "_selected_action": keys, "index": 0}
        return organiser.post(LIST, sent, follow=True).content.decode()

    assert "2 attendees now bear “press”." in act("put_tag", "press", *rows[:2], other)
    assert "1 attendee bears “press” no more." in act("take_tag_off", "press", *rows[1:])
    assert "Write the tag beside the action." in act("put_tag", " ", *rows)
    assert [Attendee.objects.get(pk=row.pk).tags for row in (*rows, other)] == [
        ["press"], [], [], [],
    ]  # fmt: skip


def test_speakers_are_shown_in_public_many_at_once(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    event = factories.event(team=ours)
    roles = ("speaker", "guest_of_honour", "participant")
    rows = [factories.attendee(event=event, role=role) for role in roles]
    other = factories.attendee(event=factories.event(team=theirs), role="speaker")

    def act(action: str, *chosen: Attendee) -> str:
        sent = {"action": action, "_selected_action": [row.pk for row in chosen], "index": 0}
        return organiser.post(LIST, sent, follow=True).content.decode()

    def shown() -> list[bool]:
        return [Attendee.objects.get(pk=row.pk).shown_in_public for row in (*rows, other)]

    assert "2 speakers or guests of honour more are shown" in act("show_in_public", *rows, other)
    assert shown() == [True, True, False, False]
    assert "1 attendee is shown in public no more." in act("hide_from_public", *rows[1:], other)
    assert shown() == [True, False, False, False]


def test_the_speakers_of_a_whole_programme_stand_in_one_list(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    forum = factories.event(team=ours)
    panel = factories.event(team=ours, parent=factories.event(team=ours, parent=forum))
    for event, name in ((forum, "Fong"), (panel, "Pang"), (factories.event(team=ours), "Other")):
        person = factories.person(team=ours, family_name=name)
        factories.attendee(event=event, person=person, role="speaker")
    factories.attendee(event=panel, person=factories.person(team=ours, family_name="Guest"))
    hidden = factories.event(team=theirs, title="CANARY")
    factories.attendee(event=hidden, role="speaker")

    def listed(key: object) -> str:
        query = {"within": key, "role__in": "speaker,guest_of_honour"}
        return organiser.get(LIST, query, follow=True).content.decode()

    text = listed(forum.pk)
    found = [name for name in ("FONG", "PANG", "OTHER", "GUEST") if name in text]
    assert found == ["FONG", "PANG"]
    assert "Shown in public" in text
    assert "CANARY" not in listed(hidden.pk)
    assert (
        "/admin/events/attendee/?within="
        in organiser.get(f"/admin/events/event/{forum.pk}/", follow=True).content.decode()
    )


def test_nobody_is_shown_in_public_unless_somebody_ticks_it(ours: Team, organiser: Client) -> None:
    event = factories.event(team=ours)
    row = factories.attendee(event=event, person=factories.person(team=ours), role="speaker")
    page = organiser.get(address(row, "change"))
    assert page.context["adminform"].form["shown_in_public"].value() is False


def test_who_looks_on_reads_tags_as_words(ours: Team, viewer: Client) -> None:
    event = factories.event(team=ours)
    row = factories.attendee(event=event, person=factories.person(team=ours), tags=["a", "b"])
    text = viewer.get(address(row, "change")).content.decode()
    assert "a, b" in text
    assert "[&quot;" not in text


def test_a_rule_is_offered_the_tags_in_use(ours: Team, theirs: Team, organiser: Client) -> None:
    event = factories.event(team=ours)
    factories.rule(event=event)
    factories.attendee(event=event, person=factories.person(team=ours), tags=["press"])
    factories.attendee(event=factories.event(team=theirs), tags=["CANARY"])
    for page in (event, ours):
        text = organiser.get(address(page, "change")).content.decode()
        assert '<option value="press"></option>' in text
        assert "CANARY" not in text.replace(theirs.name, "")
