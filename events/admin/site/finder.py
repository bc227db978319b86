"""Find anything: the box of the header, and the page for those without JavaScript."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from events.admin.site import navigation
from events.domain.search import search
from events.domain.search.search import Group
from events.values import names

WORDS, PART = "s", "part"  # parameters: what is searched for; only the results are wanted
PAGE, RESULTS = "events/admin/finder/page.html", "events/admin/finder/results.html"


def page(site: UnfoldAdminSite, request: HttpRequest) -> TemplateResponse:
    """Show what the words find: as a part of a page for the box of the header, or as a page."""
    text = request.GET.get(WORDS, "").strip()[: names.MAX_QUERY]
    found = search.find(user=request.user, text=text, now=timezone.now())
    groups = [*(_group(each, text) for each in found), *_screens(request, text)]
    number = sum(len(group["hits"]) for group in groups)
    context = {"text": text, "groups": groups, "number": number, "in_box": PART in request.GET}
    if PART in request.GET:
        return TemplateResponse(request, RESULTS, context)
    request.current_app = site.name
    whole = {**site.each_context(request), "title": _("Find anything"), **context}
    return TemplateResponse(request, PAGE, whole)


def address(row: Model) -> str:
    """The address of a row that was found: its home, or its form if it has none."""
    with suppress(NoReverseMatch):
        return reverse(_route(type(row), "home"), args=[row.pk])
    return reverse(_route(type(row), "change"), args=[row.pk])


def _group(found: Group, text: str) -> dict[str, Any]:
    """A group of rows; if there are more, with the address of the list that shows them all."""
    rest = f"{reverse(_route(found.kind.model, 'changelist'))}?{urlencode({'q': text})}"
    return {
        "key": found.kind.model._meta.model_name,
        "label": found.kind.label,
        "icon": found.kind.icon,
        "hits": [
            {"url": address(hit.row), "title": hit.words.title, "about": hit.words.about}
            for hit in found.hits
        ],
        "rest": rest if found.more else "",
    }


def _screens(request: HttpRequest, text: str) -> Iterator[dict[str, Any]]:
    """The entries of the sidebar that contain the words."""
    wanted = names.wanted(text)
    hits = [
        {"url": entry["link"], "title": entry["title"], "about": ()}
        for group in (navigation.sidebar(request) if wanted else ())
        for entry in group["items"]
        if all(word in names.text_key(str(entry["title"])) for word in wanted)
    ]
    if hits:
        yield {"key": "screen", "label": _("Screens"), "icon": "menu", "hits": hits, "rest": ""}


def _route(model: type[Model], view: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"
