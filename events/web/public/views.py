"""The public pages: the calendar, the pages of events, and subscription to feeds."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_safe

from events.domain.access import ratelimits
from events.domain.feeds import feeds, subscriptions
from events.domain.pages import eventfilters, pages
from events.values.dates import DAY
from events.web import texts
from events.web.feeds.subscribing import Ways
from events.web.public import grid, queries
from events.web.secrecy import SECRET, dressed, guarded, wait


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the calendar as a month or a list; name an unknown filter or value with status 400."""
    try:
        query = queries.read(request.GET)
        return (_list if query.view == "list" else _month)(request, query)
    except (eventfilters.UnknownFilter, eventfilters.UnknownValue) as refusal:
        return render(request, "events/refused.html", {"refusal": refusal}, status=400)


@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one public event."""
    try:
        page = pages.event(slug=slug)
    except pages.NoSuchEvent as error:
        raise Http404 from error
    context = {
        "page": page,
        "event": page.event,
        "other_titles": texts.other_titles(page.event),
        "in_feed": page.event.in_calendar and page.event.when.is_exact,
    }
    return render(request, "events/event.html", context)


@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    """Explain how to subscribe to the public calendar with the present filters."""
    try:
        query = queries.read(request.GET)
        events = feeds.coming(parameters=query.filters, now=timezone.now())
    except (eventfilters.UnknownFilter, eventfilters.UnknownValue) as refusal:
        return render(request, "events/refused.html", {"refusal": refusal}, status=400)
    ways = Ways(query.feed(get_language() or "en"), gettext("Public events"))
    return render(request, "events/subscribe.html", {"ways": ways, "events": events})


@require_safe
def programme(request: HttpRequest, token: str) -> HttpResponse:
    """Explain how to subscribe to a secret calendar; its token gives access."""
    now = timezone.now()
    try:
        with guarded(request, subscriptions.GUESSES, subscriptions.Unknown, now):
            page = subscriptions.programme(
                token=token, parameters=dict(request.GET.lists()), now=now
            )
    except ratelimits.TooMany as refusal:
        return wait(render(request, "events/wait.html", status=429), refusal)
    except (subscriptions.Unknown, subscriptions.Revoked) as error:
        raise Http404 from error
    except (eventfilters.UnknownFilter, eventfilters.UnknownValue) as refusal:
        return render(request, "events/refused.html", {"refusal": refusal}, status=400)
    address = settings.SITE_URL + reverse("secret-feed", args=[token])
    context = {
        "ways": Ways(address, page.name),
        "events": page.events,
        "is_secret": True,
        "own_languages": settings.LANGUAGES,
    }
    with override(page.language):
        return dressed(render(request, "events/subscribe.html", context), SECRET)


def _month(request: HttpRequest, query: queries.Query) -> HttpResponse:
    month = pages.month(parameters=query.filters, first=query.month, now=timezone.now())
    first, last = month.first, month.last
    context = {
        "page": month,
        "before": first - DAY,
        "after": last + DAY,
        "weeks": grid.weeks(first=first, last=last, today=month.today, events=month.dated),
        "agenda": grid.agenda(first=first, last=last, events=month.dated),
        **_common(query),
    }
    return render(request, "events/month.html", context)


def _list(request: HttpRequest, query: queries.Query) -> HttpResponse:
    listing = pages.listing(parameters=query.filters, number=query.page, now=timezone.now())
    return render(request, "events/list.html", {"page": listing, **_common(query)})


def _common(query: queries.Query) -> dict[str, object]:
    filters = urlencode(query.filters, doseq=True)
    return {"query": query, "filters": filters, "feed": query.feed(get_language() or "en")}
