"""Pages to read and to print: the links above them, which keep what else was chosen."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

Link = dict[str, str]


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return the page in the active language, with links to it in each language."""
    languages = [
        {"code": code, "name": name, "url": address(request, lang=code)}
        for code, name in settings.LANGUAGES
    ]
    page = render(request, template, {**context, "languages": languages})
    page.headers["Content-Language"] = get_language()
    return page


def choice(request: HttpRequest, name: str, *, put: Any, take: Any) -> Link:
    """Return the link that sets a parameter, labelled `put`, or takes it away, labelled `take`."""
    is_put = name in request.GET
    url = address(request, **{name: None if is_put else "1"})
    return {"name": str(take if is_put else put), "url": url}


def address(request: HttpRequest, **changes: str | None) -> str:
    """Return the address of this page with changed parameters; None removes one."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{request.path}?{query.urlencode()}"
