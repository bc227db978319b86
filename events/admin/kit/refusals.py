"""Refusals of the domain as sentences for the user, in the language of the page."""

from copy import copy
from functools import singledispatch
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext
from modeltranslation.utils import build_localized_fieldname

from events.domain.access import access
from events.models import Event, Viewer


@singledispatch
def sentence(refusal: Exception) -> str:
    """Return the sentence for a refusal; any other exception is a fault and is raised again."""
    raise refusal


def told(refusal: Exception, user: Viewer) -> str:
    """Return the sentence, with the names of events and rows redacted that are not visible."""
    for name, value in vars(refusal).items():
        setattr(refusal, name, _veiled(value, user))
    return sentence(refusal)


def _veiled(value: Any, user: Viewer) -> Any:
    if isinstance(value, tuple):
        return tuple(_listed(one, user) for one in value)
    if not isinstance(value, Event) or _is_known(value, user):
        return value
    unnamed = copy(value)
    for language, _name in settings.LANGUAGES:
        setattr(unnamed, build_localized_fieldname("title", language), gettext("(not visible)"))
    return unnamed


def _listed(value: Any, user: Viewer) -> Any:
    is_hidden = isinstance(value, Model) and not _is_known(value, user)
    return gettext("(not visible)") if is_hidden else value


def _is_known(row: Model, user: Viewer) -> bool:
    """Whether the user may see the row, or it is not stored yet."""
    is_new = not type(row)._default_manager.filter(pk=row.pk).exists()
    return is_new or access.may_see(user=user, row=row)
