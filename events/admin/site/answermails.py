"""How often an organiser is told of answers by mail: a page of their own, two clicks away."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from events.domain.reminders import answernews
from events.models import Membership, Team, User

PAGE: Final = "events/admin/answermails.html"
AnswerMails = User.AnswerMails
CHOICES: Final = (
    (
        AnswerMails.AT_ONCE,
        _("At once"),
        _("One mail for all that is answered within five minutes."),
    ),
    (
        AnswerMails.DAILY,
        _("Once a day"),
        _("At eight in the morning by your clock, if anybody has answered."),
    ),
    (AnswerMails.NEVER, _("Never"), _("The start page counts the answers all the same.")),
)
SENTENCES: Final = {
    AnswerMails.AT_ONCE: _("Answers to your invitations are mailed to you at once."),
    AnswerMails.DAILY: _("Answers to your invitations are mailed to you once a day."),
    AnswerMails.NEVER: _("Answers to your invitations are not mailed to you."),
}


def page(site: UnfoldAdminSite, request: HttpRequest) -> HttpResponse:
    """Show how often the user is told of answers (GET), or store what they chose (POST)."""
    user = _user(request)
    chosen = request.POST.get("answer_mails")
    if request.method == "POST" and chosen in AnswerMails.values:
        answernews.choose(user=user, answer_mails=chosen, now=timezone.now())
        messages.success(request, str(SENTENCES[AnswerMails(user.answer_mails)]))
        return HttpResponseRedirect(reverse("admin:index"))
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": _("Mails about answers"),
        "choices": CHOICES,
        "chosen": user.answer_mails,
        "teams": [team.name for team in _teams(user)],
        "address": user.person.email if user.person else "",
        "obstacle": _obstacle(user),
        "back": reverse("admin:index"),
    }
    return TemplateResponse(request, PAGE, context)


def link(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the start page says about it to an organiser, with the address of the page."""
    user = _user(request)
    if not _teams(user):
        return None
    text = _obstacle(user) or SENTENCES[AnswerMails(user.answer_mails)]
    return {"text": text, "url": reverse("admin:answer_mails")}


def account(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the entries of the menu of the user's account; the page of the login has none."""
    if not isinstance(request.user, User):
        return []
    own = [{"title": _("Mails about answers"), "link": reverse("admin:answer_mails")}]
    if request.user.has_usable_password():
        own.append({"title": _("Change password"), "link": reverse("admin:password_change")})
    return own


def _obstacle(user: User) -> str:
    """Return why no mail can reach the user; '' if one can."""
    if user.person is None:
        return gettext(
            "No mail about answers can reach you: your login belongs to no person yet. An"
            " administrator names the person on the page of your login."
        )
    if not user.person.email:
        return gettext("No mail about answers can reach you: your person has no mail address.")
    return ""


def _teams(user: User) -> list[Team]:
    """Return the teams of whose events the user is told."""
    rows = Team.objects.of(user, Membership.Role.ORGANISER)
    return list(rows.order_by("name", "pk"))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
    return request.user
