"""Clashes that somebody has accepted, with the reason."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import PartQuerySet
from events.models.events.events import Event

MAX_REASON = 300  # characters


class ClashOverrideQuerySet(PartQuerySet["ClashOverride"]):
    holder = "event"


class ClashOverride(models.Model):
    """A clash that does not count any more: why, who said so, and for which times and places.

    `clash` is a digest of its kind, subject and events, `given_for` one of what these were then, so
    that neither tells anything of an event that the reader may not see.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="+", verbose_name=_("event"))
    clash = models.CharField(max_length=64, editable=False)
    given_for = models.CharField(max_length=64, editable=False)
    come = models.PositiveIntegerField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=MAX_REASON)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    given_at = models.DateTimeField(_("accepted at"))

    objects = ClashOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("accepted clash")
        verbose_name_plural = _("accepted clashes")
        constraints = [
            models.UniqueConstraint(fields=["event", "clash"], name="clash_accepted_once")
        ]

    def __str__(self) -> str:
        return self.reason
