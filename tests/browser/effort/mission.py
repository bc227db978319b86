"""A trade mission: five applications, a roster of six, two legs, a flight, an itinerary."""

from typing import Final

from delegations.models import Application, Delegation
from events.models import Event
from tests import factories
from tests.browser.effort.desk import Desk

NAME: Final = "Clean Energy Mission to the Gulf"
FIRMS: Final = ("Alpha Solar", "Beta Wind", "Gamma Grid", "Delta Storage", "Epsilon Hydrogen")
DELEGATES: Final = ("Chan", "Rivers", "Lin", "Haddad", "Okafor", "Silva")
HEAD: Final = "Silva"  # entered last
LEGS: Final = (("Doha", "2027-04-11", "2027-04-13"), ("Kuwait City", "2027-04-13", "2027-04-15"))


def prepare() -> None:
    """What an office has before: a team, cities, firms, and the people of these firms."""
    team = factories.team(name="Mission desk")
    for name, zone in (("Hong Kong", "Asia/Hong_Kong"), ("Doha", "Asia/Qatar"),
                       ("Kuwait City", "Asia/Kuwait")):  # fmt: skip
        factories.place(name=name, kind="city", timezone=zone, slug=name.lower().split()[0])
    for name in ("Trade Council", *FIRMS):
        factories.organisation(name=name)
    for name in DELEGATES:
        factories.person(
            team=team, family_name=name, given_name="Alex", email=f"{name}@example.org"
        )


def work(desk: Desk) -> None:
    desk.start()
    with desk.task("2a the journey and the mission"):
        mission(desk)
    with desk.task("2b two legs"):
        legs(desk)
    with desk.task("2c five applications"):
        open_call(desk)
        applications(desk)
    with desk.task("2d four accepted, one declined"):
        decide(desk)
    with desk.task("2e roster of six, head and precedence"):
        roster(desk)
    with desk.task("2f a flight"):
        flight(desk)
    with desk.task("2g confirm, itinerary"):
        itinerary(desk)


def mission(desk: Desk) -> None:
    """Fill in the form, which the next task goes on with."""
    desk.menu("Missions and delegations")
    desk.add()
    desk.type("Name", NAME)
    desk.choose("Kind", "trade mission")
    desk.type("Purpose", "To meet buyers and investors")
    desk.type("First day", "2027-04-10")
    desk.type("Last day", "2027-04-16")
    desk.find("Place", "Hong Kong")
    desk.find("Sent by", "Trade Council")
    desk.choose("Team", "Mission desk")
    desk.type("Quota", "6")
    desk.type("Applications close", "2027-03-01")


def legs(desk: Desk) -> None:
    for place, first, last in LEGS:
        with desk.row("Leg"):
            desk.find("place", place)
            desk.type("first day", first)
            desk.type("last day", last)
    desk.save()


def open_call(desk: Desk) -> None:
    desk.press("Open the call")
    desk.press("Open the call")


def applications(desk: Desk) -> None:
    """Write each as a row: the nominee, who is its contact, and the organisation."""
    desk.follow("Applications as rows")
    for firm, person in zip(FIRMS, DELEGATES, strict=False):
        desk.take(person, person.upper())
        desk.take(firm.split()[0], firm)
        desk.enter("")
    desk.save_all()


def decide(desk: Desk) -> None:
    """Decline the last, then accept all others in one step."""
    last = desk.page.get_by_role("row", name=FIRMS[-1])
    desk.lead(last.get_by_role("link", name="Decline"))
    desk.type("reason", "There are no more seats")
    desk.press("Decline")
    desk.follow("Decide about several at once")
    desk.follow("Choose all of these")
    desk.press("Accept and confirm")
    desk.press("Accept and confirm")


def roster(desk: Desk) -> None:
    """Add the last two of the six; the one who leads them stands first."""
    desk.press("Back")  # from the applications
    desk.follow("Members as rows")
    for name in DELEGATES[4:]:
        desk.take(name, name.upper())
        if name == HEAD:
            with desk.this_row():
                desk.choose("Capacity", "head of delegation")
        else:
            desk.enter("")
            desk.enter("")
    desk.save_all()


def flight(desk: Desk) -> None:
    desk.follow("The mission as an event")
    desk.follow("Add a part")
    desk.type("Title", "Flight to Doha")
    desk.choose("Kind", "transfer")
    desk.type("First day", "2027-04-10")
    desk.type("Start time", "23:00")
    desk.type("Last day", "2027-04-11")
    desk.type("End time", "03:30")
    desk.find("Place", "Hong Kong")
    desk.find("Place of arrival", "Doha")
    desk.choose("Visibility", "delegation")
    desk.save()


def itinerary(desk: Desk) -> None:
    """Confirm the journey with its legs and the flight, and open the pages to print."""
    desk.press("Announce and confirm")
    desk.press("Announce and confirm")
    desk.follow("Itinerary, to read or print")
    printed = desk.page.locator("main").inner_text()
    wanted = ("Flight to Doha", "23:00", "03:30", *(place for place, *_days in LEGS))
    assert [words for words in wanted if words not in printed] == [], printed


def check() -> None:
    """The rows are what was meant."""
    row = Delegation.objects.get(name_en=NAME)
    assert (row.kind, row.quota) == ("trade_mission", 6)
    assert str(row.organiser) == "Trade Council"
    assert row.legs.count() == len(LEGS)
    applications = Application.objects.filter(delegation=row)
    decided = list(applications.values_list("status", flat=True))
    assert sorted(decided) == ["confirmed"] * 4 + ["declined"]
    members = row.delegates.order_by("precedence").values_list("person__family_name", flat=True)
    assert list(members) == [HEAD, *(name for name in DELEGATES if name != HEAD)]
    assert list(row.delegates.filter(capacity="head").values_list("person__family_name")) == [
        (HEAD,)
    ]
    flight = Event.objects.get(title_en="Flight to Doha")
    assert (flight.parent, flight.kind) == (row.mission, "transfer")
    assert (str(flight.place), str(flight.end_place)) == ("Hong Kong", "Doha")
    assert flight.status == "confirmed"
