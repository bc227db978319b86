"""The admin site: its start page, search and style, and the routes of Django that are closed.

Views of `events.admin` are named and not imported, because that package registers its screens here;
so is that of `seeds`, which stands beside `config`.
"""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path
from django.utils.module_loading import import_string
from unfold.sites import UnfoldAdminSite

FINDER: Final = "events.admin.site.finder.page"
ANSWER_MAILS: Final = "events.admin.site.answermails.page"
SAMPLE: Final = "seeds.admin.sample"
CHOICES: Final = "events.admin.site.choices.Choices"


class Site(UnfoldAdminSite):
    """Unfold's site with our start page; AdminConfig makes `admin.site` one."""

    index_template = "events/admin/dashboard.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # rows are deleted one by one

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Find anything, in place of Unfold's search, which ends with the names of screens."""
        return import_string(FINDER)(self, request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return import_string(CHOICES).as_view(admin_site=self)(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the screens of one app, for its page; the sidebar has a list of its own."""
        return super().get_app_list(request, app_label) if app_label else []

    def extra_urls(self) -> list[Any]:
        """Return routes that take precedence over Django's own."""
        view = self.admin_view(refuse)
        return [
            path("r/<path:content_type_id>/<path:object_id>/", view, name="view_on_site"),
            path("answers/", self.admin_view(self.answer_mails), name="answer_mails"),
            path("sample/", self.admin_view(self.sample), name="sample"),
        ]

    def answer_mails(self, request: HttpRequest) -> HttpResponse:
        """Choose how often the user is told of answers."""
        return import_string(ANSWER_MAILS)(self, request)

    def sample(self, request: HttpRequest) -> HttpResponse:
        """Load or remove the sample mission."""
        return import_string(SAMPLE)(self, request)


def refuse(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer 404 instead of Django's redirect to any row by its key: it checks no permission."""
    raise Http404


def style(request: HttpRequest) -> str:
    """Return our style sheet, which is loaded after Unfold's."""
    return static("events/admin.css")


def favicon(request: HttpRequest) -> str:
    return static("favicon.svg")
