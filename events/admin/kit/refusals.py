"""What a refusal of the domain means to the person at the screen, in their language."""

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
    """Return the sentence for a refusal; what is none of ours is a fault, and goes on up."""
    raise refusal


def told(refusal: Exception, user: Viewer) -> str:
    """Return the sentence; events, and rows in a list, that the user may not see have no name."""
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
    """Whether the user may see it, or is about to add it."""
    is_new = not type(row)._default_manager.filter(pk=row.pk).exists()
    return is_new or access.may_see(user=user, row=row)
