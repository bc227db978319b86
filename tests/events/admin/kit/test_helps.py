"""Help of fields: it exists, says more than the label, and speaks three languages."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.test import Client
from django.utils.translation import override


def test_help_is_translated_and_does_not_repeat_the_label() -> None:
    sentences = {
        (type(screen).__name__, name): text
        for screen in screens_and_inlines()
        for name, text in screen.helps.items()
    }
    assert len(sentences) > 30
    for (_screen, name), text in sentences.items():
        with override("en"):
            english = str(text)
        assert english.endswith(".")
        assert english.rstrip(".").lower() != name.replace("_", " ")
        for language in ("zh-hans", "zh-hant"):
            with override(language):
                assert str(text) != english


def screens_and_inlines() -> Iterator[Any]:
    """Yield the screens, and the classes of their inlines, that say something about fields."""
    for screen in admin.site._registry.values():
        yield from (each for each in (screen, *screen.inlines) if hasattr(each, "helps"))


def test_every_field_that_help_is_given_for_exists() -> None:
    for screen in screens_and_inlines():
        columns = {column.name for column in screen.model._meta.get_fields()}
        assert set(screen.helps) <= columns, screen


def test_a_form_shows_the_help(superuser: Client) -> None:
    page = superuser.get("/admin/events/promotionconference/add/").content.decode()
    assert "Internal: your team." in page
    assert "made from the name if it stays empty" in page
