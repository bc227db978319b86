"""Organisations: stored so that what shows them learns of it; two records of one become one."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from events.domain.directory import merging
from events.domain.lifecycle import lifecycle
from events.domain.programme import revisions
from events.domain.refusals import Refusal
from events.models import Organisation
from events.models.base import duplicates
from events.values.languages import columns

NAMES: Final = (*columns("name", "short_name"),)
# What events show of those who run or receive them.
SHOWN: Final = ("slug", *NAMES, "kind")


class Circle(Refusal):
    """The organisation between the two is part of the one and holds the other."""

    between: Organisation
    text = gettext_noop("“%(between)s” is part of the one and the other is part of it.")


def save(*, organisation: Organisation, now: datetime) -> None:
    """Store an organisation."""
    with transaction.atomic():
        stored = Organisation.objects.filter(pk=organisation.pk).first()
        organisation.save()
        if stored and revisions.differ(row=organisation, stored=stored, names=SHOWN):
            lifecycle.touch_shown_with(organisation=organisation, now=now)


def merge(*, keep: Organisation, drop: Organisation, now: datetime) -> None:
    """Make two records of one body one: the second goes, its rows become rows of the first.

    What the first leaves blank, the second fills in, and its names still find the body. What both
    have of one kind becomes one row, by the rules of the models' `absorb`: a role at an event, a
    live application to a delegation. Events that show the body count the change.
    Raises OneRecord, OtherTeam, Circle, and Overlap where no rule helps: applications that were
    decided differently.
    """
    with transaction.atomic():
        lifecycle.touch_shown_with(organisation=drop, now=now)
        merging.hold(keep=keep, drop=drop)
        merging.check(keep=keep, drop=drop)
        _check_circle(keep, drop)
        _lend(keep, drop)
        merging.merge(keep=keep, drop=drop)
        save(organisation=keep, now=now)


def _check_circle(keep: Organisation, drop: Organisation) -> None:
    if keep.parent and drop in _above(keep.parent):
        raise Circle(keep.parent)


def _lend(keep: Organisation, drop: Organisation) -> None:
    """Fill in what the first record lacks."""
    duplicates.fill(keep, drop, *NAMES, "place_id", "headcount_text")
    if drop.parent and keep not in (drop.parent, *_above(drop.parent)):
        duplicates.fill(keep, drop, "parent_id")
    merging.keep_spellings(keep=keep, drop=drop, columns=NAMES)


def _above(organisation: Organisation) -> list[Organisation]:
    """What the organisation is part of, the nearest first."""
    above: list[Organisation] = []
    while (body := organisation.parent) and body not in above:
        above.append(body)
        organisation = body
    return above
