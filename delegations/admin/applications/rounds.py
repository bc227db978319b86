"""Several applications decided in one step, on a page that says beforehand what happens to each."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext

from delegations.admin.applications import applicationsteps
from delegations.admin.applications.applicationwords import (
    STATUS,
    UNTOLD,
    applicant,
    names,
    room_line,
    seats,
)
from delegations.domain.applications import applications, rounds, undoing
from delegations.domain.applications.rounds import Outcome, Round
from delegations.domain.mail import decisions
from delegations.models import Application
from events.admin.kit import redaction, screens
from events.admin.kit.steps import Step, StepForm
from events.domain import telling
from events.domain.access import access
from events.domain.refusals import Refusal
from events.domain.telling import Told
from events.models import Telling, User
from events.values.keys import is_key

MAX_CHOSEN: Final = 200  # applications; their keys are in the address of the page
NAMED: Final = 10  # refusals that a message spells out; the rest is counted
ROUND: Final = "round"  # the name under which a round is offered to be taken back
VERBS: Final = ("accept", "admit", "confirm", "request_info", "waitlist", "decline")
STEPS: Final[dict[str, Step]] = {
    verb: step for verb in VERBS for step in applicationsteps.STEPS if step.verb == verb
}
# Refusals that name only the application itself, which the user may see.
ABOUT_ITSELF: Final = (
    applications.NotAllowed,
    applications.NoNominees,
    applications.SeatsLeft,
    applications.Lapsed,
)


def address(verb: str, keys: Sequence[int], back: str) -> str:
    """Return the address of the page on which these applications are decided together."""
    query = urlencode([("verb", verb), *(("id", key) for key in keys), ("next", back)])
    return f"{reverse('admin:delegations_application_decide')}?{query}"


def _action(step: Step) -> Callable[..., HttpResponse]:
    """Return the list action that leads to the page of a step with the chosen applications."""

    @admin.action(description=step.label, permissions=["change"])
    def act(screen: Any, request: HttpRequest, rows: QuerySet[Application]) -> HttpResponse:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MAX_CHOSEN + 1])
        if len(keys) > MAX_CHOSEN:
            text = gettext("Choose at most %(number)s at a time.") % {"number": MAX_CHOSEN}
            messages.warning(request, text)
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(address(step.verb, keys, request.get_full_path()))

    act.__name__ = f"{step.verb}_together"
    return act


def _take_back(
    screen: Any, request: HttpRequest, stamps: dict[int, int]
) -> tuple[list[Any], list[Refusal]]:
    """Take a round back, as long as nothing newer has happened to its applications."""
    done, refused = undoing.undo(stamps=stamps, now=timezone.now())
    return list(done), refused


class DecidesTogether:
    """A screen of applications that are decided together; mixed into a TeamScopedAdmin."""

    actions: ClassVar[Any] = tuple(_action(step) for step in STEPS.values())
    takes_back: ClassVar[Any] = {ROUND: _take_back}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no deletion of several applications at once."""
        actions = super().get_actions(request)  # type: ignore[misc]
        return {name: entry for name, entry in actions.items() if name != "delete_selected"}

    def get_custom_urls(self) -> Any:
        decide = ("decide/", "delegations_application_decide", self.decide_view)
        return (decide, *super().get_custom_urls())  # type: ignore[misc]

    def decide_view(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show what a step will do to each of the chosen applications (GET), or do it (POST)."""
        data = request.POST if request.method == "POST" else request.GET
        step = STEPS.get(data.get("verb", ""))
        if step is None:
            raise Http404
        if not self.has_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        page = _Page(self, request, step, _back(request, data.get("next", "")))
        chosen = _keys(request, data.getlist("id"))
        if not chosen:
            messages.warning(request, gettext("Choose applications first."))
            return HttpResponseRedirect(page.back)
        return page.answer(chosen)


class _Changed(Exception):
    """Something else would happen than the page had said."""


class _Page:
    """The page of a round, for one request."""

    def __init__(self, screen: Any, request: HttpRequest, step: Step, back: str) -> None:
        self.screen, self.request, self.step, self.back = screen, request, step, back
        assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
        self.user = request.user

    def answer(self, rows: Sequence[Application]) -> HttpResponse:
        sent = self.request.POST if self.request.method == "POST" else None
        form = self.step.form(sent, row=rows[0], user=self.user)
        keys = [row.pk for row in rows]
        if sent is None or not form.is_valid():
            return self.show(keys, form)
        try:
            return self.take(keys, form)
        except Refusal as refusal:
            return self.show(keys, form, refusal.sentence(user=self.user))

    def take(self, keys: Sequence[int], form: StepForm) -> HttpResponse:
        """Take the step, if what happens and who is told is what the page had said."""
        try:
            with screens.planning(self.request):
                done = self.decide(keys, form)
                if fingerprint(done) != self.request.POST.get("seen"):
                    raise _Changed
                told = screens.told(self.request)
        except _Changed:
            text = gettext("Something has changed meanwhile. This is what would happen now.")
            return self.show(keys, form, text)
        except screens.Unasked as unasked:
            return self.show(keys, form, foreseen=unasked.told)
        self.tell(done)
        if told:
            messages.success(self.request, screens.message(told))
        return HttpResponseRedirect(self.back)

    def decide(self, keys: Sequence[int], form: StepForm) -> list[Round]:
        values = {**form.arguments(), "user": self.user, "now": timezone.now()}
        return rounds.take(keys=keys, verb=self.step.verb, **values)

    def foresee(self, found: Sequence[Round]) -> Told | None:
        """Return whom the rounds would tell, without taking them: there may be many."""
        readers = [row.contact_id for each in found for row in each.heard if row.contact_id]
        return telling.foreseen(user=self.user, readers=readers, kind=decisions.DECISION)

    def show(
        self,
        keys: Sequence[int],
        form: StepForm,
        refusal: str = "",
        foreseen: Told | None = None,
    ) -> HttpResponse:
        found = rounds.plan(keys=keys, verb=self.step.verb, now=timezone.now())
        may = any(outcome.refusal is None for each in found for outcome in each.outcomes)
        seen = fingerprint(found)
        told = foreseen or self.foresee(found)  # before `_shown` hides contacts
        return screens.page(
            self.screen,
            self.request,
            "delegations/admin/round.html",
            title=self.step.label,
            step=self.step,
            form=form if may else None,
            keys=keys,
            seen=seen,
            rounds=[_shown(self.request, each, self.step) for each in found],
            refusal=refusal,
            back=self.back,
            media=self.screen.media + form.media,
            field=screens.FIELD,
            chosen=self.request.POST.get(screens.FIELD, Telling.NOW),
            is_foreseen=may,
            **screens.words(told),
        )

    def tell(self, done: Sequence[Round]) -> None:
        """Say in messages what was done, what was refused, and who was not told."""
        outcomes = [outcome for each in done for outcome in each.outcomes]
        decided = [outcome for outcome in outcomes if outcome.refusal is None]
        if text := summary(decided):
            rows = [o.application for o in decided if o.application.status == o.status]
            self.screen.say_with_undo(self.request, text, ROUND, rows, self.back)
        if refused := [_why(outcome, self.user) for outcome in outcomes if outcome.refusal]:
            messages.warning(self.request, " ".join(_some(refused)))
        untold = [o for o in outcomes if o.is_decision and o.silence]
        if untold:
            text = gettext("Nobody could be told by mail: %(names)s.")
            listed = gettext(", ").join(_some([str(o.application) for o in untold]))
            messages.warning(self.request, text % {"names": listed})


def fingerprint(found: Sequence[Round]) -> str:
    """Return a text that differs if something else would happen to one of the applications."""
    outcomes = chain.from_iterable(each.outcomes for each in found)
    parts = [f"{o.application.pk}:{o.status}:{o.refusal is None}" for o in outcomes]
    rising = [f"+{row.pk}" for each in found for row in each.rising]
    return " ".join([*parts, *rising])


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return “Accepted: 4 · on the waiting list: 1”."""
    counts = Counter(Application.Status(outcome.status).label for outcome in outcomes)
    text = gettext("%(status)s: %(number)s")
    parts = [text % {"status": status, "number": n} for status, n in counts.items()]
    return capfirst(" · ".join(parts))


def _keys(request: HttpRequest, given: Sequence[str]) -> list[Application]:
    """Return the chosen applications that the user may change, in order of submission."""
    keys = [int(key) for key in given[:MAX_CHOSEN] if is_key(key)]
    rows = access.changeable(user=request.user, model=Application).filter(pk__in=keys)
    return list(rows.select_related("delegation__mission").order_by("submitted_at", "pk"))


def _back(request: HttpRequest, there: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()})
    return there if is_ours else reverse("admin:delegations_application_changelist")


