"""Pagination; a number out of bounds is refused rather than corrected."""

import re
from typing import Any

from django.core.paginator import Paginator
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from events.domain.pages.eventfilters import UnknownValue

MAX_PAGE_SIZE = 100
MAX_PAGE_NUMBER = 999_999_999


class Pages(PageNumberPagination):
    """Pages of a list: `page` counts from 1, `page_size` has a maximum."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int | None:
        return _number(request, "page_size", MAX_PAGE_SIZE) or self.page_size

    def get_page_number(self, request: Request, paginator: "Paginator[Any]") -> int:
        return _number(request, "page", MAX_PAGE_NUMBER) or 1

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("page", MAX_PAGE_NUMBER, "The page, counted from 1.", default=1),
            _parameter("page_size", MAX_PAGE_SIZE, "Rows on a page.", default=self.page_size),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        rows = {"count": {"type": "integer"}, "next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(rows), "properties": rows}


def _number(request: Request, name: str, most: int) -> int | None:
    """Return the whole number that a parameter contains, or None if it is not given."""
    if name not in request.query_params:
        return None
    text = request.query_params[name]
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text) or int(text) > most:
        raise UnknownValue(name, text, f"a whole number, 1 to {most}")
    return int(text)


def _parameter(name: str, most: int, text: str, default: int | None) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
