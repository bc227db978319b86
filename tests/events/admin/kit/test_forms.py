"""Every form for a new row: what it requires, what it presets, and the short name that it makes."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.test import Client

from delegations.models import Delegation, TradeMission
from events.models import (
    CalendarFeed,
    Event,
    EventSeries,
    Expo,
    Figure,
    Membership,
    Organisation,
    Person,
    Place,
    PromotionConference,
    Sector,
    Source,
    Team,
    User,
)
from tests import factories
from tests.events.admin import screens
from tests.office import Office, address, detail, form_of
from tests.samples import first_of, quick

pytestmark = pytest.mark.django_db

DAY = {"precision": "day", "basis": "entered", "start_on": "2026-12-02", "timezone": "UTC"}
EVENT = {**DAY, "visibility": "internal", "attendance_mode": "in_person"}
# What a person types into each form at least, besides the name.
TYPED: dict[type[Model], dict[str, Any]] = {
    Event: {**EVENT, "kind": "session"},
    PromotionConference: EVENT,
    Expo: EVENT,
    EventSeries: {"kind": "expo"},
    Organisation: {"kind": "company"},
    Person: {"name_order": "family_first"},
    Place: {"kind": "room"},
    Figure: {"comparator": "exact", "value": 3},
    Delegation: {"kind": "duty_visit", "direction": "outward"},
    TradeMission: {"direction": "outward"},
    Sector: {},
    Source: {},
    Team: {},
}
ADDED = [
    model
    for model in screens.SCREENS
    if admin.site._registry[model].has_add_permission.__qualname__ != "ReadOnly.has_add_permission"
]
named = pytest.mark.parametrize("model", ADDED, ids=lambda model: model.__name__)
slugged = pytest.mark.parametrize(
    "model", quick(TYPED, among=(Event, Person, Figure, Team)), ids=lambda model: model.__name__
)


def texts(model: type[Model], english: str, chinese: str) -> dict[str, Any]:
    """Return the fields of the main name of a row."""
    if model is Person:
        return {"family_name": english or chinese, "given_name": ""}
    if model in {Source, Team}:
        return {"name": english or f"{chinese}{factories.number()}"}
    stem = "unit" if model is Figure else "title" if issubclass(model, Event) else "name"
    return {f"{stem}_en": english, f"{stem}_zh_hant": chinese}


def typed(model: type[Model], team: Team, english: str, chinese: str = "") -> dict[str, Any]:
    more = {"team": team.pk, **TYPED[model], **texts(model, english, chinese)}
    if issubclass(model, Delegation):
        more["mission"] = factories.event(team=team).pk
    return more


def add(client: Client, model: type[Model], **values: Any) -> Any:
    url = address(model, "add")
    return client.post(url, {**form_of(client.get(url)), **values})


def errors(answer: Any) -> dict[str, Any]:
    return dict(answer.context["adminform"].form.errors)


def posts(page: Any) -> Iterator[dict[str, Any]]:
    """Yield what browsers may send: all as it is, all blank, and one more blank row in each tab."""
    sent = form_of(page)
    managed = {name: value for name, value in sent.items() if "_FORMS" in name}
    yield sent
    yield managed
    yield {**dict.fromkeys(sent, ""), **managed}
    for inline in page.context["inline_admin_formsets"]:
        if inline.has_add_permission and inline.formset.max_num:
            names = [bound.name for bound in inline.formset.empty_form]
            blank = dict.fromkeys(names, "")
            more = detail(page, inline.formset.prefix, **blank)
            yield {**sent, **more}
            yield {**managed, **more}


@named
@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("superuser", ""),
        pytest.param("organiser", "?_popup=1&_to_field=id", marks=pytest.mark.thorough),
    ],
)
def test_a_blank_form_is_refused_and_not_an_error_of_the_server(
    model: type[Model], who: str, query: str, superuser: Client, organiser: Client
) -> None:
    client = superuser if who == "superuser" else organiser
    url = address(model, "add") + query
    page = client.get(url)
    if page.status_code == 403:
        return
    assert page.status_code == 200
    for sent in posts(page):
        with transaction.atomic():
            assert client.post(url, sent).status_code in {200, 302}, sent
            transaction.set_rollback(True)


@named
@pytest.mark.parametrize("who", first_of(["superuser", "organiser"]))
def test_a_whole_form_without_a_team_is_stored_or_refused_at_the_team(
    model: type[Model], who: str, ours: Team, superuser: Client, organiser: Client
) -> None:
    client = superuser if who == "superuser" else organiser
    factories.team()
    page = client.get(address(model, "add"))
    fields = page.context["adminform"].form.fields if page.status_code == 200 else {}
    if "team" not in fields:
        return
    place = factories.place(team=ours).pk
    values = {"name": "Phone", "name_en": "Bus", "start": place, "end": place, "minutes": 20}
    values["person"] = factories.person(team=ours).pk
    if model in TYPED:
        values = typed(model, ours, "Fair")
    answer = add(client, model, **{**values, "team": ""})
    if fields["team"].required:
        assert answer.status_code == 200
        assert set(errors(answer)) == {"team"}
        assert "shared" not in str(fields["team"].help_text)
    else:
        assert answer.status_code == 302, errors(answer)
        assert "shared" in str(fields["team"].help_text)
        row: Any = model._default_manager.latest("pk")
        assert row.team_id is None


def test_a_feed_that_a_superuser_without_a_team_hands_out_needs_a_team(
    ours: Team, superuser: Client
) -> None:
    factories.team()
    person = factories.person(team=ours)
    answer = add(superuser, CalendarFeed, name="Phone", person=person.pk)
    assert answer.status_code == 200
    assert "required" in str(errors(answer)["team"])


def test_the_only_team_is_preset_for_superusers_too(ours: Team, superuser: Client) -> None:
    for model in (Event, CalendarFeed, Person, TradeMission):
        page = superuser.get(address(model, "add"))
        assert page.context["adminform"].form.initial["team"] == ours, model


def test_of_several_teams_a_superuser_gets_their_own_if_it_is_one(
    ours: Team, superuser: Client
) -> None:
    other = factories.team()

    def preset() -> Any:
        return superuser.get(address(Event, "add")).context["adminform"].form.initial["team"]

    assert preset() is None
    user = User.objects.get(is_superuser=True)
    Membership.objects.create(user=user, team=other, role="organiser")
    assert preset() == other
    Membership.objects.create(user=user, team=ours, role="organiser")
    assert preset() is None


# --- short names ---


@slugged
def test_what_is_called_as_another_row_is_stored(
    model: type[Model], ours: Team, superuser: Client
) -> None:
    for _ in range(2):
        values = typed(model, ours, "Registration")
        if model is Team:
            values["name"] = f"Registration {factories.number()}"
        answer = add(superuser, model, **values, slug="registration", another="on")
        assert answer.status_code == 302, errors(answer)
    found = model._default_manager.filter(slug__startswith="registration")
    assert sorted(found.values_list("slug", flat=True)) == ["registration", "registration-2"]


@slugged
def test_without_the_script_of_the_page_the_short_name_is_free_as_well(
    model: type[Model], ours: Team, superuser: Client
) -> None:
    for number in range(2):
        values = typed(model, ours, "Registration")
        if model is Team:
            values["name"] = "Registration" + "!" * number
        answer = add(superuser, model, **values, slug="", another="on")
        assert answer.status_code == 302, errors(answer)
    found = model._default_manager.filter(slug__startswith="registration")
    assert sorted(found.values_list("slug", flat=True)) == ["registration", "registration-2"]


@slugged
def test_a_name_in_chinese_alone_gives_a_short_name(
    model: type[Model], ours: Team, superuser: Client
) -> None:
    for _ in range(2):
        values = typed(model, ours, "", "登記")
        before = set(model._default_manager.values_list("pk", flat=True))
        answer = add(superuser, model, **values, slug="", another="on")
        assert answer.status_code == 302, errors(answer)
        row: Any = model._default_manager.exclude(pk__in=before).get()
        assert row.slug.startswith(f"{model._meta.model_name}-")


def test_two_figures_of_one_unit_that_are_added_at_once_are_two(
    ours: Team, organiser: Client
) -> None:
    event = factories.event(team=ours, end_on=date(2026, 12, 2))
    Figure.objects.create(event=event, slug="visitors", value=9, unit_en="visitors")
    page = organiser.get(address(event, "change"))
    row = {"comparator": "exact", "value": 3, "unit_en": "enterprises"}
    sent = {f"figures-{number}-{name}": row[name] for number in (1, 2) for name in row}
    answer = organiser.post(
        address(event, "change"), {**form_of(page), **sent, "figures-TOTAL_FORMS": 3}
    )
    assert answer.status_code == 302, answer.context["errors"]
    added = Figure.objects.filter(value=3).values_list("slug", flat=True)
    assert sorted(added) == ["enterprises", "enterprises-2"]


def test_the_address_of_a_stored_row_stays(ours: Team, organiser: Client) -> None:
    factories.event(team=ours, slug="registration")
    event = screens.event(ours, "Opening", slug="opening", end_on=date(2026, 12, 2))
    office = Office(organiser)
    office.change(event, title_en="Registration", slug="")
    assert event.slug == "opening"
    office.change(event, slug="opening-2026")
    assert event.slug == "opening-2026"
    said = office.refused(address(event, "change"), slug="registration")
    assert "“registration-2” is free" in said
    event.refresh_from_db()
    assert event.slug == "opening-2026"
