"""What `make test` tries of values that are alike; `make test-all` tries them all."""

from collections.abc import Iterable
from typing import Any

import pytest


def first_of(values: Iterable[Any]) -> list[Any]:
    """Return parameters for a test: the first value, and the others marked `thorough`."""
    first, *others = values
    return [first, *(pytest.param(value, marks=pytest.mark.thorough) for value in others)]
