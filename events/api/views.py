"""The views of the API: each reads the clock and makes one call."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar, cast

from django.db.models import Model, QuerySet
from django.utils import timezone, translation
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from events.api import filters, openapi, querysets, serializers
from events.api.origins import Open
from events.api.pages import Pages
from events.domain.pages import eventfilters
from events.models import Event, EventSeries, Organisation, Place
from events.models.events.events import EventQuerySet

Row = TypeVar("Row", bound=Model)


class PublicRows(Open, ReadOnlyModelViewSet[Row]):
    """Public rows of one kind: a list, and one row by its short name."""

    lookup_field = "slug"
    lookup_value_converter = "slug"
    pagination_class = Pages
    known: Mapping[str, filters.Narrow] = filters.DETAIL

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._speak(super().list)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._speak(super().retrieve)

    def filter_queryset(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        parameters = filters.read(self.request.query_params)
        if self.action == "retrieve":
            return filters.narrow(rows=queryset, parameters=parameters, known=filters.DETAIL)
        for name in filters.PAGING:
            parameters.pop(name, None)
        return self.narrow(queryset, parameters)

    def narrow(self, rows: QuerySet[Row], parameters: eventfilters.Parameters) -> QuerySet[Row]:
        return filters.narrow(rows=rows, parameters=parameters, known=self.known)

    def _speak(self, answer: Callable[..., Response]) -> Response:
        """Return the response in the language of the parameter `lang`."""
        language = eventfilters.language(parameters=filters.read(self.request.query_params))
        with translation.override(language):
            response = answer(self.request, **self.kwargs)
        response["Content-Language"] = language
        return response


@openapi.described(serializers.EventSerializer, openapi.EVENTS)
class Events(PublicRows[Event]):
    """Events, the earliest first and undated ones last."""

    serializer_class = serializers.EventSerializer

    def get_queryset(self) -> EventQuerySet:
        return querysets.events()

    def narrow(self, rows: QuerySet[Event], parameters: eventfilters.Parameters) -> EventQuerySet:
        events = cast("EventQuerySet", rows)
        now = timezone.now()
        return eventfilters.calendar(events=events, parameters=parameters, now=now).in_time_order()


@openapi.described(serializers.SeriesSerializer, openapi.SERIES)
class Series(PublicRows[EventSeries]):
    """Series of events, such as an expo with its editions."""

    serializer_class = serializers.SeriesSerializer
    known = filters.SERIES

    def get_queryset(self) -> QuerySet[EventSeries]:
        return querysets.series()


@openapi.described(serializers.PlaceSerializer, openapi.PLACES)
class Places(PublicRows[Place]):
    """Places, from macro regions down to rooms."""

    serializer_class = serializers.PlaceSerializer
    known = filters.PLACES

    def get_queryset(self) -> QuerySet[Place]:
        return querysets.places()


@openapi.described(serializers.OrganisationSerializer, openapi.ORGANISATIONS)
class Organisations(PublicRows[Organisation]):
    """Organisations of government and business, and groups without a name."""

    serializer_class = serializers.OrganisationSerializer
    known = filters.ORGANISATIONS

    def get_queryset(self) -> QuerySet[Organisation]:
        return querysets.organisations()


class Nowhere(Open):
    """Answers unknown addresses below /api/ with 404 as JSON."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotFound
