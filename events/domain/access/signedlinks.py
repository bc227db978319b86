"""Signed addresses: who has one may do what it is for; nothing of it is stored.

It proves that we made it, for that purpose and no other. One that an earlier secret key has signed
counts as long as SECRET_KEY_FALLBACKS names that key.
"""

from typing import Any, Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

LONGEST: Final = 200  # characters of a token


class Unknown(Exception):
    """No such address was ever made, or who it is for is not on record any more."""


def link(*, to: str, about: list[Any]) -> str:
    """Return the address of a view, by its name, that is about these values; always the same."""
    token = Signer(salt=_purpose(to)).sign_object(about, compress=False)
    return settings.SITE_URL + reverse(to, args=[token])


def read(*, to: str, token: str) -> list[Any]:
    """Return what an address is about. Raises Unknown."""
    if len(token) > LONGEST:
        raise Unknown
    try:
        about: list[Any] = Signer(salt=_purpose(to)).unsign_object(token)
    except BadSignature as error:
        raise Unknown from error
    return about


def _purpose(to: str) -> str:
    return f"attache: {to}"
