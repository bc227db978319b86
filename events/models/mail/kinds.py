"""The names of the kinds of mail; apps put theirs in as they start (`domain.mail.kinds`)."""

from typing import Final

from django.utils.functional import Promise

LABELS: Final[dict[str, str | Promise]] = {}


def choices() -> list[tuple[str, str | Promise]]:
    """Return the stored values with their names, in the order in which they were registered."""
    return list(LABELS.items())
