"""Paths whose last segment is a secret, and how logs and stored mails mask it.

Routes are built from these constants too; docs/nginx.conf repeats them.
"""

import re
from typing import Final

FEED: Final = "calendar/f/"
ANSWER: Final = "a/"
OPT_OUT: Final = "u/"
PREFIXES: Final = (FEED, ANSWER, OPT_OUT)

SECRET: Final = re.compile(rf"(/(?:{'|'.join(PREFIXES)}))[^/\s\"'<>?]+")


def masked(text: str) -> str:
    """Return a text in which the secret of each such path is replaced by an ellipsis."""
    return SECRET.sub(r"\1…", text)
