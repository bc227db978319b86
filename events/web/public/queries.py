"""The query string of a calendar page: validated parsing, and writing it with changes."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from events.domain.pages import eventfilters

VIEWS = ("month", "list")
YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A parsed query; `filters` are those that the feed supports too."""

    view: str
    month: date | None
    page: str
    filters: dict[str, list[str]]

    def address(self, **changes: str) -> str:
        """Return the query string with changed parameters; '' removes one."""
        own = {"view": self.view, "month": f"{self.month:%Y-%m}" if self.month else ""}
        parts = {**own, **self.filters, **changes}
        return "?" + urlencode({name: part for name, part in parts.items() if part}, doseq=True)

    def feed(self, language: str) -> str:
        """Return the absolute address of the calendar feed with the same filters."""
        query = urlencode({**self.filters, "lang": language}, doseq=True)
        return f"{settings.SITE_URL}{reverse('public-feed')}?{query}"


def read(data: QueryDict) -> Query:
    """Parse a query; raise eventfilters.UnknownValue for an invalid view or month."""
    filters = {name: [value for value in values if value] for name, values in data.lists()}
    for name, values in filters.items():
        for value in values:
            if "\0" in value:  # PostgreSQL refuses a query with NUL
                raise eventfilters.UnknownValue(name, value.replace("\0", "�"), "text")
    if filters.get("past") == ["on"]:  # a ticked box: all the past, which is shown anyway
        del filters["past"]
    view = _one(filters, "view", "month")
    if view not in VIEWS:
        raise eventfilters.UnknownValue("view", view, "month or list")
    return Query(
        view=view,
        month=_month(_one(filters, "month", "")),
        page=_one(filters, "page", "1"),
        filters={name: values for name, values in filters.items() if values},
    )


def _one(filters: dict[str, list[str]], name: str, default: str) -> str:
    return (filters.pop(name, None) or [default])[-1]


def _month(text: str) -> date | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    if not match or int(match[1]) not in YEARS:
        raise eventfilters.UnknownValue("month", text, "a month such as 2025-11")
    return date(int(match[1]), int(match[2]), 1)
