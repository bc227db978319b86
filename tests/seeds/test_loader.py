"""What a load changes in the rows, and what it leaves unchanged."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from delegations.domain.applications import applications
from delegations.domain.lifecycle import lifecycle as missions
from delegations.domain.rosters import rosters
from delegations.models import Application, Delegate, Delegation, Leg
from events.domain.delivery import delivery
from events.domain.directory import organisations, people
from events.domain.lifecycle import lifecycle
from events.models import (
    Appointment,
    Attendee,
    Delivery,
    Event,
    EventPlace,
    EventSeries,
    Evidence,
    Figure,
    Organisation,
    Person,
    Place,
    ReminderOccurrence,
    Sector,
    Source,
)
from seeds import library, loader, reader
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("loader")]  # it is loaded once


@pytest.fixture(scope="module")
def catalogue():
    return reader.read(library.CATALOGUE)


@pytest.fixture(scope="module")
def loaded(catalogue, django_db_setup, django_db_blocker):
    """Load the catalogue once; each test starts from there and is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield loader.load(catalogue=catalogue, now=NOW)
        transaction.set_rollback(True)


@pytest.fixture
def edited(tmp_path: Path):
    """Return the catalogue with a text replaced in its events."""

    def read(old: str, new: str) -> reader.Catalogue:
        folder = tmp_path / "catalogue"
        shutil.copytree(library.CATALOGUE, folder)
        path = folder / "events.yaml"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
        return reader.read(folder)

    return read


def test_the_whole_catalogue_is_loaded(loaded):
    counts = {
        model: model.objects.count()
        for model in (
            Source,
            Sector,
            Place,
            Organisation,
            Person,
            EventSeries,
            Event,
            Delegation,
            Figure,
        )
    }
    assert list(counts.values()) == [5, 16, 40, 42, 14, 9, 39, 5, 23]
    assert EventPlace.objects.filter(role="hub").count() == 4
    assert Leg.objects.count() == 2
    assert Delegate.objects.filter(capacity="head").count() == 4
    assert len(loaded.added) == sum(counts.values())


def test_a_second_load_changes_nothing_at_all(loaded, catalogue):
    models = (Event, EventPlace, Attendee, Appointment, Evidence, Delegate, Leg, Person, Place)
    before = {model: list(model.objects.order_by("pk").values()) for model in models}

    report = loader.load(catalogue=catalogue, now=NOW + timedelta(days=400))

    assert {model: list(model.objects.order_by("pk").values()) for model in models} == before
    assert (report.added, report.changed, report.kept, report.removed) == ([], [], [], [])


def test_no_reminder_row_exists_and_nothing_is_ever_sent(loaded):
    delivery.tick(now=NOW)

    assert not ReminderOccurrence.objects.exists()
    assert not Delivery.objects.exists()


def test_relative_words_count_from_the_source_and_not_from_the_load(loaded):
    event = Event.objects.get(slug="hk-promo-shanghai-2024-11")

    assert (event.date_text, event.start_on.year, event.start_on.month) == (
        "last November",
        2024,
        11,
    )


def test_the_year_that_nobody_stated_is_computed(loaded):
    event = Event.objects.get(slug="gathering-in-shanghai-2024-09-25")

    bases = set(event.evidence.values_list("field", "basis"))

    assert {("when.month_day", "stated"), ("when.year", "computed")} <= bases
    assert ("when.year", "stated") not in bases
    assert event.basis == "computed"


def test_every_event_shows_where_it_comes_from(loaded):

    for event in Event.objects.prefetch_related("evidence"):
        assert event.evidence.all(), event.slug


def test_nobody_is_made_of_a_mail_address(loaded):

    assert not Person.objects.exclude(email="").exists()


def test_what_the_catalogue_corrects_is_corrected(loaded, edited):
    uid = Event.objects.get(slug="ciie-2025").uid

    report = loader.load(
        catalogue=edited("edtf: 2025-11-05/2025-11-10", "edtf: 2025-11-05/2025-11-11"),
        now=NOW + timedelta(days=1),
    )

    event = Event.objects.get(slug="ciie-2025")
    assert report.changed == ["events/ciie-2025"]
    assert (event.end_on.day, event.sequence, event.revision, event.uid) == (11, 1, 1, uid)


