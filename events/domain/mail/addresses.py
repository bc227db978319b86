"""Mail addresses as they are compared: written in whatever case, their domains in ASCII."""

import contextlib
import re
from typing import Final
from urllib.parse import unquote

SCHEME: Final = "mailto:"
LONGEST: Final = 320
ODD: Final = re.compile(r"[\s<>,;\"]")


def normal(address: str) -> str:
    """Return an address so that two ways to write one are the same."""
    local, at, domain = address.strip().casefold().rpartition("@")
    with contextlib.suppress(UnicodeError):  # of what is no name the letters count
        domain = domain.encode("idna").decode()
    return f"{local}{at}{domain}"


def of_uri(uri: str) -> str:
    """Return the address that a calendar writes as mailto:, '' for any other scheme."""
    text = uri.strip()
    if text[: len(SCHEME)].lower() != SCHEME:
        return ""
    return sane(normal(unquote(text[len(SCHEME) :].partition("?")[0])))


def sane(address: str) -> str:
    """Return an address that can be one, '' for any other; what is odd is not worth a doubt."""
    is_odd = address.count("@") != 1 or not address.isprintable() or ODD.search(address)
    return "" if is_odd or len(address) > LONGEST else address
