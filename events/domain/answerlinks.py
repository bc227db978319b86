"""Answers by link: whoever has the address of an invitation may answer it, and nobody else.

The address names the attendee and proves that we made it, for them and for nothing else; so
nothing of it is stored, and none of our other addresses is one of these.
"""

import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from events.domain.limits import Limit
from events.models import Attendee

PURPOSE: Final = "events.domain.answerlinks"
TOKEN: Final = re.compile(r"an1_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})", re.ASCII)
MISSES: Final = Limit("unknown answers", 30, timedelta(minutes=1))  # from one network


class Unknown(Exception):
    """No invitation has this address."""


def link(*, attendee: Attendee) -> str:
    """Return the address at which somebody answers."""
    key = next(_keys(attendee))
    return settings.SITE_URL + reverse("answer", args=[f"an1_{attendee.pk}_{key}"])


def find(*, token: str) -> Attendee:
    """Return whose address it is. Raises Unknown."""
    match = TOKEN.fullmatch(token)
    rows = Attendee.objects.select_related("event", "person", "hub")
    attendee = rows.filter(pk=match[1], person__erased_at=None).first() if match else None
    if match is None or attendee is None or attendee.person_id is None:
        raise Unknown
    if not any(hmac.compare_digest(key, match[2]) for key in _keys(attendee)):
        raise Unknown
    return attendee


def _keys(attendee: Attendee) -> Iterator[str]:
    """The proof, by the secret of today and then by earlier ones that still count."""
    about = json.dumps([attendee.pk, attendee.person_id])
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        made = salted_hmac(PURPOSE, about, secret=secret, algorithm="sha256")
        yield urlsafe_b64encode(made.digest()).decode().rstrip("=")
