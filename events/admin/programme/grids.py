"""The programme of an event as a grid: its page, its data, and the edits that are sent to it."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from events.admin.attendance import guestlists
from events.admin.homes import clashwords
from events.admin.kit import redaction, rights, screens
from events.admin.programme import gridjson, pastes
from events.domain import telling
from events.domain.programme import clashes
from events.domain.schedule import edits, grids, untold
from events.models import Event, Telling, User

PROGRAMME: Final = "programme"
VIEWS: Final = ("data", "edits", "telling", "find", "lines", "clashes")


class GridAdmin:
    """A screen of events, each with the grid of its programme; mixed into a HomeAdmin."""

    opts: Any

    def get_custom_urls(self) -> Any:
        path, name = "<int:object_id>/programme/", self._grid_name()
        return (
            (path, name, self.programme_view),
            (f"{path}data/", f"{name}_data", self.programme_data_view),
            (f"{path}edits/", f"{name}_edits", self.programme_edits_view),
            (f"{path}telling/", f"{name}_telling", self.programme_telling_view),
            (f"{path}find/", f"{name}_find", self.programme_find_view),
            (f"{path}lines/", f"{name}_lines", self.programme_lines_view),
            *super().get_custom_urls(),  # type: ignore[misc]
        )

    @action(description=_("Programme"), url_path="grid", icon="view_timeline")
    def grid(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead from the form to the grid."""
        return HttpResponseRedirect(self.programme_url(screens.row(self, request, object_id)))

    def programme_url(self, row: Event) -> str:
        return reverse(f"admin:{self._grid_name()}", args=[row.pk])

    def programme_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """Show the page, which its scripts fill."""
        row = screens.row(self, request, object_id)
        may_change = grids.may_edit(event=row, user=request.user)
        redaction.hide(request, [row])
        return screens.page(
            self,
            request,
            "events/admin/programme.html",
            title=_("Programme"),
            original=row,
            may_change=may_change,
            urls={view: f"{self.programme_url(row)}{view}/" for view in VIEWS},
            language=get_language(),
            choices=gridjson.choices(),
            part_rows_url=self.part_rows_url(row) if may_change else "",  # type: ignore[attr-defined]
            back=self.row_url(row),  # type: ignore[attr-defined]
        )

    def programme_data_view(
        self, request: HttpRequest, object_id: int, **kwargs: Any
    ) -> HttpResponse:
        """Return the programme, or what of it has changed `since` a stamp, as JSON."""
        row = screens.row(self, request, object_id)
        since = gridjson.since(request)
        grid = grids.of(event=row, user=request.user, now=timezone.now(), since=since)
        return JsonResponse(gridjson.of(grid) | self._beside(request, row))

    def programme_edits_view(
        self, request: HttpRequest, object_id: int, **kwargs: Any
    ) -> HttpResponse:
        """Store edits, all or none, with their mails held; return what has become of the parts."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row, now, user = screens.row(self, request, object_id), timezone.now(), request.user
        if not isinstance(user, User) or not grids.may_edit(event=row, user=user):
            raise PermissionDenied
        try:
            with telling.planning(choice=Telling.LATER, now=now, joins=True):
                sent = gridjson.edits(request)
                done = edits.apply(event=row, edits=sent, user=user, now=now)
        except gridjson.Unreadable:
            return _malformed(gettext("This cannot be read, or it is too long."))
        except edits.Malformed as refusal:
            return _malformed(refusal.sentence(user=user))
        except edits.Refused as refusal:
            return JsonResponse(gridjson.refused(request, refusal), status=409)
        grid = grids.of(event=row, user=user, now=now, only=done.touched)
        return JsonResponse(gridjson.of(grid) | gridjson.done(done) | self._beside(request, row))

    def programme_telling_view(
        self, request: HttpRequest, object_id: int, **kwargs: Any
    ) -> HttpResponse:
        """Say what becomes of the mails that the edits hold: now, later or never."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = screens.row(self, request, object_id)
        if not rights.may_change(request, row):
            raise PermissionDenied
        choice = gridjson.choice(request)
        if choice is None:
            return _malformed(gettext("This cannot be read, or it is too long."))
        told = untold.tell(event=row, choice=choice, now=timezone.now())
        return JsonResponse({"told": told})

    def programme_find_view(
        self, request: HttpRequest, object_id: int, **kwargs: Any
    ) -> HttpResponse:
        """Return the people or places that words find, as the rows offer them."""
        row = screens.row(self, request, object_id)
        if not grids.may_edit(event=row, user=request.user):
            raise PermissionDenied
        return JsonResponse(guestlists.suggestions(request, near=row.place))

    def programme_lines_view(
        self, request: HttpRequest, object_id: int, **kwargs: Any
    ) -> HttpResponse:
        """Return the parts that pasted lines describe, each with what is wrong with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = screens.row(self, request, object_id)
        if not grids.may_edit(event=row, user=request.user):
            raise PermissionDenied
        try:
            text = gridjson.pasted(request)
        except gridjson.Unreadable:
            return _malformed(gettext("This cannot be read, or it is too long."))
        return JsonResponse(pastes.read(text, row, request.user))

    def _beside(self, request: HttpRequest, row: Event) -> dict[str, Any]:
        """What stands beside the programme: its clashes, and what would be told to whom."""
        waiting = gridjson.waiting(untold.waiting(event=row))
        may_tell = rights.may_change(request, row)
        found = clashes.of_programme(event=row, user=request.user)
        shown = [clashwords.as_json(clash) for clash in found]
        return {"clashes": shown, "waiting": {**waiting, "may_tell": may_tell}}

    def _grid_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{PROGRAMME}"


def _malformed(reason: str) -> JsonResponse:
    fault = {"index": 0, "id": None, "field": "", "reason": reason}
    return JsonResponse({"refused": [fault]}, status=400)
