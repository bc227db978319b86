"""Mail addresses as they are compared: written in whatever case, their domains in ASCII."""

import contextlib
from urllib.parse import unquote

SCHEME = "mailto:"


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
    return normal(unquote(text[len(SCHEME) :].partition("?")[0]))
