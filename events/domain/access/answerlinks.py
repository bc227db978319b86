"""Signed links in invitations: possession of the link is the permission to answer."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from events.domain.access import signedlinks
from events.domain.access.ratelimits import Limit
from events.domain.access.signedlinks import Unknown
from events.models import Attendee

GUESSES: Final = Limit("unknown answers", 30, timedelta(minutes=1))  # from one network
TEST: Final = "test"  # the token in test mails; a signed one contains a colon


def link(*, attendee: Attendee) -> str:
    """Return the URL at which this attendee answers the invitation; always the same."""
    return signedlinks.link(to="answer", about=[attendee.pk])


def of_test() -> str:
    """Return the URL in test mails; its page explains itself and takes no answer."""
    return settings.SITE_URL + reverse("answer", args=[TEST])


def find(*, token: str) -> Attendee:
    """Return the attendee whom the link was made for.

    Raises signedlinks.Unknown, also if the attendee was deleted or their person erased.
    """
    (key,) = signedlinks.read(to="answer", token=token)
    rows = Attendee.objects.select_related("event", "person", "hub").exclude(person=None)
    attendee = rows.filter(pk=key, person__erased_at=None).first()
    if attendee is None:
        raise Unknown
    return attendee
