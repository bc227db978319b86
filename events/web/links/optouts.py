"""The page behind a link that stops mails of a kind: it says what it does, a button does it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.domain.access import signedlinks
from events.domain.mail import optouts
from events.values import languages
from events.web.secrecy import unkept, unknown


@csrf_exempt  # whoever has the link may use it, and mail programs know no token (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link stops (GET), stop it, or take that back (POST)."""
    try:
        if request.method == "POST":
            out = "undo" not in request.POST
            choice = optouts.choose(token=token, out=out, now=timezone.now())
        else:
            choice = optouts.read(token=token)
    except signedlinks.Unknown:
        return unknown(request)
    language = languages.first(request.GET.get("lang"), choice.person.language, get_language())
    with override(language):
        context = {
            "choice": choice,
            "is_done": request.method == "POST",
            "own_languages": settings.LANGUAGES,
        }
        response = render(request, "events/optout.html", context)
    response["Content-Language"] = language
    return response
