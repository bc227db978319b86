"""The OpenAPI document: parameters and refusals that serializers do not describe, and its views."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.errors import MissingSerializer, RefusalSerializer
from events.api.origins import Open
from events.domain.pages import eventfilters
from events.models import Event, EventSeries, Organisation, Place

SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
COUNTRY = {"type": "string", "pattern": "^[A-Za-z]{2}$"}


def one(name: str, schema: dict[str, Any], text: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, description=text)


def many(name: str, item: dict[str, Any], text: str) -> OpenApiParameter:
    """Return a parameter that may be repeated; a row must match one of its values."""
    schema = {"type": "array", "items": item}
    return OpenApiParameter(name, schema, description=text, style="form", explode=True)


def kind(choices: type[TextChoices]) -> OpenApiParameter:
    return many("kind", {"type": "string", "enum": choices.values}, "Only these kinds.")


LANGUAGE = one(
    "lang",
    {
        "type": "string",
        "enum": [code for code, _ in settings.LANGUAGES],
        "default": settings.LANGUAGE_CODE,
    },
    "The language of titles, names and descriptions.",
)
EVENTS = [
    kind(Event.Kind),
    many("series", SLUG, "Only events of these series."),
    many("place", SLUG, "Only events at these places, or at places that lie in them."),
    many("country", COUNTRY, "Only events in these countries or regions, ISO 3166-1 alpha-2."),
    many("sector", SLUG, "Only events about these sectors."),
    one(
        "parts",
        {"type": "string", "enum": list(eventfilters.PARTS)},
        "Whether programme items, such as sessions, are listed beside the events that they are"
        " part of. By default they are listed only if their kind is asked for; `no` leaves them"
        " out even then.",
    ),
    one(
        "past",
        {"type": "integer", "minimum": 0, "maximum": 99999},
        "How many days back; without it all the past.",
    ),
]
SERIES = [kind(EventSeries.Kind)]
PLACES = [
    kind(Place.Kind),
    many("country", COUNTRY, "Only places in these countries or regions, ISO 3166-1 alpha-2."),
]
ORGANISATIONS = [kind(Organisation.Kind)]


def described(serializer: type[Any], parameters: list[OpenApiParameter]) -> Callable[[Any], Any]:
    """Return a decorator that documents the parameters and refusals of a view set."""
    refusals = {
        400: OpenApiResponse(RefusalSerializer, "A parameter or a value that does not exist."),
        404: OpenApiResponse(MissingSerializer, "No such row, or no such page."),
    }
    return extend_schema_view(
        list=extend_schema(
            parameters=[*parameters, LANGUAGE], responses={200: serializer(many=True), **refusals}
        ),
        retrieve=extend_schema(
            description="One of them, by its short name.",
            parameters=[OpenApiParameter("slug", SLUG, OpenApiParameter.PATH), LANGUAGE],
            responses={200: serializer, **refusals},
        ),
    )


class Document(Open, SpectacularAPIView):
    """The OpenAPI document, which is the same in every language."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override(settings.LANGUAGE_CODE):
            return self._get_schema_response(request)  # type: ignore[no-untyped-call]

    def _get_version_parameter(self, request: Request) -> None:
        """Return None: the API has one version, so no parameter selects it."""


# Swagger UI inserts a <style> element; its scripts are files and need no exception.
@method_decorator(csp_update({"style-src": ["'self'", "'unsafe-inline'"]}), name="dispatch")
class Explorer(SpectacularSwaggerSplitView):
    """The interactive documentation (Swagger UI)."""

    url_name = "api-schema"
