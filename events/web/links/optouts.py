"""The page of an opt-out link, which explains it and has a button; GET changes nothing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.domain.access import signedlinks
from events.domain.mail import optouts
from events.web.secrecy import UNKEPT, unknown


@csrf_exempt  # the link alone authorises, and mail programs send no CSRF token (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """Explain what the link stops (GET), or stop it or resume it (POST)."""
    try:
        if request.method == "POST":
            out = "undo" not in request.POST
            choice = optouts.choose(token=token, out=out, now=timezone.now())
        else:
            choice = optouts.read(token=token)
    except signedlinks.Unknown:
        return unknown(request)
    language = _language(request, choice)
    with override(language):
        context = {
            "choice": choice,
            "is_done": request.method == "POST",
            "own_languages": settings.LANGUAGES,
        }
        response = render(request, "events/optout.html", context)
    for name, value in UNKEPT.items():
        response[name] = value
    response["Content-Language"] = language
    return response


def _language(request: HttpRequest, choice: optouts.Choice) -> str:
    """Return the language of the parameter `lang`, else the reader's, else that of the browser."""
    named = request.GET.get("lang", "")
    if named in dict(settings.LANGUAGES):
        return named
    return choice.person.language or get_language() or settings.LANGUAGE_CODE
