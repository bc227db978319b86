"""Entries, which record what was loaded, so that the next load recognises edited values."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """A record of the catalogue and the row that it became."""

    key = models.CharField(_("key"), max_length=160, unique=True)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    loaded = models.JSONField(_("values as loaded"), default=dict)

    PERSONAL = ("loaded",)

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue entries")

    def __str__(self) -> str:
        return self.key
