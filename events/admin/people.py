"""The screens of people and organisations."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from events.admin.base import ScopedInline, TranslatedAdmin
from events.admin.filters import chosen, related
from events.admin.forms import ScopedForm
from events.admin.sources import EvidenceInline
from events.models import Appointment, Organisation, Person

TITLES = ("title_en", "title_zh_hans", "title_zh_hant")


class AppointmentInline(ScopedInline, StackedInline):
    model = Appointment
    form = ScopedForm
    fields = (*TITLES, ("organisation", "rank"), ("valid_from", "valid_to", "as_of"))
    autocomplete_fields = ("organisation",)
    ordering: ClassVar[Any] = ("-rank", "pk")
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organisation")


@admin.register(Person)
class PersonAdmin(TranslatedAdmin):
    list_display = ("name", "shown_script", "shown_office", "language", "email", "team")
    list_filter = (*chosen("language"), *related("team"))
    list_select_related = ("team",)
    search_fields = ("slug", "email")
    search_help_text: ClassVar[Any] = _("Any script and spelling: Lyu finds Lu and Lü")
    ordering: ClassVar[Any] = ("sort_key", "pk")
    prepopulated_fields = {"slug": ("western_name", "family_name", "given_name")}
    readonly_fields = ("name_en",)
    fieldsets: ClassVar[Any] = (
        (
            _("Name"),
            {
                "classes": ("tab",),
                "fields": (
                    ("family_name", "given_name", "western_name"),
                    ("name_order", "honorific"),
                    ("name_zh_hans", "name_zh_hant"),
                    "name_en",
                    "slug",
                ),
            },
        ),
        (_("Contact"), {"classes": ("tab",), "fields": ("email", "phone")}),
        (_("Language and time"), {"classes": ("tab",), "fields": ("language", "timezone")}),
        (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
    )
    inlines = (AppointmentInline, EvidenceInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("appointments")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a name whatever its script, case, accents or romanisation."""
        if not search_term:
            return queryset, False
        found, duplicates = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(pk__in=Person.objects.matching(search_term)), duplicates

    @admin.display(description=_("in Chinese"))
    def shown_script(self, person: Any) -> str:
        return person.name_zh_hant or person.name_zh_hans or ""

    @admin.display(description=_("office"))
    def shown_office(self, person: Person) -> str:
        offices = sorted(person.appointments.all(), key=lambda office: (-office.rank, office.pk))
        return offices[0].title if offices else ""


@admin.register(Organisation)
class OrganisationAdmin(TranslatedAdmin):
    list_display = ("name", "short_name", "kind", "parent", "place", "team")
    list_filter = (*chosen("kind"), *related("team"), "named")
    list_select_related = ("parent", "place", "team")
    search_fields = (
        "name_en", "name_zh_hans", "name_zh_hant", "short_name_en", "short_name_zh_hans",
        "short_name_zh_hant", "slug",
    )  # fmt: skip
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("parent", "place", "sectors")
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets: ClassVar[Any] = (
        (
            _("What"),
            {
                "classes": ("tab",),
                "fields": ("name", "short_name", "slug", "kind", "sectors"),
            },
        ),
        (_("Size"), {"classes": ("tab",), "fields": ("named", "headcount_text")}),
        (_("Where"), {"classes": ("tab",), "fields": ("parent", "place")}),
        (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
    )
    inlines = (EvidenceInline,)
