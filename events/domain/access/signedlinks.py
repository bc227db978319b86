"""Signed links: possession of a link is the permission for its one purpose; nothing is stored.

The signature proves that we made the link, and for which purpose. A link that was signed with an
earlier SECRET_KEY stays valid while SECRET_KEY_FALLBACKS contains that key.
"""

from typing import Any, Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

MAX_TOKEN_CHARS: Final = 200  # characters of a token


class Unknown(Exception):
    """The link is not one of ours, or the row that it is about does not exist any more."""


def link(*, to: str, about: list[Any]) -> str:
    """Return the signed URL of the view named `to`, with the values `about`.

    The same values give the same URL.
    """
    token = Signer(salt=_purpose(to)).sign_object(about, compress=False)
    return settings.SITE_URL + reverse(to, args=[token])


def read(*, to: str, token: str) -> list[Any]:
    """Return the values that a token was made with. Raises Unknown."""
    if len(token) > MAX_TOKEN_CHARS:
        raise Unknown
    try:
        about: list[Any] = Signer(salt=_purpose(to)).unsign_object(token)
    except BadSignature as error:
        raise Unknown from error
    return about


def _purpose(to: str) -> str:
    return f"attache: {to}"
