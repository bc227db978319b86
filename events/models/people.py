"""People and organisations, and who holds which office."""

from typing import Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.evidence import Evidence
from events.models.fields import LanguageField, TimezoneField
from events.models.places import Place
from events.models.sectors import Sector
from events.models.teams import PUBLISHED, Owned, OwnedQuerySet
from events.values import names


class OrganisationQuerySet(OwnedQuerySet["Organisation"]):
    def public(self) -> Self:
        """Shared organisations, and those with a role in something public."""
        return self.filter(
            Q(team=None)
            | Q(
                event_roles__event__visibility="public",
                event_roles__event__status__in=PUBLISHED,
            )
        ).distinct()


class Organisation(Owned):
    """A body: of government or business, a chamber, a firm; or a group that nobody named."""

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


class PersonQuerySet(OwnedQuerySet["Person"]):
    def matching(self, text: str) -> Self:
        """People whose name holds the text, whatever its case, accents or romanisation."""
        return self.filter(search_key__contains=names.search_key(text))


class Person(Owned):
    """A person; phone and mail are private and never leave the admin and the mail door."""

    class NameOrder(models.TextChoices):
        FAMILY_FIRST = "family_first", _("family name first")
        WESTERN_FIRST = "western_first", _("western name first")

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    name = models.CharField(
        _("name"),
        max_length=200,
        blank=True,
        help_text=_("In English made from the parts: John LEE Ka-chiu."),
    )
    family_name = models.CharField(_("family name"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    western_name = models.CharField(_("western name"), max_length=100, blank=True)
    name_order = models.CharField(
        _("order of names"), max_length=13, choices=NameOrder, default=NameOrder.FAMILY_FIRST
    )
    honorific = models.CharField(_("honorific"), max_length=40, blank=True)
    language = LanguageField(_("language"))
    timezone = TimezoneField(_("time zone"))
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("E.164: +852…"))
    sort_key = models.CharField(max_length=300, editable=False, db_index=True)
    search_key = models.CharField(max_length=600, editable=False)
    evidence = GenericRelation(Evidence)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive the formal name and the keys to sort and search by."""
        parts = names.Name(
            family=self.family_name,
            given=self.given_name,
            western=self.western_name,
            order="western_first" if self.name_order == "western_first" else "family_first",
            honorific=self.honorific,
        )
        setattr(self, "name_en", names.formal(parts))  # noqa: B010 -- modeltranslation's column
        self.sort_key = names.sort_key(parts)
        self.search_key = names.search_key(
            names.formal(parts),
            *(getattr(self, f"name_{script}") or "" for script in ("zh_hans", "zh_hant")),
        )
        super().save(*args, **kwargs)


class Appointment(models.Model):
    """An office that a person holds; they may hold several at once."""

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
