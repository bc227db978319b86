"""The admin site: its start page and its look, and no way round the screens."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path
from unfold.sites import UnfoldAdminSite


class Site(UnfoldAdminSite):
    """Unfold’s, with our start page; `admin.site` is one of these (AdminConfig.default_site)."""

    index_template = "events/admin/dashboard.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # each row has its own reasons to stay

    def extra_urls(self) -> list[Any]:
        """Return routes that come before Django's own."""
        view = self.admin_view(refuse)
        return [path("r/<path:content_type_id>/<path:object_id>/", view, name="view_on_site")]


def refuse(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Close Django's redirect to any row by its number: it asks nobody whose row it is."""
    raise Http404


def style(request: HttpRequest) -> str:
    """Our own rules on top of Unfold's."""
    return static("events/admin.css")


def favicon(request: HttpRequest) -> str:
    return static("favicon.svg")
