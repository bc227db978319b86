"""US-05: companies apply for a trade mission, and the rules decide on the seats."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from delegations.domain.applications import applications
from delegations.domain.mail import decisions
from delegations.models import Application, Delegation
from events.models import Attendee, CalendarFeed, Organisation, Team
from tests import factories
from tests.journeys.calendars import ADDRESS, entries, hand_out, poll
from tests.journeys.mails import Post, text
from tests.office import Office, address

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
OPEN = datetime(2026, 6, 1, 9, tzinfo=HONG_KONG)
DEADLINE = datetime(2026, 7, 31, 18, tzinfo=HONG_KONG)


@pytest.fixture
def mission(office: Office, team: Team) -> Delegation:
    """A trade mission with two seats, whose call is open until the end of July."""
    with time_machine.travel(OPEN):
        event = factories.event(
            team=team, kind="trade_mission", precision="day", start_on=date(2026, 11, 10),
            end_on=date(2026, 11, 15), timezone="Asia/Hong_Kong",
        )  # fmt: skip
        deadline = factories.event(
            team=team, kind="deadline", parent=event, start_on=DEADLINE.date(),
            start_time=DEADLINE.time(), end_time=None, timezone="Asia/Hong_Kong",
        )  # fmt: skip
        row = office.add(
            Delegation,
            team=team.pk,
            name_en="Trade mission to Doha and Kuwait",
            purpose_en="To meet buyers",
            kind="trade_mission",
            direction="outward",
            mission=event.pk,
            applications_close=deadline.pk,
            quota=2,
        )
        office.step(row, "open_call")
    return row


def company(team: Team, name: str) -> Organisation:
    return factories.organisation(team=team, name=f"{name} Ltd (example.org)", slug=name.lower())


def apply(
    office: Office, mission: Delegation, organisation: Organisation, seats: int = 1
) -> Application:
    """Add an application with so many unnamed nominees, and submit it."""
    row = office.add(Application, delegation=mission.pk, organisation=organisation.pk)
    for number in range(seats):
        office.add_detail(row, "nominees", label_en=f"Member {number + 1}", capacity="delegate")
    office.step(row, "submit")
    return row


def accept(office: Office, row: Application, until: datetime) -> str:
    return office.step(row, "accept", confirm_by_0=until.date(), confirm_by_1=until.time())


def test_the_call_is_open_until_the_last_minute(
    office: Office, team: Team, mission: Delegation
) -> None:
    # 1. The deadline is in the organiser's zone, exact to the minute.
    with time_machine.travel(OPEN):
        amber = company(team, "Amber")
        row = office.add(Application, delegation=mission.pk, organisation=amber.pk)
    office.add_detail(row, "nominees", label_en="Member", capacity="delegate")
    with time_machine.travel(DEADLINE + timedelta(minutes=1)):
        assert "takes no applications" in office.refused_step(row, "submit")
    with time_machine.travel(DEADLINE - timedelta(minutes=1)):
        office.step(row, "submit")
    assert row.status == "submitted"


def test_a_company_applies_once_and_can_keep_a_draft(
    office: Office, team: Team, mission: Delegation
) -> None:
    # 2. One live application for each company, including drafts.
    one = {"delegation": mission.pk, "organisation": company(team, "Amber").pk}
    with time_machine.travel(OPEN):
        office.add(Application, **one, statement="To be written")
        said = office.refused(address(Application, "add"), **one)
    assert "has an application already" in said


def test_seats_go_to_the_first_and_the_others_wait(
    office: Office, team: Team, mission: Delegation
) -> None:
    rows = []
    for day, name in enumerate(("Amber", "Beryl", "Coral", "Dune")):
        with time_machine.travel(OPEN + timedelta(days=day)):
            rows.append(apply(office, mission, company(team, name)))
    amber, beryl, coral, dune = rows

    with time_machine.travel(DEADLINE + timedelta(days=1)):
        office.step(mission, "close_call")
        for row in rows:
            office.step(row, "review")
        # 3. With the quota full, later ones wait; a withdrawal promotes the first.
        for row in (amber, beryl, dune, coral):
            accept(office, row, DEADLINE + timedelta(days=8))
        assert [row.status for row in rows] == ["accepted", "accepted", "waitlisted", "waitlisted"]
        office.step(beryl, "withdraw")
        statuses = {row: Application.objects.get(pk=row.pk).status for row in rows}
        assert statuses == {
            amber: "accepted", beryl: "withdrawn", coral: "accepted", dune: "waitlisted",
        }  # fmt: skip

        # 4. Declining needs a reason.
        url = address(dune, "step", "decline")
        assert office.client.post(url, {"reason": ""}).context["form"].errors
        office.step(dune, "decline", reason="The products are not for this market.")
        assert (dune.status, dune.reason) == ("declined", "The products are not for this market.")

        # 5. Confirming makes members, who attend the mission.
        office.step(amber, "confirm")
    assert [member.organisation for member in mission.delegates.all()] == [amber.organisation]
    attendee = Attendee.objects.get(event=mission.mission, seat="confirmed")
    assert attendee.representing == amber.organisation


def test_the_mission_enters_the_calendar_of_who_is_confirmed(
    office: Office, team: Team, mission: Delegation
) -> None:
    # 5. A feed that the person already had shows the mission from then on. Confirming also makes a
    # feed of the mission, whose address a step shows.
    person = factories.person(team=team)
    with time_machine.travel(OPEN):
        one = {"delegation": mission.pk, "organisation": company(team, "Amber").pk}
        row = office.add(Application, **one)
        office.add_detail(row, "nominees", person=person.pk, capacity="delegate")
        office.step(row, "submit")
        feed = hand_out(office, team, person=person)
    with time_machine.travel(DEADLINE + timedelta(days=1)):
        office.step(mission, "close_call")
        office.step(row, "review")
        accept(office, row, DEADLINE + timedelta(days=8))
        before = poll(feed)
        office.step(row, "confirm")
        assert entries(feed).keys() >= {mission.mission.ical_uid}
        assert mission.mission.ical_uid.encode() not in before.content
        assert poll(feed, before["ETag"]).status_code == 200
        own = CalendarFeed.objects.get(person=person, event=mission.mission)
        page = office.client.post(f"/admin/events/calendarfeed/{own.pk}/step/rotate/")
        [address] = ADDRESS.findall(page.content.decode())
        assert mission.mission.ical_uid in entries(address)


def test_an_acceptance_lapses_when_its_time_is_over(
    office: Office, team: Team, mission: Delegation
) -> None:
    # 4. Not confirmed in time: the application lapses, and the next is promoted.
    rows = []
    for day, (name, seats) in enumerate((("Amber", 2), ("Beryl", 1))):
        with time_machine.travel(OPEN + timedelta(days=day)):
            rows.append(apply(office, mission, company(team, name), seats))
    amber, beryl = rows
    until = DEADLINE + timedelta(days=8)
    with time_machine.travel(DEADLINE + timedelta(days=1)):
        office.step(mission, "close_call")
        for row in rows:
            office.step(row, "review")
            accept(office, row, until)
    applications.lapse(now=until + timedelta(seconds=1))
    amber.refresh_from_db()
    beryl.refresh_from_db()
    assert (amber.status, beryl.status) == ("lapsed", "accepted")


def test_who_applied_is_told_of_each_decision_once(
    office: Office, team: Team, mission: Delegation, post: Post
) -> None:
    # 4. The mails go to the contacts of the applications.
    rows = {}
    for day, name in enumerate(("Amber", "Beryl", "Coral", "Dune")):
        with time_machine.travel(OPEN + timedelta(days=day)):
            rows[name] = apply(office, mission, company(team, name))
            contact = factories.person(team=team, email=f"{name.lower()}@example.org")
            office.change(rows[name], contact=contact.pk)
    now, until = DEADLINE + timedelta(days=1), DEADLINE + timedelta(days=8)

    def told() -> dict[str, str]:
        return {
            m["To"].addresses[0].username: text(m) for m in post.arrived(now + decisions.DEBOUNCE)
        }

    with time_machine.travel(now, tick=False):
        office.step(mission, "close_call")
        for row in rows.values():
            office.step(row, "review")
        assert told() == {}
        for name in ("Amber", "Beryl", "Coral"):
            accept(office, rows[name], until)
        office.step(rows["Dune"], "decline", reason="The products are not for this market.")
        mails = told()
        assert set(mails) == {"amber", "beryl", "coral", "dune"}
        assert "Saturday 8 August 2026, 18:00 (UTC+8)" in mails["amber"]
        assert "Please confirm by" in mails["amber"]
        assert "waiting list" in mails["coral"]
        assert "The products are not for this market." in mails["dune"]
        assert told() == {}

        # 3. Those who are promoted from the waiting list are told.
        office.step(rows["Beryl"], "withdraw")
        mails = told()
        assert set(mails) == {"coral"}
        assert "Seats have become free" in mails["coral"]
        assert "Please confirm by" in mails["coral"]
        assert told() == {}
