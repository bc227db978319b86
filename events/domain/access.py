"""Who may see and change what: the teams that a user belongs to decide, nothing else."""

from typing import TypeVar

from django.db import models

from events.models import Team, Viewer

Row = TypeVar("Row", bound=models.Model)


def may_enter(*, user: Viewer) -> bool:
    """Whether the user works here at all."""
    return user.is_active and user.is_staff


def may_add(*, user: Viewer) -> bool:
    """Whether the user runs a team, and so may give it new records."""
    return user.is_superuser or teams(user=user).exists()


def teams(*, user: Viewer) -> models.QuerySet[Team]:
    """The teams that the user may give records to."""
    return Team.objects.all() if user.is_superuser else Team.objects.run_by(user)


def visible(*, user: Viewer, model: type[Row]) -> models.QuerySet[Row]:
    """The rows that the user may see; a table that knows no teams is shared by all of them."""
    rows = model._default_manager.all()
    scope = getattr(rows, "visible_to", None)
    return scope(user) if scope else rows


def changeable(*, user: Viewer, model: type[Row]) -> models.QuerySet[Row]:
    """The rows that the user may change; what all teams share, only a superuser may."""
    rows = model._default_manager.all()
    if user.is_superuser:
        return rows
    scope = getattr(rows, "changeable_by", None)
    return scope(user) if scope else rows.none()


def may_see(*, user: Viewer, row: models.Model) -> bool:
    return visible(user=user, model=type(row)).filter(pk=row.pk).exists()


def may_change(*, user: Viewer, row: models.Model) -> bool:
    return changeable(user=user, model=type(row)).filter(pk=row.pk).exists()
