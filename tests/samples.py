"""What `make test` tries of values that are alike; `make test-all` tries them all."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def first_of(values: Iterable[Any]) -> list[Any]:
    """Return parameters for a test: the first value, and the others marked `thorough`."""
    first, *others = values
    return quick([first, *others], among=[first])


def quick(values: Iterable[Any], *, among: Collection[Any]) -> list[Any]:
    """Return parameters for a test: those of `among` as they are, the others `thorough`."""
    return [value if value in among else later(value) for value in values]


def later(*values: Any) -> Any:
    """Return the values of parameters of a test that is `thorough`."""
    return pytest.param(*values, marks=pytest.mark.thorough)
