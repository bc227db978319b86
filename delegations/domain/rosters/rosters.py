"""Rosters: the members of a delegation, who attend the mission and its legs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from delegations.domain.rosters import quotas, rosterattendees
from delegations.models import Application, Delegate, Delegation, Leg, Nominee
from delegations.models.delegations import lead
from events.domain.refusals import Name, Refusal, joined
from events.models import Appointment, Organisation, Person
from events.values.languages import columns

Capacity = Delegate.Capacity
Status = Delegation.Status

# States that require a head.
HEADED: Final = (Status.CONFIRMED, Status.CONCLUDED)
# The columns that a delegate takes over from a nominee.
TAKEN_OVER: Final = (
    "person_id",
    "appointment_id",
    "capacity",
    *columns("label"),
)


class Closed(Refusal):
    """The delegation is concluded, cancelled or only reported: roster and legs cannot change."""

    delegation: Delegation
    text = gettext_noop("“%(name)s” is %(state)s; its roster and legs stay as they are.")

    def words(self, name: Name) -> dict[str, object]:
        return {"name": name(self.delegation), "state": self.delegation.get_status_display()}


class NoHead(Refusal):
    """A confirmed delegation needs a head: appoint another member first."""

    delegation: Delegation
    text = gettext_noop("A confirmed delegation has a head; make somebody else the head first.")


class TwoHeads(Refusal):
    """A delegation has at most one head."""

    delegation: Delegation
    heads: Sequence[Delegate]
    text = gettext_noop("A delegation has one head; these would be several: %(names)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"names": joined(self.heads, name)}


class NoSeatsLeft(Refusal):
    """Members and reserved seats, `needed` together, exceed the quota."""

    delegation: Delegation
    needed: int
    text = gettext_noop("The seats do not suffice: %(needed)s would be needed.")


class TooManyOf(Refusal):
    """The members of one organisation, `needed`, exceed the quota for organisations."""

    delegation: Delegation
    organisation: Organisation
    needed: int
    text = gettext_noop("%(organisation)s would have %(needed)s members, more than its quota.")


class DelegateRefusal(Refusal):
    """Base class of refusals about one delegate."""

    delegation: Delegation
    delegate: Delegate

    def words(self, name: Name) -> dict[str, object]:
        return {"name": name(self.delegate)}


class AlreadyMember(DelegateRefusal):
    """The person is already a member, as this delegate."""

    text = gettext_noop("%(name)s is on the roster already.")


class AlreadyNamed(DelegateRefusal):
    """The delegate already has a name."""

    text = gettext_noop("%(name)s is on the roster already.")


class NotAMember(DelegateRefusal):
    """The delegate belongs to another delegation."""

    text = gettext_noop("%(name)s belongs to another delegation.")


class ForeignLeg(Refusal):
    """The leg belongs to another delegation."""

    delegation: Delegation
    leg: Leg
    text = gettext_noop("The leg “%(leg)s” belongs to another delegation.")


def add(
    *,
    delegation: Delegation,
    now: datetime,
    person: Person | None = None,
    label: str = "",
    capacity: str = Capacity.DELEGATE,
    organisation: Organisation | None = None,
    appointment: Appointment | None = None,
    legs: Iterable[Leg] = (),
    counted: bool | None = None,
) -> Delegate:
    """Add a person, or a label for a member without a name yet, to the roster as `placed` says.

    Without `legs` the member is on all legs. If `counted` is None it follows from the capacity.
    Raises as `check` does, Closed and ForeignLeg.
    """
    delegate = Delegate(
        person=person,
        label=label,
        capacity=capacity,
        organisation=organisation,
        appointment=appointment,
        counted=capacity not in Delegate.TRAVEL_ALONG if counted is None else counted,
    )
    with _held(delegation, now) as held:
        _append(held, [delegate])
        _set_legs(held, delegate, legs)
    return delegate


def add_all(*, delegation: Delegation, members: Sequence[Delegate], now: datetime) -> None:
    """Add several members, not stored yet, as `placed` says. Raises as `check` does, and Closed."""
    with _held(delegation, now) as held:
        _append(held, members)


def take_over(*, application: Application, now: datetime) -> None:
    """Add the nominees of an application to the roster. Raises as `add` does."""
    with _held(application.delegation, now) as held:
        nominees = application.nominees.select_related("person").order_by("pk")
        _append(held, proposed(application=application, nominees=nominees))


def proposed(*, application: Application, nominees: Iterable[Nominee]) -> list[Delegate]:
    """Return the members, not stored, that the nominees would become."""
    return [_delegate(application, nominee) for nominee in nominees]


def name(*, delegate: Delegate, person: Person, now: datetime) -> None:
    """Set the person of an unnamed member. Raises AlreadyNamed, AlreadyMember or Closed."""
    with _held_with(delegate, now) as (held, row):
        if row.person_id is not None:
            raise AlreadyNamed(held, row)
        row.person = person
        check(delegation=held, members=_with(held, row))
        row.save(update_fields=["person"])


def change(
    *,
    delegate: Delegate,
    now: datetime,
    capacity: str | None = None,
    organisation: Organisation | None = None,
    appointment: Appointment | None = None,
    legs: Iterable[Leg] | None = None,
    counted: bool | None = None,
) -> None:
    """Change a member; values that are None stay unchanged.

    A new capacity resets whether the member is counted. Raises as `add` does.
    """
    with _held_with(delegate, now) as (held, row):
        if capacity and capacity != row.capacity:
            row.capacity, row.counted = capacity, capacity not in Delegate.TRAVEL_ALONG
        row.organisation = organisation or row.organisation
        row.appointment = appointment or row.appointment
        row.counted = row.counted if counted is None else counted
        check(delegation=held, members=_with(held, row))
        row.save()
        if legs is not None:
            _set_legs(held, row, legs)


def appoint_head(*, delegate: Delegate, now: datetime) -> None:
    """Make a member the head; the former head becomes deputy. Raises as `add` does."""
    with _held_with(delegate, now) as (held, row):
        if row.capacity == Capacity.HEAD:
            return
        for former in held.delegates.filter(capacity=Capacity.HEAD):
            former.capacity = Capacity.DEPUTY
            former.save(update_fields=["capacity"])
        row.capacity, row.counted = Capacity.HEAD, True
        check(delegation=held, members=_with(held, row))
        row.save(update_fields=["capacity", "counted"])


def remove(*, delegate: Delegate, now: datetime) -> None:
    """Remove a member from the roster and its events. Raises NoHead or Closed."""
    remove_all(delegates=[delegate], delegation=delegate.delegation, now=now)


def remove_all(*, delegates: Iterable[Delegate], delegation: Delegation, now: datetime) -> None:
    """Remove several members. Raises NoHead or Closed."""
    keys = [delegate.pk for delegate in delegates]
    with _held(delegation, now) as held:
        for row in held.delegates.filter(pk__in=keys):
            row.delete()
        _check_heads(held, list(held.delegates.all()))


def reorder(*, delegation: Delegation, delegates: Sequence[Delegate], now: datetime) -> None:
    """Rank the members 1, 2, 3 … in this order; members left out follow in their present order.

    Raises NotAMember or Closed.
    """
    with _held(delegation, now) as held:
        rows = {row.pk: row for row in held.delegates.in_order()}
        if strangers := [row for row in delegates if row.pk not in rows]:
            raise NotAMember(held, strangers[0])
        order = dict.fromkeys([*(row.pk for row in delegates), *rows])
        _number(held, [rows[pk] for pk in order])


def placed(*, members: Sequence[Delegate], new: Iterable[Delegate]) -> list[Delegate]:
    """Return the members, in order of precedence, with new ones at their places.

    A head comes first, a deputy after the head and the other deputies, anybody else at the end.
    """
    order = list(members)
    for delegate in new:
        order.insert(_place(order, delegate), delegate)
    return order


def check(*, delegation: Delegation, members: Sequence[Delegate]) -> None:
    """Check that these delegates, stored or not, may be all members of the delegation.

    Raises NoHead, TwoHeads, AlreadyMember, NoSeatsLeft or TooManyOf. The delegation stays locked
    until the transaction ends, so that the result remains valid; its quotas are those of the
    instance passed in.
    """
    with transaction.atomic():
        if delegation.pk:
            quotas.hold(delegation=delegation)
        promised = quotas.promised(delegation=delegation)
        check_with(delegation=delegation, members=members, promised=promised)


def check_with(
    *, delegation: Delegation, members: Sequence[Delegate], promised: Counter[Organisation]
) -> None:
    """Check as `check` does, for these seats reserved for applications; no query, no lock."""
    _check_heads(delegation, members)
    _check_people(delegation, members)
    if delegation.is_managed:
        _check_seats(delegation, members, promised)


def sync(*, delegation: Delegation, now: datetime) -> None:
    """Make the attendees agree with the roster, and promote from the waiting list.

    Does nothing if the delegation is closed or only reported. Raises ForeignLeg.
    """
    with transaction.atomic():
        held = quotas.hold(delegation=delegation)
        if held.is_open:
            for delegate in held.delegates.prefetch_related("legs"):
                _check_legs(held, delegate.legs.all())
            rosterattendees.keep(delegation=held, now=now)
            quotas.promote(delegation=held, now=now)


@contextmanager
def _held(delegation: Delegation, now: datetime) -> Iterator[Delegation]:
    """Yield the delegation, locked, for a change of its roster; then update its attendees."""
    with transaction.atomic():
        held = quotas.hold(delegation=delegation)
        if not held.is_open:
            raise Closed(held)
        yield held
        sync(delegation=held, now=now)


@contextmanager
def _held_with(delegate: Delegate, now: datetime) -> Iterator[tuple[Delegation, Delegate]]:
    """Yield the delegation and the member, locked and read anew."""
    with _held(delegate.delegation, now) as held:
        yield held, held.delegates.select_related("person", "organisation").get(pk=delegate.pk)
    delegate.refresh_from_db()


def _with(delegation: Delegation, changed: Delegate) -> list[Delegate]:
    others = delegation.delegates.exclude(pk=changed.pk).select_related("person", "organisation")
    return [*others, changed]


def _append(delegation: Delegation, delegates: Sequence[Delegate]) -> None:
    """Store new members at the end of the roster, then give head and deputies their places."""
    present = list(delegation.delegates.select_related("person", "organisation").in_order())
    check(delegation=delegation, members=[*present, *delegates])
    last = max((member.precedence or 0 for member in present), default=0)
    for rank, delegate in enumerate(delegates, start=last + 1):
        delegate.delegation, delegate.precedence = delegation, rank
        delegate.save()
    order = placed(members=present, new=delegates)
    if order != [*present, *delegates]:
        _number(delegation, order)


def _number(delegation: Delegation, order: Sequence[Delegate]) -> None:
    """Rank all members 1, 2, 3 … in this order."""
    ranked = enumerate(order, start=1)
    moved = [(row, rank) for rank, row in ranked if row.precedence != rank]
    # Ranks are unique, so clear them first.
    delegation.delegates.filter(pk__in=[row.pk for row, _ in moved]).update(precedence=None)
    for row, rank in moved:
        row.precedence = rank
        row.save(update_fields=["precedence"])


def _place(order: Sequence[Delegate], delegate: Delegate) -> int:
    """Return the index at which a new member stands."""
    if not is_leader(delegate):
        return len(order)
    above = [n for n, row in enumerate(order) if lead(row.capacity) <= lead(delegate.capacity)]
    return above[-1] + 1 if above else 0


def is_leader(delegate: Delegate) -> bool:
    """Whether the member is the head or a deputy."""
    return delegate.capacity in (Capacity.HEAD, Capacity.DEPUTY)


def _set_legs(delegation: Delegation, delegate: Delegate, legs: Iterable[Leg]) -> None:
    chosen = list(legs)
    _check_legs(delegation, chosen)
    delegate.legs.set(chosen)


def _delegate(application: Application, nominee: Nominee) -> Delegate:
    return Delegate(
        application=application,
        organisation=application.organisation,
        counted=nominee.is_counted,
        **{name: getattr(nominee, name) for name in TAKEN_OVER},
    )


def _check_heads(delegation: Delegation, members: Sequence[Delegate]) -> None:
    heads = [member for member in members if member.capacity == Capacity.HEAD]
    if len(heads) > 1:
        raise TwoHeads(delegation, heads)
    if not heads and delegation.is_managed and delegation.status in HEADED:
        raise NoHead(delegation)


def _check_people(delegation: Delegation, members: Sequence[Delegate]) -> None:
    known: dict[int, Delegate] = {}
    for member in members:
        if member.person_id is None:
            continue
        if member.person_id in known:
            raise AlreadyMember(delegation, known[member.person_id])
        known[member.person_id] = member


def _check_seats(
    delegation: Delegation, members: Sequence[Delegate], promised: Counter[Organisation]
) -> None:
    counted = [member for member in members if member.counted]
    needed = len(counted) + promised.total()
    if delegation.quota is not None and needed > delegation.quota:
        raise NoSeatsLeft(delegation, needed)
    if delegation.organisation_quota is None:
        return
    sent = promised + Counter(member.organisation for member in counted if member.organisation)
    for organisation, number in sent.items():
        if number > delegation.organisation_quota:
            raise TooManyOf(delegation, organisation, number)


def _check_legs(delegation: Delegation, legs: Iterable[Leg]) -> None:
    for leg in legs:
        if leg.delegation_id != delegation.pk:
            raise ForeignLeg(delegation, leg)
