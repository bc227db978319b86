"""Itineraries to read and print: of a person, of a mission or leg, of a person on it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from events.admin.homes import clashwords, printed
from events.admin.kit import screens
from events.domain.pages import formatting, itineraries
from events.domain.pages.itineraries import Itinerary
from events.domain.programme import clashes
from events.domain.programme.clashes import Clash
from events.models import Attendee, Event, Person
from events.values import languages
from events.values.keys import is_key

# Items that are hidden by default: the labels of the buttons that show and hide them.
CHOICES = {
    "internal": (_("Show internal items"), _("Hide internal items")),
    "cancelled": (_("Show what was cancelled"), _("Hide what was cancelled")),
}


class EventItinerary:
    """A button to the itinerary of all who attend an event, or with `?person=` of one of them."""

    actions_detail: ClassVar[Any] = ("itinerary",)

    @action(description=_("Itinerary"), url_path="itinerary", icon="route")
    def itinerary(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = screens.row(self, request, object_id)
        reader = _reader(request)
        with override(_language(request, reader)):
            if reader:
                made = itineraries.of_person(person=reader, within=event, **_asked(request))
            else:
                made = itineraries.of_event(event=event, **_asked(request))
            return _page(request, made, back=event)


class PersonItinerary:
    """A button to the itinerary of a person over all events that they attend."""

    actions_detail: ClassVar[Any] = ("itinerary",)

    @action(description=_("Itinerary"), url_path="itinerary", icon="route")
    def itinerary(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = screens.row(self, request, object_id)
        with override(_language(request, person)):
            made = itineraries.of_person(person=person, **_asked(request))
            return _page(request, made, back=person)


def _reader(request: HttpRequest) -> Person | None:
    """Return the person of the parameter `person`; None without it, 404 if not visible."""
    key = request.GET.get("person")
    if key is None:
        return None
    people = Person.objects.visible_to(request.user)
    person = people.filter(pk=key).first() if is_key(key) else None
    if person is None:
        raise Http404
    return person


def _language(request: HttpRequest, reader: Person | None) -> str:
    """Return the language of the parameter `lang`, else the reader's, else that of the screens."""
    own = reader.language if reader else ""
    return languages.first(request.GET.get("lang"), own, get_language())


def _asked(request: HttpRequest) -> dict[str, Any]:
    among = Event.objects.visible_to(request.user)
    beside = Attendee.objects.visible_to(request.user)
    return {
        "among": among,
        "beside": beside,
        **{choice: choice in request.GET for choice in CHOICES},
    }


def _page(request: HttpRequest, made: Itinerary, back: Event | Person) -> HttpResponse:
    zone = made.home_zone or getattr(request.user, "timezone", "") or settings.TIME_ZONE
    context = {
        "itinerary": made,
        "title": str(made.subject),
        "lines": list(filter(None, _lines(made))),
        "as_of": formatting.moment(timezone.now(), zone),
        "choices": list(_choices(request)),
        "clashes": clashwords.items(request, _clashes(request, made)),
        "show_internal": printed.address(request, internal="1"),
        "back": _back(back),
    }
    return printed.answer(request, "events/admin/itinerary.html", context)


def _clashes(request: HttpRequest, made: Itinerary) -> list[Clash]:
    """Return what clashes in an itinerary and was not accepted; in that of a person, for them."""
    shown = {item.event.pk for day in made.days for item in day.items}
    shown |= {span.event.pk for day in made.days for span in day.spans}
    found = [clash for clash in clashes.of(events=shown, user=request.user) if clash.counts]
    if isinstance(made.subject, Person):
        return [clash for clash in found if clash.person == made.subject.pk]
    return found


def _back(row: Event | Person) -> str:
    """Return the home of an event, or the page of a person."""
    name = "event_home" if isinstance(row, Event) else "person_change"
    return reverse(f"admin:events_{name}", args=[row.pk])


def _lines(made: Itinerary) -> Iterator[str]:
    """Yield the lines below the title: mission or leg, its days, and the reader's role in it."""
    if made.within is None:
        return
    if made.within != made.subject:
        yield made.within.title
    yield " · ".join(
        filter(None, (formatting.when(made.within.when), formatting.location(event=made.within)))
    )
    if made.own:
        yield _part(made.own)


def _part(own: Attendee) -> str:
    office = str(own.representing or "")
    return " · ".join(filter(None, (own.get_role_display(), office)))


def _choices(request: HttpRequest) -> Iterator[dict[str, str]]:
    for choice, (show, hide) in CHOICES.items():
        if choice != "internal" or _sees_internal(request):
            yield printed.choice(request, choice, put=show, take=hide)


def _sees_internal(request: HttpRequest) -> bool:
    events = Event.objects.visible_to(request.user)
    return events.filter(visibility=Event.Visibility.INTERNAL).exists()