def _shown(request: HttpRequest, found: Round, step: Step) -> dict[str, Any]:
    """Return a round for the page; relations that the user may not see are hidden."""
    refused = {o.application.pk: _why(o, request.user) for o in found.outcomes if o.refusal}
    rows = [outcome.application for outcome in found.outcomes]
    redaction.hide(request, rows, loaded=True)
    possible = [outcome for outcome in found.outcomes if not outcome.refusal]
    return {
        "delegation": found.delegation,
        "sentences": [room_line(found.room), *_rising(found)],
        "summary": summary(possible),
        "refused": len(refused),
        "rows": [_row(outcome, found, refused) for outcome in found.outcomes],
        "untold": sum(bool(o.is_decision and o.silence) for o in possible),
    }


def _row(outcome: Outcome, found: Round, refused: dict[int, str]) -> dict[str, Any]:
    row = outcome.application
    status = Application.Status(outcome.status)
    why = refused.get(row.pk) or _shortage(outcome, found)
    return {
        "name": applicant(row),
        "url": reverse("admin:delegations_application_change", args=[row.pk]),
        "names": names(row),
        "seats": seats(outcome.asked),
        "label": gettext("stays as it is") if outcome.refusal else status.label,
        "colour": "" if outcome.refusal else STATUS.get(status, ""),
        "why": why,
        "left": _left(outcome, found),
        "told": _reader(outcome),
        "untold": UNTOLD[outcome.silence] if outcome.is_decision and outcome.silence else "",
    }


