"""A promotion conference: six programme items, three rooms, two hubs, twelve guests."""

from datetime import date
from typing import Final

from events.models import Attendee, CalendarFeed, Delivery, Event, Place, ReminderRule
from tests import factories
from tests.browser.effort.desk import Desk

TITLE: Final = "Gulf Clean Energy Conference"
VENUE: Final = "Harbour Convention Centre"
ROOMS: Final = ("Grand Hall", "Pearl Room", "Banquet Hall")
ITEMS: Final = (
    ("Registration", "08:30", "09:00", "Pearl Room"),
    ("Opening remarks", "09:00", "09:30", "Grand Hall"),
    ("Keynote", "09:30", "10:15", "Grand Hall"),
    ("Panel on storage", "10:30", "11:30", "Grand Hall"),
    ("Signing ceremony", "11:30", "12:00", "Pearl Room"),
    ("Networking lunch", "12:00", "13:30", "Banquet Hall"),
)
GUESTS: Final = (
    ("Smith", "Jane"), ("Wang", "Xiaoming"), ("Chan", "Taiman"), ("Rivers", "Alex"),
    ("Lee", "Carmen"), ("Haddad", "Noor"), ("Tan", "Mei"), ("Okafor", "Ada"),
    ("Silva", "Rui"), ("Kim", "Minjun"), ("Novak", "Petra"), ("Khan", "Imran"),
)  # fmt: skip
WHO: Final = (
    "person__family_name", "person__given_name", "person__email", "representing__name_en",
)  # fmt: skip
DAY: Final = "2027-03-18"
MOVED: Final = "2027-03-19"
ORGANISATIONS: Final = ("Trade Council", "Chamber of Energy", "Port Authority")
HUBS: Final = ("Vancouver", "Jakarta")


def prepare() -> None:
    """What an office has before: a team, cities, and the bodies it works with."""
    factories.team(name="Promotion desk")
    zones = {"Vancouver": "America/Vancouver", "Jakarta": "Asia/Jakarta"}
    for name in ("Hong Kong", *HUBS):
        zone = zones.get(name, "Asia/Hong_Kong")
        factories.place(name=name, kind="city", timezone=zone, slug=name.lower().split()[0])
    for name in ORGANISATIONS:
        factories.organisation(name=name)


def work(desk: Desk) -> None:
    desk.start()
    with desk.task("1b venue and 3 rooms"):
        venue_and_rooms(desk)
    with desk.task("1a conference: title, date, team, venue"):
        conference(desk)
    with desk.task("1c organiser, 2 co-organisers, 2 hubs, capacity"):
        bodies(desk)
    with desk.task("1j 3 reminders"):
        reminder_rules(desk)
    with desk.task("1d programme, 6 items"):
        programme(desk)
    with desk.task("1f 12 guests: name, organisation, address"):
        guests(desk)
    with desk.task("1h announce and confirm with 6 items, invite"):
        announce(desk)
    with desk.task("1k move a day, cancel a session"):
        move_and_cancel(desk)
    with desk.task("1l who was told"):
        who_was_told(desk)
    with desk.task("1m feed of a guest"):
        feed(desk)


def venue_and_rooms(desk: Desk) -> None:
    desk.menu("Places")
    desk.add()
    for name, kind, above in (
        (VENUE, "venue", "Hong Kong"),
        *((room, "room", VENUE) for room in ROOMS),
    ):
        desk.type("Name", name)
        desk.choose("Kind", kind)
        desk.find("Lies in", above)
        if name == ROOMS[-1]:
            desk.save()
        else:
            desk.save_and_next()


def conference(desk: Desk) -> None:
    """Fill in the form, which the next tasks go on with."""
    desk.menu("Promotion conferences")
    desk.add()
    desk.type("Title", TITLE)
    desk.type("First day", DAY)
    desk.type("Start time", "08:30")
    desk.type("End time", "17:00")
    desk.find("Place", VENUE)
    desk.choose("Team", "Promotion desk")
    desk.choose("Visibility", "public")


def bodies(desk: Desk) -> None:
    for name in HUBS:
        with desk.row("Further place"):
            desk.find("Place", name)
            desk.choose("Role", "live-stream hub")
            desk.type("Capacity", "20")
    for name, role in zip(
        ORGANISATIONS, ("organiser", "co-organiser", "co-organiser"), strict=True
    ):
        with desk.row("Organisation’s role"):
            desk.find("Organisation", name)
            desk.choose("Role", role)
    desk.type("Capacity", "10")


