"""No response contains what its reader may not see, and no forged form changes such a row."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.test import Client
from pytest_django import DjangoDbBlocker

from events.domain.access import access
from events.models import Attendee, Event, Figure, Merger, Organisation, Person, Place
from tests import factories, missions
from tests.events.admin import addresses, canaries
from tests.events.admin.canaries import Office
from tests.missions import MARKS
from tests.office import form_of
from tests.samples import first_of

pytestmark = pytest.mark.django_db
ROLES = tuple(MARKS)
# The role with the fewest rows, to which a leak shows first; `make test-all` plays all.
QUICK = ("liaison",)


def played(role: str, *marks: pytest.MarkDecorator) -> ParameterSet:
    return pytest.param(role, marks=[*marks, *([] if role in QUICK else [pytest.mark.thorough])])


roles = pytest.mark.parametrize("role", [played(role) for role in ROLES])
# Roles that fill in forms; all tests of a role run in one process, which requests its forms once.
writers = pytest.mark.parametrize(
    "role",
    [
        played(role, pytest.mark.xdist_group(f"forms of {role}"))
        for role in ("organiser", "liaison", "secretary")
    ],
)


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    """One set of rows for all tests, none of which changes it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield canaries.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def forms(office: Office) -> Callable[[str], list[tuple[str, Any]]]:
    """The pages on which a role may add or change rows, requested once for each role."""
    return cache(lambda role: list(forms_of(office.client(role), office)))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables except sessions."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label != "sessions.Session" and not model._meta.proxy
    }


def bytes_of(answer: Any) -> bytes:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body + str(answer.headers).encode()


# ---------------------------------------------------------------- reading


@roles
def test_no_byte_of_what_somebody_may_not_see(role: str, office: Office) -> None:
    client, mark = office.client(role), MARKS[role].encode()
    before = everything()
    shown, leaks = set(), []
    for address in addresses.addresses(office.targets):
        if "/logout/" in address:
            continue
        answer = client.get(address)
        assert answer.status_code in {200, 302, 301, 400, 403, 404, 405, 409}, (address, answer)
        found = bytes_of(answer)
        if mark in found:
            at = found.index(mark)
            leaks.append((address, found[max(0, at - 150) : at + 40]))
        if answer.status_code == 200:
            shown.add(address)
    assert leaks == []
    assert everything() == before
    assert len(shown) > 60, "hardly anything was shown, so hardly anything was tested"


def test_the_marks_are_there_to_be_found(office: Office) -> None:
    client = Client()
    client.force_login(office.mission.users["superuser"])
    for model in (Event, Person, Attendee, Figure, Organisation, Place):
        pages = bytes_of(client.get(f"/admin/events/{model._meta.model_name}/"))
        assert all(mark.encode() in pages for mark in MARKS.values()), model


@pytest.mark.parametrize("who", first_of(["no staff", "nobody", "has left"]))
def test_nothing_is_open_to_those_outside(who: str, office: Office) -> None:
    client = Client()
    if who != "nobody":
        user = factories.user(member_of=office.mission.team)
        client.force_login(user)
        user.is_staff, user.is_active = who == "has left", who != "has left"
        user.save()
    for address in addresses.addresses(office.targets):
        if "/login/" in address or "/logout/" in address:
            continue
        answer = client.get(address)
        assert answer.status_code in {302, 301, 404}, address
        assert b"CANARY" not in bytes_of(answer)


# ---------------------------------------------------------------- writing


@pytest.mark.thorough
@roles
def test_rows_out_of_reach_stay_as_they_are_whatever_is_sent(role: str, office: Office) -> None:
    client, user = office.client(role), office.mission.users[role]
    reach = {
        model: [row for row in rows if not access.may_change(user=user, row=row)]
        for model, rows in office.targets.items()
    }
    before = everything()
    own = {row.pk for row in Merger.objects.all() if may_take_back(user, row)}
    # A form is posted to its path; the query string makes no difference.
    for address in dict.fromkeys(url.partition("?")[0] for url in addresses.addresses(reach)):
        if "/logout/" in address or "password_change/" in address:
            continue
        if address.endswith(tuple(f"/unmerge/{key}/" for key in own)):
            continue
        answer = client.post(address, {"post": "yes", "keep": "1", **forged_anyhow(office)})
        assert answer.status_code in {200, 302, 301, 400, 403, 404, 405, 409}, (address, answer)
        assert MARKS[role].encode() not in bytes_of(answer), address
    assert everything() == before


