"""Organisations: saving, which updates the events that show them, and merging of duplicates."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from events.domain.directory import mergerlogs, merging, unmerging
from events.domain.directory.mergerlogs import MergerLog
from events.domain.lifecycle import lifecycle
from events.domain.programme import revisions
from events.domain.refusals import Refusal
from events.models import Merger, Organisation
from events.models.base import duplicates
from events.values.languages import columns

NAMES: Final = (*columns("name", "short_name"),)
# Columns that events show of their organisers and hosts.
SHOWN: Final = ("slug", *NAMES, "kind")


class Circle(Refusal):
    """The organisation `between` is part of the dropped one and contains the kept one."""

    between: Organisation
    text = gettext_noop("“%(between)s” is part of the one and the other is part of it.")


def save(*, organisation: Organisation, now: datetime) -> None:
    """Store an organisation; a change of SHOWN raises the revision of the events that show it."""
    with transaction.atomic():
        stored = Organisation.objects.filter(pk=organisation.pk).first()
        organisation.save()
        if stored and revisions.differ(row=organisation, stored=stored, names=SHOWN):
            lifecycle.touch_shown_with(organisation=organisation, now=now)


def merge(*, keep: Organisation, drop: Organisation, now: datetime) -> Merger:
    """Merge `drop` into `keep`: `drop` is deleted, its rows become rows of `keep`.

    Blank columns of `keep` are filled from `drop`, whose names become aliases. Duplicate rows
    (roles at an event, live applications to a delegation) become one by the `merge_from` of their
    model. Events that show the organisation get a new revision. Raises OneRecord, OtherTeam,
    Circle, and Overlap for applications with different decisions. Returns what `unmerge` needs to
    take it back.
    """
    with transaction.atomic():
        lifecycle.touch_shown_with(organisation=drop, now=now)
        merging.hold(keep=keep, drop=drop)
        merging.check(keep=keep, drop=drop)
        _check_circle(keep, drop)
        log, name, key = MergerLog(), str(drop), drop.pk
        _lend(keep, drop)
        merging.merge(keep=keep, drop=drop, log=log)
        before = mergerlogs.values(keep)
        save(organisation=keep, now=now)
        log.changed(keep, before)
        return unmerging.store(keep=keep, drop=name, key=key, log=log, now=now)


def unmerge(*, merger: Merger, now: datetime) -> Organisation:
    """Make two records of one again; return the one that had been dropped.

    Events that show one of them get a new revision. Raises unmerging.Expired, unmerging.InTheWay or
    unmerging.NameTaken.
    """
    with transaction.atomic():
        held = unmerging.hold(merger=merger)
        pair: tuple[Organisation, Organisation] = unmerging.undo(merger=held, now=now)
        for organisation in pair:
            lifecycle.touch_shown_with(organisation=organisation, now=now)
        return pair[1]


def _check_circle(keep: Organisation, drop: Organisation) -> None:
    if keep.parent and drop in _above(keep.parent):
        raise Circle(keep.parent)


def _lend(keep: Organisation, drop: Organisation) -> None:
    """Fill blank columns of the kept record."""
    duplicates.fill(keep, drop, *NAMES, "place_id", "headcount_text")
    if drop.parent and keep not in (drop.parent, *_above(drop.parent)):
        duplicates.fill(keep, drop, "parent_id")
    merging.keep_spellings(keep=keep, drop=drop, columns=NAMES)


def _above(organisation: Organisation) -> list[Organisation]:
    """The organisations above, the nearest first."""
    above: list[Organisation] = []
    while (body := organisation.parent) and body not in above:
        above.append(body)
        organisation = body
    return above
