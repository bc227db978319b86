"""The sentence for a user who sees little, on the start page: what is missing, and who can help."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.domain.access import standing
from events.domain.access.standing import Lack
from events.models import User

SENTENCES: Final = {
    Lack.TEAM: _(
        "You belong to no team yet, so you see only what all teams share. An administrator adds you"
        " on the page of the team."
    ),
    Lack.PERSON: _(
        "Your login belongs to no person yet, so you see neither legs nor the head’s day. An"
        " administrator names the person on the page of your login."
    ),
    Lack.ASSIGNMENT: _(
        "You look after no leg and keep nobody’s day yet. You see it here as soon as an organiser"
        " makes you liaison officer of a leg, or the head’s secretary on a mission."
    ),
}


def sentence(request: HttpRequest) -> Any:
    """Return what the user of the request lacks, in a sentence; '' if nothing."""
    assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
    lack = standing.lack(user=request.user)
    return SENTENCES[lack] if lack else ""
