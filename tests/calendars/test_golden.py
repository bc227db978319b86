"""Feeds of hand-made entries, compared with golden files and with what other readers see."""

import pytest

from events.domain.ical import writing
from tests.calendars import readers
from tests.calendars.feeds import CONFERENCE, EXPO, FEEDS, LONG_TITLE
from tests.calendars.goldenfiles import GOLDEN, check_bytes, check_reader, expected
from tests.calendars.rows import ROWS


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_byte_for_byte_its_golden_file(name: str) -> None:
    calendar, entries = FEEDS[name]
    check_bytes(name, writing.render(calendar=calendar, entries=entries))


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.ics")} == {*FEEDS, *ROWS}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # raised inside the readers
@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("reader", readers.READERS)
def test_every_reader_sees_the_same_events(reader: str, name: str) -> None:
    check_reader(reader, name, expected(name))


def test_the_long_title_has_three_hundred_characters_and_every_escape() -> None:
    assert len(LONG_TITLE) == 300
    assert set(LONG_TITLE) >= set('\\;,\n"😀')


def test_the_golden_family_names_its_parents() -> None:
    lines = (GOLDEN / "family.ics").read_bytes().decode().replace("\r\n ", "").splitlines()
    assert [line for line in lines if line.startswith("RELATED-TO")] == [
        f"RELATED-TO;RELTYPE=PARENT:{EXPO.uid}",
        f"RELATED-TO;RELTYPE=PARENT:{CONFERENCE.uid}",
    ]
