"""Every screen: as many queries for many rows as for one, in three languages, no other host."""

import hashlib
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model
from django.test import Client, override_settings
from django.utils import translation

from events.models import (
    CalendarFeed,
    Delivery,
    Event,
    Expo,
    PromotionConference,
    Reply,
    Team,
    User,
)
from tests import factories
from tests.events.admin import screens
from tests.events.admin.screens import ELSEWHERE, queries
from tests.samples import later

LANGUAGES = ("en", "zh-hans", "zh-hant")
# Each screen in one language, the screens by turns in all; `make test-all` has each in all three.
SHOWN = [
    (model, language) if number % 3 == turn else later(model, language)
    for number, model in enumerate(screens.SCREENS)
    for turn, language in enumerate(LANGUAGES)
]


def test_every_screen_is_tested() -> None:
    assert set(screens.SCREENS) == set(screens.MAKERS)


@pytest.fixture
def clients(ours: Team, superuser: Client, organiser: Client, viewer: Client) -> dict[str, Client]:
    return {"superuser": superuser, "organiser": organiser, "viewer": viewer}


def readers(model: type[Model]) -> list[Any]:
    """Return the screen with each role that may open it; users and teams are for superusers."""
    if model in {Team, User}:
        return [(model, "superuser")]
    others = [] if model in {CalendarFeed, Delivery, Reply} else [later(model, "viewer")]
    return [(model, "organiser"), *others]


read = pytest.mark.parametrize(
    ("model", "who"), [reader for model in screens.SCREENS for reader in readers(model)]
)


def costs(client: Client, url: str, add: Any) -> list[int]:
    """Return the numbers of queries with 1, 3 and many rows."""
    counts = []
    add()
    assert client.get(url).status_code == 200  # fills the cache of content types
    for more in (0, 2, factories.MANY - 3):
        for _ in range(more):
            add()
        counts.append(queries(client, url))
    return counts


@read
@override_settings(SIMPLE_HISTORY_ENABLED=False)
def test_a_list_of_many_rows_costs_as_many_queries_as_one_of_1(
    model: type[Model], who: str, ours: Team, clients: dict[str, Client]
) -> None:
    url = screens.address(model, "changelist")
    counts = costs(clients[who], url, lambda: screens.MAKERS[model](ours, "row"))
    assert counts == counts[:1] * 3


@read
@override_settings(SIMPLE_HISTORY_ENABLED=False)
def test_a_page_with_many_details_costs_as_many_queries_as_one_with_1(
    model: type[Model], who: str, ours: Team, clients: dict[str, Client]
) -> None:
    row = screens.MAKERS[model](ours, "row")
    url = screens.address(model, "change", row.pk)
    counts = costs(clients[who], url, lambda: screens.fill(row, "detail"))
    assert counts == counts[:1] * 3


@pytest.mark.parametrize(("model", "language"), SHOWN)
def test_every_page_renders_in_three_languages_and_asks_nobody_else(
    model: type[Model], language: str, ours: Team, superuser: Client
) -> None:
    row = screens.MAKERS[model](ours, "row")
    screens.fill(row, "detail")
    superuser.cookies["django_language"] = language
    views: list[tuple[Any, ...]] = [("changelist",), ("change", row.pk), ("history", row.pk)]
    if model not in {Delivery, Reply}:
        views.append(("add",))
    for view in views:
        page = superuser.get(screens.address(model, *view))
        assert page.status_code == 200, view
        assert f'<html lang="{translation.to_language(language)}"'.encode() in page.content
        assert ELSEWHERE.findall(page.content) == []


def test_the_language_switch_works(superuser: Client) -> None:
    superuser.post("/i18n/setlang/", {"language": "zh-hant", "next": "/admin/"})
    assert b'lang="zh-hant"' in superuser.get("/admin/").content


def test_missions_and_delegations_have_one_door(superuser: Client) -> None:
    groups = superuser.get("/admin/").context["sidebar_navigation"]
    doors = [str(item["link"]) for group in groups for item in group["items"]]
    assert [link for link in doors if "/delegations/" in link] == ["/admin/delegations/delegation/"]
    assert superuser.get("/admin/delegations/trademission/").status_code == 200


@pytest.mark.parametrize(
    ("model", "kind"),
    [(PromotionConference, "promotion_conference"), (Expo, "expo")],
)
def test_a_screen_of_one_kind_lists_that_kind_only(
    model: type[Model], kind: str, ours: Team, organiser: Client
) -> None:
    kinds = {kind: screens.event(ours, "row", kind=kind) for kind in Event.Kind.values}
    page = organiser.get(screens.address(model, "changelist"))
    assert [row.pk for row in page.context["cl"].queryset] == [kinds[kind].pk]


def test_people_are_found_in_every_spelling(ours: Team, organiser: Client) -> None:
    row = factories.person(team=ours, family_name="Lü", given_name="Wei", name_zh_hant="呂偉")
    for spelling in ("lyu", "Lu", "LÜ", "呂"):
        page = organiser.get("/admin/events/person/", {"q": spelling})
        assert list(page.context["cl"].queryset) == [row], spelling
        page = organiser.get("/admin/events/attendee/", {"q": spelling})
        assert page.status_code == 200


def test_vendored_files_are_those_that_were_checked_in() -> None:
    folder = settings.BASE_DIR / "config" / "static" / "vendor"
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
