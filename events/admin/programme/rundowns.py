"""The rundown of a programme to read and print, with cues, speakers and the clocks of hubs."""

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from events.admin.homes import printed
from events.admin.kit import screens
from events.domain.pages import formatting
from events.domain.schedule import rundowns
from events.domain.schedule.rundowns import Rundown
from events.models import Event
from events.values import languages

# What can be chosen: the parameter, and the labels of the links that set it and take it away.
CHOICES: Final = {
    "rooms": (_("Each room by itself"), _("All rooms together")),
    "wide": (_("Landscape"), _("Upright")),
    "guests": (_("Hide internal items"), _("Show internal items")),
    "off": (_("Show what was cancelled"), _("Hide what was cancelled")),
}


class RundownAdmin:
    """A screen of events, each with the rundown of its programme; mixed into a HomeAdmin."""

    opts: Any

    def get_custom_urls(self) -> Any:
        route = ("<int:object_id>/programme/rundown/", self._rundown_name(), self.rundown_view)
        return (route, *super().get_custom_urls())  # type: ignore[misc]

    def rundown_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """Show the rundown in the language that is asked for, or in that of the screens."""
        row = screens.row(self, request, object_id)
        with override(languages.first(request.GET.get("lang"), get_language())):
            made = rundowns.of(
                event=row,
                user=request.user,
                by_place="rooms" in request.GET,
                internal="guests" not in request.GET,
                called_off="off" in request.GET,
            )
            return _page(self, request, row, made)

    def _rundown_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_rundown"


def _page(screen: Any, request: HttpRequest, row: Event, made: Rundown) -> HttpResponse:
    zone = row.timezone or settings.TIME_ZONE
    by_place, wide = "rooms" in request.GET, "wide" in request.GET
    context = {
        "event": row,
        "rundown": made,
        "when": formatting.when(row.when),
        "where": formatting.location(event=row),
        "zone": formatting.zone_name(place=row.place, zone=zone),
        "as_of": formatting.moment(timezone.now(), zone),
        "by_place": by_place,
        "place_column": wide and not by_place,
        "columns": len(made.hubs) + (6 if wide and not by_place else 5),
        "wide": wide,
        "choices": list(_choices(request, made)),
        "back": screen.row_url(row),
    }
    return printed.answer(request, "events/admin/programme/rundown.html", context)


def _choices(request: HttpRequest, made: Rundown) -> Iterator[dict[str, str]]:
    """Yield the links that change what is shown; those that would change nothing are left out."""
    useful = {"guests": made.has_internal, "off": made.has_called_off}
    for name, (put, take) in CHOICES.items():
        if useful.get(name, True):
            yield printed.choice(request, name, put=put, take=take)
