"""Calls at the same time, in real threads, each with a database connection of its own."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

# The number of runs of each test marked `race`; each may bring another order.
ROUNDS = int(os.environ.get("ROUNDS", "1"))
SECONDS = 60  # until a thread counts as stuck

race = pytest.mark.race


def outcomes(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls at the same time; return what each returned, or the exception it raised."""
    barrier = threading.Barrier(len(calls), timeout=SECONDS)

    def together(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    return in_threads([lambda call=call: together(call) for call in calls])


def at_once(*calls: Callable[[], Any]) -> list[Exception]:
    """Make the calls at the same time; return the exceptions that they raised."""
    return [each for each in outcomes(*calls) if isinstance(each, Exception)]


def overlapping(*changes: Callable[[], None]) -> list[Exception]:
    """Make each change before the previous one is committed; return the exceptions."""
    begun = [threading.Event() for _ in changes]

    def change(number: int) -> None:
        try:
            if number:
                begun[number - 1].wait(SECONDS)
            with transaction.atomic():
                changes[number]()
                if number + 1 < len(changes):
                    begun[number].set()
                    threading.Event().wait(0.4)  # the next one proceeds until it is blocked
        finally:
            begun[number].set()

    ends = in_threads([lambda number=number: change(number) for number in range(len(changes))])
    return [each for each in ends if each is not None]


def in_threads(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run each call in a thread; return what each returned, or the exception it raised."""
    ends: list[Any] = [TimeoutError(f"no end within {SECONDS} s") for _ in calls]

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            ends[number] = call()
        except Exception as error:  # a thread would swallow it
            ends[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return ends
