"""The page of guests: who is on a list, rows for new ones, and a field to paste many lines in.

One mechanism for the list of an event and for the roster of a delegation, which differ in columns
and in what stores them. Nothing is stored before all rows are in order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from events.admin.attendance import guestrows
from events.admin.attendance.guestrows import Row
from events.admin.kit import rights, screens
from events.domain.access import access
from events.domain.guests import guests, matching
from events.domain.guests.guests import Added
from events.domain.guests.matching import Guest, Match
from events.domain.refusals import Refusal, some
from events.domain.search import registry, search
from events.models import Organisation, Person, Place
from events.values import guestlines, names, writtennames

BLANK: Final = 5  # rows of a page without script, and as many more for each “more rows”
PER_PAGE: Final = 50
SUGGESTED: Final = 8
FIND, WHAT, PAGE, PRESET = "find", "what", "p", "role"  # parameters
SOUGHT: Final[dict[str, Any]] = {"organisation": Organisation, "place": Place}  # else people
PASTE, READ, MORE = "paste", "_read", "_more"  # the field of lines, and two buttons
STAY = "_continue"  # the button that saves and shows the page again


@dataclass(slots=True)
class Listed:
    """Somebody who is on the list."""

    pk: int
    name: str
    about: str
    role: str | None  # None: it is not changed here
    url: str = ""
    language: str | None = None  # None: the list knows no languages
    states: Sequence[tuple[str, str]] = ()  # words and colours
    off_url: str = ""
    may_leave: bool = False
    was_role: str = ""  # what the page had shown at first
    was_language: str = ""
    leaves: bool = False


class GuestList:
    """A list of guests: who stands on it, and what becomes of the rows written for it."""

    guests_title: ClassVar[Any] = _("Guests")
    listed_title: ClassVar[Any] = _("On the list")
    new_title: ClassVar[Any] = _("New guests")
    role_label: ClassVar[Any] = _("Role")
    nobody: ClassVar[Any] = _(
        "Nobody is on the list yet. Write the first names below, or paste a list."
    )
    hint: ClassVar[Any] = _(
        "Type a name in any script: whoever is on record is offered. Enter goes on to the next"
        " field, and after the mail address to the next guest. Nobody is mailed before you are"
        " asked."
    )
    has_languages: ClassVar[bool] = True
    has_tags: ClassVar[bool] = True
    needs_organisation: ClassVar[bool] = False

    def guest_roles(self, row: Any) -> Sequence[tuple[str, Any]]:
        """Return the roles that a guest may have."""
        raise NotImplementedError

    def usual_role(self, row: Any) -> str:
        raise NotImplementedError

    def add_guests(
        self, request: HttpRequest, row: Any, found: Sequence[Guest], now: datetime
    ) -> Added:
        """Store all, or nobody. Raises guests.Open, guests.Unfit, or another refusal."""
        raise NotImplementedError

    def added(self, number: int) -> str:
        text = ngettext("%(number)s guest was added.", "%(number)s guests were added.", number)
        return text % {"number": number}

    def made(self, number: int) -> str:
        text = ngettext("%(number)s of them is new.", "%(number)s of them are new.", number)
        return text % {"number": number}

    def next_url(self, screen: Any, row: Any) -> str:
        """Return where the work goes on once the list is stored: the home, by default."""
        return str(screen.row_url(row))

    def listed(self, request: HttpRequest, row: Any) -> Any:
        """Return the query set of those on the list."""
        raise NotImplementedError

    def shown(self, request: HttpRequest, row: Any, rows: Sequence[Any]) -> list[Listed]:
        raise NotImplementedError

    def notes(
        self, request: HttpRequest, row: Any, matches: Sequence[Match], roles: Mapping[int, str]
    ) -> list[str]:
        """Return of each guest why they are left out; '' if they are not.

        By default those are left out who have one of the `roles`, as `roles_of` returns them.
        """
        text = gettext("On the list already: %(role)s.")
        found = [roles.get(each.person.pk, "") if each.person else "" for each in matches]
        return [text % {"role": role} if role else "" for role in found]

    def roles_of(self, request: HttpRequest, row: Any, people: Collection[int]) -> dict[int, str]:
        """Return the roles of those of the people who are on the list already."""
        raise NotImplementedError

    def change_listed(
        self, request: HttpRequest, row: Any, data: Mapping[str, str], now: datetime
    ) -> int:
        """Store what was changed of those on the list; return of how many."""
        return 0


class GuestsAdmin(GuestList):
    """A screen each of whose rows has a list of guests; mixed into a ModelAdmin."""

    opts: Any

    @action(
        description=_("Guests"), url_path="guests", icon="group_add", permissions=["add_guests"]
    )
    def guests(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the list of a row with rows for new guests (GET), or store them (POST)."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        return answer(self, request, row, self, may=self.may_add_guests(request, row))

    def has_add_guests_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not object_id:
            return rights.may_enter(request)
        row = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        return row is not None and self.may_add_guests(request, row)

    def may_add_guests(self, request: HttpRequest, row: Any) -> bool:
        return rights.may_change(request, row)


def answer(
    screen: Any, request: HttpRequest, row: Any, guest_list: GuestList, *, may: bool
) -> HttpResponse:
    """Show a list of guests of a row of the screen, store it, or answer what a field asks."""
    if not may:
        raise PermissionDenied
    if FIND in request.GET:
        return JsonResponse(suggestions(request))
    return _Page(screen, request, row, guest_list).answer()


class _Page:
    """The page of guests, for one request."""

    def __init__(self, screen: Any, request: HttpRequest, row: Any, guest_list: GuestList) -> None:
        self.screen, self.request, self.row, self.list = screen, request, row, guest_list
        self.roles = list(guest_list.guest_roles(row))
        self.words = guestrows.role_words(self.roles)
        self.now = timezone.now()

    def answer(self) -> HttpResponse:
        data = self.request.POST
        if self.request.method != "POST":
            return self.show([])
        rows = guestrows.sent(data)
        if READ in data:
            return self.read(rows, data.get(PASTE, ""))
        for row in rows:
            guestrows.split(row)
        if MORE in data or data.get(screens.FIELD) == screens.BACK:
            self.tell(rows)
            return self.show(rows)
        return self.save(rows)

    def read(self, rows: list[Row], text: str) -> HttpResponse:
        """Show the lines that were pasted as rows, below those typed before."""
        sheet = guestlines.parse(text=text, roles=self.words)
        first = max((row.number for row in rows), default=-1) + 1
        room = max(guestrows.MAX_ROWS - len(rows), 0)
        lines = sheet.lines[:room]
        rows += (guestrows.of_line(line, at) for at, line in enumerate(lines, start=first))
        for row in rows:
            guestrows.split(row)
            self.check(row)
        if not lines:
            messages.warning(self.request, gettext("No guest was found in these lines."))
        if left := sheet.left_out + len(sheet.lines) - len(lines):
            messages.warning(self.request, _left_out(left))
        self.tell(rows)
        return self.show(rows)

    def save(self, rows: list[Row]) -> HttpResponse:
        """Store all rows and changes; if one row is not in order, store nothing."""
        new = [row for row in rows if not row.is_left_out]
        for row in new:
            self.check(row)
        if any(row.errors for row in new):
            self.tell(rows)
            return self.show(rows, gettext("Nobody is added yet: mend the marked rows."))
        try:
            with screens.planning(self.request):
                changed, done = self.store(new)
                told = screens.told(self.request)
        except screens.Unasked as unasked:
            return screens.question(self.screen, self.request, unasked.told)
        except guests.Open as refusal:
            return self.ask(rows, new, refusal)
        except guests.Unfit as refusal:
            return self.mark(rows, new, refusal)
        except Refusal as refusal:
            self.tell(rows)
            return self.show(rows, refusal.sentence(user=self.request.user))
        self.say(done, changed)
        if told:
            messages.success(self.request, screens.message(told))
        stays = STAY in self.request.POST
        there = self.request.get_full_path() if stays else self.list.next_url(self.screen, self.row)
        return HttpResponseRedirect(there)

    def store(self, new: Sequence[Row]) -> tuple[int, Added]:
        """Store what was changed of those on the list, then the new guests."""
        request, row, now = self.request, self.row, self.now
        changed = self.list.change_listed(request, row, request.POST, now)
        found = list(map(guestrows.guest, new))
        return changed, self.list.add_guests(request, row, found, now)

    def ask(self, rows: list[Row], new: Sequence[Row], refusal: guests.Open) -> HttpResponse:
        self.tell(rows)
        for row, match in zip(new, refusal.matches, strict=True):
            if match.is_open or match.is_nameless:
                guestrows.ask(row)
        return self.show(rows, refusal.sentence(user=self.request.user))

    def mark(self, rows: list[Row], new: Sequence[Row], refusal: guests.Unfit) -> HttpResponse:
        """Say at each row that was refused which field is at fault, and why."""
        self.tell(rows)
        for at, (name, why) in refusal.reasons.items():
            new[at].errors[name] = why.sentence(user=self.request.user)
            new[at].values["leave"] = ""
        return self.show(rows, refusal.sentence(user=self.request.user))

    def check(self, row: Row) -> None:
        guestrows.check(row, self.words, needs_organisation=self.list.needs_organisation)

    def tell(self, rows: Sequence[Row]) -> None:
        """Say of each row who it is, with a constant number of queries."""
        found = list(map(guestrows.guest, rows))
        matches = matching.match(guests=found, user=self.request.user, now=self.now)
        labels = _labels(self.request, matches)
        listed = self._roles_of(matches)
        notes = self.list.notes(self.request, self.row, matches, listed)
        for row, match, note in zip(rows, matches, notes, strict=True):
            guestrows.tell(row, match, labels, listed, note)

    def say(self, done: Added, changed: int) -> None:
        """Say what was stored."""
        told = [
            (len(done.added), self.list.added),
            (len(done.party.new_people), self.list.made),
            (len(done.party.new_bodies), _new_bodies),
            (changed, _changed),
        ]
        if said := [text(number) for number, text in told if number]:
            messages.success(self.request, " ".join(said))
        if done.known:
            text = gettext("On the list already: %(names)s.")
            messages.info(self.request, text % {"names": some(list(map(str, done.known)))})
        if not said and not done.known:
            messages.info(self.request, gettext("Nothing was to be saved."))

    def show(self, rows: Sequence[Row], refusal: str = "") -> HttpResponse:
        first = max((row.number for row in rows), default=-1) + 1
        blank = [Row(number, {"role": self.usual()}) for number in range(first, first + BLANK)]
        for row in (*rows, *blank):
            row.values.setdefault("role", "")
            row.values["role"] = row.values["role"] or (
                "" if "role" in row.errors else self.usual()
            )
        pages = Paginator(self.list.listed(self.request, self.row), PER_PAGE)
        page = pages.get_page(self.request.GET.get(PAGE))
        answer = screens.page(
            self.screen,
            self.request,
            "events/admin/guests.html",
            title=self.list.guests_title,
            list=self.list,
            original=self.row,
            listed=self.with_changes(self.list.shown(self.request, self.row, list(page))),
            number=pages.count,
            page=page,
            page_urls=self._page_urls(page),
            rows=rows,
            blank=blank,
            pattern=Row(9999, {"role": self.usual()}),
            refused=refusal,
            pasted=self.request.POST.get(PASTE, "") if refusal else "",
            roles=self.roles,
            labels=guestrows.LABELS,
            languages=settings.LANGUAGES,
            back=self.screen.row_url(self.row),
            max_lines=guestlines.MAX_LINES,
        )
        answer.status_code = 200
        return answer

    def with_changes(self, listed: list[Listed]) -> list[Listed]:
        """Return those on the list with what was changed on the page and is not stored yet."""
        data = self.request.POST
        for each in listed:
            if each.role is not None:
                each.was_role = data.get(f"was-role-{each.pk}", each.role)
                each.role = data.get(f"role-{each.pk}", each.role)
            if each.language is not None:
                each.was_language = data.get(f"was-language-{each.pk}", each.language)
                each.language = data.get(f"language-{each.pk}", each.language)
            each.leaves = f"off-{each.pk}" in data
        return listed

    def usual(self) -> str:
        """The role of new rows: that in the address, or else the usual one of the list."""
        asked = self.request.GET.get(PRESET, "")
        return asked if asked in dict(self.roles) else self.list.usual_role(self.row)

    def _roles_of(self, matches: Sequence[Match]) -> dict[int, str]:
        """The roles of the people who are on the list already."""
        keys = {row.pk for match in matches for row in (match.person, *match.alike) if row}
        return self.list.roles_of(self.request, self.row, keys)

    def _page_urls(self, page: Any) -> list[tuple[int, str]]:
        query = {key: value for key, value in self.request.GET.items() if key != PAGE}
        return [
            (number, f"?{urlencode({**query, PAGE: number})}")
            for number in page.paginator.page_range
            if page.paginator.num_pages > 1
        ]


def _labels(request: HttpRequest, matches: Sequence[Match]) -> dict[int, str]:
    """The people of matches in words: both scripts, and the office that the user may see."""
    keys = {row.pk for match in matches for row in (match.person, *match.alike) if row}
    kind = registry.of(model=Person)
    if not keys or kind is None:
        return {}
    people = access.visible(user=request.user, model=Person).filter(pk__in=keys)
    rows = list(kind.load(rows=people.order_by("pk"), now=timezone.now()))
    texts = search.choices(user=request.user, kind=kind, rows=rows, text="")
    return dict(zip((row.pk for row in rows), texts, strict=True))


def suggestions(request: HttpRequest, near: Place | None = None) -> dict[str, Any]:
    """Return who or what the words find, and how a new person would be called.

    Of places, those that lie in `near` come first.
    """
    text = request.GET.get(FIND, "")[: names.MAX_QUERY].strip()
    model = SOUGHT.get(request.GET.get(WHAT, ""), Person)
    found = [] if not names.wanted(text) else _found(request, model, text, near)
    if model is not Person:
        return {"found": found}
    read = writtennames.read(text)
    parts = {name: getattr(read, name) for name in guestrows.PARTS}
    formal = Guest(**parts).name if read.family else ""
    return {"found": found, "new": {**parts, "formal": formal, "honorific": read.honorific}}


def _found(request: HttpRequest, model: Any, text: str, near: Place | None) -> list[dict[str, Any]]:
    kind, user, now = registry.of(model=model), request.user, timezone.now()
    assert kind is not None  # noqa: S101 -- the app registers all three
    seen: Any = access.visible(user=user, model=model)
    if model is Person:
        seen = seen.filter(erased_at=None)
    sought = seen.sought_by(user, text, now=now)
    best = search.ranked(user=user, kind=kind, rows=sought, text=text, now=now)
    rows = list(best[:SUGGESTED])
    if near and model is Place:
        there = Place.objects.within(Place.objects.filter(pk=near.pk)).values("pk")
        close = list(best.filter(pk__in=there)[:SUGGESTED])
        rows = [*close, *(row for row in rows if row not in close)][:SUGGESTED]
    texts = search.choices(user=user, kind=kind, rows=rows, text=text)
    return [{"key": row.pk, "label": words} for row, words in zip(rows, texts, strict=True)]


def _left_out(number: int) -> str:
    text = ngettext(
        "%(number)s line was not read: paste at most %(most)s guests at a time.",
        "%(number)s lines were not read: paste at most %(most)s guests at a time.",
        number,
    )
    return text % {"number": number, "most": guestlines.MAX_LINES}


def _new_bodies(number: int) -> str:
    text = ngettext("%(number)s organisation is new.", "%(number)s organisations are new.", number)
    return text % {"number": number}


def _changed(number: int) -> str:
    text = ngettext("%(number)s row was changed.", "%(number)s rows were changed.", number)
    return text % {"number": number}
