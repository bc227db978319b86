"""Keys of rows, as they come from outside: in addresses and forms."""

from typing import Final

LONGEST: Final = 18  # digits; a BigAutoField has 19, of which the largest are never reached


def is_key(text: object) -> bool:
    """Whether a text may be the key of a row. What is longer no database can compare with one."""
    key = str(text)
    return key.isdecimal() and len(key) <= LONGEST
