"""The page of an invitation, which shows it and takes the answer; GET changes nothing."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_from_request, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.domain.access import answerlinks, ratelimits, signedlinks
from events.domain.attendance import answers
from events.domain.refusals import Refusal
from events.values import languages
from events.web.secrecy import guarded, unkept, unknown, wait


@csrf_exempt  # the token in the address authorises, not a cookie, so there is no session to abuse
@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation (GET) or record the answer (POST); unknown tokens get one response."""
    if token == answerlinks.TEST:
        return _explain_test(request)
    now = timezone.now()
    try:
        with guarded(request, answerlinks.GUESSES, signedlinks.Unknown, now):
            if request.method == "POST":
                return _take(request, token, now)
            return _show(request, token, now)
    except ratelimits.TooMany as refusal:
        return wait(render(request, "events/wait.html", status=429), refusal)
    except signedlinks.Unknown:
        return unknown(request)


def _explain_test(request: HttpRequest) -> HttpResponse:
    """Say that the link belongs to a test mail, in the language that `unknown` would use."""
    language = languages.first(request.GET.get("lang"), get_language_from_request(request))
    with override(language):
        return render(request, "events/testlink.html")


def _take(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    try:
        answers.give(token=token, verb=request.POST.get("answer", ""), now=now)
    except answers.NoSuchAnswer:
        return _show(request, token, now, status=400)
    except Refusal:  # the page shows the present state of the invitation
        return _show(request, token, now, status=409)
    return HttpResponseRedirect(request.get_full_path())


def _show(request: HttpRequest, token: str, now: datetime, status: int = 200) -> HttpResponse:
    page = answers.page(token=token, parameters=dict(request.GET.lists()), now=now)
    wanted = request.GET.get("answer", "")
    context = {
        "page": page,
        "letter": page.letter,
        "wanted": wanted if wanted in page.choices else "",
        "own_languages": settings.LANGUAGES,
    }
    with override(page.language):
        return render(request, "events/answer.html", context, status=status)
