"""The routes of the API, version 1; each app defines its own lists."""

from django.urls import include, path, re_path

from events.api import openapi
from events.api.views import Nowhere

urlpatterns = [
    path("schema/", openapi.Document.as_view(), name="api-schema"),
    path("docs/", openapi.Explorer.as_view(), name="api-docs"),
    path("", include("events.api.urls")),
    # Only with a trailing slash: without one, Django's redirect that adds it comes first.
    re_path(r"^(?:.*/)?\Z", Nowhere.as_view()),
]
