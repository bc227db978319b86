"""The table of a list: what stands in its cells, and where they lead."""

import re
from html.parser import HTMLParser
from typing import Any

from django.contrib import admin
from django.test import Client

from events.models import Attendee, Event, Place, Team
from tests import factories
from tests.events.admin import screens


class Cells(HTMLParser):
    """The cells of the rows of a list: tag, classes, heading, address and text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[list[Any]] = []
        self.feed(text[text.index("<tbody") : text.index("</table>")])

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        has = dict(attrs)
        if tag in {"td", "th"}:
            self.found.append([tag, has["class"], has["data-label"], "", ""])
        if tag == "a":
            self.found[-1][3] = has["href"]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found[-1][4] += data


def cells(client: Client, model: type[Any], **query: str) -> list[list[Any]]:
    page = client.get(screens.address(model, "changelist"), query)
    return Cells(page.content.decode()).found


def test_the_first_cell_leads_to_its_row_with_what_the_list_is_narrowed_by(
    ours: Team, organiser: Client
) -> None:
    event = factories.event(team=ours, title_en="Tea & <Silk>", kind="expo", status="confirmed")
    title, when, kind, place, status, *_rest = cells(organiser, Event, kind__exact="expo")
    narrowed = "?_changelist_filters=kind__exact%3Dexpo"
    home = screens.address(Event, "home", event.pk)
    assert title == ["th", "field-title row-cell", "title", home + narrowed, "Tea & <Silk>"]
    assert when[:3] == ["td", "field-shown_when row-cell", "date"]
    assert kind[3:] == ["", "expo"]
    assert place[1:] == ["field-place row-cell nowrap", "place", "", "–"]
    assert status[4] == "confirmed"


def test_a_choice_is_in_the_language_of_each_request(ours: Team, organiser: Client) -> None:
    factories.event(team=ours, kind="expo", status="confirmed")
    for language, kind, status in (("en", "expo", "confirmed"), ("zh-hant", "博覽會", "已確認")):
        organiser.cookies["django_language"] = language
        shown = {cell[1].split()[0]: cell[4] for cell in cells(organiser, Event)}
        assert (shown["field-kind"], shown["field-shown_status"]) == (kind, status)


def test_a_row_of_a_popup_tells_its_key(ours: Team, superuser: Client) -> None:
    place = factories.place(team=ours)
    page = superuser.get(screens.address(Place, "changelist"), {"_popup": "1"})
    assert f'data-popup-opener="{place.pk}"' in page.content.decode()


def test_rows_are_striped_and_have_a_box_each(ours: Team, organiser: Client) -> None:
    rows = [screens.MAKERS[Attendee](ours, f"row {number}") for number in range(3)]
    text = organiser.get(screens.address(Attendee, "changelist")).content.decode()
    assert text.count("<tbody") == 3
    assert text.count('<tbody class="block relative lg:table-row-group bg-base-50') == 1
    assert Cells(text).found[0][:3] == ["td", "action-checkbox row-cell", "Select record"]
    boxes = re.findall(r'name="_selected_action" value="(\d+)"', text)
    assert sorted(map(int, boxes)) == [row.pk for row in rows]


def test_no_screen_has_what_the_table_does_not_write() -> None:
    """Rows that are edited in the list, dragged, opened or have actions of their own."""
    for screen in map(admin.site.get_model_admin, screens.SCREENS):
        asked = ("list_editable", "list_sections", "actions_row", "ordering_field")
        assert not any(getattr(screen, name, None) for name in asked), screen
