"""Marks of speakers and guests of honour whose names stand on the public page."""

from django.db import transaction

from events.models import Attendee
from events.models.people.attendees import AttendeeQuerySet


def show(*, among: AttendeeQuerySet) -> list[Attendee]:
    """Mark those who speak or are guests of honour as shown in public; return who was not yet."""
    return _mark(among.filter(role__in=Attendee.ON_STAGE), True)


def hide(*, among: AttendeeQuerySet) -> list[Attendee]:
    """Take the mark off; return who bore it."""
    return _mark(among, False)


def _mark(rows: AttendeeQuerySet, is_shown: bool) -> list[Attendee]:
    keys = list(rows.exclude(shown_in_public=is_shown).order_by().values_list("pk", flat=True))
    with transaction.atomic():
        held = Attendee.objects.filter(pk__in=keys).exclude(shown_in_public=is_shown)
        changed = list(held.select_for_update(no_key=True).order_by("pk"))
        for row in changed:
            row.shown_in_public = is_shown
            row.save(update_fields=["shown_in_public"])
    return changed
