"""Routes: pages have a language prefix; everything else has one address for all languages."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path

from events.web import urls as web


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, without touching the database or other services."""
    return HttpResponse("ok", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask without reading a page to the icon."""
    return HttpResponseRedirect(static("favicon.svg"))


urlpatterns = [
    *web.files,  # first, because feeds get the most requests
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")),
    path("i18n/", include("django.conf.urls.i18n")),
    *i18n_patterns(*web.pages, prefix_default_language=False),
]
