"""Permissions on rows: they follow from the user's memberships in teams, and from nothing else."""

from typing import Any, TypeVar

from django.db import models

from events.models import Event, Membership, Team, Viewer
from events.models.base.teams import forget, sees_all, teams_of, works_here
from events.models.events.events import days_served_by, in_legs_of

Row = TypeVar("Row", bound=models.Model)
ORGANISER = (Membership.Role.ORGANISER,)


def may_enter(*, user: Viewer) -> bool:
    """Whether the user may enter the admin: an active member of staff."""
    return works_here(user)


def may_add(*, user: Viewer, model: type[models.Model]) -> bool:
    """Whether the user may add rows of this table at all.

    `choices` and `may_keep` then decide for which team and below which event.
    """
    return sees_all(user) or bool(teams_of(user, *_adders(model)))


def teams(*, user: Viewer, model: type[models.Model]) -> models.QuerySet[Team]:
    """Return the teams that may own a row of this table which the user adds."""
    return Team.objects.all() if sees_all(user) else Team.objects.of(user, *_adders(model))


def usual_team(*, user: Viewer, model: type[models.Model]) -> Team | None:
    """Return the team that a row which the user adds most likely belongs to.

    It is the user's team; for a superuser, who acts for all teams, only if there is one such team,
    or else one team in all.
    """
    own = list(Team.objects.of(user, *_adders(model)).order_by("name", "pk")[:2])
    if not sees_all(user):
        return own[0] if own else None
    found = own or list(Team.objects.order_by("name", "pk")[:2])
    return found[0] if len(found) == 1 else None


def own_teams(*, user: Viewer) -> models.QuerySet[Team]:
    """Return the teams in which the user is an organiser; all teams for a superuser."""
    return Team.objects.all() if sees_all(user) else Team.objects.of(user, *ORGANISER)


def visible(*, user: Viewer, model: type[Row]) -> models.QuerySet[Row]:
    """Return the rows that the user may see.

    A table whose query set has no `visible_to` is visible to superusers only.
    """
    return _scoped(user, model, "visible_to")


def changeable(*, user: Viewer, model: type[Row]) -> models.QuerySet[Row]:
    """Return the rows that the user may change; rows without a team only as a superuser."""
    return _scoped(user, model, "changeable_by")


def choices(*, user: Viewer, field: Any) -> models.QuerySet[Any]:
    """Return the rows that a relation may be set to.

    These are the visible rows; for the relation to the holder, which is the row that this one is a
    part of, only holders that the user may change.
    """
    rows = field.model._default_manager.all()
    if getattr(rows, "holder", None) == field.name and not sees_all(user):
        return rows.holders(user)
    if field.related_model is Team:
        return teams(user=user, model=field.model)
    return visible(user=user, model=field.related_model)


def may_see(*, user: Viewer, row: models.Model) -> bool:
    return visible(user=user, model=type(row)).filter(pk=row.pk).exists()


def may_still_change(*, user: Viewer, row: models.Model) -> bool:
    """Like `may_change`, with the user's cached answers dropped first.

    For use after a change that may have moved the row, or the events that the user works for.
    """
    forget(user)
    return may_change(user=user, row=row)


def may_change(*, user: Viewer, row: models.Model) -> bool:
    return changeable(user=user, model=type(row)).filter(pk=row.pk).exists()


def may_store(*, user: Viewer, event: Event) -> bool:
    """Whether the user may store the event with its present values, be it new or changed.

    Organisers of its team may store any event. Other members may store parts only: liaison
    officers within the legs that they look after, secretaries internal items that belong to an
    event of their head's day. The part must have the same team as its parent.
    """
    if sees_all(user) or event.team_id in teams_of(user, *ORGANISER):
        return True
    if event.parent_id is None:
        return False
    internal = event.visibility == Event.Visibility.INTERNAL
    here = days_served_by(user) if internal else in_legs_of(user)
    return Event.objects.filter(pk=event.parent_id, pk__in=here, team=event.team_id).exists()


def _adders(model: type[models.Model]) -> tuple[str, ...]:
    """Return the roles that may add rows of the table."""
    return getattr(model._default_manager.all(), "added_by", ORGANISER)


def _scoped(user: Viewer, model: type[Row], scope: str) -> models.QuerySet[Row]:
    rows = model._default_manager.all()
    if scoped := getattr(rows, scope, None):
        return scoped(user)
    return rows if sees_all(user) else rows.none()
