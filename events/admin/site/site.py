"""The admin site: its start page, and no way round the screens."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path


def refuse(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Close Django's redirect to any row by its number: it asks nobody whose row it is."""
    raise Http404


def style(request: HttpRequest) -> str:
    """Our own rules on top of Unfold's."""
    return static("events/admin.css")


def favicon(request: HttpRequest) -> str:
    return static("favicon.svg")


def extra_urls() -> list[Any]:
    """Routes that come before Django's own."""
    view = admin.site.admin_view(refuse)
    return [path("r/<path:content_type_id>/<path:object_id>/", view, name="view_on_site")]


admin.site.disable_action("delete_selected")  # each row has its own reasons to stay
admin.site.index_template = "events/admin/dashboard.html"
vars(admin.site)["extra_urls"] = extra_urls
