"""Sectors of business."""

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import SharedQuerySet
from events.models.events.evidence import Evidence


class Sector(models.Model):
    """A sector of business, with its codes in the standard classifications."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    isic = models.CharField(
        _("ISIC"), max_length=60, blank=True, help_text=_("Classes of ISIC Rev. 4.")
    )
    hs = models.CharField(_("HS"), max_length=60, blank=True, help_text=_("Headings of HS 2022."))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("part of")
    )
    evidence = GenericRelation(Evidence)

    objects = SharedQuerySet["Sector"].as_manager()

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")

    def __str__(self) -> str:
        return self.name
