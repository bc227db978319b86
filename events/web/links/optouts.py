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
from events.values import languages
from events.web.secrecy import unkept, unknown


@csrf_exempt  # the link alone authorises, and mail programs send no CSRF token (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@unkept
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
