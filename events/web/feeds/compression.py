"""gzip for clients that accept it (RFC 9110, 12.5.3)."""

import re
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TAKEN: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


def is_taken(request: HttpRequest) -> bool:
    """Whether the client accepts gzip: it is named in Accept-Encoding, and not with `q=0`."""
    return bool(TAKEN.search(request.headers.get("Accept-Encoding", "")))


class CompressionMiddleware(GZipMiddleware):
    """Django's middleware, which by itself would also compress for `gzip;q=0`."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        return super().process_response(request, response) if is_taken(request) else response
