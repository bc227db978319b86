"""A trade mission: five applications, a roster of six, two legs, a flight, an itinerary."""

from typing import Final

from delegations.models import Application, Delegation
from events.models import Event
from tests import factories
from tests.browser.effort.desk import Desk

NAME: Final = "Clean Energy Mission to the Gulf"
FIRMS: Final = ("Alpha Solar", "Beta Wind", "Gamma Grid", "Delta Storage", "Epsilon Hydrogen")
DELEGATES: Final = ("Chan", "Rivers", "Lin", "Haddad", "Okafor", "Silva")
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
        to_mission(desk)
        desk.tab("Applications")
        for firm, person in zip(FIRMS, DELEGATES, strict=False):
            application(desk, firm, person)
    with desk.task("2d four accepted, one declined"):
        decide(desk)
    with desk.task("2e roster of six, head and precedence"):
        roster(desk)
    with desk.task("2f a flight"):
        flight(desk)
    with desk.task("2g confirm, itinerary"):
        itinerary(desk)


def mission(desk: Desk) -> None:
    desk.menu("Missions and delegations")
    desk.add()
    desk.type("Name", NAME)
    desk.type("First day", "2027-04-10")
    desk.type("Last day", "2027-04-16")
    desk.find("Place", "Hong Kong")
    desk.choose("Kind", "trade mission")
    desk.type("Purpose", "To meet buyers and investors")
    desk.tab("Organisations")
    desk.find("Sent by", "Trade Council")
    desk.find("Organised by", "Trade Council")
    desk.tab("Taking part")
    desk.type("Quota", "6")
    desk.type("Applications close", "2027-03-01")
    desk.tab("Who sees it")
    desk.choose("Team", "Mission desk")
    desk.save_and_stay()
    desk.press("Open the call")
    desk.press("Open the call")


def legs(desk: Desk) -> None:
    desk.tab("Legs")
    for place, first, last in LEGS:
        desk.add_row()
        desk.find("place", place)
        desk.type("first day", first)
        desk.type("last day", last)
    desk.save_and_stay()


def to_mission(desk: Desk) -> None:
    desk.menu("Missions and delegations")
    desk.follow(NAME)


def to_applications(desk: Desk) -> None:
    to_mission(desk)
    desk.tab("Applications")
    desk.follow("Decide about several at once")


def application(desk: Desk, firm: str, person: str) -> None:
    desk.press("Enter an application")
    desk.find("Organisation", firm)
    desk.find("Contact", person, person.upper())
    desk.find("Person", person, person.upper())
    desk.press("Save and submit")


def decide(desk: Desk) -> None:
    """Decline the last, then accept all others in one step."""
    desk.follow(FIRMS[-1])
    desk.press("Decline")
    desk.type("reason", "There are no more seats")
    desk.press("Decline")
    to_applications(desk)
    desk.follow("Choose all of these")
    desk.press("Accept and confirm")
    desk.press("Accept and confirm")


def roster(desk: Desk) -> None:
    to_mission(desk)
    desk.tab("Delegates")
    for name in DELEGATES[4:]:
        desk.add_row()
        desk.find("Person", name, name.upper())
    desk.save_and_stay()


def flight(desk: Desk) -> None:
    desk.menu("All events")
    desk.add()
    desk.type("Title", "Flight to Doha")
    desk.choose("Kind", "transfer")
    desk.tab("When")
    desk.choose("Precision", "to the minute")
    desk.type("First day", "2027-04-10")
    desk.type("Start time", "23:00")
    desk.type("Last day", "2027-04-11")
    desk.type("End time", "03:30")
    desk.find("Time zone of the end", "Asia/Qatar")
    desk.tab("Where")
    desk.find("Place", "Hong Kong")
    desk.find("Place of arrival", "Doha")
    desk.tab("Who sees it")
    desk.choose("Team", "Mission desk")
    desk.choose("Visibility", "delegation")
    desk.tab("Series and relations")
    desk.find("Part of", NAME)
    desk.save()


def itinerary(desk: Desk) -> None:
    to_mission(desk)
    desk.tab("Itineraries")
    desk.follow("Print the whole itinerary")


def check() -> None:
    """The rows are what was meant."""
    row = Delegation.objects.get(name_en=NAME)
    assert (row.kind, row.quota) == ("trade_mission", 6)
    assert row.legs.count() == len(LEGS)
    applications = Application.objects.filter(delegation=row)
    decided = list(applications.values_list("status", flat=True))
    assert sorted(decided) == ["confirmed"] * 4 + ["declined"]
    assert row.delegates.count() == len(DELEGATES)
    assert Event.objects.get(title_en="Flight to Doha").parent == row.mission
