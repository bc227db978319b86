"""Where attendees stand: named groups of rows, which lists filter by and pages count."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Attendee, Delivery
from events.models.people.attendees import AttendeeQuerySet

Partstat = Attendee.Partstat


class Standing(models.TextChoices):
    """A group of attendees; all but INVITED and UNREACHABLE divide those LISTED into parts."""

    LISTED = "listed", _("on the list")
    INVITED = "invited", _("invited by mail")
    ACCEPTED = "accepted", pgettext_lazy("number of people", "yes")
    TENTATIVE = "tentative", pgettext_lazy("number of people", "maybe")
    DECLINED = "declined", pgettext_lazy("number of people", "no")
    WAITING = "waiting", _("on the waiting list")
    UNANSWERED = "unanswered", _("invited, no answer yet")
    UNINVITED = "uninvited", _("neither invited nor answered")
    UNREACHABLE = "unreachable", _("without a mail address")


WAITS: Final = Q(seat=Attendee.Seat.WAITLISTED)
NO_ADDRESS: Final = Q(person=None) | Q(person__email="")
CONDITIONS: Final[Mapping[str, Q]] = {
    Standing.LISTED: Q(pk__isnull=False),
    Standing.INVITED: Q(is_invited=True),
    Standing.ACCEPTED: ~WAITS & Q(partstat=Partstat.ACCEPTED),
    Standing.TENTATIVE: ~WAITS & Q(partstat=Partstat.TENTATIVE),
    Standing.DECLINED: ~WAITS & Q(partstat=Partstat.DECLINED),
    Standing.WAITING: WAITS,
    Standing.UNANSWERED: ~WAITS & Q(partstat=Partstat.NEEDS_ACTION, is_invited=True),
    Standing.UNINVITED: ~WAITS & Q(partstat=Partstat.NEEDS_ACTION, is_invited=False),
    Standing.UNREACHABLE: NO_ADDRESS & ~Q(partstat=Partstat.DECLINED),
}


def among(*, rows: AttendeeQuerySet, standing: str) -> AttendeeQuerySet:
    """Return the rows of a group, in the order that they had."""
    return _listed(rows).filter(CONDITIONS[standing])


def counts(*, rows: AttendeeQuerySet) -> dict[str, int]:
    """Count the rows of each group, in one query."""
    parts = {name.value: Count("pk", filter=CONDITIONS[name]) for name in Standing}
    return _listed(rows).order_by().aggregate(**parts)


def _listed(rows: AttendeeQuerySet) -> AttendeeQuerySet:
    """All but those taken off the list; `is_invited` says whether a REQUEST was sent or is due."""
    mails = Delivery.objects.holding().filter(kind=Delivery.Kind.REQUEST, attendee=OuterRef("pk"))
    return rows.on_the_list().annotate(is_invited=Exists(mails))
