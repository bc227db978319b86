"""Dates with precision and basis: local wall time and zone are stored, UTC is derived."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models.base.fields import TimezoneField, known_timezones
from events.values import dates
from events.values.dates import DAY, When


class Basis(models.TextChoices):
    """Where a value comes from; the strongest basis first."""

    STATED = "stated", _("stated")
    COMPUTED = "computed", _("computed")
    OUTSIDE = "outside", _("from outside")
    ENTERED = "entered", _("entered")


class Dated(models.Model):
    """A row with a date or time; `start_at` and `end_at` are derived and never entered."""

    class Precision(models.TextChoices):
        TIME = dates.Precision.TIME.value, _("to the minute")
        DAY = dates.Precision.DAY.value, _("to the day")
        MONTH = dates.Precision.MONTH.value, _("month")
        QUARTER = dates.Precision.QUARTER.value, _("quarter")
        HALF_YEAR = dates.Precision.HALF_YEAR.value, _("half year")
        YEAR = dates.Precision.YEAR.value, _("year")
        UNKNOWN = dates.Precision.UNKNOWN.value, _("unknown")

    class Qualifier(models.TextChoices):
        UNCERTAIN = "?", _("uncertain")
        APPROXIMATE = "~", _("approximate")
        BOTH = "%", _("uncertain and approximate")

    precision = models.CharField(
        _("precision"), max_length=9, choices=Precision, default=Precision.DAY
    )
    basis = models.CharField(
        _("basis"),
        max_length=8,
        choices=Basis,
        default=Basis.ENTERED,
        blank=True,
        help_text=_("The weakest of its parts; empty when the date is unknown."),
    )
    qualifier = models.CharField(_("qualifier"), max_length=1, choices=Qualifier, blank=True)
    start_on = models.DateField(_("first day"), null=True, blank=True)
    start_time = models.TimeField(_("start time"), null=True, blank=True)
    end_on = models.DateField(_("last day"), null=True, blank=True)
    end_time = models.TimeField(_("end time"), null=True, blank=True)
    timezone = TimezoneField(_("time zone"), help_text=_("Empty: that of the place."))
    end_timezone = TimezoneField(
        _("time zone of the end"), help_text=_("Only where it differs, as in a transfer.")
    )
    start_at = models.DateTimeField(_("starts"), null=True, editable=False)
    end_at = models.DateTimeField(_("ends"), null=True, editable=False)
    date_text = models.CharField(
        _("words of the source"), max_length=100, blank=True, help_text=_("“last November”")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(precision="unknown") | Q(start_on__isnull=False),
                name="%(class)s_known_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")) | ~Q(end_timezone=""),
                name="%(class)s_last_day_after_first",
            ),
            models.CheckConstraint(
                condition=Q(end_at=None) | Q(end_at__gte=F("start_at")),
                name="%(class)s_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(precision="time")
                | Q(start_at__isnull=False, start_time__isnull=False) & ~Q(timezone=""),
                name="%(class)s_time_has_moment_and_zone",
            ),
            models.CheckConstraint(
                condition=~Q(precision="day")
                | Q(start_at__isnull=False, start_time=None, end_time=None) & ~Q(timezone=""),
                name="%(class)s_day_has_zone_and_no_clock",
            ),
            models.CheckConstraint(
                condition=Q(precision__in=["time", "day", "unknown"])
                | Q(end_on__isnull=False, start_at=None, end_at=None),
                name="%(class)s_window_is_closed",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive the UTC moments from wall time and zone."""
        self.start_at, self.end_at = dates.instants(self.when)
        super().save(*args, **kwargs)

    @property
    def when(self) -> When:
        """The date and time as a plain value."""
        return When(
            precision=dates.Precision(self.precision),
            start_on=self.start_on,
            end_on=self.end_on,
            start_time=self.start_time,
            end_time=self.end_time,
            timezone=self.timezone,
            end_timezone=self.end_timezone,
            qualifier=self.qualifier,
        )

    @when.setter
    def when(self, when: When) -> None:
        self.precision = when.precision.value
        self.start_on, self.end_on = when.start_on, when.end_on
        self.start_time, self.end_time = when.start_time, when.end_time
        self.timezone, self.end_timezone = when.timezone, when.end_timezone
        self.qualifier = when.qualifier

    def is_over(self, now: datetime) -> bool:
        """Whether its time is certainly over (`dates.over_at`); `ended` is the query for it.

        It does not depend on the status: the old date of a postponed event is over, too.
        """
        over_at = dates.over_at(self.when)
        return over_at is not None and over_at <= now

    def clean(self) -> None:
        """Refuse a date that contradicts its precision, at the field that is wrong.

        An unknown zone is left to the validator of its column, so that it is told once.
        """
        super().clean()
        names = filter(None, (self.timezone, self.end_timezone))
        if not known_timezones().issuperset(names):
            return
        try:
            dates.validate(self.when)
        except dates.BadDate as error:
            raise ValidationError({error.field: gettext(error.reason) % error.values}) from error


def ended(rows: models.QuerySet[Any], now: datetime) -> Q:
    """The condition for rows that are over, by the same rule as `Dated.is_over`.

    Without a stored end the last local day counts, which ends at a different moment in each zone.
    The zones are read first, but only of rows whose zone decides.
    """
    today = now.astimezone(UTC).date()
    over = _last_day_until(today - 2 * DAY)  # over in every zone
    near = rows.filter(_last_day_until(today), end_at=None).exclude(over)
    for end_zone, zone in near.order_by().values_list("end_timezone", "timezone").distinct():
        day = _last_day_over(now, end_zone or zone or "UTC")
        over |= Q(end_timezone=end_zone, timezone=zone) & _last_day_until(day)
    return Q(end_at__lte=now) | Q(end_at=None) & over


def _last_day_until(day: date) -> Q:
    return Q(end_on__lte=day) | Q(end_on=None, start_on__lte=day)


def _last_day_over(now: datetime, zone: str) -> date:
    """Return the last day that is over in a zone; an unknown zone counts as UTC.

    One row with a zone that was abolished must not make a whole page fail.
    """
    try:
        return dates.last_day_over(now, zone)
    except dates.BadDate:
        return dates.last_day_over(now, "UTC")
