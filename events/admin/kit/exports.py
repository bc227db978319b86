"""CSV exports of lists, streamed row by row, with only what the user may see."""

import csv
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from events.admin.kit import redaction

logger = logging.getLogger(__name__)
BOM = "\ufeff"  # without it Excel does not read the file as UTF-8
BATCH_SIZE = 500  # rows read from the database at once
FORMULA = tuple("=+-@＝＋－＠\t\r\n")  # noqa: RUF001 -- they start a formula too
BEFORE = " \u3000\"'"  # characters that a spreadsheet strips before it looks for a formula


def as_they_are(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """An export: its columns, each with a heading and a function that reads it from a row."""

    name: str
    columns: tuple[tuple[Any, Callable[[Any], Any]], ...]
    related: tuple[str, ...] = ()
    prepare: Callable[[HttpRequest, QuerySet[Any]], QuerySet[Any]] = as_they_are

    def lines(self, request: HttpRequest, rows: QuerySet[Any]) -> Iterator[list[str]]:
        yield [capfirst(str(heading)) for heading, _value in self.columns]
        read = self.prepare(request, rows.select_related(*self.related))
        found = read.iterator(chunk_size=BATCH_SIZE)
        while some := list(islice(found, BATCH_SIZE)):
            redaction.hide(request, some, loaded=True)
            yield from ([harmless(value(row)) for _heading, value in self.columns] for row in some)


class ExportAdmin:
    """A screen whose filtered list can be downloaded as CSV; mixed into a TeamScopedAdmin."""

    actions_list: ClassVar[Any] = ("export",)
    sheet: ClassVar[Sheet]

    @action(description=_("Download as CSV"), permissions=["view"], icon="download")
    def export(self, request: HttpRequest) -> HttpResponseBase:
        page = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        return download(request, self.sheet, page.get_queryset(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the filters and the search of the list to the address of the export button."""
        answer = super().changelist_view(request, extra_context)  # type: ignore[misc]
        for button in getattr(answer, "context_data", {}).get("actions_list", ()):
            button["path"] += f"?{request.GET.urlencode()}" if request.GET else ""
        return answer


def download(request: HttpRequest, sheet: Sheet, rows: QuerySet[Any]) -> StreamingHttpResponse:
    """Return the rows as a CSV file, and log which user downloaded it."""
    logger.info("user %s takes away %s", request.user.pk, sheet.name)
    text = _text(sheet.lines(request, rows), get_language())
    answer = StreamingHttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"{sheet.name}-{timezone.localdate()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def harmless(value: Any) -> str:
    """Return the text of a cell, with a ' in front if a spreadsheet would take it for a formula."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(" ", "minutes")
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(BEFORE).startswith(FORMULA) else text


class _Line:
    """A file-like object for csv.writer whose `write` returns the text."""

    def write(self, text: str) -> str:
        return text


def _text(lines: Iterator[list[str]], language: str | None) -> Iterator[str]:
    """Yield the file in the language of the request, which is no longer active while it is sent."""
    # Quoted, a cell stays whole even in a spreadsheet that splits at other characters than commas.
    writer: Any = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    yield BOM
    while True:
        with override(language):
            line = next(lines, None)
        if line is None:
            return
        yield writer.writerow(line)
