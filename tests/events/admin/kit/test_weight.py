"""How heavy pages are: forms and homes stay below 150 kB, and rows of guests below 3 kB each."""

import cProfile
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Model
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.models import Delegation
from events.models import Attendee, Event, Team
from tests.events.admin import screens

MAX_BYTES = 150_000
MAX_CALLS_OF_A_ROW = 2_500  # of functions; 1,600 are needed, and Unfold made 4,600
MAX_BYTES_OF_DETAILS = 25_000  # of one row of each kind, such as a leg and a delegate
FORMS = (*screens.MAKERS,)
LINES = "\n".join(f"Guest{n} Nova{n}\tBody {n}\tguest{n}@example.org" for n in range(100))


@pytest.mark.parametrize("model", FORMS, ids=lambda model: model.__name__)
def test_a_form_is_light_and_so_is_each_row_of_it(
    model: type[Model], ours: Team, superuser: Client
) -> None:
    row = screens.MAKERS[model](ours, "row")
    url = screens.address(model, "change", row.pk)
    sizes = []
    for more in (2, 3):
        for number in range(more):
            screens.fill(row, f"detail {number}")
        sizes.append(len(superuser.get(url).content))
    assert sizes[0] < MAX_BYTES
    assert sizes[1] - sizes[0] < 3 * MAX_BYTES_OF_DETAILS


@pytest.mark.parametrize("model", [Event, Delegation], ids=lambda model: model.__name__)
def test_a_home_reads_the_programme_once(model: type[Model], ours: Team, organiser: Client) -> None:
    row = screens.MAKERS[model](ours, "row")
    screens.fill(row, "detail")
    url = screens.address(model, "home", row.pk)
    organiser.get(url)
    with CaptureQueriesContext(connection) as asked:
        organiser.get(url)
    trees = Counter(query["sql"] for query in asked if "RECURSIVE" in query["sql"])
    assert [sql for sql, number in trees.items() if number > 1] == []


def test_pasted_guests_are_shown_in_little_html(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row")
    url = screens.address(Event, "guests", event.pk)
    empty = len(organiser.get(url).content)
    page = organiser.post(url, {"_read": "1", "paste": LINES})
    assert len(page.context["rows"]) == 100
    assert len(page.content) - empty < 100 * 3_000


def test_a_list_makes_what_its_rows_share_once(ours: Team, organiser: Client) -> None:
    """Each row costs its cells, and neither headings, templates nor words that others have."""
    for number in range(3):
        screens.MAKERS[Attendee](ours, f"row {number}")
    url = screens.address(Attendee, "changelist")
    organiser.get(url)
    few = _calls(lambda: organiser.get(url))
    for number in range(10):
        screens.MAKERS[Attendee](ours, f"further row {number}")
    assert _calls(lambda: organiser.get(url)) - few < 10 * MAX_CALLS_OF_A_ROW


def _calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, which do not depend on the machine."""
    clock = cProfile.Profile()
    clock.runcall(work)
    return sum(entry.callcount for entry in clock.getstats())


def test_only_templates_of_screens_lose_their_indentation() -> None:
    assert "\n  " not in get_template("admin/change_form.html").template.source
    assert "\n  " not in get_template("events/admin/home.html").template.source
    assert "\n  " in get_template("events/event.html").template.source
    assert "\n  " in get_template("events/mail/request.html").template.source
