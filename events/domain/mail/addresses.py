"""Mail addresses in the form in which they are compared: case-folded, the domain in ASCII."""

import contextlib
import re
from typing import Final
from urllib.parse import unquote

SCHEME: Final = "mailto:"
MAX_ADDRESS_CHARS: Final = 320
ODD: Final = re.compile(r"[\s<>,;\"]")


def normal(address: str) -> str:
    """Return the normal form of an address: stripped, case-folded, its domain IDNA-encoded."""
    local, at, domain = address.strip().casefold().rpartition("@")
    with contextlib.suppress(UnicodeError):  # a domain that IDNA cannot encode stays as it is
        domain = domain.encode("idna").decode()
    return f"{local}{at}{domain}"


def of_uri(uri: str) -> str:
    """Return the normal form of the address in a mailto URI; '' for any other or bad value."""
    text = uri.strip()
    if text[: len(SCHEME)].lower() != SCHEME:
        return ""
    return sane(normal(unquote(text[len(SCHEME) :].partition("?")[0])))


def sane(address: str) -> str:
    """Return the address, or '' if it cannot be one: no single @, odd or too many characters.

    The check is strict: an address that may be valid but is unusual is dropped.
    """
    is_odd = address.count("@") != 1 or not address.isprintable() or ODD.search(address)
    return "" if is_odd or len(address) > MAX_ADDRESS_CHARS else address
