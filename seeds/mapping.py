"""The mapping from records of the catalogue to rows: columns and lists for each kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from delegations.models import Delegate, Delegation
from events.models import (
    Basis,
    Event,
    EventSeries,
    Figure,
    Organisation,
    Person,
    Place,
    ReminderRule,
    Sector,
    Source,
)
from events.values import dates, languages
from events.values.dates import Precision, When

Values = Mapping[str, Any]
Columns = dict[str, Any]
# A function that returns the row of a record: link("places", "shanghai").
Link = Callable[[str, str | None], Any]


@dataclass(frozen=True)
class Context:
    """What a mapping needs besides the record: other rows, and the first day of a sample."""

    link: Link
    first_day: date


Mapper = Callable[[Values, Context], Columns]


@dataclass(frozen=True)
class Rows:
    """A list in a record whose items are rows: their manager, and their key to the owner."""

    manager: str
    owner: str
    columns: Mapper
    ordered: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of record: its model and columns, lists of rows, and many-to-many relations."""

    model: type[Model]
    columns: Mapper
    lists: dict[str, Rows] = field(default_factory=dict)
    many: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.lists["evidence"] = Rows("evidence", "target", _evidence)

    def rows(self) -> QuerySet[Any]:
        """The rows of the kind with all that a comparison reads, in a fixed number of queries."""
        children = [
            Prefetch(rows.manager, _with_links(_model_of(self.model, rows.manager)))
            for rows in self.lists.values()
        ]
        return _with_links(self.model).prefetch_related(*children, *self.many)


def _model_of(model: type[Model], manager: str) -> type[Model]:
    related = model._meta.get_field(manager).related_model
    assert isinstance(related, type)  # noqa: S101 -- a manager has a model
    return related


def _with_links(model: type[Model]) -> QuerySet[Any]:
    links = [column.name for column in model._meta.concrete_fields if column.is_relation]
    return model._default_manager.select_related(*links).order_by("pk")


def words(name: str, texts: Mapping[str, str] | None) -> Columns:
    """Return one column for each language, None if there is no text."""
    return {f"{name}_{languages.suffix(code)}": (texts or {}).get(code) for code in languages.CODES}


def when(values: Values, context: Context) -> Columns:
    """Return the columns of a date: EDTF in the catalogue, an offset in days in a sample."""
    value = _relative(values, context.first_day) if "day" in values else _from_edtf(values)
    return {
        "precision": value.precision.value,
        "start_on": value.start_on,
        "start_time": value.start_time,
        "end_on": value.end_on,
        "end_time": value.end_time,
        "timezone": value.timezone,
        "end_timezone": value.end_timezone,
        "qualifier": value.qualifier,
        "basis": values.get("basis", Basis.ENTERED if "day" in values else ""),
        "date_text": values.get("text", ""),
    }


def _from_edtf(values: Values) -> When:
    return dates.from_edtf(values["edtf"], timezone=values.get("timezone", ""))


def _relative(values: Values, first_day: date) -> When:
    start = first_day + timedelta(days=values["day"])
    return When(
        precision=Precision.TIME if "start_time" in values else Precision.DAY,
        start_on=start,
        end_on=first_day + timedelta(days=values.get("end_day", values["day"])),
        start_time=_clock(values.get("start_time")),
        end_time=_clock(values.get("end_time")),
        timezone=values["timezone"],
        end_timezone=values.get("end_timezone", ""),
    )


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _source(values: Values, context: Context) -> Columns:
    return {name: values[name] for name in SOURCE_COLUMNS}


SOURCE_COLUMNS = ("name", "publisher", "headline", "byline", "genre", "published")


def _sector(values: Values, context: Context) -> Columns:
    return {
        **words("name", values["name"]),
        "isic": values.get("isic", ""),
        "hs": values.get("hs", ""),
    }


def _place(values: Values, context: Context) -> Columns:
    return {
        **words("name", values["name"]),
        "kind": values["kind"],
        "parent": context.link("places", values.get("parent")),
        "country": values.get("country", ""),
        "subdivision": values.get("subdivision", ""),
        "unlocode": values.get("unlocode", ""),
        "timezone": values.get("timezone", ""),
    }


def _organisation(values: Values, context: Context) -> Columns:
    return {
        **words("name", values["name"]),
        "short_name_en": values.get("short_name"),
        "kind": values["kind"],
        "parent": context.link("organisations", values.get("parent")),
        "place": context.link("places", values.get("place")),
        "named": values.get("named", True),
        "headcount_text": values.get("headcount_text", ""),
        "aliases": values.get("aliases", []),
    }


def _person(values: Values, context: Context) -> Columns:
    names = values.get("names", {})
    return {
        "family_name": values["family_name"],
        "given_name": values.get("given_name", ""),
        "western_name": values.get("western_name", ""),
        "name_order": values["name_order"],
        "name_zh_hans": names.get("zh-hans"),
        "name_zh_hant": names.get("zh-hant"),
        "email": values.get("email", ""),
        "language": values.get("language", ""),
        "timezone": values.get("timezone", ""),
    }


def _appointment(values: Values, context: Context) -> Columns:
    as_of = values.get("as_of")
    return {
        "organisation": context.link("organisations", values.get("organisation")),
        **words("title", values["title"]),
        "as_of": date.fromisoformat(as_of) if as_of else None,
    }


