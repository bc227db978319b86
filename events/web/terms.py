"""Terms for values stored as codes: the basis of a date, sources, countries, numbers."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_countries import countries

from events.models import Basis, Event

ORIGINS = {
    Basis.STATED: _("date stated in the source"),
    Basis.COMPUTED: _("date computed"),
    Basis.OUTSIDE: _("date from outside"),
    Basis.ENTERED: "",
}


def date_origin(event: Event) -> str:
    """Return where the date comes from; '' if an organiser entered it or there is none."""
    return str(ORIGINS[Basis(event.basis)]) if event.start_on else ""


def sources(event: Event) -> list[str]:
    """Return the short names of the sources, without repetitions."""
    found = (item.source for item in event.evidence.all() if item.source)
    return list(dict.fromkeys(source.publisher or source.name for source in found))


def country(code: str) -> str:
    """Return the name of a country or region (ISO 3166-1) in the active language."""
    return str(countries.name(code)) or code


def number(value: Decimal) -> str:
    """Return a number such as 1,500 or 12.5, without trailing zeros."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def kind(code: str) -> str:
    return str(Event.Kind(code).label)
