"""The screens of people and organisations: search, merging, erasure, and private columns."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.models import Application, Delegate, Nominee
from events.models import Appointment, Membership, Organisation, Person, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import form_of, save
from tests.events.admin.screens import cost
from tests.factories import NOW

PEOPLE = "/admin/events/person/"
MERGE = f"{PEOPLE}merge/%s/%s/"


def person(team: Team | None, **columns: Any) -> Person:
    values = {"family_name": "Lee", "given_name": "Ka-chiu", "western_name": "John"}
    return factories.person(team=team, **{**values, **columns})


def choose(client: Client, *rows: Any, path: str = PEOPLE) -> Any:
    """Select rows of a list, and the action that merges them."""
    keys = [row.pk for row in rows]
    return client.post(path, {"action": "merge_two", "_selected_action": keys})


def said(answer: Any) -> str:
    """Return the last message that was left for the next page."""
    return str(list(answer.wsgi_request._messages)[-1])


def stored(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


# --- search ---


@pytest.mark.parametrize("text", ["Lü", "lyu", "呂", "吕", "wei lu", "Wei", "Louie", "lu-wei"])
def test_a_person_is_found_however_the_name_is_typed(
    text: str, ours: Team, organiser: Client
) -> None:
    row = person(
        ours, family_name="Lü", given_name="Wei", western_name="", name_zh_hant="呂偉",
        aliases=["Louie"],
    )  # fmt: skip
    person(ours)
    page = organiser.get(PEOPLE, {"q": text})
    assert list(page.context["cl"].queryset) == [row]


@pytest.mark.parametrize("text", ["tdc", "贸易", "貿易發展局", "council development", "HKTDC"])
def test_an_organisation_is_found_by_any_of_its_names(
    text: str, ours: Team, organiser: Client
) -> None:
    row = factories.organisation(
        team=ours,
        name_en="Trade Development Council",
        name_zh_hant="貿易發展局",
        short_name_en="TDC",
        aliases=["HKTDC"],
    )
    factories.organisation(team=ours)
    page = organiser.get("/admin/events/organisation/", {"q": text})
    assert list(page.context["cl"].queryset) == [row]


def test_other_names_are_written_one_to_a_line(ours: Team, organiser: Client) -> None:
    row = person(ours)
    assert save(organiser, row, aliases="Li Jiachao\n\n 李家超 \nLi Jiachao").status_code == 302
    assert stored(row).aliases == ["Li Jiachao", "李家超"]
    page = organiser.get(f"{PEOPLE}{row.pk}/change/")
    assert page.context["adminform"].form["aliases"].value() == "Li Jiachao\n李家超"


@pytest.mark.parametrize("path", ["person", "organisation"])
def test_who_looks_on_reads_other_names_as_words(path: str, ours: Team, viewer: Client) -> None:
    make = {"person": factories.person, "organisation": factories.organisation}[path]
    row = make(team=ours, aliases=["Li Jiachao", "李家超"])
    page = viewer.get(f"/admin/events/{path}/{row.pk}/change/").content.decode()
    assert "Li Jiachao, 李家超" in page


def test_the_list_shows_the_office_held_today(ours: Team, organiser: Client) -> None:
    row = person(ours)
    today = timezone.localdate()
    past = {"valid_to": today - timedelta(days=1), "rank": 9}
    Appointment.objects.create(person=row, title_en="Former Secretary", **past)
    Appointment.objects.create(person=row, title_en="Adviser", rank=1)
    Appointment.objects.create(person=row, title_en="Chief Executive", rank=2)
    page = organiser.get(PEOPLE)
    assert b"Chief Executive" in page.content
    assert b"Former Secretary" not in page.content
    assert b"Chief Executive; Adviser" in organiser.get(f"{PEOPLE}{row.pk}/change/").content


def test_the_page_shows_where_they_attend_the_newest_first(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    row = person(ours)
    for year, title in ((2024, "Oldest fair"), (2026, "Newest fair"), (2025, "Middle fair")):
        event = screens.event(ours, title, start_on=NOW.date().replace(year=year))
        factories.attendee(event=event, person=row)
    factories.attendee(event=screens.event(theirs, "CANARY"), person=row)
    body = screens.delegation(ours, "Gulf mission")
    Delegate.objects.create(delegation=body, person=row)
    Delegate.objects.create(delegation=screens.delegation(theirs, "CANARY"), person=row)
    text = organiser.get(f"{PEOPLE}{row.pk}/change/").content.decode()
    places = [text.index(title) for title in ("Newest fair", "Middle fair", "Oldest fair")]
    assert places == sorted(places)
    assert "Gulf mission" in text
    assert "CANARY" not in text


def test_the_page_shows_a_bounded_number_of_rows(ours: Team, organiser: Client) -> None:
    row, counts = person(ours), []
    for more in (1, 2, 47):
        for _ in range(more):
            factories.attendee(event=factories.event(team=ours), person=row)
            mission = factories.event(team=ours)
            body = screens.delegation(ours, "Gulf", mission=mission, sending_organisation=None)
            Delegate.objects.create(delegation=body, person=row)
        counts.append(cost(organiser, f"{PEOPLE}{row.pk}/change/"))
    assert counts == counts[:1] * 3
    page = organiser.get(f"{PEOPLE}{row.pk}/change/")
    sizes = [len(inline.formset.forms) for inline in page.context["inline_admin_formsets"]]
    assert max(sizes) == 20


# --- phone and mail ---


def contact(team: Team | None) -> Person:
    return person(team, slug="john", email="canary@example.org", phone="+85298765432")


@pytest.fixture
def liaison(ours: Team) -> Client:
    client = Client()
    client.force_login(factories.user(member_of=ours, role="liaison"))
    return client


@pytest.mark.parametrize("shared", [False, True])
def test_viewers_see_neither_phone_nor_mail(shared: bool, ours: Team, viewer: Client) -> None:
    row = contact(None if shared else ours)
    save(client_of_superuser(), row, honorific="Mr")  # adds an entry to the history
    for url in (PEOPLE, f"{PEOPLE}{row.pk}/change/", "/admin/autocomplete/"):
        query = {
            "app_label": "events", "model_name": "attendee", "field_name": "person", "term": "john",
        }  # fmt: skip
        page = viewer.get(url, query if "auto" in url else {})
        assert page.status_code == 200, url
        assert b"canary@" not in page.content, url
        assert b"98765432" not in page.content, url
    for text in ("canary", "canary@example.org", "98765432"):
        assert list(viewer.get(PEOPLE, {"q": text}).context["cl"].queryset) == []
    assert viewer.get(f"{PEOPLE}{row.pk}/history/").status_code == 403


@pytest.mark.parametrize("lookup", ["email__startswith", "phone__contains", "email"])
def test_nobody_asks_for_phone_and_mail_by_address(lookup: str, ours: Team, viewer: Client) -> None:
    contact(ours)
    assert viewer.get(PEOPLE, {lookup: "c"}).status_code == 400


def test_organisers_see_phone_and_mail_and_find_by_it(ours: Team, organiser: Client) -> None:
    row = contact(ours)
    assert b"canary@example.org" in organiser.get(PEOPLE).content
    assert b"+85298765432" in organiser.get(f"{PEOPLE}{row.pk}/change/").content
    assert list(organiser.get(PEOPLE, {"q": "canary@"}).context["cl"].queryset) == [row]
    assert organiser.get(f"{PEOPLE}{row.pk}/history/").status_code == 200


def test_an_address_leads_to_where_somebody_attends_for_those_alone_who_see_it(
    ours: Team, theirs: Team, organiser: Client, viewer: Client
) -> None:
    attends = factories.attendee(event=factories.event(team=ours), person=contact(ours))
    hidden = person(theirs, slug="jane", email="canary2@example.org")
    factories.attendee(event=attends.event, person=hidden)
    for client, found in ((organiser, [attends]), (viewer, [])):
        page = client.get("/admin/events/attendee/", {"q": "canary"})
        assert list(page.context["cl"].queryset) == found


def test_who_runs_one_team_and_looks_on_at_another_sees_the_mail_of_the_first(
    ours: Team, theirs: Team
) -> None:
    user = factories.user(member_of=ours)
    Membership.objects.create(user=user, team=theirs, role="viewer")
    client = Client()
    client.force_login(user)
    person(ours, email="ours@example.org")
    person(theirs, email="theirs@example.org")
    page = client.get(PEOPLE)
    assert b"ours@example.org" in page.content
    assert b"theirs@example.org" not in page.content
    assert client.get(PEOPLE, {"q": "example.org"}).context["cl"].result_count == 1


def client_of_superuser() -> Client:
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    return client


# --- merging ---


def test_exactly_two_rows_are_merged(ours: Team, organiser: Client) -> None:
    rows = [person(ours) for _ in range(3)]
    for chosen in (rows[:1], rows):
        answer = choose(organiser, *chosen)
        assert answer.status_code == 302
        assert said(answer) == "Choose exactly two records to merge."
    answer = choose(organiser, rows[1], rows[0])
    assert answer["Location"] == MERGE % (rows[0].pk, rows[1].pk)


def test_the_page_lays_two_records_side_by_side_and_then_merges_them(
    ours: Team, organiser: Client
) -> None:
    keep, drop = person(ours, email="keep@example.org"), person(ours, email="drop@example.org")
    for _ in range(3):
        factories.attendee(event=factories.event(team=ours), person=keep)
    attendee = factories.attendee(event=factories.event(team=ours), person=drop)
    url = MERGE % (drop.pk, keep.pk)
    page = organiser.get(url)
    lines = {line["label"]: line["values"] for line in page.context["compared"]}
    assert lines["E-mail"] == ["drop@example.org", "keep@example.org"]
    assert lines["Attendees"] == [1, 3]
    assert page.context["form"].fields["keep"].initial == str(keep.pk)
    assert Person.objects.count() == 2
    answer = organiser.post(url, {"keep": keep.pk})
    assert answer["Location"] == f"{PEOPLE}{keep.pk}/change/"
    assert said(answer) == "“John LEE Ka-chiu” is part of this record now."
    assert list(Person.objects.all()) == [keep]
    assert stored(attendee).person == keep


def test_back_from_the_question_about_mails_merges_nothing(ours: Team, organiser: Client) -> None:
    one, other = (factories.person(team=ours) for _ in range(2))
    url = f"/admin/events/person/merge/{one.pk}/{other.pk}/"
    page = organiser.post(url, {"keep": one.pk, "_telling": "back"})
    assert page.status_code == 200
    assert page.context["form"]["keep"].value() == str(one.pk)
    assert Person.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("keep", ["", "0", "abc", "999999"])
def test_without_a_choice_nothing_is_merged(keep: str, ours: Team, organiser: Client) -> None:
    one, other, third = person(ours), person(ours), person(ours)
    for key in (keep, str(third.pk)):
        answer = organiser.post(MERGE % (one.pk, other.pk), {"keep": key})
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert Person.objects.count() == 3


def test_only_rows_that_one_may_change_are_merged(
    ours: Team, theirs: Team, organiser: Client, viewer: Client
) -> None:
    mine, other = person(ours), person(ours)
    shared, foreign = person(None), person(theirs, family_name="CANARY")
    gone = person(ours)
    key = gone.pk
    gone.delete()
    for client, one, two, status in (
        (organiser, mine.pk, shared.pk, 403),
        (organiser, mine.pk, foreign.pk, 404),
        (organiser, mine.pk, key, 404),
        (organiser, mine.pk, mine.pk, 404),
        (viewer, mine.pk, other.pk, 403),
        (Client(), mine.pk, other.pk, 302),
    ):
        for answer in (
            client.get(MERGE % (one, two)),
            client.post(MERGE % (one, two), {"keep": one}),
            client.post(MERGE % (two, one), {"keep": two}),
        ):
            assert answer.status_code == status
            assert b"CANARY" not in answer.content
    assert Person.objects.count() == 4
    assert said(choose(organiser, mine, shared)) == "You may not change both of them."
    assert said(choose(organiser, mine, foreign)) == "Choose exactly two records to merge."
    assert b"merge_two" not in viewer.get(PEOPLE).content
    assert choose(viewer, mine, other).status_code == 200  # the list again: no such action


def test_a_superuser_merges_into_a_shared_record_only(
    ours: Team, theirs: Team, superuser: Client
) -> None:
    shared, mine, foreign = person(None), person(ours), person(theirs)
    page = superuser.get(MERGE % (mine.pk, shared.pk))
    assert [key for key, _ in page.context["form"].fields["keep"].choices] == [str(shared.pk)]
    assert b"All teams see the record that stays" in page.content
    assert superuser.post(MERGE % (mine.pk, shared.pk), {"keep": mine.pk}).status_code == 200
    answer = superuser.get(MERGE % (mine.pk, foreign.pk))
    assert (answer.status_code, answer.context["refusal"]) == (
        409, "They belong to different teams.",
    )  # fmt: skip
    assert superuser.post(MERGE % (mine.pk, foreign.pk), {"keep": mine.pk}).status_code == 409
    assert Person.objects.count() == 3


def test_a_refusal_names_the_rows(ours: Team, organiser: Client) -> None:
    one, other = person(ours), person(ours)
    factories.user(person=one, username="anna")
    factories.user(person=other, username="ben")
    answer = organiser.post(MERGE % (one.pk, other.pk), {"keep": one.pk})
    assert (answer.status_code, answer.context["refusal"]) == (
        409,
        "The two cannot have one user: “anna” and “ben”. Take one away first.",
    )
    assert Person.objects.count() == 2


def test_organisations_are_merged_with_their_applications(ours: Team, organiser: Client) -> None:
    keep, drop = (factories.organisation(team=ours, name=name) for name in ("Acme", "Acme Ltd"))
    body = screens.delegation(ours, "Gulf mission")
    made = []
    for firm, status in ((keep, "accepted"), (drop, "submitted")):
        asked = Application.objects.create(
            delegation=body, organisation=firm, status=status, submitted_at=NOW, confirm_by=NOW
        )
        made.append(Nominee.objects.create(application=asked, person=factories.person()))
    url = f"/admin/events/organisation/merge/{keep.pk}/{drop.pk}/"
    answer = organiser.post(url, {"keep": keep.pk})
    assert (answer.status_code, answer.context["refusal"]) == (
        409,
        "In “Gulf mission” the two cannot have one application: “Acme” (accepted) and “Acme Ltd”"
        " (submitted). End one of them first.",
    )
    Application.objects.filter(organisation=drop).update(status="withdrawn")
    assert organiser.post(url, {"keep": keep.pk}).status_code == 302
    assert list(Organisation.objects.filter(name__startswith="Acme")) == [keep]
    assert body.applications.filter(organisation=keep).count() == 2


def test_no_list_deletes_by_the_dozen(ours: Team, organiser: Client) -> None:
    row = person(ours)
    for path in (PEOPLE, "/admin/events/organisation/"):
        assert b"delete_selected" not in organiser.get(path).content
    organiser.post(PEOPLE, {"action": "delete_selected", "_selected_action": [row.pk], "post": "y"})
    assert stored(row) == row


def test_the_page_of_two_costs_as_many_queries_for_30_rows_as_for_1(
    ours: Team, organiser: Client
) -> None:
    one, other = person(ours), person(ours)
    counts = []
    for more in (1, 2, 27):
        for _ in range(more):
            for row in (one, other):
                factories.attendee(event=factories.event(team=ours), person=row)
        counts.append(cost(organiser, MERGE % (one.pk, other.pk)))
    assert counts == counts[:1] * 3


# --- erasure ---


def erasure(row: Person) -> str:
    return f"{PEOPLE}{row.pk}/step/erase/"


def test_a_person_is_erased_when_the_box_is_ticked(ours: Team, organiser: Client) -> None:
    row = person(ours)
    factories.user(person=row, username="anna")
    attendee = factories.attendee(event=factories.event(team=ours), person=row, notes="Vegetarian")
    page = organiser.get(f"{PEOPLE}{row.pk}/change/")
    assert [button["url"] for button in page.context["buttons"]] == [erasure(row)]
    text = " ".join(organiser.get(erasure(row)).context["sentences"])
    assert "“Erased person”" in text
    assert "1 row at an event" in text
    assert "“anna”" in text
    answer = organiser.post(erasure(row), {})
    assert answer.context["form"].errors
    assert stored(row).family_name == "Lee"
    answer = organiser.post(erasure(row), {"sure": "on"})
    assert (answer.status_code, said(answer)) == (302, "The person is erased.")
    row = stored(row)
    assert (str(row), row.email, stored(attendee).notes) == ("Erased person", "", "")


def test_an_erased_person_is_neither_changed_nor_erased_again(
    ours: Team, organiser: Client, superuser: Client
) -> None:
    row, other = person(ours), person(ours)
    organiser.post(erasure(row), {"sure": "on"})
    for client in (organiser, superuser):
        page = client.get(f"{PEOPLE}{row.pk}/change/")
        assert (page.status_code, page.context["buttons"], page.context["state"]) == (
            200, [], "erased",
        )  # fmt: skip
        assert client.post(f"{PEOPLE}{row.pk}/change/", {"family_name": "Lee"}).status_code == 403
        assert client.post(erasure(row), {"sure": "on"}).status_code == 403
        assert client.get(MERGE % (row.pk, other.pk)).status_code == 403
    assert stored(row).family_name == ""


def test_only_a_row_that_one_may_change_is_erased(
    ours: Team, theirs: Team, organiser: Client, viewer: Client
) -> None:
    mine, shared, foreign = person(ours), person(None), person(theirs)
    for client, row, status in (
        (viewer, mine, 403), (organiser, shared, 403), (organiser, foreign, 404),
    ):  # fmt: skip
        assert client.get(erasure(row)).status_code == status
        assert client.post(erasure(row), {"sure": "on"}).status_code == status
        assert stored(row).family_name == "Lee"
    assert viewer.get(f"{PEOPLE}{mine.pk}/change/").context["buttons"] == []


def test_erased_people_stand_at_the_end_of_the_list(ours: Team, organiser: Client) -> None:
    first, second = person(ours, family_name="Au"), person(ours, family_name="Chan")
    organiser.post(erasure(first), {"sure": "on"})
    assert list(organiser.get(PEOPLE).context["cl"].queryset) == [second, first]


def test_the_page_before_an_erasure_costs_as_many_queries_for_30_rows_as_for_1(
    ours: Team, organiser: Client
) -> None:
    row, counts = person(ours), []
    for more in (1, 2, 27):
        for _ in range(more):
            factories.attendee(event=factories.event(team=ours), person=row)
        counts.append(cost(organiser, erasure(row)))
    assert counts == counts[:1] * 3


# --- is it one of these? ---

JANE = {"family_name": "Smith", "given_name": "Jane"}
ASK = "Is it one of these?"


def add(client: Client, query: str = "", **values: Any) -> Any:
    url = f"{PEOPLE}add/{query}"
    return client.post(url, {**form_of(client.get(url)), **JANE, **values})


def test_a_second_person_of_one_name_is_asked_for_once(ours: Team, organiser: Client) -> None:
    first = person(ours, **JANE, western_name="", email="jane@example.org")
    screens.appointment(first, "Chair")
    page = add(organiser, email="other@example.org", slug="jane-smith", _addanother="1")
    text = page.content.decode()
    assert page.status_code == 200
    assert Person.objects.filter(family_name="Smith").get() == first
    for shown in (ASK, f"{PEOPLE}{first.pk}/change/", "Chair", "jane@example.org"):
        assert shown in text
    assert "Please correct" not in text
    assert page.context["saves"] == ["_addanother"]
    # Nothing typed is lost: the same form is sent again with one button.
    again = form_of(page)
    assert again["email"] == "other@example.org"
    answer = organiser.post(f"{PEOPLE}add/", {**again, "another": "on", "_addanother": "1"})
    assert answer["Location"].endswith("/add/")
    slugs = Person.objects.filter(family_name="Smith").values_list("slug", flat=True)
    assert len(set(slugs)) == 2


def test_of_a_new_name_and_of_a_stored_person_nothing_is_asked(
    ours: Team, organiser: Client
) -> None:
    person(ours, **JANE, western_name="")
    assert add(organiser, given_name="Joan").status_code == 302
    joan = Person.objects.get(given_name="Joan")
    assert save(organiser, joan, given_name="Jane").status_code == 302


def test_who_may_not_be_seen_is_not_among_these(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    hidden = person(theirs, **JANE, western_name="", email="canary@example.org")
    shared = person(None, **JANE, western_name="", email="shared@example.org")
    body = screens.organisation(theirs, "CANARY")
    Appointment.objects.create(person=shared, organisation=body, title_en="Chair")
    page = add(organiser)
    assert [line["person"] for line in page.context["alike"]] == [shared]
    assert "CANARY" not in page.content.decode().replace(theirs.name, "")
    assert "canary@" not in page.content.decode()
    assert organiser.get(f"{PEOPLE}{hidden.pk}/take/?_popup=1").status_code == 404
    assert add(organiser, email="canary@example.org", given_name="Joan").status_code == 302


def test_in_a_popup_a_person_on_record_is_taken_with_one_click(
    ours: Team, organiser: Client
) -> None:
    first = person(ours, **JANE, western_name="")
    page = add(organiser, "?_popup=1&_to_field=id", _popup="1", _to_field="id")
    [line] = page.context["alike"]
    assert line["url"] == f"{PEOPLE}{first.pk}/take/"
    taken = organiser.get(line["url"])
    assert f"&quot;value&quot;: &quot;{first.pk}&quot;" in taken.content.decode()


# --- the formal name ---


@pytest.mark.parametrize(
    ("chosen", "order", "formal"),
    [
        ("", "western_first", "Jane SMITH"),
        ("family_first", "family_first", "SMITH Jane"),
        ("western_first", "western_first", "Jane SMITH"),
    ],
)
def test_the_order_of_names_comes_from_the_name_unless_one_is_chosen(
    chosen: str, order: str, formal: str, ours: Team, organiser: Client
) -> None:
    page = organiser.get(f"{PEOPLE}add/")
    assert page.context["adminform"].form["name_order"].value() == ""
    sent = {**JANE, "name_order": chosen}
    told = organiser.post(f"{PEOPLE}formal-name/", sent)
    assert told.json() == {"name": formal}
    assert add(organiser, **sent).status_code == 302
    row = Person.objects.get(family_name="Smith")
    assert (row.name_order, row.name_en) == (order, formal)  # type: ignore[attr-defined]


def test_the_order_of_a_stored_name_stays(ours: Team, organiser: Client) -> None:
    row = person(ours, **JANE, western_name="", name_order="family_first")
    assert save(organiser, row, honorific="Dr").status_code == 302
    assert stored(row).name_en == "SMITH Jane"


def test_a_name_is_told_to_the_staff_alone_and_in_no_address(organiser: Client) -> None:
    assert organiser.get(f"{PEOPLE}formal-name/", JANE).status_code == 405
    assert Client().post(f"{PEOPLE}formal-name/", JANE).status_code == 302


def test_a_person_has_a_salutation_in_each_language(organiser: Client, ours: Team) -> None:
    row = factories.person(team=ours)
    page = organiser.get(screens.address(Person, "change", row.pk))
    assert page.context["adminform"].form["salutation_zh_hant"].label == "Salutation · 繁體中文"
    sent = {"salutation_en": "Your Excellency,", "salutation_zh_hant": "尊敬的主席"}
    assert save(organiser, row, **sent).status_code == 302
    row.refresh_from_db()
    assert (row.salutation_en, row.salutation_zh_hans) == ("Your Excellency,", None)
