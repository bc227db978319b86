"""The schema of the catalogue: a table of files, their keys, and the values of each key."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import available_timezones

# ---------------------------------------------------------------------------------------------
# Shapes of values


@dataclass(frozen=True)
class Scalar:
    """A word or text; `read` returns its value or raises ValueError with the reason.

    `tags` are the allowed YAML types. An empty set allows all, and the value is read as written, so
    that 2025-11-06, 09:30 and NO need no quotes.
    """

    read: Callable[[str], object]
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ref:
    """The id of a record of this kind."""

    kind: str


@dataclass(frozen=True)
class Many:
    """A list."""

    of: "Shape"


@dataclass(frozen=True)
class Table:
    """A mapping with arbitrary keys."""

    of: Scalar


Rule = Callable[[Mapping[str, Any]], Iterator[str]]


@dataclass(frozen=True)
class Map:
    """A mapping with these keys; a key that ends in `?` is optional and may be null.

    The rules check the values of a mapping that is valid otherwise, and yield what is wrong.
    """

    keys: Mapping[str, "Shape"]
    rules: tuple[Rule, ...] = ()


Shape = Scalar | Ref | Many | Table | Map


# ---------------------------------------------------------------------------------------------
# Words


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is not {what}")
        return text

    return read


def one_of(words: str) -> Scalar:
    """Return the shape of a choice between these words."""
    choices = words.split()

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"{text!r} is not one of {', '.join(choices)}")
        return text

    return Scalar(read)


def _truth(text: str) -> bool:
    return text.lower() in {"true", "yes", "on"}


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def _number(text: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    return int(number) if number == number.to_integral_value() else number


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(f"{text!r} is not an IANA time zone")
    return text


# ISO 8601-2:2019 (EDTF): 33-36 are the quarters of a year, 40-41 its halves.
_DAY = r"\d{4}-\d{2}-\d{2}"
_COARSE = r"\d{4}(?:-(?:0[1-9]|1[0-2]|3[3-6]|4[01]))?"
_DATE = re.compile(rf"(?:{_COARSE}|{_DAY}(?:/(?:{_DAY}|\.\.))?)[?~%]?")
_PERIOD = re.compile(rf"(?:{_COARSE}/{_COARSE}|{_DAY}/{_DAY})")


def _edtf(grammar: re.Pattern[str], what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text and not (grammar.fullmatch(text) and _days_exist(text) and _in_order(text)):
            raise ValueError(f"{text!r} is not {what}")
        return text

    return read


def _days_exist(text: str) -> bool:
    try:
        return all(date.fromisoformat(day) for day in re.findall(_DAY, text))
    except ValueError:
        return False


def _in_order(text: str) -> bool:
    start, slash, end = text.partition("/")
    return not slash or end == ".." or start <= end


TEXT = Scalar(_filled, frozenset({"str"}))
LINE = Scalar(str, frozenset({"str"}))
FLAG = Scalar(_truth, frozenset({"bool"}))
WHOLE = Scalar(_whole, frozenset({"int"}))
NUMBER = Scalar(_number, frozenset({"int", "float"}))
CODE = Scalar(_filled)
SLUG = Scalar(_matching(r"[a-z0-9]+(?:-[a-z0-9]+)*", "an id of small letters, digits and hyphens"))
EDTF = Scalar(_edtf(_DATE, "an EDTF date such as 2025, 2025-40 or 2025-11-05/2025-11-10"))
PERIOD = Scalar(_edtf(_PERIOD, "an EDTF interval such as 2021/2025"))
DAY = Scalar(_edtf(re.compile(_DAY), "a day such as 2025-11-06"))
CLOCK = Scalar(_matching(r"(?:[01]\d|2[0-3]):[0-5]\d", "a time of day such as 09:30"))
ZONE = Scalar(_zone)
COUNTRY = Scalar(_matching("[A-Z]{2}", "an ISO 3166-1 alpha-2 code"))
SUBDIVISION = Scalar(_matching("[A-Z]{2}-[A-Z0-9]{1,3}", "an ISO 3166-2 code"))
LOCODE = Scalar(_matching("[A-Z]{2}[A-Z2-9]{3}", "a UN/LOCODE"))
MAIL = Scalar(_matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address"))
URL = Scalar(_matching(r"https?://\S+", "a web address"))
WORDS = Map({"en": TEXT, "zh-hans?": TEXT, "zh-hant?": TEXT})
SCRIPTS = Map({"zh-hans?": TEXT, "zh-hant?": TEXT})
BASIS = one_of("stated computed outside")
ANSWER = one_of("needs_action accepted tentative declined delegated")
CURRENCY = Scalar(_matching("[A-Z]{3}", "an ISO 4217 code"))
CAPACITY = one_of(
    "head deputy delegate alternate adviser observer secretary liaison advance interpreter media"
    " security"
)


# ---------------------------------------------------------------------------------------------
# Rules about combinations of keys


def _exactly_one(*names: str) -> Rule:
    def rule(values: Mapping[str, Any]) -> Iterator[str]:
        if sum(name in values for name in names) != 1:
            yield f"needs either {' or '.join(names)}"

    return rule


def _at_least_one(*names: str) -> Rule:
    def rule(values: Mapping[str, Any]) -> Iterator[str]:
        if not any(name in values for name in names):
            yield f"needs {' or '.join(names)}"

    return rule


def _evidence_stands(values: Mapping[str, Any]) -> Iterator[str]:
    basis = values["basis"]
    needed = {
        "stated": ("source", "line"),
        "computed": ("source", "line", "note"),
        "outside": ("reference",),
    }[basis]
    barred = ("source", "line") if basis == "outside" else ("reference",)
    for name in needed:
        if name not in values:
            yield f"{name}: is missing, which {basis} evidence needs"
    for name in barred:
        if name in values:
            yield f"{name}: has no place in {basis} evidence"


def _date_stands(values: Mapping[str, Any]) -> Iterator[str]:
    if "edtf" not in values:
        return
    edtf = values["edtf"]
    if edtf and "basis" not in values:
        yield "basis: is missing, which a date needs"
    if re.match(_DAY, edtf) and "timezone" not in values:
        yield "timezone: is missing, which a date known to the day needs"
    for name in ("end_day", "start_time", "end_time", "end_timezone"):
        if name in values:
            yield f"{name}: goes with day, not with edtf"


def _day_stands(values: Mapping[str, Any]) -> Iterator[str]:
    if "day" not in values:
        return
    if "timezone" not in values:
        yield "timezone: is missing, which a date known to the day needs"
    if values.get("end_day", values["day"]) < values["day"]:
        yield "end_day: lies before day"
    if "end_time" in values and "start_time" not in values:
        yield "start_time: is missing, which end_time needs"


def _fee_stands(values: Mapping[str, Any]) -> Iterator[str]:
    if "fee" in values and "currency" not in values:
        yield "currency: is missing, which a fee needs"


def _words_stand(values: Mapping[str, Any]) -> Iterator[str]:
    """The reason of a refusal, or the question, is required in the status that needs it."""
    for status, name in (("declined", "reason"), ("info_requested", "question")):
        if values["status"] == status and name not in values:
            yield f"{name}: is missing, which {status} needs"


WHEN = Map(
    {
        "edtf?": EDTF,
        "basis?": BASIS,
        "timezone?": ZONE,
        "text?": TEXT,
        # in samples: days after the first load, local times
        "day?": WHOLE,
        "end_day?": WHOLE,
        "start_time?": CLOCK,
        "end_time?": CLOCK,
        "end_timezone?": ZONE,
    },
    (_exactly_one("edtf", "day"), _date_stands, _day_stands),
)
PARTS_OF_WHEN = ("year", "month_day", "start", "end", "timezone", "text")


def _record(keys: Mapping[str, Shape], *rules: Rule) -> Map:
    """Return the shape of a record: these keys, its id, and the evidence for its values."""
    fields = [key.rstrip("?") for key in keys]
    fields += [f"when.{part}" for part in PARTS_OF_WHEN if "when" in keys]
    evidence = Map(
        {
            "field": one_of(" ".join(fields)),
            "basis": BASIS,
            "source?": Ref("sources"),
            "line?": WHOLE,
            "reference?": TEXT,
            "note?": TEXT,
        },
        (_evidence_stands,),
    )
    return Map({"id": SLUG, **keys, "evidence?": Many(evidence)}, rules)


# ---------------------------------------------------------------------------------------------
# The table, in loading order: a record refers to records of its own file and of those above

SCHEMA: dict[str, Map] = {
    "sources": _record(
        {
            "publisher": LINE,
            "headline": LINE,
            "byline": LINE,
            "genre": LINE,
            "name": TEXT,
            "published": EDTF,
        }
    ),
    "sectors": _record({"name": WORDS, "isic?": CODE, "hs?": CODE, "note?": TEXT}),
    "places": _record(
        {
            "name": WORDS,
            "kind": one_of(
                "macro_region country_or_region subdivision city district site venue room online"
            ),
            "parent?": Ref("places"),
            "country?": COUNTRY,
            "subdivision?": SUBDIVISION,
            "unlocode?": LOCODE,
            "timezone?": ZONE,
        }
    ),
    "organisations": _record(
        {
            "name": WORDS,
            "short_name?": TEXT,
            "kind": one_of(
                "government assembly party_body investment_agency trade_body chamber association"
                " company exchange media think_tank forum task_force platform"
            ),
            "parent?": Ref("organisations"),
            "place?": Ref("places"),
            "named?": FLAG,
            "headcount_text?": TEXT,
            "aliases?": Many(TEXT),
        }
    ),
    "people": _record(
        {
            "family_name": TEXT,
            "given_name?": LINE,
            "western_name?": LINE,
            "name_order": one_of("family_first western_first"),
            "names?": SCRIPTS,
            "email?": MAIL,
            "language?": one_of("en zh-hans zh-hant"),
            "timezone?": ZONE,
            "appointments?": Many(
                Map(
                    {
                        "organisation?": Ref("organisations"),
                        "title": WORDS,
                        "as_of?": DAY,
                    }
                )
            ),
        }
    ),
    "series": _record(
        {
            "name": WORDS,
            "kind": one_of("expo mechanism conference roadshow session publication"),
            "place?": Ref("places"),
            "cadence?": TEXT,
            "established?": EDTF,
        }
    ),
    "events": _record(
        {
            "title": WORDS,
            "description?": WORDS,
            "kind": one_of(
                "promotion_conference expo forum annual_session conference roadshow_stop"
                " official_visit trade_mission leg session registration keynote panel address"
                " ceremony signing launch bilateral one_to_one site_visit reception break meal"
                " photo_call transfer relay media_remarks publication deadline review free_time"
            ),
            "status?": one_of("draft tentative confirmed postponed cancelled"),
            "series?": Ref("series"),
            "edition?": WHOLE,
            "parent?": Ref("events"),
            "after?": Ref("events"),
            "previous_related?": Ref("events"),
            "place?": Ref("places"),
            "end_place?": Ref("places"),
            "places?": Many(
                Map(
                    {
                        "place": Ref("places"),
                        "role": one_of("main site hub topic"),
                        "direction?": one_of("from to"),
                    }
                )
            ),
            "organisations?": Many(
                Map(
                    {
                        "organisation": Ref("organisations"),
                        "role": one_of(
                            "host organiser co_organiser supporting_body sponsor exhibitor"
                        ),
                    }
                )
            ),
            "attendees?": Many(
                Map(
                    {
                        "person?": Ref("people"),
                        "label?": WORDS,
                        "role": one_of(
                            "head deputy delegate speaker guest_of_honour representative liaison"
                            " secretary media staff interpreter participant"
                        ),
                        "answer?": ANSWER,
                    },
                    (_exactly_one("person", "label"),),
                )
            ),
            "sectors?": Many(Ref("sectors")),
            "when": WHEN,
            "visibility": one_of("public participants delegation internal"),
            "in_calendar": FLAG,
            "audience?": one_of("everybody invited"),
            "attendance_mode?": one_of("in_person online mixed"),
            "capacity?": WHOLE,
            "url?": URL,
            "stream_url?": URL,
            "reminders?": Many(
                Map({"unit": one_of("days minutes"), "amount": WHOLE, "at?": CLOCK})
            ),
        }
    ),
    "delegations": _record(
        {
            "name": WORDS,
            "kind": one_of("trade_mission official_delegation duty_visit business_delegation"),
            "direction": one_of("outward inward"),
            "status?": one_of("planning recruiting selecting confirmed concluded cancelled"),
            "purpose?": WORDS,
            "criteria?": WORDS,
            "quota?": WHOLE,
            "organisation_quota?": WHOLE,
            "applications_close?": Ref("events"),
            "fee?": NUMBER,
            "currency?": CURRENCY,
            "invitation_ref?": TEXT,
            "sending_organisation?": Ref("organisations"),
            "organiser?": Ref("organisations"),
            "mission?": Ref("events"),
            "delegates?": Many(
                Map(
                    {
                        "person?": Ref("people"),
                        "label?": WORDS,
                        "organisation?": Ref("organisations"),
                        "capacity": CAPACITY,
                        "precedence?": WHOLE,
                        "counted?": FLAG,
                        # in samples: the stays of their legs, if they are not on all legs
                        "stays?": Many(Ref("events")),
                    },
                    (_exactly_one("person", "label"),),
                )
            ),
            "legs?": Many(
                Map(
                    {
                        "stay": Ref("events"),
                        "host?": Ref("organisations"),
                        "liaison?": Ref("people"),
                        "arrival?": Ref("events"),
                        "departure?": Ref("events"),
                    }
                )
            ),
        },
        _fee_stands,
    ),
    # in samples: made by the steps that lead to the status
    "applications": _record(
        {
            "delegation": Ref("delegations"),
            "organisation": Ref("organisations"),
            "contact?": Ref("people"),
            "status": one_of(
                "draft submitted under_review info_requested accepted waitlisted declined confirmed"
            ),
            "statement?": TEXT,
            "question?": TEXT,
            "reason?": TEXT,
            "nominees": Many(
                Map(
                    {"person?": Ref("people"), "label?": WORDS, "capacity?": CAPACITY},
                    (_exactly_one("person", "label"),),
                )
            ),
        },
        _words_stand,
    ),
    "agreements": _record(
        {
            "title": WORDS,
            "kind": one_of(
                "mou letter_of_intent cooperation_agreement contract cooperation_programme"
                " cooperation_mechanism agreement_set joint_venture platform facility intention"
            ),
            "status": one_of(
                "drafting agreed signed in_force ended dropped reached launched promised"
                " in_operation"
            ),
            "event?": Ref("events"),
            "sectors?": Many(Ref("sectors")),
            "counts?": Table(WHOLE),
            "parties?": Many(
                Map(
                    {
                        "organisation?": Ref("organisations"),
                        "label?": WORDS,
                        "role": one_of("party witness"),
                    },
                    (_exactly_one("organisation", "label"),),
                )
            ),
        }
    ),
    "projects": _record(
        {
            "title": WORDS,
            "stage": one_of("idea planned started done dropped"),
            "owner_person?": Ref("people"),
            "owner_organisation?": Ref("organisations"),
            "event?": Ref("events"),
            "place?": Ref("places"),
            "sectors?": Many(Ref("sectors")),
        },
        _at_least_one("owner_person", "owner_organisation"),
    ),
    "figures": _record(
        {
            "event?": Ref("events"),
            "value?": NUMBER,
            "unit": WORDS,
            "comparator": one_of("exact over about at_least at_most"),
            "period?": PERIOD,
        },
        _at_least_one("value", "period"),
    ),
}
