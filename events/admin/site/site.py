"""The admin site: its start page, and the routes of Django that are closed."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path


def refuse(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer 404 instead of Django's redirect to any row by its key: it checks no permission."""
    raise Http404


def style(request: HttpRequest) -> str:
    """Return our style sheet, which is loaded after Unfold's."""
    return static("events/admin.css")


def favicon(request: HttpRequest) -> str:
    return static("favicon.svg")


def extra_urls() -> list[Any]:
    """Return routes that take precedence over Django's own."""
    view = admin.site.admin_view(refuse)
    return [path("r/<path:content_type_id>/<path:object_id>/", view, name="view_on_site")]


admin.site.disable_action("delete_selected")  # rows are deleted one by one
admin.site.index_template = "events/admin/dashboard.html"
vars(admin.site)["extra_urls"] = extra_urls
