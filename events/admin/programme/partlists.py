"""Parts as rows: the page on which a programme is written, stored all at once."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.admin.attendance import guestlists
from events.admin.homes import programmes
from events.admin.kit import redaction, rights, screens
from events.admin.programme import partrows
from events.admin.programme.partrows import Row
from events.domain.lifecycle import lifecycle
from events.domain.pages import formatting
from events.domain.programme import tree
from events.domain.schedule import newparts
from events.models import Event

BLANK: Final = 5  # rows of a page without script, and as many more for each “more rows”
PROGRAMME: Final = "#programme"  # the section of a home
MORE, STAY = "_more", "_continue"  # buttons


class PartListAdmin:
    """A screen of events, each with a page of rows for new parts; mixed into a HomeAdmin."""

    opts: Any

    def get_custom_urls(self) -> Any:
        rows = ("<int:object_id>/programme/rows/", self._rows_name(), self.part_rows_view)
        return (rows, *super().get_custom_urls())  # type: ignore[misc]

    def part_rows_url(self, row: Event) -> str:
        """Return the address of the page; '' if the event has no day to which parts belong."""
        return reverse("admin:events_event_part_rows", args=[row.pk]) if row.when.is_exact else ""

    def part_rows_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """Show the programme with rows for new parts (GET), or store these (POST)."""
        row = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        if row is None or not row.when.is_exact:
            raise Http404
        if not rights.may_change(request, row):
            raise PermissionDenied
        if guestlists.FIND in request.GET:
            return JsonResponse(guestlists.suggestions(request, near=row.place))
        return _Page(self, request, row).answer()

    def _rows_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_part_rows"


class _Page:
    """The page of new parts, for one request."""

    def __init__(self, screen: Any, request: HttpRequest, event: Event) -> None:
        self.screen, self.request, self.event = screen, request, event
        self.now = timezone.now()

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            return self.show([])
        rows = partrows.sent(self.request.POST)
        if MORE in self.request.POST or self.request.POST.get(screens.FIELD) == screens.BACK:
            return self.show(rows)
        with transaction.atomic():
            lifecycle.hold()  # so that what the rows were checked against stays true
            return self.save(rows, [row for row in rows if not row.is_left_out])

    def save(self, rows: list[Row], new: list[Row]) -> HttpResponse:
        """Store all rows; if one of them is not in order, store none."""
        parts = partrows.read(self.screen, self.request, self.event, new)
        if any(row.errors for row in new):
            return self.show(rows, gettext("Nothing is stored yet: mend the marked rows."))
        try:
            with screens.planning(self.request):
                stored = newparts.add(parts=parts, user=self.request.user, now=self.now)
                told = screens.told(self.request)
        except screens.Unasked as unasked:
            return screens.question(self.screen, self.request, unasked.told)
        except newparts.PartUnfit as refusal:
            why = refusal.reason.sentence(user=self.request.user)
            new[refusal.number].errors[refusal.field] = why
            return self.show(rows, refusal.sentence(user=self.request.user))
        messages.success(self.request, _added(len(stored)))
        if told:
            messages.success(self.request, screens.message(told))
        stays = STAY in self.request.POST
        there = self.request.path if stays else self.screen.row_url(self.event) + PROGRAMME
        return HttpResponseRedirect(there)

    def show(self, rows: Sequence[Row], refusal: str = "") -> HttpResponse:
        preset = self.screen.preset_part(self.request, self.event)
        start = preset.get("start_time")
        values = {
            "kind": preset["kind"],
            "on": str(preset.get("start_on") or ""),
            "start": start.strftime("%H:%M") if start else "",
        }
        first = max((row.number for row in rows), default=-1) + 1
        blank = [Row(first + at, dict(values)) for at in range(BLANK)]
        for row in blank[1:]:
            row.values["start"] = ""  # it follows from the row above
        seen = Event.objects.visible_to(self.request.user)
        programme = tree.tree(event=self.event, among=seen)
        redaction.hide(self.request, [self.event, *(part for _depth, part in programme)])
        page = screens.page(
            self.screen,
            self.request,
            "events/admin/parts.html",
            title=_("Programme as rows"),
            original=self.event,
            programme=programmes.by_day(programme),
            rows=rows,
            blank=blank,
            pattern=Row(9999, values),
            refused=refusal,
            kinds=self._kinds(),
            visibilities=Event.Visibility.choices,
            days=[(day.isoformat(), formatting.day(day)) for day in partrows.days(self.event)],
            labels=partrows.LABELS,
            place=self.event.place or "",
            back=self.screen.row_url(self.event) + PROGRAMME,
        )
        page.status_code = 200
        return page

    def _kinds(self) -> list[tuple[str, Any]]:
        return [(kind.value, kind.label) for kind in Event.PROGRAMME_KINDS]


def _added(number: int) -> str:
    text = ngettext("%(number)s part was added.", "%(number)s parts were added.", number)
    return text % {"number": number}
