"""Addresses whose last part is a secret: where they stand, and how they read without it.

Routes are made of these, logs and stored mails are masked by them; docs/nginx.conf repeats them.
"""

import re
from typing import Final

FEED: Final = "calendar/f/"
ANSWER: Final = "a/"
OPT_OUT: Final = "u/"
PREFIXES: Final = (FEED, ANSWER, OPT_OUT)

SECRET: Final = re.compile(rf"(/(?:{'|'.join(PREFIXES)}))[^/\s\"'<>?]+")


def masked(text: str) -> str:
    """Return a text with an ellipsis in place of the secret of each address in it."""
    return SECRET.sub(r"\1…", text)
