"""Numbers as sources report them."""

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import PartQuerySet, Viewer
from events.models.events.events import Event
from events.models.events.evidence import Evidence


class FigureQuerySet(PartQuerySet["Figure"]):
    holder = "event"

    def seen_as_member(self, user: Viewer) -> Q:
        """Figures of events that the user may see; figures without an event are shared."""
        return Q(event=None) | super().seen_as_member(user)


class Figure(models.Model):
    """A reported number with its unit; numbers of different units are never added."""

    class Comparator(models.TextChoices):
        EXACT = "exact", _("exactly")
        OVER = "over", _("over")
        ABOUT = "about", _("about")
        AT_LEAST = "at_least", _("at least")
        AT_MOST = "at_most", _("at most")

    slug = models.SlugField(_("short name"), unique=True)
    event = models.ForeignKey(
        Event,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="figures",
        verbose_name=_("event"),
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=200)
    comparator = models.CharField(
        _("comparator"), max_length=8, choices=Comparator, default=Comparator.EXACT
    )
    period = models.CharField(
        _("period"), max_length=32, blank=True, help_text=_("EDTF interval, such as 2021/2025.")
    )
    evidence = GenericRelation(Evidence)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(period=""),
                name="figure_says_something",
                violation_error_message=_("Give a value or a period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_comparator_display()} {self.value} {self.unit}"