def may_take_back(user: Any, merger: Merger) -> bool:
    kept = apps.get_model(merger.table)._default_manager.filter(pk=merger.kept).first()
    return kept is not None and access.may_change(user=user, row=kept)


def forged_anyhow(office: Office) -> dict[str, Any]:
    """Return foreign keys under all names that a form may use."""
    foreign = {model._meta.model_name: rows[-1].pk for model, rows in office.targets.items()}
    keys = {**foreign, "parent": foreign["event"], "representing": foreign["organisation"]}
    return {**keys, "title_en": "forged", "name_en": "forged", "slug": "forged", "sure": "on"}


@roles
def test_actions_on_rows_out_of_reach_change_nothing(role: str, office: Office) -> None:
    client, user = office.client(role), office.mission.users[role]
    before = everything()
    for model, screen in addresses.SCREENS.items():
        rows = [row for row in office.targets[model] if not access.may_change(user=user, row=row)]
        names = [getattr(each, "__name__", each) for each in screen.actions or ()]
        for name in ("delete_selected", *names):
            url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            keys = [row.pk for row in rows]
            answer = client.post(
                url, {"action": name, "_selected_action": keys, "post": "yes", "index": 0}
            )
            assert answer.status_code in {200, 302, 403, 405}, (url, name)
            assert MARKS[role].encode() not in bytes_of(answer), (url, name)
    assert everything() == before


@pytest.mark.thorough
@writers
def test_no_relation_is_set_to_what_somebody_may_not_see(
    role: str, office: Office, forms: Callable[[str], list[tuple[str, Any]]]
) -> None:
    client, user, pages = office.client(role), office.mission.users[role], forms(role)
    before = everything()
    tried = 0
    for url, page in pages:
        sent = {**form_of(page), **new_details(page)}
        fields = numbered(page, dict(relations(page)))
        hidden = {name: hidden_row(user, field) for name, field in fields.items()}
        forged = {name: row.pk for name, row in hidden.items() if row}
        if not forged:
            continue  # there is nothing to choose
        answer = client.post(url, {**sent, **forged})
        assert answer.status_code == 200, (url, answer)
        assert refused(answer) >= set(forged), (url, set(forged) - refused(answer))
        assert MARKS[role].encode() not in bytes_of(answer), url
        tried += len(forged)
    assert everything() == before
    assert tried > 10


def forms_of(client: Client, office: Office) -> Iterator[tuple[str, Any]]:
    """Yield a page of each table where the user may add rows, and one where they may change one."""
    known = {"/admin/events/user//change/", "/admin/events/user/add/"}
    for address in addresses.addresses(office.targets):
        kind = re.sub(r"\d+", "", address)
        if kind in known or not address.endswith(("/add/", "/change/")):
            continue
        page = client.get(address)
        if page.status_code == 200 and page.context["has_change_permission"]:
            known.add(kind)
            yield address, page