def reminder_rules(desk: Desk) -> None:
    for days in ("30", "7", "1"):
        with desk.row("Reminder"):
            desk.type("How long before or after", days)
    desk.save()


def programme(desk: Desk) -> None:
    """Write the parts as rows, in which Enter leads from field to field; each is stored at once."""
    desk.follow("Timetable and rows")
    desk.stay(desk.page.locator("#rows [data-name=add]"))
    ended = ITEMS[0][1]  # the conference begins with its first part
    for title, begins, ends, room in ITEMS:
        with desk.this_row():
            if begins == ended:
                desk.reach(desk.page.locator("[data-row] [data-field=to]"))
            else:
                desk.type("From", begins)
                desk.chord("Enter")
            for text in (ends, title, room, ""):  # nobody speaks
                desk.enter(text)
        ended = ends
    desk.wait("() => !document.querySelector('.rows-saving')")
    desk.follow("Back")


def guests(desk: Desk) -> None:
    """Write the guests as rows, in which Enter leads from field to field."""
    desk.follow("Guests as rows")
    for at, (family, given) in enumerate(GUESTS):
        desk.enter(f"{family}, {given}")
        body = ORGANISATIONS[at % len(ORGANISATIONS)]
        desk.take(body.split()[0], body)
        desk.enter(f"{given.lower()}@example.org")
    desk.save_all()


def announce(desk: Desk) -> None:
    for step in ("Announce and confirm", "Send invitations"):
        desk.press(step)
        desk.press(step)


def move_and_cancel(desk: Desk) -> None:
    desk.press("Move")
    desk.type("first day", MOVED)
    desk.type("last day", MOVED)
    desk.press("Move")
    desk.follow("Panel on storage")
    desk.press("Cancel")
    desk.type("reason", "The speakers cannot come")
    desk.press("Cancel")


def who_was_told(desk: Desk) -> None:
    """From the home of the cancelled session to that of the conference, and to its mails."""
    desk.follow(TITLE)
    desk.follow("invitation")


def feed(desk: Desk) -> None:
    desk.menu("Calendar feeds")
    desk.add()
    desk.type("Name", "Mr Wang’s phone")
    desk.find("Person", "Wang Xiaoming", "Xiaoming")
    desk.choose("Team", "Promotion desk")
    desk.save()


def check() -> None:
    """The rows are what was meant."""
    event = Event.objects.get(title_en=TITLE)
    known = (event.status, event.visibility, event.capacity)
    assert known == ("confirmed", "public", 10), known
    assert event.start_on == date.fromisoformat(MOVED)
    rooms = Place.objects.filter(parent__name_en=VENUE).values_list("name_en", flat=True)
    assert sorted(rooms) == sorted(ROOMS), list(
        Place.objects.values_list("name_en", "parent__name_en")
    )
    roles = event.organisation_roles.order_by("pk").values_list("organisation__name_en", flat=True)
    assert list(roles) == list(ORGANISATIONS)
    assert event.place_roles.filter(role="hub").count() == len(HUBS)
    parts = {part.title_en: part for part in Event.objects.filter(parent=event)}
    assert set(parts) == {title for title, *_rest in ITEMS}
    cancelled = parts.pop("Panel on storage")
    assert cancelled.status == Event.Status.CANCELLED
    assert {part.status for part in parts.values()} == {Event.Status.CONFIRMED}
    assert {part.visibility for part in parts.values()} == {Event.Visibility.PUBLIC}
    assert {part.start_on for part in parts.values()} == {event.start_on}
    assert {str(part.place.name_en) for part in parts.values() if part.place} == set(ROOMS)
    rows = Attendee.objects.filter(event=event)
    invited = Delivery.objects.filter(event=event, kind="request", state="pending")
    people = set(invited.values_list("person", flat=True))
    assert people == set(rows.values_list("person", flat=True))
    assert sorted(rows.values_list(*WHO)) == sorted(
        (family, given, f"{given.lower()}@example.org", ORGANISATIONS[at % len(ORGANISATIONS)])
        for at, (family, given) in enumerate(GUESTS)
    )
    assert ReminderRule.objects.filter(event=event).count() == 3
    assert CalendarFeed.objects.filter(revoked_at=None, name="Mr Wang’s phone").exists()
