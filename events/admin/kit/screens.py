"""Pages of the admin besides lists and forms: also the one that asks before mails are planned."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from events.domain import telling
from events.domain.mail.plans import Plan
from events.domain.telling import Told
from events.models import Delivery, Telling, User

FIELD: Final = "_telling"  # what becomes of the mails, or BACK
BACK: Final = "back"  # to the form, with all that was typed
CHOICES: Final = (
    (Telling.NOW, _("Tell them"), _("The mails leave in two minutes.")),
    (
        Telling.LATER,
        _("Not now"),
        _("The mails are written and held back, until somebody releases them under Deliveries."),
    ),
    (
        Telling.NEVER,
        _("Never"),
        _(
            "No mail goes. What people have in their calendars by invitation stays as they were"
            " told last, old hour included. The next change that is told tells this one as well."
        ),
    ),
)


class Unasked(Exception):
    """The change would tell people something, and the user has not chosen whether it does."""

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self.told = told


def row(screen: Any, request: HttpRequest, object_id: object) -> Any:
    """Return the row of an address if the user may see it; raise Http404 otherwise."""
    found = screen.get_object(request, str(object_id))
    if found is None or not screen.has_view_permission(request, found):
        raise Http404
    return found


def page(screen: Any, request: HttpRequest, template: str, /, **context: Any) -> TemplateResponse:
    """Return a page of a screen (a ModelAdmin); with a `refusal` its status is 409.

    Its scripts and styles are those of the screen and of its `form`.
    """
    site = screen.admin_site
    request.current_app = site.name
    if form := context.get("form"):
        context["media"] = context.get("media", screen.media) + form.media
    return TemplateResponse(
        request,
        template,
        {**site.each_context(request), "opts": screen.opts, **context},
        status=409 if context.get("refusal") else 200,
    )


@contextmanager
def planning(request: HttpRequest) -> Iterator[Plan]:
    """Open the transaction of a change, with the choice of the request for its mails."""
    chosen = request.POST.get(FIELD)
    choice = Telling(chosen) if chosen in Telling.values else None
    with telling.planning(choice=choice, now=timezone.now()) as plan:
        yield plan


def is_back(request: HttpRequest) -> bool:
    """Whether the user chose, when asked about the mails, to go back and change nothing."""
    return request.POST.get(FIELD) == BACK


def told(request: HttpRequest) -> Told | None:
    """Return whom the change of the open plan tells; raise Unasked if the user has not chosen."""
    assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
    found = telling.read(user=request.user)
    if found and found.choice is None:
        raise Unasked(found)
    return found


def question(screen: Any, request: HttpRequest, found: Told) -> TemplateResponse:
    """Return the page that says who would be told what, with all that the user has sent."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (FIELD, "csrfmiddlewaretoken")
    ]
    return page(
        screen,
        request,
        "events/admin/telling.html",
        title=_("Tell them?"),
        is_popup="_popup" in request.POST,
        media=screen.media,
        fields=fields,
        field=FIELD,
        back=BACK,
        **words(found),
    )


def words(found: Told | None) -> dict[str, Any]:
    """Return what pages say of the mails of a change, for the template `_told.html`."""
    if found is None:
        return {"told": None}
    return {
        "told": found,
        "who": _who(found),
        "kinds": [f"{number} × {label}" for label, number in found.kinds],
        "choices": CHOICES,
    }


def message(found: Told) -> Any:
    """Return the message about the mails of a change that was stored, with a link to them."""
    texts = {
        Telling.NOW: ngettext(
            "%(number)s person will be told in two minutes.",
            "%(number)s people will be told in two minutes.",
            found.people,
        ),
        Telling.LATER: ngettext(
            "The mail to %(number)s person is held back; release it under Deliveries.",
            "The mails to %(number)s people are held back; release them under Deliveries.",
            found.people,
        ),
        Telling.NEVER: ngettext(
            "%(number)s person is not told.", "%(number)s people are not told.", found.people
        ),
    }
    choice = Telling.LATER if found.is_held else found.choice or Telling.NOW
    text = texts[choice] % {"number": found.people}
    link = '{} <a href="{}" class="text-link">{}</a>'
    return format_html(link, text, _mails(found, choice), gettext("Show the mails"))


def _who(found: Told) -> str:
    text = ngettext(
        "%(number)s person would be told by mail", "%(number)s people would be told by mail",
        found.people,
    ) % {"number": found.people}  # fmt: skip
    if not found.names:
        return text
    return gettext("%(text)s: %(names)s") % {"text": text, "names": _names(found)}


def _names(found: Told) -> str:
    """Return the first names that the user may see, and how many people there are besides."""
    names = gettext(", ").join(found.names)
    more = found.people - len(found.names)
    if not more:
        return names
    words = {"names": names, "number": more}
    return pgettext("people", "%(names)s and %(number)s more") % words


def _mails(found: Told, choice: Telling) -> str:
    """Return the address of the list of the mails, by event if they are about one."""
    states = {Telling.LATER: Delivery.State.HELD, Telling.NEVER: Delivery.State.CANCELLED}
    query: dict[str, Any] = {"state__exact": states.get(choice, Delivery.State.PENDING)}
    if len(found.events) == 1:
        query["event__id__exact"] = found.events[0]
    return f"{reverse('admin:events_delivery_changelist')}?{urlencode(query)}"
