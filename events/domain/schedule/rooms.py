"""Rooms of a venue: those of a programme, found by name, and made in the grid."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import ProtectedError
from django.utils.translation import gettext_noop

from events.domain.access import access
from events.domain.directory import places
from events.domain.refusals import Refusal
from events.models import Event, Place, Team, Viewer
from events.models.base import slugs
from events.models.base.teams import sees_all
from events.values import names, scripts
from events.values.languages import columns

MAX_NAME: Final = 200  # characters
MAX_ROOMS: Final = 60  # that a grid shows beside those in which something takes place


class NoRight(Refusal):
    """The user may add no places."""

    text = gettext_noop("You may choose places on record only; ask an organiser to add this one.")


class NameMissing(Refusal):
    """A room has no name, or one that is too long."""

    text = gettext_noop("Give the room a name.")


def of(*, event: Event, used: Collection[int], user: Viewer) -> list[Place]:
    """Return the rooms in which parts take place, and the others of the venue, by name."""
    seen = Place.objects.visible_to(user).select_related("parent__parent")
    found = {row.pk: row for row in seen.filter(pk__in=used)}
    if event.place_id and event.place and event.place.kind in (Place.Kind.VENUE, Place.Kind.SITE):
        here = seen.filter(parent=event.place_id, kind=Place.Kind.ROOM).order_by("pk")
        found |= {row.pk: row for row in here[:MAX_ROOMS]}
    return sorted(found.values(), key=lambda row: (row.pk == event.place_id, row.name, row.pk))


def make(*, event: Event, name: str, user: Viewer, now: datetime) -> tuple[Place, bool]:
    """Return the room of this name in the venue of the event, and whether it is new.

    Raises NoRight and NameMissing.
    """
    text = " ".join(name.replace("\0", "").split())
    if not text or len(text) > MAX_NAME:
        raise NameMissing
    venue = _venue(event, user)
    key = names.search_key(text)
    known = Place.objects.visible_to(user).filter(parent=venue, search_key__contains=key)
    if venue and (room := next((row for row in known if key in row.search_key.split()), None)):
        return room, False
    room = Place(team=_team(event, user), kind=Place.Kind.ROOM, parent=venue)
    for column in (columns("name")[0], scripts.column("name", text)):
        setattr(room, column, text)
    room.slug = slugs.named(
        rows=Place.objects.all(), text=text, within=venue.slug if venue else "", otherwise="room"
    )
    places.save(place=room, now=now)
    return room, True


def unmake(*, room: int, user: Viewer) -> bool:
    """Delete a room again that nothing refers to; return whether it is gone."""
    row = Place.objects.changeable_by(user).filter(pk=room, kind=Place.Kind.ROOM).first()
    if row is None or Event.objects.filter(place=row).exists():
        return False
    try:
        row.delete()
    except ProtectedError:
        return False
    return True


def _venue(event: Event, user: Viewer) -> Place | None:
    """The venue of the event, as far as the user may see it: that of its place if it is a room."""
    place = event.place
    venue = place.parent if place and place.kind == Place.Kind.ROOM else place
    return venue if venue and access.may_see(user=user, row=venue) else None


def _team(event: Event, user: Viewer) -> Team | None:
    allowed = access.teams(user=user, model=Place)
    if event.team_id and allowed.filter(pk=event.team_id).exists():
        return event.team
    team = access.usual_team(user=user, model=Place)
    if team is None and not sees_all(user):
        raise NoRight
    return team
