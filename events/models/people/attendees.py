"""Attendees: who takes part in an event, with answer, seat and attendance."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, Count, Func, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, Now, RowNumber
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.base import duplicates
from events.models.base.changes import CalendarChange
from events.models.base.fields import LanguageField
from events.models.base.teams import Membership, PartQuerySet, Viewer, teams_of
from events.models.events.events import Event, EventQuerySet, days_served_by, in_legs_of
from events.models.people.people import Appointment, Organisation, Person
from events.models.people.roles import EventPlace
from events.values import languages
from events.values.languages import columns


class _HasTag(Func):
    """Whether a JSON list of texts contains a text."""

    function = "jsonb_exists"
    output_field = models.BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Look into the list, because SQLite has no such function."""
        template = "EXISTS (SELECT 1 FROM json_each(%(expressions)s)"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=") WHERE value = ", **context
        )


class AttendeeQuerySet(PartQuerySet["Attendee"]):
    holder = "event"
    added_by = EventQuerySet.added_by

    def seen_as_member(self, user: Viewer) -> Q:
        """Attendees of shared events and of those that the user is assigned to.

        All attendees of a mission are visible to its team only. A liaison officer may see the
        mission that a leg is part of, but of its attendees only the party of the leg.
        """
        looked_on = Q(team__in=teams_of(user, Membership.Role.VIEWER))
        events = Event.objects.filter(
            Q(team=None)
            | Q(team__in=teams_of(user, Membership.Role.ORGANISER))
            | looked_on & ~Q(visibility=Event.Visibility.INTERNAL)
            | Q(pk__in=in_legs_of(user))
            | Q(pk__in=days_served_by(user))
        )
        return Q(event__in=events)

    def holders(self, user: Viewer) -> EventQuerySet:
        return Event.objects.with_editable_attendees(user)

    def expected(self) -> Self:
        """Those who have neither declined, nor lost their seat, nor wait for one."""
        return self.exclude(_staying_away())

    def staying_away(self) -> Self:
        """Those who have declined, sent a substitute, lost their seat or wait for one."""
        return self.filter(_staying_away())

    def in_public(self) -> Self:
        """Speakers and guests of honour whom everybody may see at a public event.

        Of our own events these are marked so (`shown_in_public`); in a report they are named.
        """
        named = Q(shown_in_public=True) | Q(event__origin=Event.Origin.REPORTED)
        return self.expected().filter(
            named, role__in=Attendee.ON_STAGE, person__erased_at__isnull=True
        )

    def on_the_list(self) -> Self:
        """All but those who lost their seat or sent a substitute; see `is_off_the_list`."""
        lost = Q(seat=Attendee.Seat.CANCELLED) & ~Q(partstat=Attendee.Partstat.DECLINED)
        return self.exclude(lost | Q(partstat=Attendee.Partstat.DELEGATED))

    def concerned_by(self, event: Event) -> Self:
        """Attendees of an event, and of its ancestors if it is a part for everybody.

        The same rule as `EventQuerySet.for_attendees_of`, from the side of the event. Ancestors'
        attendees are left out if they stay away from the event or from one between, or are from
        outside and only the delegation may see the part.
        """
        way, found = [event], Q(event=event)
        for above in Event.objects.shown_in(event):
            away = Attendee.objects.filter(event__in=way).staying_away().exclude(person=None)
            there = Q(event=above) & ~Q(person__in=away.values("person"))
            if any(part.visibility == Event.Visibility.DELEGATION for part in way):
                there &= ~Q(role__in=Attendee.FROM_OUTSIDE)
            found |= there
            way.append(above)
        return self.filter(found)

    def tagged(self, tag: str) -> Self:
        """Those who bear the tag."""
        return self.filter(_HasTag("tags", Value(tag)))

    def travelling(self) -> Self:
        """Members and staff of a delegation, without the people whom it meets."""
        return self.exclude(role__in=Attendee.FROM_OUTSIDE)

    def by_precedence(self, number: int) -> Self:
        """The first few of each event by position, each with the number of all as `total`."""
        ranked = self.annotate(
            rank=Window(RowNumber(), partition_by="event", order_by=("position", "pk")),
            total=Window(Count("pk"), partition_by="event"),
        )
        return ranked.filter(rank__lte=number).order_by("event", "rank")

    def reachable(self) -> Self:
        """Those with an e-mail address."""
        return self.exclude(person=None).exclude(person__email="")

    def seated(self) -> Self:
        """Those who have a seat and so count against the capacity."""
        return self.filter(seat=Attendee.Seat.CONFIRMED)

    def waiting(self) -> Self:
        """The waiting list, in the order of registration."""
        # `waitlisted_at` has an index; `seat` has none, because its values are not selective.
        return self.filter(waitlisted_at__isnull=False).order_by("waitlisted_at", "pk")

    def count_by_hub(self) -> models.QuerySet[Any, Any]:
        """Count seats taken and people waiting at each hub; hub None is the main place."""
        taken = Count("pk", filter=Q(seat=Attendee.Seat.CONFIRMED))
        queued = Count("pk", filter=Q(seat=Attendee.Seat.WAITLISTED))
        return self.order_by("hub").values("hub").annotate(taken=taken, queued=queued)

    def with_turn(self) -> Self:
        """Annotated with `turn`: the position on the waiting list of their hub; 1 is the next."""
        since = OuterRef("waitlisted_at")
        ahead = Q(waitlisted_at__lt=since) | Q(waitlisted_at=since, pk__lte=OuterRef("pk"))
        same_event = Attendee.objects.filter(ahead, event=OuterRef("event"), seat="waitlisted")
        same_venue = same_event.alias(venue=Coalesce("hub", 0)).filter(
            venue=Coalesce(OuterRef("hub"), 0)
        )
        length = same_venue.values("event").annotate(length=Count("pk")).values("length")
        waits = When(seat="waitlisted", then=Subquery(length))
        return self.annotate(turn=Case(waits, output_field=models.IntegerField()))


