"""Lists without rows: each says what to do next, in every language."""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from events.models import User
from tests import factories

pytestmark = pytest.mark.django_db
SCREENS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(factories.user(is_superuser=True))
    return client


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model.__name__)
def test_an_empty_list_says_what_to_do_next(model: type[Model], superuser: Client) -> None:
    screen = admin.site._registry[model]
    with override("en"):
        english = str(screen.empty)
    assert english
    for language in ("zh-hans", "zh-hant"):
        with override(language):
            assert str(screen.empty) != english
    if screen.empty_leads:
        reverse(screen.empty_leads[1])
    if model is not User:
        page = superuser.get(address(model), follow=True).content.decode()
        assert 'id="empty"' in page
        assert str(escape(english)) in page


def test_a_search_without_a_result_says_so_and_leads_to_all(superuser: Client) -> None:
    page = superuser.get(f"{address(SCREENS[-1])}?q=nobody-is-called-so").content.decode()
    assert "Nothing is found this way." in page
    assert "Show all" in page