def _series(values: Values, context: Context) -> Columns:
    return {
        **words("name", values["name"]),
        "kind": values["kind"],
        "place": context.link("places", values.get("place")),
        "cadence_en": values.get("cadence"),
        "established": values.get("established", ""),
    }


def _event(values: Values, context: Context) -> Columns:
    return {
        **words("title", values["title"]),
        **words("description", values.get("description")),
        "kind": values["kind"],
        "status": values.get("status", Event.Status.CONFIRMED),
        "series": context.link("series", values.get("series")),
        "edition": values.get("edition"),
        "parent": context.link("events", values.get("parent")),
        "after": context.link("events", values.get("after")),
        "previous_related": context.link("events", values.get("previous_related")),
        "place": context.link("places", values.get("place")),
        "end_place": context.link("places", values.get("end_place")),
        "audience": values.get("audience", Event.Audience.EVERYBODY),
        "visibility": values["visibility"],
        "in_calendar": values["in_calendar"],
        "attendance_mode": values.get("attendance_mode", _attendance(values)),
        "capacity": values.get("capacity"),
        "url": values.get("url", ""),
        "stream_url": values.get("stream_url", ""),
        **when(values["when"], context),
    }


def _attendance(values: Values) -> str:
    hubs = any(item["role"] == "hub" for item in values.get("places", []))
    return Event.AttendanceMode.MIXED if hubs else Event.AttendanceMode.IN_PERSON


def _event_place(values: Values, context: Context) -> Columns:
    return {
        "place": context.link("places", values["place"]),
        "role": values["role"],
        "direction": values.get("direction", ""),
    }


def _event_organisation(values: Values, context: Context) -> Columns:
    return {
        "organisation": context.link("organisations", values["organisation"]),
        "role": values["role"],
    }


def _attendee(values: Values, context: Context) -> Columns:
    return {
        "person": context.link("people", values.get("person")),
        **words("label", values.get("label")),
        "role": values["role"],
    }


def _reminder(values: Values, context: Context) -> Columns:
    kinds = ReminderRule.OffsetKind
    return {
        "offset_kind": kinds.NOMINAL_DAYS if values["unit"] == "days" else kinds.EXACT_MINUTES,
        "offset": values["amount"],
        "at_local_time": _clock(values.get("at", "09:00")),
    }


def _delegation(values: Values, context: Context) -> Columns:
    return {
        **words("name", values["name"]),
        "kind": values["kind"],
        "direction": values["direction"],
        "status": values.get("status", Delegation.Status.CONCLUDED),
        **words("purpose", values.get("purpose")),
        **words("criteria", values.get("criteria")),
        "quota": values.get("quota"),
        "organisation_quota": values.get("organisation_quota"),
        "applications_close": context.link("events", values.get("applications_close")),
        "fee": values.get("fee"),
        "currency": values.get("currency", ""),
        "invitation_ref": values.get("invitation_ref", ""),
        "sending_organisation": context.link("organisations", values.get("sending_organisation")),
        "organiser": context.link("organisations", values.get("organiser")),
        "mission": context.link("events", values.get("mission")),
    }


def _leg(values: Values, context: Context) -> Columns:
    return {
        "stay": context.link("events", values["stay"]),
        "host": context.link("organisations", values.get("host")),
        "liaison": context.link("people", values.get("liaison")),
        "arrival": context.link("events", values.get("arrival")),
        "departure": context.link("events", values.get("departure")),
    }


def _delegate(values: Values, context: Context) -> Columns:
    return {
        "person": context.link("people", values.get("person")),
        **words("label", values.get("label")),
        "organisation": context.link("organisations", values.get("organisation")),
        "capacity": values["capacity"],
        "precedence": values.get("precedence"),
        "counted": values.get("counted", values["capacity"] not in Delegate.TRAVEL_ALONG),
    }


def _figure(values: Values, context: Context) -> Columns:
    return {
        "event": context.link("events", values.get("event")),
        "value": values.get("value"),
        **words("unit", values["unit"]),
        "comparator": values["comparator"],
        "period": values.get("period", ""),
    }


def _evidence(values: Values, context: Context) -> Columns:
    return {
        "field": values["field"],
        "basis": values["basis"],
        "source": context.link("sources", values.get("source")),
        "line": values.get("line"),
        "reference": values.get("reference", ""),
        "note": values.get("note", ""),
    }


# Agreements and projects are checked by the reader, but have no tables yet. Applications are made
# by steps in `seeds.applications` instead of stored here.
KINDS: dict[str, Kind] = {
    "sources": Kind(Source, _source),
    "sectors": Kind(Sector, _sector),
    "places": Kind(Place, _place),
    "organisations": Kind(Organisation, _organisation),
    "people": Kind(Person, _person, {"appointments": Rows("appointments", "person", _appointment)}),
    "series": Kind(EventSeries, _series),
    "events": Kind(
        Event,
        _event,
        {
            "places": Rows("place_roles", "event", _event_place, ordered=True),
            "organisations": Rows("organisation_roles", "event", _event_organisation, ordered=True),
            "attendees": Rows("attendees", "event", _attendee, ordered=True),
            "reminders": Rows("reminder_rules", "event", _reminder),
        },
        frozenset({"sectors"}),
    ),
    "delegations": Kind(
        Delegation,
        _delegation,
        {
            "legs": Rows("legs", "delegation", _leg),
            "delegates": Rows("delegates", "delegation", _delegate),
        },
    ),
    "figures": Kind(Figure, _figure),
}