def relations(page: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a page that choose a row, including those of one more row in each tab."""
    forms = [page.context["adminform"].form]
    for formset in growing(page):
        forms += [*formset.forms, formset.empty_form]
    for form in forms:
        for bound in form:
            chooses = isinstance(bound.field, ModelChoiceField | ModelMultipleChoiceField)
            is_key = bound.name == form._meta.model._meta.pk.name
            if chooses and not bound.field.disabled and not is_key:
                yield bound.html_name, bound.field


def growing(page: Any) -> list[Any]:
    """Return the formsets of the tabs in which a row can be added."""
    inlines = page.context["inline_admin_formsets"]
    return [
        inline.formset for inline in inlines if inline.formset.max_num and inline.has_add_permission
    ]


def numbered(page: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Give the blank row of each tab the next number, as the browser does."""
    for formset in growing(page):
        blank, number = formset.empty_form.prefix, formset.add_prefix(formset.total_form_count())
        data = {name.replace(blank, number): value for name, value in data.items()}
    return data


def new_details(page: Any) -> dict[str, Any]:
    """Return the data that add one more row in each tab."""
    added = {}
    for formset in growing(page):
        added |= {bound.html_name: bound.value() or "" for bound in formset.empty_form}
        added[f"{formset.prefix}-TOTAL_FORMS"] = formset.total_form_count() + 1
    return numbered(page, added)


def hidden_row(user: Any, field: Any) -> Model | None:
    """Return a row that the user may not see; of teams, one that they may not give rows to."""
    model = field.queryset.model
    keys = access.visible(user=user, model=model).values_list("pk", flat=True)
    return model._default_manager.exclude(pk__in=list(keys)).order_by("-pk").first()


def refused(page: Any) -> set[str]:
    """Return the names of the fields that have errors."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += inline.formset.forms
    return {form.add_prefix(name) for form in forms for name in form.errors}


@writers
def test_no_detail_of_another_row_is_reached_through_a_tab(
    role: str, office: Office, forms: Callable[[str], list[tuple[str, Any]]]
) -> None:
    client, tried = office.client(role), 0
    for url, page in forms(role):
        if url.endswith("/add/"):
            continue  # the form is empty, so nothing would be stored
        tabs = {tab.prefix: tab for tab in growing(page) if tab.can_delete and elsewhere(tab)}
        while tabs:  # repeat, because an error in one tab would hide what another tab accepts
            rows = {prefix: elsewhere(tab) for prefix, tab in tabs.items()}
            before = stored(rows.values())
            with transaction.atomic():
                sent = form_of(page)
                for prefix, tab in tabs.items():
                    sent |= stolen(tab, rows[prefix])
                answer = client.post(url, sent)
                assert stored(rows.values()) == before, url
                transaction.set_rollback(True)
            refused = refusing(answer) & set(tabs) if answer.status_code == 200 else set(tabs)
            assert refused, (url, answer)
            tried += len(refused)
            tabs = {prefix: tab for prefix, tab in tabs.items() if prefix not in refused}
    assert tried > 2


def elsewhere(formset: Any) -> Any:
    """A row of the kind in a tab, but of another parent."""
    here = formset.queryset.values_list("pk", flat=True)
    return formset.model._default_manager.exclude(pk__in=list(here)).order_by("-pk").first()


def stolen(formset: Any, row: Any) -> dict[str, Any]:
    """Return the data that would move a row of another parent into this tab."""
    number, prefix = formset.initial_form_count(), formset.prefix
    form = formset.form(instance=row, prefix=f"{prefix}-{number}", **formset.get_form_kwargs(0))
    values = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    return {
        **{name: getattr(value, "pk", value) for name, value in values.items()},
        f"{prefix}-TOTAL_FORMS": number + 1,
        f"{prefix}-INITIAL_FORMS": number + 1,
        f"{prefix}-{number}-{formset.model._meta.pk.name}": row.pk,
        f"{prefix}-{number}-{formset.fk.name}": formset.instance.pk or "",
    }


def stored(rows: Iterable[Model]) -> list[Any]:
    """Return the rows as they are stored."""
    return [list(type(row)._default_manager.filter(pk=row.pk).values_list()) for row in rows]


def refusing(page: Any) -> set[str]:
    """Return the prefixes of the tabs with errors."""
    inlines = page.context["inline_admin_formsets"]
    return {inline.formset.prefix for inline in inlines if not inline.formset.is_valid()}


# ---------------------------------------------------------------- completeness


def test_every_screen_has_rows_to_ask_for(office: Office) -> None:
    assert set(office.targets) == set(addresses.SCREENS)
    assert set(missions.MARKS) < set(missions.ROLES)


def test_every_route_is_asked_for(office: Office) -> None:
    asked = addresses.addresses(office.targets)
    lacking = [
        route for route in addresses.routes() if not list(addresses._of(route, office.targets))
    ]
    assert lacking == []
    assert len(asked) > 300