def _left(outcome: Outcome, found: Round) -> str:
    takes = (Application.Status.ACCEPTED, Application.Status.CONFIRMED)
    if outcome.free is None or outcome.status not in takes or outcome.refusal:
        return ""
    text = gettext("%(free)s of %(quota)s seats are left after it")
    return text % {"free": outcome.free, "quota": found.room.quota}


def _shortage(outcome: Outcome, found: Round) -> str:
    """Return why an application that was to be accepted goes on the waiting list instead."""
    if outcome.status != Application.Status.WAITLISTED or outcome.free is None:
        return ""
    if outcome.asked > outcome.free:
        text = gettext("They ask for %(asked)s; left: %(free)s.")
        return text % {"asked": seats(outcome.asked), "free": seats(outcome.free)}
    text = gettext("An organisation may have %(number)s at most.")
    return text % {"number": seats(found.delegation.organisation_quota or 0)}


def _reader(outcome: Outcome) -> str:
    if not outcome.is_decision or outcome.silence:
        return ""
    contact = outcome.application.contact or gettext("(not visible)")
    return gettext("%(contact)s, by mail") % {"contact": contact}


def _rising(found: Round) -> Iterator[str]:
    if found.rising:
        text = gettext("From the waiting list these move up: %(names)s.")
        listed = gettext(", ").join(str(row) for row in found.rising)
        yield text % {"names": listed}


def _why(outcome: Outcome, user: Any) -> str:
    refusal = outcome.refusal
    assert refusal is not None  # noqa: S101 -- the caller has filtered
    sentence = refusal.sentence(user=None if isinstance(refusal, ABOUT_ITSELF) else user)
    return str(sentence)


def _some(texts: list[str]) -> list[str]:
    more = len(texts) - NAMED
    if more <= 0:
        return texts
    return [*texts[:NAMED], gettext("and %(number)s more") % {"number": more}]
