"""A source is merged into rows that people change too."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.values import threeway
from events.values.threeway import Merge

NAMES = ("title", "place", "url", "when")
SIDE = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b"]) for name in NAMES})

Side = dict[str, str]


def merged(base: Side, there: Side, here: Side) -> Side:
    """What stands here after the merge."""
    taken = threeway.merge(base=base, there=there, here=here).taken
    return here | {name: there[name] for name in taken}


def test_each_column_goes_its_own_way() -> None:
    found = threeway.merge(
        base={"same": 1, "there": 1, "here": 1, "both": 1, "alike": 1},
        there={"same": 1, "there": 2, "here": 1, "both": 2, "alike": 2},
        here={"same": 1, "there": 1, "here": 3, "both": 3, "alike": 2},
    )
    assert found == Merge(taken=("there",), ours=("here",), collide=("both",))


def test_a_column_that_is_new_there_was_unset() -> None:
    there = {"old": "a", "new": "b"}
    for unset in (None, ""):
        here: dict[str, Any] = {"old": "a", "new": unset}
        found = threeway.merge(base={"old": "a"}, there=there, here=here, unset=unset)
        assert found == Merge(taken=("new",), ours=(), collide=())


def test_of_columns_that_the_source_does_not_say_nothing_is_said() -> None:
    found = threeway.merge(base={"title": "a"}, there={}, here={"title": "b"})
    assert found == Merge(taken=(), ours=(), collide=())


@given(base=SIDE, here=SIDE)
def test_what_is_unchanged_there_takes_nothing(base: Side, here: Side) -> None:
    changed = tuple(name for name in base if here[name] != base[name])
    found = threeway.merge(base=base, there=base, here=here)
    assert found == Merge(taken=(), ours=changed, collide=())


@given(base=SIDE, there=SIDE)
def test_what_is_unchanged_here_takes_all(base: Side, there: Side) -> None:
    assert merged(base, there, here=base) == there


@given(base=SIDE, there=SIDE, here=SIDE)
def test_what_changed_on_both_sides_is_kept_and_reported(
    base: Side, there: Side, here: Side
) -> None:
    found = threeway.merge(base=base, there=there, here=here)
    both = tuple(name for name in there if len({base[name], there[name], here[name]}) == 3)
    assert found.collide == both
    after = merged(base, there, here)
    assert {name: after[name] for name in both} == {name: here[name] for name in both}


@given(base=SIDE, there=SIDE, here=SIDE)
def test_each_difference_is_told_once_and_the_rest_not_at_all(
    base: Side, there: Side, here: Side
) -> None:
    found = threeway.merge(base=base, there=there, here=here)
    told = sorted([*found.taken, *found.ours, *found.collide])
    assert told == sorted(name for name in NAMES if there[name] != here[name])


@given(base=SIDE, there=SIDE, here=SIDE)
def test_a_second_merge_takes_nothing_more(base: Side, there: Side, here: Side) -> None:
    taken = threeway.merge(base=base, there=there, here=here).taken
    said = base | {name: there[name] for name in taken}
    after = merged(base, there, here)
    assert threeway.merge(base=said, there=there, here=after).taken == ()
