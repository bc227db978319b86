"""Where a value comes from: the source, its line, and how the value was derived."""

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.base.fields import EdtfField
from events.models.base.teams import SharedQuerySet
from events.models.events.dates import Basis


class Source(models.Model):
    """A text that reports on events."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=250)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    headline = models.CharField(_("headline"), max_length=300, blank=True)
    byline = models.CharField(_("byline"), max_length=200, blank=True)
    genre = models.CharField(_("genre"), max_length=60, blank=True)
    published = EdtfField(
        _("published"), help_text=_("EDTF; relative words count from here, never from today.")
    )
    evidence = GenericRelation("events.Evidence")

    objects = SharedQuerySet["Source"].as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class Evidence(models.Model):
    """The evidence for one value of one record; the note is in our own words."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    field = models.CharField(_("value"), max_length=60)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supports",
        verbose_name=_("source"),
    )
    line = models.PositiveIntegerField(_("line"), null=True, blank=True)
    reference = models.CharField(
        _("outside reference"), max_length=300, blank=True, help_text=_("Where else it stands.")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes = [models.Index(fields=["content_type", "object_id"], name="evidence_target")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis="stated") | Q(source__isnull=False, line__isnull=False),
                name="stated_evidence_has_a_line",
            ),
            models.CheckConstraint(
                condition=~Q(basis="outside") | ~Q(reference=""),
                name="outside_evidence_has_a_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_basis_display()}"
