"""The home of a delegation: dates, legs, seats, applications, roster, itineraries, mails."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.admin.applications.applicationlists import panel
from delegations.domain.overview import delegationhomes
from delegations.domain.overview.delegationhomes import DelegationHome
from delegations.models import Application, Delegate, Delegation, Leg
from events.admin.homes import findings, mailpanels, words
from events.admin.homes.homes import HomeAdmin
from events.admin.kit import redaction, rights
from events.admin.kit.columns import STATUS
from events.domain.pages import formatting
from events.models import Event

# The names of gaps and the verbs of steps, in the order in which a mission is prepared.
ORDER = (
    "mission", "day", "zone", "place", "organiser", "purpose", "quota", "deadline", "open_call",
    "undecided", "close_call", "select_directly", "leg", "head", "nameless", "unreachable",
    "confirm", "conclude",
)  # fmt: skip
SENTENCES = {
    **findings.SENTENCES,
    "mission": _("The event that is the whole journey is not chosen yet."),
    "purpose": _("The purpose is not written yet."),
    "quota": _("The quota is not set yet."),
    "deadline": _("It is not said yet when applications close."),
    "leg": _("There is no leg yet."),
    "head": _("There is no head of delegation yet."),
    "undecided": ngettext_lazy(
        "%(number)s application waits for a decision.",
        "%(number)s applications wait for a decision.",
        "number",
    ),
    "nameless": ngettext_lazy(
        "%(number)s member is not named yet.", "%(number)s members are not named yet.", "number"
    ),
}


class DelegationHomeAdmin(HomeAdmin):
    """A screen of delegations, each with a home."""

    home_template = "delegations/admin/home.html"

    def home_context(
        self, request: HttpRequest, row: Delegation, buttons: list[dict[str, Any]]
    ) -> dict[str, Any]:
        now = timezone.now()
        home = delegationhomes.of(delegation=row, user=request.user, now=now)
        todo = findings.in_order(home.gaps, self.gap_links(row), buttons, SENTENCES, ORDER)
        _redact(request, home)
        may = rights.may_change(request, row)
        return {
            "title": row.name,
            "subtitle": _subtitle(home),
            "countdown": _countdown(home, now),
            "mission": home.mission,
            "mission_url": _home(home.mission),
            "deadline": _deadline(home),
            "figures": list(_figures(home)),
            "todo": todo,
            "legs": [_leg(leg) for leg in home.legs],
            "members_url": words.rows_url(row) if may and row.is_open else "",
            "roster": [_member(member, home.mission) for member in home.roster],
            "mails": _mails(home),
            "links": list(_links(home)),
            "applications_url": self.applications_url(row.pk),  # type: ignore[attr-defined]
            **panel(request, row, may),
        }

    def gap_links(self, row: Delegation) -> dict[str, str]:
        """Return where each gap is closed, by its name."""
        form = self.form_url(row)
        mission = reverse("admin:events_event_change", args=[row.mission_id or 0])
        return {
            **dict.fromkeys(("mission", "purpose"), form),
            **dict.fromkeys(("deadline", "quota", "leg", "head", "nameless"), f"{form}#members"),
            **dict.fromkeys(("day", "zone"), f"{mission}#when"),
            "unreachable": f"{form}#members",
            "place": f"{mission}#where",
            "organiser": f"{mission}#organisers",
            "undecided": self.applications_url(row.pk),  # type: ignore[attr-defined]
        }


def _redact(request: HttpRequest, home: DelegationHome) -> None:
    """Redact relations to rows that the user may not see."""
    stays = [leg.stay for leg in home.legs]
    redaction.hide(request, [home.delegation, *home.roster, *home.legs, *stays], loaded=True)
    if home.mission:
        redaction.hide(request, [home.mission])


def _home(event: Event | None) -> str:
    return reverse("admin:events_event_home", args=[event.pk]) if event else ""


def _subtitle(home: DelegationHome) -> str:
    """Return kind, direction, dates, and the countries of the legs."""
    row = home.delegation
    when = formatting.when(home.mission.when) if home.mission else ""
    parts = (row.get_kind_display(), row.get_direction_display(), when, _countries(home.legs))
    return str(capfirst(" · ".join(filter(None, parts))))


def _countries(legs: Sequence[Leg]) -> str:
    """Return the countries of the legs in their order, each once."""
    found = [
        leg.stay.place.country.name for leg in legs if leg.stay.place and leg.stay.place.country
    ]
    return gettext(", ").join(dict.fromkeys(map(str, found)))


def _countdown(home: DelegationHome, now: datetime) -> str:
    is_over = bool(home.mission and home.mission.is_over(now))
    return words.countdown(home.days_to_go, is_over=is_over)


def _deadline(home: DelegationHome) -> str:
    """Return a sentence about when applications close; '' if that is not known."""
    closes = home.delegation.applications_close
    if home.closes_at is None or closes is None:
        return ""
    until = formatting.moment(home.closes_at, closes.timezone or "UTC")
    return gettext("Applications close: %(when)s.") % {"when": until}


def _figures(home: DelegationHome) -> Iterator[dict[str, Any]]:
    """Yield the number of members, and of applications by state, each with its list."""
    form = "#roster"
    yield {"label": gettext("members"), "number": len(home.roster), "url": form}
    for status in Application.Status:
        if number := home.by_status.get(status.value, 0):
            by = {"delegation__id__exact": home.delegation.pk, "status__exact": status.value}
            label = gettext("applications: %(status)s") % {"status": status.label}
            yield {"label": label, "number": number, "url": words.listing(Application, **by)}


def _leg(leg: Leg) -> dict[str, Any]:
    ways = [way for way in (leg.arrival, leg.departure) if way]
    return {
        "when": formatting.when(leg.stay.when),
        "title": leg.stay.title,
        "place": formatting.where(event=leg.stay),
        "url": _home(leg.stay),
        "host": leg.host or "",
        "liaison": leg.liaison or "",
        "state": leg.stay.get_status_display(),
        "colour": STATUS.get(Event.Status(leg.stay.status), ""),
        "ways": [
            {"title": way.title, "when": formatting.when(way.when), "url": _home(way)}
            for way in ways
        ],
    }


def _member(member: Delegate, mission: Event | None) -> dict[str, Any]:
    whole = reverse("admin:events_event_itinerary", args=[mission.pk]) if mission else ""
    return {
        "rank": member.precedence or "–",
        "name": str(member) or gettext("(not visible)"),
        "organisation": member.organisation or "",
        "capacity": member.get_capacity_display(),
        "is_head": member.capacity == Delegate.Capacity.HEAD,
        "legs": gettext(", ").join(str(leg) for leg in member.legs.all()),
        "itinerary": f"{whole}?person={member.person_id}" if whole and member.person else "",
    }


def _mails(home: DelegationHome) -> dict[str, Any]:
    return mailpanels.panel(home.mission, home.planned, home.sent) if home.mission else {}


def _links(home: DelegationHome) -> Iterator[dict[str, str]]:
    """Yield the pages about the delegation and its mission."""
    if home.mission is None:
        return
    whole = reverse("admin:events_event_itinerary", args=[home.mission.pk])
    yield {"label": gettext("The mission as an event"), "url": _home(home.mission)}
    yield {"label": gettext("Whole itinerary, to read or print"), "url": whole}
    yield {"label": gettext("Attendees of the mission"), "url": words.attendees(home.mission)}
    if home.mission.is_public:
        yield {"label": gettext("Public page"), "url": home.mission.get_absolute_url()}
