"""How organisers set rules and texts for the mails of their team."""

from datetime import time
from typing import Any

import pytest
from django.test import Client

from events.models import MailWording, OptOut, ReminderOccurrence, ReminderRule, Team
from tests import factories
from tests.factories import NOW
from tests.office import Office, address, detail

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(organiser: Client) -> Office:
    return Office(organiser)


def test_an_organiser_sets_quiet_hours_but_not_the_name(ours: Team, office: Office) -> None:
    office.change(ours, quiet_from="22:00", quiet_until="07:00", name="Renamed", slug="renamed")
    assert (str(ours.quiet_from), str(ours.quiet_until)) == ("22:00:00", "07:00:00")
    assert ours.name == "Our desk"


def test_quiet_hours_have_two_ends(ours: Team, office: Office) -> None:
    said = office.refused(address(ours, "change"), quiet_from="22:00")
    assert "Quiet hours have a beginning and another end." in said


def test_an_organiser_does_not_decide_who_belongs_to_the_team(ours: Team, office: Office) -> None:
    page = office.open(address(ours, "change"))
    (tab,) = (
        inline for inline in page.context["inline_admin_formsets"]
        if inline.formset.prefix == "memberships"
    )  # fmt: skip
    for may in ("add", "change", "delete"):
        assert not getattr(tab, f"has_{may}_permission")
    assert office.client.get(address(Team, "add")).status_code == 403
    assert office.client.post(address(ours, "delete")).status_code == 403


def test_a_viewer_changes_nothing(ours: Team, viewer: Client) -> None:
    page = viewer.get(address(ours, "change"))
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert viewer.get(f"/admin/events/team/{ours.pk}/preview/").status_code == 404


def test_a_rule_of_the_team_is_planned_at_once(ours: Team, office: Office) -> None:
    event = factories.event(team=ours, start_on=NOW.date().replace(year=2099))
    office.add_detail(
        ours, "reminder_rules", offset=1, offset_kind="nominal_days", at_local_time="09:00",
        clock="event", topic="reminder", answers="expected", enabled="on",
        roles=["speaker", "head"],
    )  # fmt: skip
    rule = ReminderRule.objects.get(team=ours)
    assert rule.roles == ["speaker", "head"]
    assert list(ReminderOccurrence.objects.values_list("rule", "event")) == [(rule.pk, event.pk)]


def test_thanks_before_the_event_are_refused(ours: Team, office: Office) -> None:
    url = address(ours, "change")
    sent = detail(
        office.open(url), "reminder_rules", offset=1, offset_kind="nominal_days",
        at_local_time="09:00", clock="event", topic="thanks", answers="expected", enabled="on",
    )  # fmt: skip
    assert "thanks and a follow-up after its end" in office.refused(url, **sent)


def test_a_wording_with_an_unknown_placeholder_is_refused(ours: Team, office: Office) -> None:
    url = address(ours, "change")
    for text in ("{{titel}}", "{{ event.team }}"):
        sent = detail(office.open(url), "wordings", kind="reminder", opening_zh_hant=text)
        assert text in office.refused(url, **sent).replace("&#x27;", "'")
    office.add_detail(ours, "wordings", kind="reminder", opening_en="Dear {{name}}")
    assert MailWording.objects.get(team=ours).opening_en == "Dear {{name}}"


def test_a_mail_is_previewed_for_a_person(ours: Team, office: Office) -> None:
    MailWording.objects.create(team=ours, kind="reminder", opening_en="Hello <b>{{name}}</b>")
    person = factories.person(team=ours, family_name="Chan", given_name="Tai-man")
    factories.attendee(event=factories.event(team=ours), person=person)
    url = f"/admin/events/team/{ours.pk}/preview/"
    assert office.open(url).context["mail"] is None
    page = office.open(url, kind="reminder", person=person.pk)
    assert "Hello <b>CHAN Tai-man</b>" in page.context["mail"].text
    body = page.content.decode()
    assert "<b>CHAN" not in body
    assert 'sandbox=""' in body


def test_no_preview_for_a_person_of_another_team(ours: Team, theirs: Team, office: Office) -> None:
    stranger = factories.person(team=theirs)
    factories.attendee(event=factories.event(team=ours), person=stranger)
    page = office.open(
        f"/admin/events/team/{ours.pk}/preview/", kind="reminder", person=stranger.pk
    )
    assert page.context["mail"] is None
    assert page.context["form"].errors


def test_what_a_person_wants_no_more_is_shown_and_undone(ours: Team, office: Office) -> None:
    person = factories.person(team=ours)
    row = OptOut.objects.create(person=person, kind="reminder", since=NOW)
    page = office.open(address(person, "change"))
    assert "Mails not wanted" in page.content.decode()
    office.change(person, **{"opt_outs-0-DELETE": "on", "opt_outs-0-id": row.pk})
    assert not OptOut.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"offset": 1}, "1 day before, 09:00"),
        ({"offset": 2, "at_local_time": time(18, 30)}, "2 days before, 18:30"),
        ({"offset": 1, "clock": "reader"}, "1 day before, 09:00 (where the reader is)"),
        ({"offset": 90, "offset_kind": "exact_minutes"}, "90 minutes before"),
        (
            {"offset": 1, "offset_kind": "days_after", "topic": "thanks"},
            "1 day after the end, 09:00",
        ),
    ],
)
def test_a_rule_is_called_by_its_time(values: dict[str, Any], words: str) -> None:
    assert str(factories.rule(**values)) == words


def test_the_words_of_each_language_are_labelled_in_it(ours: Team, office: Office) -> None:
    MailWording.objects.create(team=ours, kind="reminder")
    page = office.open(address(ours, "change")).content.decode()
    for label in ("Subject · English", "Opening · 简体中文", "Closing · 繁體中文"):
        assert label in page
