"""The applications of the sample, made by the same steps that users take."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from delegations.domain.applications import applications
from delegations.models import Application, Delegate, Delegation, Nominee
from events.models import Organisation, Person
from seeds.mapping import words
from seeds.reader import Record

# The time in which the accepted applications must be confirmed.
TIME_TO_CONFIRM = timedelta(days=10)
TO_REVIEW = ("submit", "review")
PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "under_review": TO_REVIEW,
    "info_requested": (*TO_REVIEW, "request_info"),
    "declined": (*TO_REVIEW, "decline"),
    "waitlisted": (*TO_REVIEW, "waitlist"),
    "accepted": (*TO_REVIEW, "accept"),
    "confirmed": (*TO_REVIEW, "accept", "confirm"),
}


def make(*, records: Sequence[Record], now: datetime) -> None:
    """Make the applications in this order, an hour apart; the last was submitted an hour ago.

    What an earlier removal of the sample left is not made again.
    """
    for number, record in enumerate(records):
        if _exists(record):
            continue
        then = now - timedelta(hours=len(records) - number)
        application = _draft(record, then)
        for verb in PATHS[record.values["status"]]:
            step = getattr(applications, verb)
            step(application=application, now=then, **_words(verb, record, now))


def _exists(record: Record) -> bool:
    return Application.objects.filter(
        delegation__slug=record.values["delegation"],
        organisation__slug=record.values["organisation"],
    ).exists()


def _words(verb: str, record: Record, now: datetime) -> dict[str, Any]:
    """The further arguments of a step."""
    match verb:
        case "request_info":
            return {"question": record.values["question"]}
        case "decline":
            return {"reason": record.values["reason"], "user": None}
        case "waitlist":
            return {"user": None}
        case "accept":
            return {"confirm_by": now + TIME_TO_CONFIRM, "user": None}
        case _:
            return {}


def _draft(record: Record, now: datetime) -> Application:
    values = record.values
    contact = values.get("contact")
    application = applications.draft(
        delegation=Delegation.objects.get(slug=values["delegation"]),
        organisation=Organisation.objects.get(slug=values["organisation"]),
        contact=Person.objects.get(slug=contact) if contact else None,
        statement=values.get("statement", ""),
        now=now,
    )
    for nominee in values["nominees"]:
        person = nominee.get("person")
        Nominee.objects.create(
            application=application,
            person=Person.objects.get(slug=person) if person else None,
            capacity=nominee.get("capacity", Delegate.Capacity.DELEGATE),
            **words("label", nominee.get("label")),
        )
    return application
