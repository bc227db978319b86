"""The sidebar, in the users' words, without entries that the user may not open."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Templates of Unfold ask for these; a key that is missing costs them a search of all names.
PLAIN: Final = {"badge": None, "collapsible": False, "link_callback": None}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of the sidebar."""
    groups = (
        ("", (("", "index", _("Overview"), "dashboard"),)),
        (
            _("Our work"),
            (
                ("events", "promotionconference", _("Promotion conferences"), "campaign"),
                ("events", "expo", _("Expos"), "storefront"),
                ("delegations", "delegation", _("Missions and delegations"), "flight_takeoff"),
                ("events", "attendee", _("Attendees"), "how_to_reg"),
            ),
        ),
        (
            _("Calendar and catalogue"),
            (
                ("events", "event", _("All events"), "calendar_month"),
                ("events", "eventseries", _("Series"), "event_repeat"),
                ("events", "place", _("Places"), "location_on"),
                ("events", "traveltime", _("Travel times"), "commute"),
                ("events", "vehicle", _("Vehicles"), "directions_bus"),
                ("events", "organisation", _("Organisations"), "apartment"),
                ("events", "person", _("People"), "person"),
                ("events", "sector", _("Sectors"), "category"),
                ("events", "figure", _("Figures"), "bar_chart"),
            ),
        ),
        (
            _("Mail and sources"),
            (
                ("events", "delivery", _("Deliveries"), "outgoing_mail"),
                ("events", "reply", _("Replies"), "mark_email_unread"),
                ("events", "calendarfeed", _("Calendar feeds"), "rss_feed"),
                ("events", "source", _("Sources"), "newspaper"),
            ),
        ),
        (
            _("Access"),
            (
                ("events", "team", _("Teams"), "diversity_3"),
                ("events", "user", _("Users"), "manage_accounts"),
            ),
        ),
    )
    mine = _screens(request)
    return [
        {
            "title": title,
            "separator": bool(title),
            **PLAIN,
            "items": [_item(*entry) for entry in entries if _name(*entry) in mine],
        }
        for title, entries in groups
    ]


def _item(app: str, name: str, title: Any, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(_name(app, name)), **PLAIN}


def _name(app: str, name: str, *_rest: Any) -> str:
    return f"admin:{app}_{name}_changelist" if app else f"admin:{name}"


def _screens(request: HttpRequest) -> set[str]:
    """The names of the routes of the start page and of all lists that the user may open."""
    return {"admin:index"} | {
        _name(model._meta.app_label, str(model._meta.model_name))
        for model, screen in admin.site._registry.items()  # noqa: SLF001 -- it has no public face
        if screen.has_view_permission(request)
    }
