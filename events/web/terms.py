"""Terms for values stored as codes: the basis of a date, sources, countries, numbers."""

import re
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
# Words in a title that tell the kind of a part, beside the name of the kind itself.
TELLING = {
    Event.Kind.REGISTRATION: (
        "registration",
        "check-in",
        "签到",
        "簽到",
        "报到",
        "報到",
        "登记",
        "登記",
    ),
    Event.Kind.KEYNOTE: ("keynote", "主旨", "主题演讲", "主題演講"),
    Event.Kind.PANEL: ("panel", "讨论", "討論", "对话", "對話", "圆桌", "圓桌"),
    Event.Kind.ADDRESS: (
        "address",
        "speech",
        "remarks",
        "致辞",
        "致辭",
        "讲话",
        "講話",
        "演说",
        "演說",
    ),
    Event.Kind.CEREMONY: ("ceremony", "仪式", "儀式", "典礼", "典禮"),
    Event.Kind.SIGNING: ("signing", "签约", "簽約", "签署", "簽署"),
    Event.Kind.LAUNCH: ("launch", "发布", "發布", "启动", "啟動"),
    Event.Kind.BREAK: ("break", "coffee", "tea", "茶歇", "休息", "小休"),
    Event.Kind.MEAL: ("lunch", "dinner", "breakfast", "banquet", "supper", "餐", "宴"),
    Event.Kind.RECEPTION: ("reception", "招待会", "招待會", "酒会", "酒會"),
    Event.Kind.PHOTO_CALL: ("photo", "合影", "合照", "拍照", "摄影", "攝影"),
    Event.Kind.SITE_VISIT: ("visit", "tour", "参观", "參觀", "考察"),
    Event.Kind.TRANSFER: (
        "transfer",
        "flight",
        "train",
        "departure",
        "航班",
        "前往",
        "飞往",
        "飛往",
    ),
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


def tells(title: str, code: str) -> bool:
    """Whether a title tells what kind of part it is, in any language: a “Networking lunch” does."""
    words = (kind(code), *TELLING.get(Event.Kind(code), ()))
    return any(_names(title.casefold(), word.casefold()) for word in words)


def _names(title: str, word: str) -> bool:
    """Whether the word stands in the title; a Latin one as a whole, so that a team is no tea."""
    return bool(re.search(rf"\b{re.escape(word)}s?\b", title)) if word.isascii() else word in title
