"""Imported calendars: the events read from them, and previews that wait for confirmation."""

import secrets
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.fields import LanguageField, TimezoneField
from events.models.base.teams import OwnedQuerySet, Team, User
from events.models.events.events import Event


class ImportedEventQuerySet(OwnedQuerySet["ImportedEvent"]):
    def of_uids(self, uids: list[str]) -> Self:
        return self.filter(uid__in=uids).select_related("event").order_by("pk")


class ImportedEvent(models.Model):
    """The link from an event of a foreign calendar to ours, with its values when last read."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    event = models.OneToOneField(
        Event, models.CASCADE, related_name="imported", verbose_name=_("event")
    )
    source = models.CharField(_("calendar"), max_length=200)
    uid = models.CharField(max_length=255)
    key = models.CharField(max_length=16, blank=True)  # the occurrence of a series
    sequence = models.PositiveIntegerField(default=0)
    modified_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()
    # The values in the foreign calendar when it was last read, by column of Event.
    source_values = models.JSONField(default=dict)

    objects = ImportedEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported event")
        verbose_name_plural = _("imported events")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "uid", "key"], name="foreign_event_once_per_team"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.uid}"


def new_key() -> str:
    """Return a random key that cannot be guessed."""
    return secrets.token_urlsafe(32)


class ImportPreview(models.Model):
    """The preview of an import that waits for its user to confirm it; deleted after an hour."""

    key = models.CharField(max_length=43, unique=True, default=new_key)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    source = models.CharField(max_length=200)
    body = models.BinaryField()
    language = LanguageField()
    timezone = TimezoneField()
    kind = models.CharField(max_length=20, choices=Event.Kind)
    visibility = models.CharField(max_length=12, choices=Event.Visibility)
    opened_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("opened calendar")
        verbose_name_plural = _("opened calendars")

    def __str__(self) -> str:
        return self.source
