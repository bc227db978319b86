"""The two sets of records that come with Attaché: the catalogue and a sample mission."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from delegations.domain.rosters import rosters
from delegations.models import Delegation
from events.domain.lifecycle import lifecycle
from events.models import Event, Team
from events.values import dates
from seeds import applications, loader, reader
from seeds.loader import Report
from seeds.models import Entry
from seeds.reader import Record

CATALOGUE = Path(__file__).parent / "catalogue"
SAMPLE = Path(__file__).parent / "sample"
LINE_CHECK = "sample-line-check"
# Time for the load to end: attendees who are added after a reminder fell due do not get it.
SOON = timedelta(seconds=30)


def load(*, now: datetime) -> Report:
    """Load the catalogue; raise reader.CatalogueError before anything is stored."""
    return loader.load(catalogue=reader.read(CATALOGUE), now=now)


def is_sample_loaded() -> bool:
    return Entry.objects.filter(key=f"events/{LINE_CHECK}").exists()


def load_sample(*, now: datetime) -> Report | None:
    """Load the sample mission, once; its days count from that load.

    None if it was loaded already.
    """
    if is_sample_loaded():
        return None
    sample = reader.read(SAMPLE, known=reader.read(CATALOGUE))
    with transaction.atomic():
        team, _ = Team.objects.get_or_create(slug="sample", defaults={"name": "Sample team"})
        report = loader.load(catalogue=sample, now=now, team=team)
        for record in sample.records["delegations"].values():
            _compose(record, now)
        applicants = list(sample.records["applications"].values())
        applications.make(records=applicants, now=now)
        report.added += [f"applications/{record.id}" for record in applicants]
        _set_line_check(now)
    return report


def _compose(record: Record, now: datetime) -> None:
    """Set the legs of members who are not on all of them, and update the attendees."""
    delegation = Delegation.objects.get(slug=record.id)
    for member in record.values["delegates"]:
        if stays := member.get("stays"):
            delegate = delegation.delegates.get(person__slug=member["person"])
            delegate.legs.set(delegation.legs.filter(stay__slug__in=stays))
    rosters.sync(delegation=delegation, now=now)


def _set_line_check(now: datetime) -> None:
    """Let the line check start a day from now, so that its reminder falls due within a minute."""
    event = Event.objects.get(slug=LINE_CHECK)
    start = (now + timedelta(days=1) + SOON).replace(microsecond=0)
    local = start.astimezone(dates.zone(event.timezone))
    end = local + timedelta(minutes=15)
    event.start_on, event.start_time = local.date(), local.time()
    event.end_on, event.end_time = end.date(), end.time()
    lifecycle.save(event=event, now=now)
