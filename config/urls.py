"""Routes: pages below a language, everything else at one address for all."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from events.web import urls as web


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    *web.files,  # asked for most
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")),
    path("i18n/", include("django.conf.urls.i18n")),
    *i18n_patterns(*web.pages, prefix_default_language=False),
]
