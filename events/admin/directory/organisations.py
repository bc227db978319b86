"""The screen of organisations."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events.admin.kit.base import TranslatedAdmin
from events.admin.kit.fields import LinesField
from events.admin.kit.filters import chosen, related
from events.admin.kit.forms import ScopedForm
from events.admin.kit.mergers import MergesAdmin
from events.admin.kit.sources import EvidenceInline
from events.domain.directory import organisations
from events.models import Merger, Organisation


class OrganisationForm(ScopedForm):
    """The form of an organisation, with its other names one per line."""

    aliases = LinesField(
        label=capfirst(_("other names")),
        help_text=_("One to a line. A search finds the organisation by them, too."),
    )


@admin.register(Organisation)
class OrganisationAdmin(MergesAdmin, TranslatedAdmin):
    helps: ClassVar[Any] = {
        "headcount_text": _("As a source says it: about 300 staff."),
        "parent": _("The body above it, such as its ministry."),
    }
    empty: ClassVar[Any] = _(
        "Add hosts, organisers, and the employers of your guests: other forms choose from here."
    )
    form = OrganisationForm
    list_display = ("name", "short_name", "kind", "parent", "place", "team")
    list_filter = (*chosen("kind"), *related("team"), "named")
    list_select_related = ("parent", "place", "team")
    search_fields = ("slug",)
    search_help_text: ClassVar[Any] = _("Names and abbreviations in any script, words in any order")
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("parent", "place", "sectors")
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets: ClassVar[Any] = (
        (
            _("What"),
            {
                "classes": ("tab",),
                "fields": ("name", "short_name", "aliases", "slug", "kind", "sectors"),
            },
        ),
        (_("Size"), {"classes": ("tab",), "fields": ("named", "headcount_text")}),
        (_("Where"), {"classes": ("tab",), "fields": ("parent", "place")}),
        (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
    )
    inlines = (EvidenceInline,)
    compared = (
        *organisations.NAMES, "aliases", "kind", "parent", "place", "headcount_text", "team",
    )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        organisations.save(organisation=obj, now=timezone.now())

    def merge_records(self, *, keep: Any, drop: Any, now: datetime) -> Merger:
        return organisations.merge(keep=keep, drop=drop, now=now)

    def unmerge_records(self, *, merger: Merger, now: datetime) -> Any:
        return organisations.unmerge(merger=merger, now=now)
