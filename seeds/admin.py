"""The sample in the admin: the start page leads to a page that loads or removes it."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from delegations.admin import dashboard
from events.models import Attendee, Delivery, EventChange, Reply
from seeds import library, loader, removal
from seeds.removal import Plan

PAGE: Final = "seeds/admin/sample.html"
MAILS: Final = (Delivery, EventChange, Reply)


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Show the start page; a superuser is led to the sample."""
    shown = dashboard.show(request, context)
    if not getattr(request.user, "is_superuser", False):
        return shown
    url = reverse("admin:sample")
    if library.is_sample_loaded():
        shown["aside"] = {"text": gettext("The sample is loaded: remove it."), "url": url}
    elif shown["begin"]:
        text = gettext(
            "Or look at a sample first: real events and a made-up mission, removed by one click."
        )
        shown["begin"].append({"text": text, "url": url})
    return shown


def sample(site: UnfoldAdminSite, request: HttpRequest) -> HttpResponse:
    """Say what would be loaded or removed; do it when the user has confirmed."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    if request.method == "POST":
        return _take(request)
    request.current_app = site.name
    found = removal.plan()
    context = {
        **site.each_context(request),
        "title": _("Remove the sample") if found.is_loaded else _("Load the sample"),
        "loaded": found.is_loaded,
        "groups": list(_groups(found.going)),
        "kept": [str(row) for row in found.kept],
        "sentences": list(_sentences(found)),
        "back": reverse("admin:index"),
    }
    return TemplateResponse(request, PAGE, context)


def _take(request: HttpRequest) -> HttpResponse:
    """Load or remove, as the button said; twice the same does nothing the second time."""
    try:
        text = _remove() if "remove" in request.POST else _load()
        messages.success(request, text)
    except loader.Taken as error:
        messages.error(request, str(error))
    except ProtectedError:
        messages.error(request, gettext("The sample has just been changed. Please try again."))
    return HttpResponseRedirect(reverse("admin:index"))


def _load() -> str:
    now = timezone.now()
    library.load(now=now)
    library.load_sample(now=now)
    return gettext("The sample is loaded. Look at the mission first: it begins in a month.")


def _remove() -> str:
    done = removal.remove(now=timezone.now())
    if not done.kept:
        return gettext("The sample is removed.")
    return ngettext(
        "The sample is removed, except %(number)s row that you use: %(names)s",
        "The sample is removed, except %(number)s rows that you use: %(names)s",
        len(done.kept),
    ) % {"number": len(done.kept), "names": ", ".join(map(str, done.kept))}


def _groups(rows: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows by table, with the name of the table."""
    for model in dict.fromkeys(type(row) for row in rows):
        names = [str(row) for row in rows if type(row) is model]
        yield {"label": capfirst(model._meta.verbose_name_plural), "names": names}


def _sentences(found: Plan) -> Iterator[str]:
    """Yield what goes along with the rows."""
    guests = found.details.get(Attendee, 0)
    if guests:
        yield ngettext(
            "%(number)s attendance goes with them.", "%(number)s attendances go with them.", guests
        ) % {"number": guests}
    mails = sum(found.details.get(model, 0) for model in MAILS)
    if mails:
        yield ngettext(
            "%(number)s mail of the sample, sent or planned, goes as well.",
            "%(number)s mails of the sample, sent or planned, go as well.",
            mails,
        ) % {"number": mails}