def test_what_somebody_changed_by_hand_is_kept_and_named(loaded, catalogue, edited):
    event = Event.objects.get(slug="ciie-2025")
    event.end_on += timedelta(days=5)
    lifecycle.save(event=event, now=NOW)

    same = loader.load(catalogue=catalogue, now=NOW)
    newer = loader.load(
        catalogue=edited("edtf: 2025-11-05/2025-11-10", "edtf: 2025-11-05/2025-11-11"), now=NOW
    )

    assert same.kept == newer.kept == ["events/ciie-2025: end_on"]
    assert Event.objects.get(slug="ciie-2025").end_on.day == 15


def test_a_list_that_somebody_changed_is_kept_whole(loaded, catalogue):
    event = Event.objects.get(slug="gathering-in-shanghai-2024-09-25")
    event.place_roles.first().delete()

    report = loader.load(catalogue=catalogue, now=NOW)

    assert report.kept == [f"events/{event.slug}: places"]
    assert event.place_roles.count() == 3


def test_an_answer_is_no_change_of_the_list(loaded, catalogue):
    Attendee.objects.update(partstat="accepted")

    assert loader.load(catalogue=catalogue, now=NOW).kept == []


def test_a_row_that_somebody_removed_stays_removed(loaded, catalogue):
    Figure.objects.get(slug="banks").delete()

    report = loader.load(catalogue=catalogue, now=NOW)

    assert report.removed == ["figures/banks"]
    assert not Figure.objects.filter(slug="banks").exists()


def test_a_person_who_was_erased_stays_erased(loaded, catalogue):
    person = Person.objects.get(slug="lee-john")
    attended = set(person.attendances.values_list("event", flat=True))
    people.erase(person=person, now=NOW)
    report = loader.load(catalogue=catalogue, now=NOW)
    assert (report.added, report.changed, report.removed) == ([], [], ["people/lee-john"])
    person.refresh_from_db()
    assert (person.name_en, person.family_name) == ("Erased person", "")
    assert not person.appointments.exists()
    assert not person.evidence.exists()
    assert set(person.attendances.values_list("event", flat=True)) == attended
    assert not Person.objects.filter(family_name="Lee", given_name="Ka-chiu").exists()


def test_records_that_were_merged_stay_one(loaded, catalogue):
    keep, drop = (Person.objects.get(slug=slug) for slug in ("lee-john", "lee-loretta"))
    people.merge(keep=keep, drop=drop, now=NOW)
    first, second = (Organisation.objects.get(slug=slug) for slug in ("hksar-gov", "investhk"))
    organisations.merge(keep=first, drop=second, now=NOW)
    counts = [Person.objects.count(), Organisation.objects.count(), Attendee.objects.count()]
    report = loader.load(catalogue=catalogue, now=NOW)
    assert (report.added, report.changed, report.removed) == ([], [], [])
    assert counts == [
        Person.objects.count(), Organisation.objects.count(), Attendee.objects.count(),
    ]  # fmt: skip
    keep.refresh_from_db()
    assert (keep.name_en, keep.aliases) == ("John LEE Ka-chiu", ["Loretta LEE"])


def test_the_sample_is_loaded_once_and_lies_ahead(loaded):
    report = library.load_sample(now=NOW)

    assert library.load_sample(now=NOW + timedelta(days=9)) is None
    assert report
    assert "delegations/sample-mission" in report.added
    assert not Event.objects.filter(team__slug="sample", end_at__lt=NOW).exists()


def test_the_members_of_the_sample_mission_attend_what_they_are_on(loaded):
    library.load_sample(now=NOW)
    everybody = ["sample-chan", "sample-rivers", "sample-lin", "sample-yip", None, "sample-cole"]
    everybody.append(None)  # the engineer of the confirmed application
    without_lin = [slug for slug in everybody if slug != "sample-lin"]

    for slug, expected in {
        "sample-mission": everybody,
        "sample-leg-singapore": [*everybody, "sample-tan"],
        "sample-way-to-singapore": [*everybody, "sample-tan"],
        "sample-way-to-dubai": [*without_lin, "sample-tan", "sample-haddad"],
        "sample-leg-dubai": [*without_lin, "sample-haddad"],
        "sample-bilateral": ["sample-chan", "sample-rivers", None],
        "sample-head-briefing": ["sample-chan", "sample-yip"],
    }.items():
        there = Event.objects.get(slug=slug).attendees.order_by("position", "pk")
        assert list(there.values_list("person__slug", flat=True)) == expected, slug


