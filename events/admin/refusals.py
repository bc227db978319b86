"""What a refusal of the domain means to the person at the screen, in their language."""

from copy import copy
from functools import singledispatch
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from modeltranslation.utils import build_localized_fieldname

from events.domain import access
from events.models import Event, Viewer


@singledispatch
def sentence(refusal: Exception) -> str:
    """Return the sentence for a refusal; what is none of ours is a fault, and goes on up."""
    raise refusal


def told(refusal: Exception, user: Viewer) -> str:
    """Return the sentence; events that the user may not see are not named in it."""
    for name, value in vars(refusal).items():
        setattr(refusal, name, _veiled(value, user))
    return sentence(refusal)


def _veiled(value: Any, user: Viewer) -> Any:
    if isinstance(value, tuple):
        return tuple(_veiled(one, user) for one in value)
    if not isinstance(value, Event) or _is_known(value, user):
        return value
    unnamed = copy(value)
    for language, _name in settings.LANGUAGES:
        setattr(unnamed, build_localized_fieldname("title", language), gettext("(not visible)"))
    return unnamed


def _is_known(event: Event, user: Viewer) -> bool:
    """Whether the user may see it, or is about to add it."""
    is_new = not Event.objects.filter(pk=event.pk).exists()
    return is_new or access.may_see(user=user, row=event)
