"""The clashes of an event and its programme: a page, and the way in which the grid accepts them."""

from typing import Any, Final

from django.contrib import messages
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
from django.utils.translation import gettext_lazy as _

from events.admin.homes import clashwords
from events.admin.kit import rights, screens
from events.admin.programme import gridjson
from events.domain.programme import clashes, tree
from events.domain.refusals import Refusal
from events.models import Event, User
from events.models.people.overrides import MAX_REASON

MAX_BYTES: Final = 10_000  # of one clash that is accepted
REOPEN: Final = "reopen"  # the button that lets an accepted clash count again


class ClashesAdmin:
    """A screen of events, each with a page of its clashes; mixed into a HomeAdmin."""

    opts: Any

    def get_custom_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        page = ("<int:object_id>/clashes/", f"{name}_clashes", self.clashes_view)
        path = "<int:object_id>/programme/clashes/"
        grid = (path, f"{name}_programme_clashes", self.programme_clashes_view)
        return (page, grid, *super().get_custom_urls())  # type: ignore[misc]

    def clashes_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """List the clashes (GET), or accept one of them or let it count again (POST)."""
        row = screens.row(self, request, object_id)
        if request.method == "POST":
            return self._settle(request, row)
        items = clashwords.items(request, clashes.of_programme(event=row, user=request.user))
        return screens.page(
            self,
            request,
            "events/admin/clashes.html",
            title=_("Clashes"),
            original=row,
            groups=[group for group in _groups(items) if group["rows"]],
            max_reason=MAX_REASON,
            back=reverse("admin:events_event_home", args=[row.pk]),
        )

    def programme_clashes_view(
        self, request: HttpRequest, object_id: int, **kwargs: Any
    ) -> HttpResponse:
        """Accept the clash with a `key` for a `reason`; with `reopen` let it count again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row, sent = screens.row(self, request, object_id), _read(request)
        try:
            _store(request, row, sent)
        except Refusal as refusal:
            reason = refusal.sentence(user=request.user)
            fault = {"index": 0, "id": row.pk, "field": "reason", "reason": reason}
            return JsonResponse({"refused": [fault]}, status=409)
        found = clashes.of_programme(event=row, user=request.user)
        return JsonResponse({"clashes": [clashwords.as_json(clash) for clash in found]})

    def _settle(self, request: HttpRequest, row: Event) -> HttpResponse:
        try:
            _store(request, row, request.POST)
        except Refusal as refusal:
            messages.error(request, refusal.sentence(user=request.user))
        else:
            counts = REOPEN in request.POST
            text = _("The clash counts again.") if counts else _("The clash is accepted.")
            messages.success(request, str(text))
        return HttpResponseRedirect(request.get_full_path())


def _store(request: HttpRequest, row: Event, sent: Any) -> None:
    """Accept a clash or let it count again. Raises what `clashes` raises."""
    user = request.user
    if not isinstance(user, User) or not rights.may_change_any(request, Event):
        raise PermissionDenied
    key, reason = (str(sent.get(name) or "").replace("\0", "") for name in ("key", "reason"))
    within = tree.keys(event=row)
    if sent.get(REOPEN):
        clashes.reopen(key=key, events=within, user=user)
    else:
        now = timezone.now()
        clashes.override(key=key, events=within, reason=reason, user=user, now=now)


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        return gridjson.body(request, limit=MAX_BYTES)
    except gridjson.Unreadable:
        return {}


def _groups(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return clashes that count, those that may vanish, and those that were accepted."""
    found: dict[str, list[dict[str, Any]]] = {"hard": [], "soft": [], "accepted": []}
    for item in items:
        clash = item["clash"]
        found["accepted" if clash.overridden else "soft" if clash.soft else "hard"].append(item)
    return [
        {"label": _("To be mended"), "rows": found["hard"]},
        {"label": _("Perhaps: drafts, tentative answers, estimates"), "rows": found["soft"]},
        {"label": _("Accepted"), "rows": found["accepted"]},
    ]