def test_the_applications_of_the_sample_are_in_all_states(loaded):
    library.load_sample(now=NOW)

    mission = Delegation.objects.get(slug="sample-mission")
    assert {row.organisation.slug: row.status for row in Application.objects.all()} == {
        "sample-battery": "confirmed",
        "sample-motors": "declined",
        "sample-grid": "accepted",
        "sample-hydrogen": "waitlisted",
        "sample-finance": "waitlisted",
        "sample-tides": "info_requested",
        "sample-wind": "submitted",
        "sample-film": "draft",
    }
    room = applications.room(delegation=mission)
    assert (mission.status, room.quota, room.free, room.waiting) == ("recruiting", 8, 0, 2)
    assert applications.closes_at(delegation=mission) > NOW
    first = mission.applications.waiting()[0]
    applications.withdraw(application=mission.applications.get(status="accepted"), now=NOW)
    first.refresh_from_db()
    assert first.status == "accepted"


def test_nobody_in_the_sample_is_real(loaded):
    library.load_sample(now=NOW)

    people = Person.objects.filter(team__slug="sample")
    assert people.count() == 8
    assert all(person.email.endswith("@example.org") for person in people)


REPORTED = {
    "hksar-ciie-2025": ("official_delegation", "ce-shanghai-visit-2025", ["lee-john"], []),
    "hk-middle-east-mission-2025": (
        "trade_mission",
        "ce-middle-east-mission-2025",
        ["lee-john", "lee-loretta", "Mainland companies, unnamed"],
        ["doha", "kuwait"],
    ),
    "hk-middle-east-delegations-shanghai-firms": (
        "official_delegation",
        "hk-official-delegations-middle-east",
        ["Shanghai firms, several, unnamed"],
        [],
    ),
    "hksar-zhejiang-2025": ("duty_visit", "ce-zhejiang-visit-2025", ["lee-john"], []),
    "thai-chamber-2024": (
        "business_delegation",
        None,
        ["ding-yi", "Members of the chamber, several, unnamed"],
        [],
    ),
}


@pytest.mark.parametrize("slug", REPORTED)
def test_a_reported_delegation_tells_what_its_report_tells(loaded, slug):
    row = Delegation.objects.get(slug=slug)

    members = row.delegates.in_order()
    found = (
        row.kind,
        row.mission and row.mission.slug,
        [member.person.slug if member.person else member.label for member in members],
        [leg.stay.place.slug for leg in row.legs.in_order()],
    )
    assert found == REPORTED[slug]
    heads = [member for member in members if member.capacity == "head"]
    assert heads == [member for member in members if member.person][:1]
    assert (row.origin, row.status, row.team) == ("reported", "concluded", None)
    assert {member.precedence for member in members} == {None}  # no report gives an order


@pytest.mark.parametrize("slug", REPORTED)
def test_each_value_of_a_reported_delegation_has_its_evidence(loaded, slug):
    row = Delegation.objects.get(slug=slug)

    known = set(row.evidence.values_list("field", flat=True))
    values = {
        "name": row.name,
        "kind": row.kind,
        "direction": row.direction,
        "sending_organisation": row.sending_organisation,
        "mission": row.mission,
        "delegates": row.delegates.exists(),
        "legs": row.legs.exists(),
    }
    assert {name for name, value in values.items() if value} <= known
    for piece in row.evidence.all():
        assert bool(piece.source) != bool(piece.reference)


def test_nothing_is_done_with_a_reported_delegation(loaded):
    before = list(Attendee.objects.order_by("pk").values())
    for row in Delegation.objects.filter(origin="reported"):
        assert missions.next_steps(delegation=row) == ()
        rosters.check(delegation=row, members=list(row.delegates.all()))
        rosters.sync(delegation=row, now=NOW)
    assert list(Attendee.objects.order_by("pk").values()) == before


def test_a_reminder_of_the_sample_falls_due_within_a_minute(loaded):
    library.load_sample(now=NOW)

    occurrence = ReminderOccurrence.objects.get(event__slug=library.LINE_CHECK)

    assert NOW < occurrence.due_at <= NOW + timedelta(minutes=1)
