"""The names of the kinds of mail, which apps register at their start (`domain.mail.kinds`)."""

from typing import Final

from django.utils.functional import Promise

LABELS: Final[dict[str, str | Promise]] = {}


def choices() -> list[tuple[str, str | Promise]]:
    """Return the stored values with their names, in the order of registration."""
    return list(LABELS.items())
