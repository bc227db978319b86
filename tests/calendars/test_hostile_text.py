"""No user text can break or forge a line of a feed; checked by a strict parser of lines."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import pytest
from django.db import transaction
from hypothesis import example, given
from hypothesis import strategies as st

from events.domain.feeds import feeds, subscriptions
from events.domain.ical import writing
from events.domain.ical.writing import BadAddress, Entry
from events.models import CalendarFeed, Evidence, Sector, Source
from tests import factories
from tests.calendars.feeds import CONFERENCE, EXPO, PUBLIC
from tests.calendars.readers import read_icalendar, read_vobject
from tests.calendars.strictlines import check
from tests.examples import examples
from tests.factories import NOW

FORGERY = "\rBEGIN:VEVENT\rUID:x\rEND:VEVENT\nATTENDEE:mailto:a@b.example\r\nMETHOD:REQUEST"
FRAGMENTS = [
    *("\r", "\n", "\r\n", "\r\n ", "\\", "\\n", "\\N", ";", ",", ":", '"', "'", "^", "^n", "%2C"),
    *("\t", "\0", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\ufeff"),
    *("\ud800", "😀", "招商引资", "END:VEVENT", FORGERY, " " * 80, "x" * 76),
]
ANYTHING = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(exclude_categories=()))),
    max_size=12,
).map("".join)
# Text that a database can store: PostgreSQL refuses NUL and lone surrogates.
STORABLE = ANYTHING.map(lambda text: re.sub("[\0\ud800-\udfff]", "", text))
ONE_LINE = ANYTHING.filter(lambda text: not set(text) & {"\r", "\n"})


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    texts = {name: draw(ANYTHING) for name in ("summary", "description", "location")}
    addresses = {name: draw(ONE_LINE) for name in ("url", "conference")}
    categories = tuple(draw(st.lists(ANYTHING, max_size=3)))
    return replace(EXPO, uid="a@b", categories=categories, **texts, **addresses)


@examples(120)
@given(entry=entries(), name=ANYTHING, description=ANYTHING)
def test_no_text_makes_or_breaks_a_line(entry: Entry, name: str, description: str) -> None:
    calendar = replace(PUBLIC, name=name, description=description)
    body = writing.render(calendar=calendar, entries=[entry, CONFERENCE])
    starts = check(body)
    assert starts.count("BEGIN:VEVENT") == starts.count("END:VEVENT") == 2
    assert starts.count("BEGIN:VTIMEZONE") == 1
    seen = {event.uid: event.title for event in read_icalendar(body)}
    assert seen["a@b"] == (writing._clean(entry.summary) or writing.UNTITLED)


@examples(50)
@given(text=ANYTHING)
def test_a_uid_cannot_forge_a_property_either(text: str) -> None:
    child = replace(CONFERENCE, uid="child@b", parent_uid=f"p{text}")
    parent = replace(EXPO, uid=f"p{text}")
    check(writing.render(calendar=PUBLIC, entries=[parent, child]))


def stored(word: Callable[[int], str]) -> CalendarFeed:
    """Return the unsaved feed of a conference's attendee; `word` gives each text of its rows."""
    team = factories.team(name=word(200))
    hall = factories.place(
        name=word(200), address=word(300), latitude="31.2", longitude="121.3", team=team
    )
    columns = {"title_en": word(300), "description_en": word(5000), "team": team, "place": hall}
    columns["cancellation_reason"] = word(300)
    parent = factories.event(**columns, kind="expo", **factories.days(1, 3))
    reported = {"origin": "reported", "basis": "computed", "date_text": word(100)}
    event = factories.event(**{**columns, "title_en": word(300)}, parent=parent, **reported)
    event.stream_url = "https://live.example.org/" + re.sub(r"[\r\n]", "", word(300))
    event.save()
    event.sectors.add(Sector.objects.create(slug=f"sector-{factories.number()}", name=word(200)))
    factories.hub(event=event, place=factories.place(name=word(200)))
    body = factories.organisation(name=word(200))
    factories.organiser(event, organisation=body)
    source = Source.objects.create(slug=f"source-{factories.number()}", name=word(200))
    Evidence.objects.create(target=event, source=source, field="when", basis="computed")
    person = factories.person(team=team, family_name=word(50), given_name=word(50))
    for each in (parent, event):
        factories.attendee(event=each, person=person, role="delegate", notes=word(200))
    return CalendarFeed(name=word(100), team=team, person=person, alarm=15)


@pytest.mark.django_db
@examples(25)
@example(texts=[f"x{FORGERY}\u2028"])
@given(texts=st.lists(STORABLE, min_size=1, max_size=5))
def test_no_text_of_any_row_makes_or_breaks_a_line_of_any_feed(texts: list[str]) -> None:
    with transaction.atomic():
        words = cycle(texts)
        feed = stored(lambda length: next(words)[:length])
        address = subscriptions.hand_out(feed=feed, now=NOW)
        token = address.rpartition("/")[2].removesuffix(".ics")
        bodies = [
            subscriptions.read(token=token, parameters={}, now=NOW).body,
            *(
                feeds.public(parameters={"lang": [each]}, now=NOW).body
                for each in ("en", "zh-hant")
            ),
        ]
        transaction.set_rollback(True)
    for body in bodies:
        starts = check(body)
        assert starts.count("BEGIN:VEVENT") == len(read_vobject(body)) == len(read_icalendar(body))
        assert starts.count("BEGIN:VEVENT") == 2


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("field", ["url", "conference"])
def test_an_address_with_a_line_end_is_refused(field: str, line_end: str) -> None:
    with pytest.raises(BadAddress):
        writing.vevent(entry=replace(EXPO, **{field: f"https://a.example/{line_end}X:y"}))


def test_the_checker_itself_sees_a_forged_line() -> None:
    with pytest.raises(AssertionError):
        check(b"BEGIN:VCALENDAR\r\nSUMMARY:a\rATTENDEE:b\r\nEND:VCALENDAR\r\n")
