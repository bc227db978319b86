"""People, organisations, and the offices that people hold."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Case, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.base.fields import LanguageField, TimezoneField
from events.models.base.findable import Findable, FindableQuerySet, holding, keyed
from events.models.base.teams import (
    Membership,
    Owned,
    PartQuerySet,
    Viewer,
    sees_all,
    teams_of,
)
from events.models.events.events import days_served_by, in_legs_of
from events.models.events.evidence import Evidence
from events.models.events.places import Place
from events.models.events.sectors import Sector
from events.values import names
from events.values.languages import columns


class OrganisationQuerySet(FindableQuerySet["Organisation"]):
    def public(self) -> Self:
        """Shared organisations, and organisations with a role in a public event."""
        return self.shared_or_in_public("event_roles__event")


class Organisation(Findable, Owned):
    """An organisation: of government or business, a chamber, a firm; or an unnamed group."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("government")
        ASSEMBLY = "assembly", _("assembly")
        PARTY_BODY = "party_body", _("party body")
        INVESTMENT_AGENCY = "investment_agency", _("investment agency")
        TRADE_BODY = "trade_body", _("trade promotion body")
        CHAMBER = "chamber", _("chamber of commerce")
        ASSOCIATION = "association", _("association")
        COMPANY = "company", _("company")
        EXCHANGE = "exchange", _("exchange")
        MEDIA = "media", _("media")
        THINK_TANK = "think_tank", _("think tank")
        FORUM = "forum", _("forum")
        TASK_FORCE = "task_force", _("task force")
        PLATFORM = "platform", _("service platform")

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=250)
    short_name = models.CharField(_("abbreviation"), max_length=60, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPANY)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("place"),
    )
    sectors = models.ManyToManyField(Sector, blank=True, verbose_name=_("sectors"))
    named = models.BooleanField(
        _("named"), default=True, help_text=_("Off for a group such as “a dozen enterprises”.")
    )
    headcount_text = models.CharField(_("size"), max_length=100, blank=True)
    evidence = GenericRelation(Evidence)

    FOUND_BY = ("name", "short_name")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="organisation_not_in_itself",
                violation_error_message=_("An organisation cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def other_names(self) -> Sequence[str]:
        return [*map(str, self.aliases)]


class PersonQuerySet(FindableQuerySet["Person"]):
    def seen_as_member(self, user: Viewer) -> Q:
        """Organisers and viewers see all; liaison officers and secretaries those they work for."""
        whole = (Membership.Role.ORGANISER, Membership.Role.VIEWER)
        return Q(team__in=teams_of(user, *whole)) | self._worked_for_by(user)

    def reached_by(self, user: Viewer) -> Self:
        """People whose phone and mail the user may see; viewers may not."""
        if sees_all(user):
            return self.all()
        run = teams_of(user, Membership.Role.ORGANISER)
        shared = Q(team=None) if run else Q(pk__in=[])
        return self.filter(Q(team__in=run) | shared | self._worked_for_by(user))

    def sought_by(self, user: Viewer, text: str, *, now: datetime) -> Self:
        """People found by name, and by the title and the employer of an office held today.

        An employer finds only those who may see it, a mail address only those who may see that.
        """
        held = Appointment.objects.on(now.date()).order_by()
        employers = Organisation.objects.visible_to(user)

        def in_office(word: str) -> Q:
            titled = held.filter(search_key__contains=word)
            there = employers.filter(search_key__contains=word).order_by()
            employed = held.filter(organisation__in=there)
            return Q(pk__in=titled.values("person")) | Q(pk__in=employed.values("person"))

        addressed = Person.objects.reached_by(user).filter(email__icontains=text)
        return self.filter(holding(text, in_office) | Q(pk__in=addressed.values("pk")))

    def preference(self, ours: Case, now: datetime) -> Sequence[Any]:
        return ("sort_key", ours)

    def _worked_for_by(self, user: Viewer) -> Q:
        """The parties of a liaison officer's legs, and the people whom a secretary's head meets."""
        work = (Membership.Role.LIAISON, Membership.Role.SECRETARY)
        theirs = Q(attendances__event__in=[*in_legs_of(user), *days_served_by(user)])
        teams = teams_of(user, *work)
        # Filter by team in the outer and the inner query, so that PostgreSQL uses the team index
        # instead of reading the people of other teams.
        return Q(team__in=teams, pk__in=Person.objects.filter(theirs, team__in=teams))


class Person(Findable, Owned):
    """A person; phone and mail are private and only used in the admin and to send mail."""

    class NameOrder(models.TextChoices):
        FAMILY_FIRST = "family_first", _("family name first: CHAN Tai-man")
        WESTERN_FIRST = "western_first", _("given name first: Jane SMITH")

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    name = models.CharField(
        _("name"),
        max_length=200,
        blank=True,
        help_text=_("In English made from the parts: John LEE Ka-chiu."),
    )
    family_name = models.CharField(
        _("family name"), max_length=100, help_text=_("The surname: Smith, Chan, 王.")
    )
    given_name = models.CharField(
        _("given name"), max_length=100, blank=True, help_text=_("Jane, Tai-man, 伟.")
    )
    western_name = models.CharField(
        _("additional English name"),
        max_length=100,
        blank=True,
        help_text=_("Only beside a Chinese given name: the John of John LEE Ka-chiu."),
    )
    name_order = models.CharField(
        _("order of names"), max_length=13, choices=NameOrder, default=NameOrder.FAMILY_FIRST
    )
    honorific = models.CharField(_("honorific"), max_length=40, blank=True)
    salutation = models.CharField(_("salutation"), max_length=120, blank=True)
    language = LanguageField(_("language"))
    timezone = TimezoneField(_("time zone"))
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("E.164: +852…"))
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    sort_key = models.CharField(max_length=300, editable=False, db_index=True)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    evidence = GenericRelation(Evidence)

    # The name that replaces that of an erased person.
    ERASED = {
        "name_en": "Erased person",
        "name_zh_hans": "已匿名人士",
        "name_zh_hant": "已匿名人士",
    }
    # Personal data; `domain.directory.people.erase` clears the columns that a model lists here.
    PERSONAL = (
        "slug",
        "name",
        "family_name",
        "given_name",
        "western_name",
        "honorific",
        "salutation",
        "language",
        "timezone",
        "email",
        "phone",
        "aliases",
        "sort_key",
        "search_key",
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive the formal name and the key to sort by, unless erased."""
        if self.erased_at is None:
            self.derive()
        super().save(*args, **kwargs)

    @property
    def parts(self) -> names.Name:
        """The name as it is made of its parts, in the order that the person wants."""
        return names.Name(
            family=self.family_name,
            given=self.given_name,
            western=self.western_name,
            order="western_first" if self.name_order == "western_first" else "family_first",
            honorific=self.honorific,
        )

    def derive(self) -> None:
        """Set the English name and the key for sorting from the name's parts."""
        parts = self.parts
        setattr(self, "name_en", names.formal(parts))  # noqa: B010 -- modeltranslation's column
        self.sort_key = names.sort_key(parts)

    def derive_key(self) -> str:
        """Return the key made from the names, which are read as names; '' once they are erased."""
        if self.erased_at is not None:
            return ""
        texts = (getattr(self, column) or "" for column in columns("name"))
        return names.name_key(*texts, *map(str, self.aliases))


class AppointmentQuerySet(PartQuerySet["Appointment"]):
    holder = "person"

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        return super().bulk_create(keyed(objs), *args, **kwargs)

    def on(self, day: date) -> Self:
        """Appointments held on a day as far as is known, the highest rank first."""
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        not_over = Q(valid_to=None) | Q(valid_to__gte=day)
        return self.filter(begun, not_over).order_by("-rank", "pk")


class Appointment(Findable):
    """An office that a person holds; a person may hold several at once."""

    NAMED_BY = "title"
    FOUND_BY = ("title",)

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="appointments", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("organisation"),
    )
    title = models.CharField(pgettext_lazy("of an office", "title"), max_length=200)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True)
    as_of = models.DateField(
        _("as of"), null=True, blank=True, help_text=_("A day on which it is known to be held.")
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=0)

    NO_HISTORY = ("search_key",)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None)
                | Q(valid_from=None)
                | Q(valid_to__gte=models.F("valid_from")),
                name="appointment_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
