"""Steps: buttons for actions on a row, each with a page that says beforehand what will happen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit import screens
from events.domain import steps as machine
from events.domain import telling
from events.domain.access import access
from events.domain.refusals import Refusal
from events.domain.telling import Told
from events.models import Telling, User


class Unforeseen(Exception):
    """Whom a step would tell depends on what the user fills in."""


UNDO: Final = "undo"  # in the session: what the “Undo” of the latest messages takes back
MAX_UNDO: Final = 10  # messages whose “Undo” still works
NAMED: Final = 10  # refusals of a step for several rows that are spelled out; the rest is counted


class StepForm(forms.Form):
    """The fields that a step asks for; by default none."""

    passes: ClassVar[Sequence[str] | None] = None  # fields that are arguments; None: all
    narrowing: forms.Form | None = None  # of the query, shown above: whom the step is about

    def __init__(
        self,
        *args: Any,
        row: Any,
        user: User,
        query: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Keep the row, the user and the query, on which choices and initial values depend."""
        super().__init__(*args, **kwargs)
        self.row = row
        self.user = user
        self.query = query

    def preset(self) -> dict[str, Any]:
        """Return data as if the form were sent as it is shown; required texts get a dash."""
        data: dict[str, Any] = {}
        for bound in self:
            value, widget = bound.value(), bound.field.widget
            if isinstance(bound.field, forms.CharField) and bound.field.required:
                value = value or "–"
            if isinstance(widget, forms.MultiWidget):
                parts = enumerate(widget.decompress(value) or ())
                data |= {f"{bound.html_name}_{number}": part for number, part in parts}
            elif value not in (None, False):
                data[bound.html_name] = value
        return data

    def arguments(self) -> dict[str, Any]:
        """Return the arguments for the function of the domain."""
        names = self.cleaned_data if self.passes is None else self.passes
        return {name: self.cleaned_data[name] for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that was taken: row, user, form values, and the result of the function."""

    row: Any
    user: User
    values: dict[str, Any]
    result: Any


# What takes a change of several rows back as one: a function that gets their stamps by key, and
# returns the rows that are as they were before, and why others are not.
TakesBack = Callable[[Any, HttpRequest, dict[int, int]], tuple[list[Any], list[Refusal]]]
# A function that yields sentences about a row for a user, before a step.
Lines = Callable[[Any, User], Iterable[Any]]


def no_facts(row: Any) -> dict[str, Any]:
    return {}


def always(row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A function of the domain as a button.

    `does` gets the row as the argument `noun`, the form's values, `now`, and the `user` if the step
    is `signed`. `explain` says beforehand what will happen and to whom: texts, and functions that
    return sentences. `says` is the message afterwards: a text, or a function that returns one.
    Texts may contain placeholders for the `facts` about the row; `says` also for form values.
    `undo` is the step that leads back; the message afterwards offers it. Of two steps with one verb
    the row gets the one that `fits`.
    """

    verb: str
    label: Any
    icon: str
    noun: str
    does: Callable[..., Any]
    explain: Sequence[Any] = ()
    says: Any
    facts: Callable[[Any], dict[str, Any]] = no_facts
    form: type[StepForm] = StepForm
    fits: Callable[[Any], bool] = always
    undo: "Step | None" = None
    signed: bool = False
    destructive: bool = False  # cannot be undone, or sends mail to many people
    secondary: bool = False  # it does not change the state of the row
    # Whether the page says which mails follow and asks what becomes of them: not if sending them is
    # what the step is for, or if it has nothing to do with mails.
    asks: bool = True
    leads_on: bool = False  # returns a new row, whose page is shown next

    def sentences(self, row: Any, user: User) -> list[Any]:
        """Return the sentences about what will happen."""
        facts = self.facts(row)
        return [
            sentence
            for part in self.explain
            for sentence in (part(row, user) if callable(part) else (str(part) % facts,))
        ]

    def take(self, row: Any, form: StepForm, now: datetime) -> Done:
        """Call the function of the domain, whose refusals are raised."""
        signature = {"user": form.user} if self.signed else {}
        result = self.does(**{self.noun: row}, **form.arguments(), **signature, now=now)
        return Done(row=row, user=form.user, values=form.cleaned_data, result=result)

    def words(self, done: Done) -> Any:
        """Return the message about what has happened."""
        if callable(self.says):
            return self.says(done)
        return str(self.says) % {**done.values, **self.facts(done.row)}

    def button(self, url: str) -> dict[str, Any]:
        return {"step": self, "url": url}


class StepsAdmin:
    """A screen with buttons for the steps that are possible now; mixed into a TeamScopedAdmin."""

    change_form_outer_before_template = "events/admin/steps.html"
    steps: ClassVar[Sequence[Step]] = ()
    # Changes of several rows that are taken back as one, by the name under which they are offered.
    takes_back: ClassVar[dict[str, TakesBack]] = {}
    state_column = "status"
    state_colours: ClassVar[dict[Any, str]] = {}
    opts: Any

    def next_steps(self, row: Any) -> Iterable[str]:
        """Return the verbs of the steps that the domain allows now."""
        raise NotImplementedError

    def state_of(self, row: Any) -> Any:
        """Return the text for the state, which is shown beside the buttons."""
        return row.get_status_display()

    def get_custom_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        step = ("<int:object_id>/step/<slug:verb>/", name, self.step_view)
        undo = ("undo/<slug:key>/", f"{name.removesuffix('step')}undo", self.undo_view)
        return (step, undo, *super().get_custom_urls())  # type: ignore[misc]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        more = self.form_context(request, row) if row else {}
        return super().change_view(  # type: ignore[misc]
            request, object_id, form_url, {**more, **(extra_context or {})}
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a refusal of the domain that the form did not foresee, for example after a race."""
        try:
            return super().changeform_view(  # type: ignore[misc]
                request, object_id, form_url, extra_context
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence(user=request.user))
            return HttpResponseRedirect(request.get_full_path())

    def form_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of what stands above the form: the bar, and what only forms say."""
        return self.step_context(request, row)

    def step_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the bar with state and buttons, on a form and on a home."""
        buttons = [
            step.button(self.step_url(row, step.verb))
            for step in self.legal_steps(row)
            if self.may_take(request, row, step)
        ]
        colour = self.state_colours.get(getattr(row, self.state_column, ""), "")
        return {"state": self.state_of(row), "state_colour": colour, "buttons": buttons}

    def may_take(self, request: HttpRequest, row: Any, step: Step) -> bool:
        """Whether the user may take the step with this row."""
        return bool(self.has_change_permission(request, row))  # type: ignore[attr-defined]

    def legal_steps(self, row: Any) -> list[Step]:
        legal = set(self.next_steps(row))
        return [step for step in self.steps if step.verb in legal and step.fits(row)]

    def step_of(self, row: Any, verb: str) -> Step | None:
        """Return the step with this verb; of several the one that fits the row."""
        found = [step for step in self.steps if step.verb == verb]
        return next((step for step in found if step.fits(row)), found[0] if found else None)

    def step_url(self, row: Any, verb: str) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        return reverse(name, args=[row.pk, verb])

    def row_url(self, row: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[row.pk])

    def step_view(
        self, request: HttpRequest, object_id: int, verb: str, **kwargs: Any
    ) -> HttpResponse:
        """Show what the step will do (GET), or do it (POST)."""
        row = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        step = self.step_of(row, verb) if row else None
        if row is None or step is None:
            raise Http404
        if not self.may_take(request, row, step):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
        form = step.form(data, row=row, user=request.user, query=request.GET)
        if step not in self.legal_steps(row):
            refusal = self.too_late(request, row, step)
            return self.step_page(request, row, step, None, refusal=refusal)
        if data is None or not form.is_valid():
            return self.step_page(request, row, step, form)
        return self.take(request, row, step, form)

    def take(self, request: HttpRequest, row: Any, step: Step, form: StepForm) -> HttpResponse:
        """Perform the step in one transaction; show a refusal together with the filled-in form.

        The form is also shown again if the step tells people something that its page did not say.
        """
        try:
            with screens.planning(request):
                done = step.take(row, form, timezone.now())
                said = step.words(done)
                told = screens.told(request) if step.asks else None
        except Refusal as refusal:
            text = refusal.sentence(user=form.user)
            return self.step_page(request, row, step, form, refusal=text)
        except screens.Unasked as unasked:
            row.refresh_from_db()
            return self.step_page(request, row, step, form, foreseen=unasked.told)
        there = self.row_url(done.result) if step.leads_on else self.way_back(request, row)
        self.say(request, said, step, [row], there)
        if told:
            messages.success(request, screens.message(told))
        return HttpResponseRedirect(there)

    def say(
        self, request: HttpRequest, text: Any, step: Step | None, rows: Sequence[Any], there: str
    ) -> None:
        """Add the message about a step taken with these rows, with “Undo” if the step has one."""
        verb = step.verb if step and step.undo else ""
        self.say_with_undo(request, text, verb, rows, there)

    def say_with_undo(
        self, request: HttpRequest, text: Any, verb: str, rows: Sequence[Any], there: str
    ) -> None:
        """Add a message with “Undo”, if there is a verb: of a step, or a name in `takes_back`.

        What it takes back is kept in the session, with a stamp for each row; `there` is where the
        user finds the rows afterwards.
        """
        stamps = machine.stamps(rows=rows) if verb else {}
        if not stamps:
            messages.success(request, text)
            return
        key = get_random_string(12)
        offer = {"verb": verb, "stamps": list(stamps.items()), "there": there}
        kept = list(request.session.get(UNDO, {}).items())[1 - MAX_UNDO :]
        request.session[UNDO] = {**dict(kept), key: offer}
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_undo"
        messages.success(request, text, extra_tags=reverse(name, args=[key]))

    def hold_row(self, row: Any) -> None:
        """Lock what the steps of the row lock first, so that its stamp stays true."""

    def undo_view(self, request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        """Take back what a message offered to undo, row by row, unless a row has changed since."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        offer = request.session.get(UNDO, {}).get(key)
        if offer is None:
            messages.error(request, _("This can no longer be undone here."))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
            return HttpResponseRedirect(reverse(name))
        if screens.is_back(request):
            return HttpResponseRedirect(offer["there"])
        try:
            with screens.planning(request):
                done, refused = self._undo_all(request, offer)
                told = screens.told(request)
        except screens.Unasked as unasked:
            return screens.question(self, request, unasked.told)
        self._say_undone(request, offer, done, refused)
        if told:
            messages.success(request, screens.message(told))
        request.session[UNDO].pop(key)
        request.session.modified = True
        return HttpResponseRedirect(offer["there"])

    def _undo_all(
        self, request: HttpRequest, offer: dict[str, Any]
    ) -> tuple[list[Any], list[Refusal]]:
        """Take each row back; return the messages about those, and the refusals."""
        stamps = dict(offer["stamps"])
        rows = self.get_queryset(request).in_bulk(list(stamps))  # type: ignore[attr-defined]
        if takes_back := self.takes_back.get(offer["verb"]):
            ours = access.changeable(user=request.user, model=self.model)  # type: ignore[attr-defined]
            if ours.filter(pk__in=rows).count() < len(rows):
                raise PermissionDenied
            taken, refused = takes_back(self, request, {pk: stamps[pk] for pk in rows})
            return [_as_before(row) for row in taken], refused
        done, refused = [], []
        for pk, row in sorted(rows.items()):
            try:
                done.append(self._undo(request, row, offer["verb"], stamps[pk]))
            except Refusal as refusal:
                refused.append(refusal)
        return done, refused

    def _say_undone(
        self, request: HttpRequest, offer: dict[str, Any], done: list[Any], refused: list[Refusal]
    ) -> None:
        if len(offer["stamps"]) == 1 and done:
            messages.success(request, done[0])
        elif done:
            text = ngettext("%(number)s step undone.", "%(number)s steps undone.", len(done))
            messages.success(request, text % {"number": len(done)})
        if refused:
            messages.warning(request, spelt_out(refused, request.user))

    def _undo(self, request: HttpRequest, row: Any, verb: str, stamp: int) -> Any:
        """Take the step back that leads from `verb` back, with one row; return the message."""
        undo = next(step.undo for step in self.steps if step.verb == verb and step.undo)
        if not self.may_take(request, row, undo):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
        form = undo.form({}, row=row, user=request.user)
        form.is_valid()
        with transaction.atomic():
            self.hold_row(row)
            machine.check_unchanged(row=row, stamp=stamp)
            return undo.words(undo.take(row, form, timezone.now()))

    def too_late(self, request: HttpRequest, row: Any, step: Step) -> str:
        """Return why a step is no longer possible that the page offered earlier."""
        text = _("This step is not possible now: the state is “%(state)s”.")
        return text % {"state": self.state_of(row)}

    def way_back(self, request: HttpRequest, row: Any) -> str:
        """Return the address in `next` if it is on this site, else the page of the row."""
        there = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()})
        return there if is_ours else self.row_url(row)

    def foresee(self, request: HttpRequest, row: Any, step: Step) -> Told | None:
        """Return whom the step would tell if its form were sent as it is shown.

        The step is taken and rolled back, so that the page says the truth. Raises Unforeseen if it
        cannot be taken without knowing more, and Refusal.
        """
        tried = copy(row)
        assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
        data = step.form(row=tried, user=request.user).preset()
        form = step.form(data, row=tried, user=request.user)
        if not (step.asks and form.is_valid()):
            raise Unforeseen
        now = timezone.now()
        with transaction.atomic():
            with telling.planning(choice=None, now=now):
                step.take(tried, form, now)
                found = telling.read(user=request.user)
            transaction.set_rollback(True)
        return found

    def step_page(
        self,
        request: HttpRequest,
        row: Any,
        step: Step,
        form: StepForm | None,
        refusal: Any = "",
        foreseen: Told | None = None,
    ) -> HttpResponse:
        """Render the page of a step; without a form it only says that the step is not possible."""
        is_foreseen = bool(foreseen)
        if form and not foreseen:
            with suppress(Unforeseen, Refusal):
                foreseen, is_foreseen = self.foresee(request, row, step), True
        return screens.page(
            self,
            request,
            "events/admin/step.html",
            title=step.label,
            original=row,
            step=step,
            form=form,
            sentences=step.sentences(row, form.user) if form else [],
            refusal=refusal,
            back=self.way_back(request, row),
            next=request.GET.get("next", ""),
            media=self.media + form.media if form else self.media,  # type: ignore[attr-defined]
            is_foreseen=is_foreseen,
            field=screens.FIELD,
            chosen=request.POST.get(screens.FIELD, Telling.NOW),
            **screens.words(foreseen),
        )


def _as_before(row: Any) -> str:
    return gettext("“%(row)s” is as it was before.") % {"row": row}


def spelt_out(refused: Sequence[Refusal], user: Any) -> str:
    """Return the sentences of refusals as one text; beyond NAMED they are counted."""
    shown = " ".join(refusal.sentence(user=user) for refusal in refused[:NAMED])
    more = len(refused) - NAMED
    if more <= 0:
        return shown
    return gettext("%(sentences)s And %(number)s more.") % {"sentences": shown, "number": more}
