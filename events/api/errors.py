"""Refusals as JSON, always in English, whatever language the client accepts."""

from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.utils import translation
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from events.domain.pages import eventfilters
from events.domain.refusals import Refusal


class MissingSerializer(serializers.Serializer[Any]):
    """The response if a row or a page does not exist."""

    detail = serializers.CharField()


class RefusalSerializer(MissingSerializer):
    """A refusal: the reason, and the parameter that caused it."""

    parameter = serializers.CharField(help_text="Empty when no single parameter is to blame.")


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for a refusal, or None for an exception that is our fault."""
    if isinstance(error, eventfilters.UnknownFilter | eventfilters.UnknownValue):
        return _refusal(str(error), error.name)
    if isinstance(error, TooManyFieldsSent):
        return _refusal("There are too many parameters.", "")
    with translation.override(settings.LANGUAGE_CODE):
        if isinstance(error, Refusal):
            detail = error.sentence(user=context["request"].user)
            return Response({"detail": detail}, status=status.HTTP_409_CONFLICT)
        return exception_handler(error, context)


def _refusal(detail: str, parameter: str) -> Response:
    body = {"detail": detail, "parameter": parameter}
    return Response(body, status=status.HTTP_400_BAD_REQUEST)
