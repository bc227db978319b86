"""The screen of series: expos, roadshows and mechanisms that recur."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from events.admin.kit.base import ReadOnly, ScopedInline, TranslatedAdmin
from events.admin.kit.columns import NEWEST_FIRST, EventColumns
from events.admin.kit.filters import chosen, related
from events.admin.kit.sources import EvidenceInline
from events.domain.access import access
from events.models import Event, EventSeries
from events.values.languages import columns


class EditionInline(EventColumns, ReadOnly, ScopedInline, TabularInline):
    """The editions of a series, without those that the user may not see."""

    model = Event
    fk_name = "series"
    fields = ("edition", "shown_when", "place", "status")
    readonly_fields = fields
    ordering: ClassVar[Any] = NEWEST_FIRST
    per_page = 20
    show_change_link = True
    verbose_name_plural = _("editions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = access.visible(user=request.user, model=Event)
        return rows.select_related("place").order_by(*NEWEST_FIRST)


@admin.register(EventSeries)
class SeriesAdmin(TranslatedAdmin):
    helps: ClassVar[Any] = {
        "cadence": _("How often it takes place: every autumn."),
    }
    empty: ClassVar[Any] = _(
        "A series joins the editions of an event: add it, then choose it on each of its events."
    )
    list_display = ("name", "kind", "place", "established", "cadence", "team")
    list_filter = (*chosen("kind"), *related("team"))
    list_select_related = ("place", "team")
    search_fields = (*columns("name"), "slug")
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("place",)
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets = (
        (_("What"), {"fields": ("name", "slug", "kind", "cadence", "established")}),
        (_("Where and whose"), {"fields": ("place", "team")}),
    )
    inlines = (EditionInline, EvidenceInline)
    actions_detail: ClassVar[Any] = ("next_edition",)

    @action(
        description=_("Next edition"),
        url_path="next-edition",
        icon="content_copy",
        permissions=["clone"],
    )
    def next_edition(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Redirect to the step that clones the latest edition that the user may clone."""
        series = self.get_object(request, object_id)
        if series is None or not self.has_view_permission(request, series):
            raise Http404
        ours = access.changeable(user=request.user, model=Event).values("pk")
        editions = Event.objects.filter(Q(team=None) | Q(pk__in=ours), series=series)
        latest = editions.exclude(start_on=None).order_by(*NEWEST_FIRST).first()
        if latest is None:
            messages.warning(request, _("No edition has a date yet that the next could follow."))
            return HttpResponseRedirect(
                reverse("admin:events_eventseries_change", args=[series.pk])
            )
        return HttpResponseRedirect(reverse("admin:events_event_step", args=[latest.pk, "clone"]))

    def has_clone_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.own_teams(user=request.user).exists()
