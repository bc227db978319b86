"""Generated examples: the same in each run of the gate; others, and more, in `make search`."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

# How many times as many examples are drawn, at random then; without it, the same ones each time.
TIMES: Final = int(os.environ.get("EXAMPLES", "0"))
FEWER: Final = 3 if os.environ.get("FEW") else 1  # `make test` draws a third of them


def examples(number: int, *, steps: int | None = None) -> settings:
    """Return the settings of a test, as a decorator: how many examples, of how many steps."""
    drawn = settings(max_examples=_times(number))
    return drawn if steps is None else settings(drawn, stateful_step_count=steps)


def _times(number: int) -> int:
    return number * max(TIMES, 1) // (1 if TIMES else FEWER) or 1


def draw() -> None:
    """Set what all tests share, before their modules are imported.

    Neither a busy machine nor chance may fail a gate: no example has a deadline.
    """
    settings.register_profile(
        "attache",
        derandomize=not TIMES,
        print_blob=True,
        deadline=None,
        max_examples=_times(100),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    settings.load_profile("attache")
