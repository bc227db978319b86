"""The home of an event: its figures, what is missing, programme, attendees, mails, links."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from events.admin.attendance.attendance import fullness
from events.admin.homes import clashwords, findings, guests, mailpanels, programmes, words
from events.admin.homes.homes import HomeAdmin
from events.admin.kit import redaction, rights
from events.domain.overview import eventhomes, mails
from events.domain.overview.eventhomes import EventHome
from events.domain.overview.standings import Standing
from events.domain.pages import formatting
from events.models import Attendee, Delivery, Event, Reply

Link = dict[str, str]


class EventHomeAdmin(HomeAdmin):
    """A screen of events, each with a home; that of a part names what it is part of."""

    home_template = "events/admin/eventhome.html"

    def home_context(
        self, request: HttpRequest, row: Event, buttons: list[dict[str, Any]]
    ) -> dict[str, Any]:
        now = timezone.now()
        home = eventhomes.of(event=row, user=request.user, now=now, **guests.sought(request))
        todo = findings.in_order(home.gaps, self.gap_links(row), buttons)
        redaction.hide(request, [row, *(part for _depth, part in home.parts)])
        return {
            "title": row.title,
            "above": [{"event": each, "url": _home(each)} for each in home.above],
            "subtitle": _subtitle(row),
            "countdown": words.countdown(home.days_to_go, is_over=row.is_over(now)),
            "todo": todo,
            "days": programmes.by_day(home.parts),
            "guests": guests.panel(request, home),
            "mails": mailpanels.panel(row, home.planned, home.sent),
            "links": list(self.home_links(request, row)),
            **_figures(home),
            **_additions(request, home),
            "programme_url": self.programme_url(row),  # type: ignore[attr-defined]
            "speakers_url": _speakers(row),
            "removed_url": reverse("admin:events_event_removed", args=[row.pk]),
        }

    def gap_links(self, row: Event) -> dict[str, str]:
        """Return where each gap is closed, by its name."""
        form, of_event = self.form_url(row), {words.LISTED_BY_EVENT: row.pk}
        failed = ",".join(mails.FAILED)
        return {
            "day": f"{form}#when",
            "zone": f"{form}#when",
            "place": f"{form}#where",
            "organiser": f"{form}#organisers",
            "outside": "#programme",
            "clashes": clashwords.page_url(row),
            "unannounced": self.step_url(row, "announce"),  # type: ignore[attr-defined]
            "internal": "#programme",
            "nobody": words.rows_url(row),
            "unreachable": words.attendees(row, Standing.UNREACHABLE),
            "uninvited": words.attendees(row, Standing.UNINVITED),
            "overbooked": words.attendees(row, Standing.ACCEPTED),
            "replies": words.listing(Reply, state__exact=Reply.State.OPEN, **of_event),
            "held": words.listing(Delivery, state__exact=Delivery.State.HELD, **of_event),
            "failed": words.listing(Delivery, state__in=failed, **of_event),
        }

    def home_links(self, request: HttpRequest, row: Event) -> Iterator[Link]:
        """Yield the pages about the event, in the admin and outside."""
        itinerary = reverse("admin:events_event_itinerary", args=[row.pk])
        yield {"label": gettext("Itinerary, to read or print"), "url": itinerary}
        rundown = reverse("admin:events_event_rundown", args=[row.pk])
        yield {"label": gettext("Rundown, to read or print"), "url": rundown}
        if not row.is_public:
            return
        feed = {"series": row.series.slug} if row.series else {}
        yield {"label": gettext("Public page"), "url": row.get_absolute_url()}
        yield {"label": gettext("For a calendar"), "url": reverse("event-ics", args=[row.slug])}
        subscribe = f"{reverse('subscribe')}?{urlencode(feed)}"
        yield {"label": gettext("How to subscribe"), "url": subscribe}
        yield {"label": gettext("In the API"), "url": reverse("api-event-detail", args=[row.slug])}


def _speakers(row: Event) -> str:
    """Return the list of who may be shown in public, of the event and all its parts."""
    roles = ",".join(Attendee.ON_STAGE)
    return words.listing(Attendee, within=row.pk, role__in=roles)


def _home(event: Event) -> str:
    return reverse("admin:events_event_home", args=[event.pk])


def _invitation(event: Event) -> str:
    return reverse("admin:events_event_invitation", args=[event.pk])


def _subtitle(event: Event) -> str:
    """Return kind, date and place."""
    parts = (event.get_kind_display(), formatting.when(event.when), formatting.where(event=event))
    return str(capfirst(" · ".join(filter(None, parts))))


def _figures(home: EventHome) -> dict[str, Any]:
    """The figures of attendees and seats; none of a part that has no attendees of its own."""
    if home.above and not home.standings[Standing.LISTED]:
        return {"figures": [], "seats": []}
    figures = list(words.figures(home.event, home.standings))
    return {"figures": figures, "seats": [fullness(venue) for venue in home.seats]}


def _additions(request: HttpRequest, home: EventHome) -> dict[str, str]:
    """The addresses of the forms for one more part and attendee, if the user may add them."""
    row = home.event
    add_part = f"{reverse('admin:events_event_add')}?{urlencode({'parent': row.pk})}"
    may = rights.may_change(request, row)
    return {
        "add_part_url": add_part if may else "",
        "add_guest_url": guests.add_url({"event": row.pk}) if home.takes_guests else "",
        "guest_rows_url": words.rows_url(row) if home.takes_guests else "",
        "invitation_url": _invitation(row) if row.is_managed and may else "",
    }
