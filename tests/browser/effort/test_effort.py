"""Both scenarios, with the mouse and with the keyboard alone: `make effort` prints the costs."""

import os
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.effort import conference, figures, mission, rundown
from tests.browser.effort.desk import HANDS, Desk

pytestmark = pytest.mark.skipif("EFFORT" not in os.environ, reason="make effort")
PICTURE: Final = Path(tempfile.gettempdir()) / "effort.png"
PATIENCE: Final = 20_000  # milliseconds, for a page of a busy machine
SCENARIOS: Final = {"conference": conference, "mission": mission, "rundown": rundown}


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.hand)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_work_is_done(
    name: str, hand: type[Desk], signed_in: Page, live_server: LiveServer
) -> None:
    scenario: ModuleType = SCENARIOS[name]
    scenario.prepare()
    signed_in.set_viewport_size({"width": 1280, "height": 900})
    signed_in.set_default_timeout(PATIENCE)
    desk = hand(signed_in, live_server.url)
    try:
        scenario.work(desk)
    except BaseException:
        signed_in.screenshot(path=PICTURE, full_page=True)
        print(f"\n{signed_in.url} {PICTURE}")  # noqa: T201
        print(figures.table(name, desk.hand, desk.tasks))  # noqa: T201
        raise
    scenario.check()
    print("\n" + figures.table(name, desk.hand, desk.tasks))  # noqa: T201
