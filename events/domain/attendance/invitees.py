"""Whom an organiser invites, or asks again: who can be, narrowed down; and why others cannot."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from events.domain.attendance import invitations
from events.domain.mail import outbox
from events.models import Attendee, Delivery, Event
from events.models.people.attendees import AttendeeQuerySet


class LeftOut(StrEnum):
    """Why an attendee gets no invitation, or none again."""

    NO_ADDRESS = "no_address"
    WRONG_ADDRESS = "wrong_address"  # a mail server called it non-existent
    DECLINED = "declined"  # or off the list
    INVITED = "invited"
    UNINVITED = "uninvited"
    ANSWERED = "answered"
    JUST_ASKED = "just_asked"  # less than a day ago, or the mail is on its way


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which of them: empty means all. `days` have passed since they were asked last."""

    roles: Collection[str] = ()
    tags: Collection[str] = ()
    partstats: Collection[str] = ()
    days: int = 0

    def takes(self, row: Attendee, now: datetime) -> bool:
        """Whether an attendee is meant; one without any of the tags is not."""
        asked_at: datetime | None = getattr(row, "invited_at", None)
        return (
            (not self.roles or row.role in self.roles)
            and (not self.tags or bool({*row.tags} & {*self.tags}))
            and (not self.partstats or row.partstat in self.partstats)
            and (asked_at is None or asked_at <= now - timedelta(days=self.days))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitees:
    """Those who can be invited, in the order of the list, and the number of others by reason."""

    rows: list[Attendee]
    left_out: Counter[LeftOut] = field(default_factory=Counter)

    def narrowed(self, *, wish: Wish, now: datetime) -> list[Attendee]:
        return [row for row in self.rows if wish.takes(row, now)]


# Why an attendee is left out who has an address and has not declined.
Why = Callable[[Attendee], LeftOut]


def of_first(*, event: Event) -> Invitees:
    """Return who has no invitation yet."""
    return _divided(event, invitations.uninvited(event=event), _why_not_first)


def of_second(*, event: Event, now: datetime) -> Invitees:
    """Return who was invited and has not answered."""
    asked = Delivery.objects.holding().filter(event=event, kind=Delivery.Kind.REQUEST)
    invited = set(asked.values_list("attendee", flat=True))

    def why(row: Attendee) -> LeftOut:
        if row.partstat != Attendee.Partstat.NEEDS_ACTION:
            return LeftOut.ANSWERED
        return LeftOut.JUST_ASKED if row.pk in invited else LeftOut.UNINVITED

    return _divided(event, invitations.unanswered(event=event, now=now), why)


def _why_not_first(row: Attendee) -> LeftOut:
    return LeftOut.INVITED


def _divided(event: Event, chosen: AttendeeQuerySet, why: Why) -> Invitees:
    rows = list(chosen.select_related("person"))
    others = Attendee.objects.filter(event=event).exclude(pk__in=[row.pk for row in rows])
    wrong = _wrong(rows)
    left: Counter[LeftOut] = Counter()
    left[LeftOut.WRONG_ADDRESS] = len(wrong)
    for row in others.select_related("person"):
        left[_general(row) or why(row)] += 1
    return Invitees(rows=[row for row in rows if row.pk not in wrong], left_out=left)


def _general(row: Attendee) -> LeftOut | None:
    if row.is_out:
        return LeftOut.DECLINED
    has_address = row.person is not None and row.person.email
    return None if has_address else LeftOut.NO_ADDRESS


def _wrong(rows: Iterable[Attendee]) -> set[int]:
    """Return the keys of those whose address a mail server called non-existent."""
    addresses = {row.pk: row.person.email for row in rows if row.person}
    wrong = outbox.suppressed(among=addresses.values())
    return {key for key, address in addresses.items() if address in wrong}
