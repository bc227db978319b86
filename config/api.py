"""Routes of the API, version 1; the lists belong to the apps."""

from django.urls import include, path, re_path

from events.api import openapi
from events.api.views import Nowhere

urlpatterns = [
    path("schema/", openapi.Document.as_view(), name="api-schema"),
    path("docs/", openapi.Explorer.as_view(), name="api-docs"),
    path("", include("events.api.urls")),
    # With a slash at the end only: without one, Django first tries to add it.
    re_path(r"^(?:.*/)?\Z", Nowhere.as_view()),
]
