"""Fictitious rows to measure with: blocks of a mission, an expo and all that belongs to them.

A block contains 20 events, 200 attendees, 40 people, 6 organisations, 1 delegation with 20 members,
5 applications and 100 deliveries. It belongs to one team, or to none if it is reported. All values
depend only on the number of the block, so a block is the same on every machine.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, product
from typing import Any

from django.db import models, transaction

from delegations.models import Application, Delegate, Delegation, Leg, Nominee, RosterAttendee
from events.models import (
    Appointment,
    Attendee,
    Delivery,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Evidence,
    Organisation,
    Person,
    Place,
    Sector,
    Source,
    Team,
)
from events.values import dates

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
FIRST_DAY = date(2024, 1, 8)
DAYS = 1500  # the range of days of the blocks
PEOPLE = 40
ORGANISATIONS = 6
MEMBERS = 20
LIAISON, SECRETARY = 38, 39  # the numbers of these people
DELIVERIES = 100
CONFERENCE, ITEMS, GUESTS = "the-conference", 40, 300  # its slug; parts and attendees of it
SESSIONS = (16, 15, 15, 15, 15)  # attendees of each
FAMILIES = (
    ("Lyu", "吕", "呂"), ("Lu", "陆", "陸"), ("Chan", "陈", "陳"), ("Wong", "黄", "黃"),
    ("Zhang", "张", "張"), ("Wang", "王", "王"), ("Liu", "刘", "劉"), ("Ho", "何", "何"),
    ("Xu", "许", "許"), ("Zhao", "赵", "趙"), ("Sun", "孙", "孫"), ("Ma", "马", "馬"),
    ("Zhu", "朱", "朱"), ("Hu", "胡", "胡"), ("Guo", "郭", "郭"), ("Lam", "林", "林"),
    ("Smith", "", ""), ("Okafor", "", ""), ("Haddad", "", ""), ("Silva", "", ""),
)  # fmt: skip
SYLLABLES = (
    ("ming", "明", "明"), ("wei", "伟", "偉"), ("fang", "芳", "芳"), ("hua", "华", "華"),
    ("jie", "杰", "傑"), ("ling", "玲", "玲"), ("qiang", "强", "強"), ("yan", "燕", "燕"),
    ("tao", "涛", "濤"), ("xin", "欣", "欣"), ("lin", "琳", "琳"), ("bo", "波", "波"),
)  # fmt: skip
CITIES = (
    ("Harbourtown", "Asia/Hong_Kong"), ("Eastport", "Asia/Shanghai"), ("Dunefield", "Asia/Dubai"),
    ("Northbridge", "Europe/London"), ("Lakeside", "Europe/Berlin"),
    ("Bayview", "America/New_York"), ("Mangrove", "Asia/Singapore"),
    ("Highveld", "Africa/Johannesburg"),
)  # fmt: skip
THEMES = ("Green Energy", "Robotics", "Logistics", "Tea and Silk", "Fintech", "Medicine")
STATUSES = ("draft", "tentative", "confirmed", "confirmed", "confirmed", "postponed", "cancelled")
VISIBILITIES = ("public", "participants", "delegation", "internal")
ANSWERS = ("accepted", "accepted", "accepted", "tentative", "needs_action", "declined")
CALLS = ("submitted", "under_review", "accepted", "waitlisted", "declined")
# The order of insertion: a row comes after those that it points to. Events are stored before, level
# by level.
ORDER: tuple[type[models.Model], ...] = (
    Organisation, Person, Appointment, EventOrganisation, EventPlace, Delegation, Leg, Application,
    Nominee, Delegate, Attendee, Delivery, RosterAttendee,
)  # fmt: skip


def store(rows: Iterable[Any]) -> list[Any]:
    """Insert rows of one table directly, without planning, counting or history."""
    rows = list(rows)
    return type(rows[0])._default_manager.bulk_create(rows, batch_size=2000) if rows else []


@dataclass(frozen=True)
class Ground:
    """The rows that all teams share, which the blocks point to."""

    cities: Sequence[Place]
    series: Sequence[EventSeries]
    source: Source


def lay_ground() -> Ground:
    store(Sector(slug=f"sector-{n}", name_en=f"Sector {n}") for n in range(30))
    cities = [
        Place(slug=f"city-{n}", name_en=f"{name} {n}", name_zh_hans=f"城{n}", timezone=zone)
        for n in range(80)
        for name, zone in [CITIES[n % len(CITIES)]]
    ]
    series = [EventSeries(slug=f"series-{n}", name_en=f"Expo Series {n}") for n in range(40)]
    source = Source.objects.create(slug="gazette", name="The Example Gazette")
    return Ground(store(cities), store(series), source)


def fill(numbers: Iterable[int], teams: dict[int, Team | None], ground: Ground) -> Iterator[int]:
    """Store these blocks, each for the team in `teams`; yield the progress from time to time."""
    waiting = iter(numbers)
    while batch := list(islice(waiting, 25)):
        with transaction.atomic():
            store_blocks([Block(number, teams[number], ground) for number in batch])
        yield batch[-1] + 1


def store_blocks(blocks: "list[Block]") -> None:
    for block in blocks:
        block.make()
    for level in range(3):
        store(event for block in blocks for event in block.events[level])
    for model in ORDER:
        store(row for block in blocks for row in block.rows if type(row) is model)
    store(block.evidence(event) for block in blocks for level in block.events for event in level)


def gather(events: Iterable[Event], people: Iterable[Person]) -> None:
    """Let each of these people attend each of the events."""
    pairs = {(event.pk, person.pk) for event, person in product(events, people)}
    events_, people_ = ({pair[side] for pair in pairs} for side in (0, 1))
    there = Attendee.objects.filter(event__in=events_, person__in=people_)
    coming = sorted(pairs - set(there.values_list("event", "person")))
    store(
        Attendee(event_id=event, person_id=person, partstat="accepted") for event, person in coming
    )


def hold_conference(team: Team, people: Sequence[Person], ground: Ground) -> None:
    """Store a conference of two days for a team, with its programme, guests and their mails."""
    day, place = NOW.date() + timedelta(days=30), ground.cities[0]
    days = [day + timedelta(days=number // (ITEMS // 2)) for number in range(ITEMS)]
    values: dict[str, Any] = {
        "team": team, "status": "confirmed", "visibility": "public", "place": place,
        "timezone": place.timezone, "created_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    last = {"precision": "day", "start_on": day, "end_on": days[-1], "capacity": GUESTS - 50}
    event = Event.objects.create(
        slug=CONFERENCE, title_en="The Conference", kind="promotion_conference", **values, **last
    )
    for number, on in enumerate(days):
        hour = time(9 + number % (ITEMS // 2) // 3, 15 * (number % 3))
        Event.objects.create(
            slug=f"{CONFERENCE}-{number}", title_en=f"Item {number}", kind="session", parent=event,
            precision="time", start_on=on, end_on=on, start_time=hour, **values,
        )  # fmt: skip
    guests = store(
        Attendee(event=event, person=person, partstat=ANSWERS[number % len(ANSWERS)])
        for number, person in enumerate(people)
    )
    store(
        Delivery(
            attendee=guest, event=event, person=guest.person, team=team, kind="request",
            state="sent", due_at=NOW, sent_at=NOW, expires_at=NOW, language="en",
            dedup_key=f"{CONFERENCE}-{number}",
        )
        for number, guest in enumerate(guests[50:])
    )  # fmt: skip


class Block:
    """A mission and an expo, with their people and organisations."""

    def __init__(self, number: int, team: Team | None, ground: Ground) -> None:
        self.number = number
        self.team = team
        self.ground = ground
        self.random = random.Random(number)
        self.origin = Event.Origin.MANAGED if team else Event.Origin.REPORTED
        self.first = FIRST_DAY + timedelta(days=self.random.randrange(DAYS))
        self.events: tuple[list[Event], ...] = ([], [], [])
        self.rows: list[models.Model] = []

    def make(self) -> None:
        self.organisations = [self.organisation(n) for n in range(ORGANISATIONS)]
        self.people = [self.person(n) for n in range(PEOPLE)]
        self.offices = [self.office(person) for person in self.people]
        self.expo()
        self.mission()
        attendees = [row for row in self.rows if isinstance(row, Attendee)]
        for n, attendee in enumerate(attendees[:DELIVERIES]):
            self.deliver(n, attendee)

    def add(self, row: Any) -> Any:
        self.rows.append(row)
        return row

    def name(self, kind: str, n: int | str = "") -> str:
        """Return a slug that is unique in its table."""
        return f"{kind}-{self.number}-{n}".rstrip("-")

    def organisation(self, n: int) -> Organisation:
        name, chinese = f"{THEMES[n]} Company {self.number}", f"示例{self.number}公司{n}"
        return self.add(
            Organisation(
                slug=self.name("organisation", n),
                name_en=name,
                name_zh_hans=chinese,
                place=self.random.choice(self.ground.cities),
                team=self.team,
            )
        )

    def person(self, n: int) -> Person:
        family, *scripts = self.random.choice(FAMILIES)
        given = self.random.sample(SYLLABLES, 2)
        hans, hant = (
            surname and surname + "".join(part[script] for part in given)
            for script, surname in enumerate(scripts, 1)
        )
        person = Person(
            slug=self.name("person", n),
            family_name=family,
            given_name="-".join(part[0] for part in given).capitalize(),
            name_zh_hans=hans,
            name_zh_hant=hant,
            email=f"{self.name('person', n)}@example.org",
            language=self.random.choice(("en", "zh-hans", "zh-hant")),
            team=self.team,
        )
        person.derive()
        return self.add(person)

    def office(self, person: Person) -> Appointment:
        organisation = self.random.choice(self.organisations)
        rank = self.random.randrange(100)
        return self.add(
            Appointment(person=person, organisation=organisation, title_en="Director", rank=rank)
        )

    def event(
        self,
        level: int,
        kind: str,
        titles: tuple[str, str],
        days: tuple[int, int],
        place: Place,
        **columns: Any,
    ) -> Event:
        """Return an event on these days of the block; an event of one day also has a time."""
        first, last = (self.first + timedelta(days=day) for day in days)
        hours = {"precision": "time", "start_time": time(9, 30), "end_time": time(11)}
        values = {
            "status": self.random.choice(STATUSES),
            "visibility": self.random.choice(VISIBILITIES),
            "precision": "day",
            **(hours if first == last else {}),
            **columns,
        }
        event = Event(
            slug=self.name(kind.replace("_", "-"), sum(map(len, self.events))),
            title_en=titles[0], title_zh_hans=titles[1], kind=kind, team=self.team,
            origin=self.origin, created_at=NOW, changed_at=NOW, start_on=first, end_on=last,
            place=place, timezone=place.timezone, **values,
        )  # fmt: skip
        event.start_at, event.end_at = dates.instants(event.when)
        self.events[level].append(event)
        return event

    def attend(self, event: Event, person: Person, role: str = "participant") -> Attendee:
        answer = self.random.choice(ANSWERS)
        attendee = Attendee(event=event, person=person, role=role, partstat=answer)
        return self.add(attendee)

    def evidence(self, event: Event) -> Evidence:
        return Evidence(
            target=event, field="start_on", basis="stated", source=self.ground.source, line=1
        )

    def expo(self) -> None:
        """An expo of three days, with sessions and a hub."""
        theme, place = self.random.choice(THEMES), self.random.choice(self.ground.cities)
        titles = (f"{theme} Expo {self.number}", f"博览会{self.number}")
        series = self.random.choice(self.ground.series)
        kind = Event.Kind.EXPO
        expo = self.event(0, kind, titles, (0, 2), place, series=series, edition=self.number + 1)
        self.add(EventPlace(event=expo, place=self.ground.cities[0], role="hub"))
        for organisation in self.organisations[:3]:
            self.add(EventOrganisation(event=expo, organisation=organisation))
        for person in self.people:
            self.attend(expo, person)
        for n, size in enumerate(SESSIONS):
            titles = (f"{theme} Session {self.number}-{n}", f"论坛{self.number}-{n}")
            day = (n % 3, n % 3)
            session = self.event(1, Event.Kind.SESSION, titles, day, place, parent=expo)
            for person in self.random.sample(self.people, size):
                self.attend(session, person)

    def mission(self) -> None:
        """A mission of three legs with the first twenty people."""
        titles = (f"Mission {self.number}", f"代表团{self.number}")
        home = self.ground.cities[0]
        self.journey = self.event(0, Event.Kind.TRADE_MISSION, titles, (10, 18), home)
        deadline = self.event(
            1, Event.Kind.DEADLINE, ("Applications close", "截止"), (-30, -30), home,
            parent=self.journey,
        )  # fmt: skip
        self.delegation = self.add(
            Delegation(
                slug=self.name("delegation"), name_en=titles[0], name_zh_hans=titles[1],
                kind="trade_mission", status=self.random.choice(Delegation.Status.values),
                sending_organisation=self.organisations[0], mission=self.journey, quota=30,
                applications_close=deadline, team=self.team, origin=self.origin,
            )
        )  # fmt: skip
        self.legs = [self.leg(n) for n in range(3)]
        for n, organisation in enumerate(self.organisations[1:]):
            self.apply(n, organisation)
        for n, person in enumerate(self.people[:MEMBERS]):
            self.member(n, person)
        self.attend(self.journey, self.people[SECRETARY], "secretary")

    def leg(self, n: int) -> Leg:
        """Three days at a place: the transfer there, a visit and a meeting."""
        place = self.ground.cities[(self.number * 7 + n) % len(self.ground.cities)]
        days = (10 + 3 * n, 12 + 3 * n)
        titles = (f"Stay in {place.name_en}", f"{place.name_zh_hans}之行")
        stay = self.event(1, Event.Kind.LEG, titles, days, place, parent=self.journey)
        for kind, words in (
            (Event.Kind.TRANSFER, ("Flight", "航班")),
            (Event.Kind.SITE_VISIT, ("Works Visit", "考察")),
            (Event.Kind.BILATERAL, ("Bilateral Meeting", "会谈")),
        ):
            self.event(2, kind, words, (days[0], days[0]), place, parent=stay)
        self.attend(stay, self.people[LIAISON], "liaison")
        arrival = self.events[2][-3]
        leg = Leg(
            delegation=self.delegation, stay=stay, arrival=arrival, liaison=self.people[LIAISON]
        )
        return self.add(leg)

    def apply(self, n: int, organisation: Organisation) -> None:
        application = self.add(
            Application(
                delegation=self.delegation, organisation=organisation, contact=self.people[n],
                status=CALLS[n], submitted_at=NOW, confirm_by=NOW, reason="No seats were left.",
            )
        )  # fmt: skip
        for person in self.people[2 * n : 2 * n + 2]:
            self.add(Nominee(application=application, person=person))

    def member(self, n: int, person: Person) -> None:
        """A member, who attends the mission and the stay of each leg."""
        capacity = Delegate.Capacity.DELEGATE if n else Delegate.Capacity.HEAD
        delegate = self.add(
            Delegate(
                delegation=self.delegation, person=person, capacity=capacity, precedence=n + 1,
                organisation=self.organisations[n % ORGANISATIONS], appointment=self.offices[n],
            )
        )  # fmt: skip
        for event in (self.journey, *(leg.stay for leg in self.legs)):
            self.add(
                RosterAttendee(delegate=delegate, attendee=self.attend(event, person, capacity))
            )

    def deliver(self, n: int, attendee: Attendee) -> None:
        due = NOW + timedelta(minutes=self.random.randrange(-500_000, 500_000))
        self.add(
            Delivery(
                attendee=attendee, event=attendee.event, person=attendee.person, due_at=due,
                team=attendee.event.team,
                dedup_key=self.name("delivery", n), expires_at=due, language="en",
                zone=attendee.event.timezone, state="sent" if due < NOW else "pending",
            )
        )  # fmt: skip
