"""Feeds of stored rows, one for each golden file, written by the functions that serve feeds."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import time_machine

from events.domain.attendance import attendees
from events.domain.feeds import feeds, subscriptions
from events.domain.lifecycle import lifecycle
from events.models import Attendee, CalendarFeed, Event, Place, Sector, Team
from events.values.dates import Precision, When
from tests import factories
from tests.calendars.feeds import LONG_TITLE
from tests.factories import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHANGHAI, HONG_KONG = "Asia/Shanghai", "Asia/Hong_Kong"
HUBS = {
    "San Francisco": "America/Los_Angeles",
    "Vancouver": "America/Vancouver",
    "Manila": "Asia/Manila",
    "Jakarta": "Asia/Jakarta",
}


def row(number: int, title: str = "", **columns: Any) -> Event:
    """Return a stored event with a fixed UID, so that its VEVENT depends on these values only."""
    named = {"title_en": title} if title else {}
    slug = f"golden-{number}"
    fixed = {"uid": UUID(f"00000000-0000-4000-8000-{number:012}"), "slug": slug}
    return factories.event(**{**fixed, **named, **columns})


def wall(on: date, start: time, end: time | None, zone: str = SHANGHAI) -> dict[str, Any]:
    """Return the columns of an event with wall times on one day; the end may be unknown."""
    last = on if end else None
    clock = {"start_time": start, "end_time": end, "timezone": zone}
    return {"precision": "time", "start_on": on, "end_on": last, **clock}


def secret(now: datetime, team: Team, **columns: Any) -> bytes:
    """Return the body of a new secret feed."""
    language = columns.pop("language", "en")
    feed = CalendarFeed(name="Phone", team=team, **columns)
    address = subscriptions.hand_out(feed=feed, now=now)
    token = address.rpartition("/")[2].removesuffix(".ics")
    return subscriptions.read(token=token, parameters={"lang": [language]}, now=now).body


def public(now: datetime) -> bytes:
    return feeds.public(parameters={"lang": ["en"]}, now=now).body


def life(days: int) -> bytes:
    """The public feed of events that were moved, postponed, reinstated and cancelled.

    It is read `days` after the end of the cancelled one.
    """
    moved, postponed, back = (
        row(number, title, **wall(date(2026, 12, 2), time(9, 30), time(17)))
        for number, title in ((101, "Moved"), (102, "Put off"), (103, "Back again"))
    )
    off = row(104, "Called off", **wall(date(2026, 6, 10), time(9), time(10)))
    lifecycle.move(event=moved, when=at(date(2026, 12, 3), time(10), time(12)), now=NOW + HOUR)
    for event in (postponed, back):
        lifecycle.postpone(event=event, reason="The hall is not ready.", now=NOW + HOUR)
    later = at(date(2027, 1, 15), time(14), time(16))
    lifecycle.reinstate(event=back, when=later, now=NOW + 2 * HOUR)
    lifecycle.cancel(event=off, reason="Too few have registered.", now=NOW + 3 * HOUR)
    off.refresh_from_db()
    assert off.end_at
    return public(off.end_at + days * DAY)


def at(on: date, start: time, end: time) -> When:
    return When(**{**wall(on, start, end), "precision": Precision.TIME})


def mission(team: Team) -> Event:
    """Return a mission from Hong Kong to Doha, with a deadline, a flight and two sessions."""
    inside = {"team": team, "visibility": "delegation"}
    days = factories.days(1, start_on=date(2026, 11, 10), end_on=date(2026, 11, 15))
    names = {"title_zh_hans": "海湾考察团", "title_zh_hant": "海灣考察團"}
    whole = row(
        110,
        "Mission to the Gulf",
        kind="trade_mission",
        timezone=HONG_KONG,
        **days,
        **names,
        **inside,
    )
    inside["parent"] = whole
    hong_kong = factories.place(name_en="Hong Kong", name_zh_hans="香港", timezone=HONG_KONG)
    doha = factories.place(name_en="Doha", name_zh_hans="多哈", timezone="Asia/Qatar")
    flight = wall(date(2026, 11, 10), time(0, 20), time(4, 50), HONG_KONG)
    row(
        111, "Flight to Doha", title_zh_hant="飛往多哈", kind="transfer", place=hong_kong,
        end_place=doha, end_timezone="Asia/Qatar", **flight, **inside,
    )  # fmt: skip
    for number, hour, zone in ((112, 9, "Asia/Qatar"), (113, 11, "Asia/Qatar")):
        there = wall(date(2026, 11, 11), time(hour), time(hour + 1, 30), zone)
        row(number, f"Session at {hour}", kind="session", place=doha, **there, **inside)
    closing = wall(date(2026, 7, 31), time(18), None, HONG_KONG)
    row(114, "Applications close", title_zh_hans="报名截止", kind="deadline", **closing, **inside)
    return whole


def personal(language: str) -> bytes:
    """The feed, with an alarm, of a delegate who also attends a conference with a live stream."""
    team = factories.team()
    person = factories.person(team=team)
    streamed = row(
        115, "Conference", title_zh_hans="推介会", team=team, visibility="participants",
        attendance_mode="mixed", stream_url="https://live.example.org/hub?a=1,2;b=招商",
        **wall(date(2026, 11, 25), time(9, 30), time(11)),
    )  # fmt: skip
    factories.hub(event=streamed, place=factories.place(name="Manila", timezone="Asia/Manila"))
    for event, role in ((mission(team), "delegate"), (streamed, "participant")):
        factories.attendee(event=event, person=person, role=role)
    return secret(NOW, team, person=person, alarm=30, language=language)


def role() -> bytes:
    """The feed of the role “media” at a fair, without a dinner for other invited attendees."""
    team = factories.team()
    fair = row(120, "Fair", team=team, kind="expo", **factories.days(1, 3))
    inside = {"team": team, "parent": fair, "visibility": "participants"}
    row(121, "Opening", **wall(date(2026, 12, 1), time(9), time(10)), **inside)
    for number, title, part in ((122, "Press call", "media"), (123, "Dinner", "speaker")):
        hours = wall(date(2026, 12, 2), time(18), time(20))
        event = row(number, title, audience="invited", **hours, **inside)
        factories.attendee(event=event, role=part)
    factories.attendee(event=fair, role="media")
    return secret(NOW, team, event=fair, role="media")


def farewell() -> bytes:
    """The feed of a person who has left the mission but not the reception.

    It shows withdrawn entries as they were then, and no later changes of the mission.
    """
    team = factories.team()
    person = factories.person(team=team)
    inside = {"team": team, "visibility": "delegation"}
    whole = row(130, "Mission", kind="trade_mission", **factories.days(1, 4), **inside)
    row(131, "Visit", parent=whole, **wall(date(2026, 12, 2), time(9), time(10)), **inside)
    stays = row(132, "Reception", **wall(date(2026, 12, 9), time(18), time(20)), **inside)
    attends = factories.attendee(event=whole, person=person, role="delegate")
    factories.attendee(event=stays, person=person, role="delegate")
    leave(attends, NOW + DAY)
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        whole.title_en = "Mission under a new name"
        lifecycle.save(event=whole, now=NOW + 2 * DAY)
        row(133, "New visit", parent=whole, **inside)
    return secret(NOW + 3 * DAY, team, person=person)


def leave(attendee: Attendee, now: datetime) -> None:
    """Decline at a moment, with the clock set to it, because the history takes its time there."""
    with time_machine.travel(now, tick=False):
        attendees.answer(attendee=attendee, partstat=Attendee.Partstat.DECLINED, now=now)


def hubs() -> bytes:
    """The public feed of events at one wall time in Shanghai, around clock changes at the hubs."""
    places = [factories.place(name=name, timezone=zone) for name, zone in HUBS.items()]
    days = (date(2026, 3, 5), date(2026, 3, 12), date(2026, 10, 28), date(2026, 11, 25))
    for number, on in enumerate(days, start=140):
        event = row(number, f"Promotion of {on}", **wall(on, time(9, 30), time(11)))
        for position, place in enumerate(places, start=1):
            factories.hub(event=event, place=place, position=position)
    return public(NOW)


def text() -> bytes:
    """The public feed of an event with the longest title and every mark that needs escaping."""
    marks = "a\\b;c,d:e\"f'g^h%i\r\nj\rk\nl\\nm\\N n\t\x0b\x0c\x7f\x85\u2028\u2029\u202e😀𠮷"
    place: Place = factories.place(
        name=f"会展中心 {marks}", address=marks, latitude="31.1919", longitude="121.3023"
    )
    event = row(
        150, LONG_TITLE, description_en=marks, place=place,
        cancellation_reason=marks, **wall(date(2026, 5, 20), time(9), time(10)),
    )  # fmt: skip
    event.sectors.add(Sector.objects.create(slug="marks", name=f"推介会 {marks}"))
    return public(NOW)


def fixed(write: Callable[[], bytes]) -> bytes:
    """Return a feed that is written with the clock frozen at NOW."""
    with time_machine.travel(NOW, tick=False):
        return write()


ROWS: dict[str, Callable[[], bytes]] = {
    "rows-life": partial(life, 90),
    "rows-life-91": partial(life, 91),
    "rows-personal-en": partial(personal, "en"),
    "rows-personal-zh-hans": partial(personal, "zh-hans"),
    "rows-personal-zh-hant": partial(personal, "zh-hant"),
    "rows-role": role,
    "rows-farewell": farewell,
    "rows-hubs": hubs,
    "rows-text": text,
}