def _staying_away() -> Q:
    seats = [Attendee.Seat.CANCELLED, Attendee.Seat.WAITLISTED]
    return Q(partstat__in=Attendee.SAID_NO) | Q(seat__in=seats)


class Attendee(models.Model):
    """The ATTENDEE of RFC 5545: a person at an event, with role, answer, seat and attendance."""

    class Role(models.TextChoices):
        HEAD = "head", _("head of delegation")
        DEPUTY = "deputy", _("deputy head")
        DELEGATE = "delegate", _("delegate")
        SPEAKER = "speaker", _("speaker")
        GUEST_OF_HONOUR = "guest_of_honour", _("guest of honour")
        REPRESENTATIVE = "representative", _("representative")
        PARTICIPANT = "participant", _("participant")
        LIAISON = "liaison", _("liaison officer")
        SECRETARY = "secretary", _("head’s secretary")
        MEDIA = "media", _("media")
        STAFF = "staff", _("staff")
        INTERPRETER = "interpreter", _("interpreter")

    # Roles of people who need not be members of the delegation whose event they attend.
    FROM_OUTSIDE: ClassVar = (
        Role.SPEAKER,
        Role.GUEST_OF_HONOUR,
        Role.REPRESENTATIVE,
        Role.PARTICIPANT,
    )

    # Roles in which people appear before an audience; the public page names who is marked so.
    ON_STAGE: ClassVar = (Role.SPEAKER, Role.GUEST_OF_HONOUR)

    class Partstat(models.TextChoices):
        NEEDS_ACTION = "needs_action", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        TENTATIVE = "tentative", _("tentative")
        DECLINED = "declined", _("declined")
        DELEGATED = "delegated", _("sent a substitute")

    class Seat(models.TextChoices):
        NONE = "none", _("none needed")
        CONFIRMED = "confirmed", _("confirmed")
        WAITLISTED = "waitlisted", _("on the waiting list")
        CANCELLED = "cancelled", _("cancelled")

    class Attendance(models.TextChoices):
        EXPECTED = "expected", _("expected")
        CHECKED_IN = "checked_in", _("checked in")
        ATTENDED = "attended", _("attended")
        NO_SHOW = "no_show", _("no-show")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="attendees", verbose_name=_("event")
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("person"),
    )
    label = models.CharField(
        _("unnamed"), max_length=200, blank=True, help_text=_("For members not named yet.")
    )
    appointment = models.ForeignKey(
        Appointment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in the capacity of"),
    )
    representing = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("representing"),
    )
    role = models.CharField(_("role"), max_length=15, choices=Role, default=Role.PARTICIPANT)
    shown_in_public = models.BooleanField(
        _("shown in public"),
        default=False,
        help_text=_(
            "Name and post stand on the public page, if it is a speaker or a guest of honour."
        ),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    partstat = models.CharField(
        _("answer"), max_length=12, choices=Partstat, default=Partstat.NEEDS_ACTION
    )
    seat = models.CharField(
        pgettext_lazy("at an event", "seat"), max_length=10, choices=Seat, default=Seat.NONE
    )
    waitlisted_at = models.DateTimeField(_("on the waiting list since"), null=True, editable=False)
    hub = models.ForeignKey(
        EventPlace,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendees",
        limit_choices_to={"role": EventPlace.Role.HUB},
        verbose_name=_("joins at"),
        help_text=_("Empty: where the event takes place."),
    )
    attendance = models.CharField(
        _("presence"), max_length=10, choices=Attendance, default=Attendance.EXPECTED
    )
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    substitute_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="substitutes"
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    language = LanguageField(_("language"), help_text=_("Empty: the person’s own."))
    created_at = models.DateTimeField(
        _("registered at"), db_default=Now(), editable=False
    )  # by the clock of the database, as in ticks: later registrations get no earlier reminder
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    PERSONAL = ("label", "language", "notes")
    SAID_NO: ClassVar = (Partstat.DECLINED, Partstat.DELEGATED)
    FURTHEST: tuple[str, ...] = (
        Seat.CONFIRMED,
        Seat.WAITLISTED,
        Partstat.ACCEPTED,
        Partstat.TENTATIVE,
        Partstat.DELEGATED,
        Partstat.DECLINED,
        Partstat.NEEDS_ACTION,
        Seat.CANCELLED,
    )
    ARRIVING: tuple[str, ...] = (
        Attendance.EXPECTED,
        Attendance.NO_SHOW,
        Attendance.CHECKED_IN,
        Attendance.ATTENDED,
    )

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        indexes = [
            models.Index(
                fields=["event", "waitlisted_at"],
                condition=Q(waitlisted_at__isnull=False),
                name="attendee_waits",
            ),
            # Each list asks which tags are in use; most attendees bear none.
            models.Index(fields=["event"], condition=~Q(tags=[]), name="attendee_tagged"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="person_once_per_event"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(label=""),
                name="attendee_is_somebody",
                violation_error_message=_("Choose a person, or say who it is."),
            ),
            models.CheckConstraint(
                condition=Q(seat="waitlisted", waitlisted_at__isnull=False)
                | ~Q(seat="waitlisted") & Q(waitlisted_at=None),
                name="attendee_waits_since",
            ),
            models.CheckConstraint(
                condition=~Q(partstat__in=["declined", "delegated"])
                | Q(seat__in=["none", "cancelled"]),
                name="attendee_who_declined_has_no_seat",
                violation_error_message=_("Whoever declines or sends a substitute has no seat."),
            ),
            models.CheckConstraint(
                condition=~Q(attendance="checked_in") | Q(checked_in_at__isnull=False),
                name="attendee_checked_in_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row, and record that calendars of the person may have changed."""
        super().save(*args, **kwargs)
        self._note_change()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._note_change()
        return super().delete(*args, **kwargs)

    def _note_change(self) -> None:
        top = Event.objects.filter(pk=self.event_id).roots()
        CalendarChange.objects.bulk_create(
            CalendarChange(person_id=self.person_id, attended_in_id=tree, at=Now()) for tree in top
        )

    @property
    def is_out(self) -> bool:
        """Whether they will not come: declined, sent a substitute, or lost their seat."""
        return self.partstat in self.SAID_NO or self.seat == self.Seat.CANCELLED

    @property
    def is_expected(self) -> bool:
        """The same as `expected()` for one row: not declined, no seat lost, not waiting."""
        return not self.is_out and self.seat != self.Seat.WAITLISTED

    @property
    def is_off_the_list(self) -> bool:
        """Whether they lost their seat or sent a substitute, rather than declined themselves."""
        lost = self.seat == self.Seat.CANCELLED and self.partstat != self.Partstat.DECLINED
        return lost or self.partstat == self.Partstat.DELEGATED

    @property
    def reads(self) -> str:
        """The language of mails to this attendee."""
        return languages.first(self.language, self.person.language if self.person else "")

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was recorded since the row was added: no answer, seat or attendance."""
        return (self.partstat, self.seat, self.attendance) == (
            self.Partstat.NEEDS_ACTION,
            self.Seat.NONE,
            self.Attendance.EXPECTED,
        )

    def merge_from(self, double: Self) -> bool:
        """Merge a second row of the same person at the event; see `models.base.duplicates`.

        Answer and seat come from the row that got further: a seat, then the waiting list, then an
        answer, then no answer, then a lost seat. The best attendance wins. The role comes from the
        row that ranks higher: head, deputy, others, support staff, participants. On a tie this row
        wins.
        """
        if double._lead() < self._lead():
            about = ("role", "shown_in_public", "position", "representing_id", "appointment_id")
            duplicates.take(self, double, *about)
        if double._progress() < self._progress():
            for column in ("partstat", "answered_at", "seat", "waitlisted_at", "hub_id"):
                setattr(self, column, getattr(double, column))
        self.attendance = max(self.attendance, double.attendance, key=self.ARRIVING.index)
        self._add(double)
        return True

    def _add(self, double: Self) -> None:
        moments = (self.checked_in_at, double.checked_in_at)
        self.checked_in_at = min(filter(None, moments), default=None)
        self.created_at = min(self.created_at, double.created_at)
        self.tags = list(dict.fromkeys([*self.tags, *double.tags]))
        self.notes = duplicates.join(self.notes, double.notes)
        labels = columns("label")
        links = ("representing_id", "appointment_id", "invited_by_id", "substitute_for_id")
        duplicates.fill(self, double, "language", *labels, *links)

    def _lead(self) -> int:
        """The rank of the role; 0 is the highest."""
        support = (self.Role.LIAISON, self.Role.MEDIA, self.Role.STAFF, self.Role.INTERPRETER)
        ranks = {self.Role.HEAD: 0, self.Role.DEPUTY: 1, self.Role.PARTICIPANT: 4}
        return 3 if self.role in support else ranks.get(self.Role(self.role), 2)

    def _progress(self) -> int:
        """The rank of answer and seat; 0 is the furthest."""
        if self.seat in (self.Seat.CONFIRMED, self.Seat.WAITLISTED):
            return self.FURTHEST.index(self.seat)
        lost = self.seat == self.Seat.CANCELLED and self.partstat not in self.SAID_NO
        return self.FURTHEST.index(self.seat if lost else self.partstat)
