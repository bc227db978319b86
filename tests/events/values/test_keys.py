"""What may be the key of a row, among texts from outside."""

import pytest

from events.values.keys import is_key


@pytest.mark.parametrize("text", ["1", 7, "0012", "9" * 18, "٣"])
def test_it_may_be_a_key(text: object) -> None:
    assert is_key(text)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "x", "9" * 19, "1" * 5000, None])
def test_it_is_none(text: object) -> None:
    assert not is_key(text)
