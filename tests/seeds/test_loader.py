"""What a load does to the rows, and what it leaves alone."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from delegations.models import Delegate, Delegation, Leg
from events.domain import delivery, lifecycle
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

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def catalogue():
    return reader.read(library.CATALOGUE)


@pytest.fixture(scope="module")
def loaded(catalogue, django_db_setup, django_db_blocker):
    """Load the catalogue once; each test goes on from there and is rolled back to it."""
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
    Attendee.objects.update(answer="accepted")

    assert loader.load(catalogue=catalogue, now=NOW).kept == []


def test_a_row_that_somebody_removed_stays_removed(loaded, catalogue):
    Figure.objects.get(slug="banks").delete()

    report = loader.load(catalogue=catalogue, now=NOW)

    assert report.removed == ["figures/banks"]
    assert not Figure.objects.filter(slug="banks").exists()


def test_the_sample_is_loaded_once_and_lies_ahead(loaded):
    report = library.load_sample(now=NOW)

    assert library.load_sample(now=NOW + timedelta(days=9)) is None
    assert report
    assert "delegations/sample-mission" in report.added
    assert not Event.objects.filter(team__slug="sample", end_at__lt=NOW).exists()


def test_the_members_of_the_sample_mission_attend_it_and_its_legs(loaded):
    library.load_sample(now=NOW)

    for slug in ("sample-mission", "sample-leg-singapore", "sample-leg-dubai"):
        assert Event.objects.get(slug=slug).attendees.count() == 3, slug


def test_a_reminder_of_the_sample_falls_due_within_a_minute(loaded):
    library.load_sample(now=NOW)

    occurrence = ReminderOccurrence.objects.get(event__slug=library.LINE_CHECK)

    assert NOW < occurrence.due_at <= NOW + timedelta(minutes=1)
