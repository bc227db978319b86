"""Rows of another team do not exist: in no list, page, search, history or forged form."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from delegations.models import Application, Delegation, TradeMission
from events.models import (
    Attendee,
    Delivery,
    Event,
    EventOrganisation,
    EventSeries,
    Expo,
    Figure,
    Organisation,
    Person,
    Place,
    PromotionConference,
    ReminderRule,
    Team,
    User,
)
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import all_values, form_of, save

OWNED: list[type[Model]] = [
    Event,
    PromotionConference,
    Expo,
    Attendee,
    Place,
    Organisation,
    Person,
    EventSeries,
    Figure,
    Delivery,
    Delegation,
    TradeMission,
    Application,
]
named = pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
# Select fields with search: the table that has the field, and the field.
SEARCHED = [
    (Event, "parent"),
    (Event, "series"),
    (Event, "place"),
    (Attendee, "person"),
    (Attendee, "representing"),
    (Attendee, "event"),
    (Delegation, "mission"),
    (Delegation, "sending_organisation"),
]


@named
def test_another_teams_row_is_in_no_byte(
    model: type[Model], ours: Team, theirs: Team, organiser: Client
) -> None:
    mine = screens.MAKERS[model](ours, "ordinary")
    other = screens.MAKERS[model](theirs, "CANARY")
    screens.fill(other, "CANARY")
    # A row that nobody may change has no history page.
    history = () if model is Delivery else (screens.address(model, "history", mine.pk),)
    for url in (
        "/admin/",
        screens.address(model, "changelist"),
        screens.address(model, "changelist") + "?q=canary",
        screens.address(model, "change", mine.pk),
        *history,
    ):
        page = organiser.get(url)
        assert page.status_code == 200, url
        assert b"CANARY" not in page.content, url


@named
@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_another_teams_row_is_not_found(
    model: type[Model], view: str, theirs: Team, organiser: Client
) -> None:
    row = screens.MAKERS[model](theirs, "CANARY")
    answer = organiser.get(screens.address(model, view, row.pk))
    assert answer.status_code in ({403, 404} if model is Delivery else {404})
    assert b"CANARY" not in answer.content


def test_parts_of_a_shared_event_that_another_team_owns_stay_theirs(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    shared = screens.event(None, "shared expo")
    screens.event(theirs, "CANARY", parent=shared)
    screens.event(theirs, "CANARY", series=shared.series)
    for row in (shared, shared.series):
        page = organiser.get(screens.address(type(row), "change", row.pk))
        assert page.status_code == 200
        assert b"CANARY" not in page.content


@pytest.mark.parametrize(("model", "field"), SEARCHED, ids=str)
def test_search_fields_offer_visible_rows_only(
    model: type[Model], field: str, ours: Team, theirs: Team, organiser: Client
) -> None:
    target = model._meta.get_field(field).related_model
    visible = screens.MAKERS[target](ours, "CANvisible")
    screens.MAKERS[target](theirs, "CANARY")
    question = {
        "app_label": model._meta.app_label,
        "model_name": model._meta.model_name,
        "field_name": field,
        "term": "CAN",
    }
    answer = organiser.get("/admin/autocomplete/", question)
    assert str(visible.pk) in [found["id"] for found in answer.json()["results"]]
    assert b"CANARY" not in answer.content


def test_no_redirect_leads_round_the_screens(theirs: Team, organiser: Client) -> None:
    row = screens.event(theirs, "CANARY", slug="canary")
    kind = ContentType.objects.get_for_model(Event)
    assert organiser.get(f"/admin/r/{kind.pk}/{row.pk}/").status_code == 404


@pytest.mark.parametrize("field", ["parent", "series", "place", "team"])
def test_a_forged_key_changes_nothing(
    field: str, ours: Team, theirs: Team, organiser: Client
) -> None:
    mine = screens.event(ours, "mine")
    foreign = screens.event(theirs, "CANARY")
    keys = {"parent": foreign, "series": foreign.series, "place": foreign.place, "team": theirs}
    before = all_values(mine)
    page = save(organiser, mine, **{field: keys[field].pk, "title_en": "forged"})
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors
    assert b"CANARY" not in page.content
    assert all_values(mine) == before


def test_a_forged_row_of_an_inline_changes_nothing(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    mine = screens.event(ours, "mine")
    foreign = factories.hub(event=screens.event(theirs, "CANARY"))
    before = all_values(foreign)
    added = {
        "place_roles-TOTAL_FORMS": 1,
        "place_roles-INITIAL_FORMS": 1,
        "place_roles-0-id": foreign.pk,
        "place_roles-0-event": mine.pk,
        "place_roles-0-role": "site",
        "place_roles-0-position": 9,
    }
    page = save(organiser, mine, **added)
    assert page.status_code == 200
    assert b"CANARY" not in page.content
    assert all_values(foreign) == before


def test_a_foreign_person_cannot_be_invited(ours: Team, theirs: Team, organiser: Client) -> None:
    mine, foreign = screens.event(ours, "mine"), screens.person(theirs, "CANARY")
    url = f"/admin/events/attendee/add/?event={mine.pk}"
    page = organiser.post(url, {**form_of(organiser.get(url)), "person": foreign.pk})
    assert page.status_code == 200
    assert not mine.attendees.exists()


@named
def test_a_viewer_reads_and_does_not_write(model: type[Model], ours: Team, viewer: Client) -> None:
    row = screens.MAKERS[model](ours, "row")
    screens.fill(row, "detail")
    before = all_values(row)
    url = screens.address(model, "change", row.pk)
    # Deliveries contain addresses, so viewers may not see them.
    assert viewer.get(url).status_code == (404 if model is Delivery else 200)
    assert viewer.post(url, {"slug": "forged", "title_en": "forged"}).status_code == 403
    assert viewer.get(screens.address(model, "add")).status_code == 403
    assert viewer.post(screens.address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert all_values(row) == before


@pytest.mark.parametrize("model", [Event, Place, Organisation, Person, EventSeries, Delegation])
def test_what_all_teams_share_is_read_only(
    model: type[Model], ours: Team, organiser: Client
) -> None:
    row = screens.MAKERS[model](None, "shared")
    url = screens.address(model, "change", row.pk)
    assert organiser.get(url).status_code == 200
    assert organiser.post(url, {"slug": "forged"}).status_code == 403


def test_a_new_row_belongs_to_a_team_of_its_maker(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    url = screens.address(Place, "add")
    page = organiser.get(url)
    choices = page.context["adminform"].form.fields["team"].choices
    assert [str(label) for key, label in choices if key] == ["Our desk"]
    data = {**form_of(page), "name_en": "Hall 7", "kind": "venue"}
    assert organiser.post(url, {**data, "team": theirs.pk}).status_code == 200
    assert organiser.post(url, {**data, "team": ""}).status_code == 200
    assert not Place.objects.exists()
    assert organiser.post(url, data).status_code == 302
    assert Place.objects.get().team == ours


def test_who_is_no_staff_stays_outside(ours: Team, client: Client) -> None:
    from_outside = screens.login(ours, "outside")
    from_outside.is_staff = False
    from_outside.save()
    client.force_login(from_outside)
    assert client.get("/admin/events/event/").status_code == 302


def test_nobody_but_a_superuser_manages_users_and_teams(
    ours: Team, organiser: Client, superuser: Client
) -> None:
    assert organiser.get("/admin/events/user/").status_code == 403
    assert organiser.post("/admin/events/team/add/", {"name": "x", "slug": "x"}).status_code == 403
    assert superuser.get("/admin/events/user/").status_code == 200


@pytest.mark.parametrize("who", ["organiser", "superuser"])
def test_deliveries_are_read_only(who: str, ours: Team, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    row = screens.delivery(ours, "row")
    before = all_values(row)
    url = screens.address(Delivery, "change", row.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"state": "pending"}).status_code == 403
    assert client.get(screens.address(Delivery, "add")).status_code == 403
    assert (
        client.post(screens.address(Delivery, "delete", row.pk), {"post": "y"}).status_code == 403
    )
    assert all_values(row) == before


def test_details_of_another_teams_event_cannot_be_reached_by_their_own_screens(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    row = screens.event(theirs, "CANARY")
    ReminderRule.objects.create(event=row)
    EventOrganisation.objects.create(event=row, organisation=screens.organisation(theirs, "CANARY"))
    url = screens.address(Event, "change", row.pk)
    assert organiser.post(url, {"title_en": "forged"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("target", [None, "https://elsewhere.example/"])
def test_a_login_without_a_page_of_ours_to_go_to_leads_to_the_start_page(
    client: Client, target: str | None
) -> None:
    User.objects.create_superuser("root", password="a long pass phrase")
    form = {"username": "root", "password": "a long pass phrase"}
    answer = client.post(reverse("admin:login"), form | ({"next": target} if target else {}))
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
