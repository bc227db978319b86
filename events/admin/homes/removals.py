"""The page of what was removed from an event: attendees and parts, each with a way back."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit import history, rights, screens
from events.domain.access import access
from events.domain.directory import removals
from events.domain.refusals import Refusal
from events.models import Attendee, Event, User
from events.values.keys import is_key


class RemovalsAdmin:
    """A screen of events, each with a page of what was removed from it."""

    def get_custom_urls(self) -> Any:
        removed = ("<int:object_id>/removed/", "events_event_removed", self.removed_view)
        urls = super().get_custom_urls()  # type: ignore[misc]
        return (removed, *urls) if self.model is Event else urls  # type: ignore[attr-defined]

    def removed_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """List what was removed (GET), or put it back (POST)."""
        event = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        if event is None:
            raise Http404
        assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
        if not rights.may_change(request, event):
            raise PermissionDenied
        if request.method == "POST":
            return self._put_back(request, event, request.user)
        groups = list(_groups(request, event, request.user))
        return screens.page(
            self,
            request,
            "events/admin/removed.html",
            title=_("Removed"),
            original=event,
            groups=groups,
            has_any=any(group["rows"] for group in groups),
            back=_home(event),
        )

    def _put_back(self, request: HttpRequest, event: Event, user: User) -> HttpResponse:
        kind, number = request.POST.get("kind", ""), request.POST.get("number", "")
        if not is_key(number) or not _may_add(user, event, kind):
            raise PermissionDenied
        if screens.is_back(request):
            return HttpResponseRedirect(request.get_full_path())
        record, now = int(number), timezone.now()
        try:
            with screens.planning(request):
                row = removals.put_back(event=event, kind=kind, number=record, user=user, now=now)
                told = screens.told(request)
        except screens.Unasked as unasked:
            return screens.question(self, request, unasked.told)
        except Refusal as refusal:
            messages.error(request, refusal.sentence(user=user))
            return HttpResponseRedirect(request.get_full_path())
        messages.success(request, gettext("“%(row)s” is back.") % {"row": row})
        if told:
            messages.success(request, screens.message(told))
        return HttpResponseRedirect(request.get_full_path())


def _groups(request: HttpRequest, event: Event, user: User) -> Iterator[dict[str, Any]]:
    """Yield what may be put back, by table."""
    found = (
        (Attendee, removals.removed_attendees(event=event, user=user)),
        (Event, removals.removed_parts(event=event, user=user)),
    )
    labels = {Attendee: _("attendees"), Event: _("parts of the programme")}
    for model, records in found:
        kind = str(model._meta.model_name)
        shown = history.removed(request, event, records)
        rows = [
            {**words, "number": record.pk} for words, record in zip(shown, records, strict=True)
        ]
        if rows and _may_add(user, event, kind):
            yield {"label": capfirst(labels[model]), "kind": kind, "rows": rows}


def _may_add(user: User, event: Event, kind: str) -> bool:
    """Whether the user may add rows of this kind to the event."""
    if kind == Attendee._meta.model_name:
        return Attendee.objects.all().holders(user).filter(pk=event.pk).exists()
    return event.team is not None and event.team in access.own_teams(user=user)


def _home(event: Event) -> str:
    return reverse("admin:events_event_home", args=[event.pk])
