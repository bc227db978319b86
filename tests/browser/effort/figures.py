"""The table of `docs/effort.md`, with the figures of 0.2.0 beside."""

from collections.abc import Mapping
from typing import Final

from tests.browser.effort.desk import Count

# Clicks, keys and minutes at ef1f39c, with the mouse, counted and estimated in the same way.
BEFORE: Final = {
    "1a": (21, 75, 4.0),
    "1b": (42, 126, 3.0),
    "1c": (34, 60, 3.0),
    "1d": (78, 216, 6.0),
    "1e": (62, 0, 4.0),
    "1f": (187, 480, 10.0),
    "1g": (67, 60, 4.0),
    "1h": (7, 0, 1.0),
    "1j": (13, 3, 1.5),
    "1k": (8, 50, 1.0),
    "1l": (3, 0, 1.0),
    "1m": (10, 36, 3.0),
    "conference": (530, 1100, 45.0),
    "mission": (250, 600, 25.0),
}
HEAD: Final = (
    "| task | clicks | keys | pages | refused | waiting | minutes | at ef1f39c |",
    "|---|--:|--:|--:|--:|--:|--:|---|",
)


def table(name: str, hand: str, tasks: Mapping[str, Count]) -> str:
    """Return the table of one scenario, done by one hand."""
    whole = sum(tasks.values(), Count())
    lines = [_line(task, count, task.split()[0]) for task, count in tasks.items()]
    total = _line(f"**{name} in all**", whole, name)
    return "\n".join((f"### {name}, {hand}", "", *HEAD, *lines, total, ""))


def _line(task: str, count: Count, key: str) -> str:
    cells = (
        task,
        count.clicks,
        count.keys,
        count.loads,
        count.refused,
        f"{count.waited:.0f} s",
        f"{count.minutes:.1f}",
        _before(key),
    )
    return f"| {' | '.join(map(str, cells))} |"


def _before(key: str) -> str:
    if key not in BEFORE:
        return "–"
    clicks, keys, minutes = BEFORE[key]
    return f"{clicks} clicks, {keys} keys, {minutes:g} min"
