"""The steps that announce and confirm an event with its programme, or the programme alone."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanWidget

from events.admin.events import eventsteps
from events.admin.kit.steps import Done, Lines, Step, StepForm
from events.domain.access import access
from events.domain.lifecycle import announcing
from events.domain.pages import formatting
from events.models import Event, User

Status = Event.Status
INTERNAL = Event.Visibility.INTERNAL


class PartsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Parts of an event, each with its hours, status and visibility, and its date if it differs."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, event: Event, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.days = {event.start_on, event.when.last_on}

    def label_from_instance(self, obj: Any) -> str:
        on_its_day = self.days == {obj.start_on, obj.when.last_on} and len(self.days) == 1
        hours = formatting.hours(obj.when) if on_its_day else ""
        facts = [hours or formatting.when(obj.when), str(obj), obj.get_status_display()]
        if obj.visibility == INTERNAL:
            facts.append(obj.get_visibility_display())
        return " · ".join(facts)


class ProgrammeForm(StepForm):
    """The choice of parts, all of them preset; no field if no part is behind `status`."""

    status: ClassVar[str] = ""  # the status that the event gets; empty: that it has
    required: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        behind = _behind(self.row, self.user, self.status)
        if behind or self.required:
            self.fields["parts"] = PartsField(
                self.row,
                label=_("With its programme"),
                queryset=_rows(behind),
                initial=[part.pk for part in behind],
                required=self.required,
                error_messages={"invalid_choice": _("A part is announced by now. Look again.")},
            )
        if number := _count_internal(self.row, behind):
            self.fields["visible"] = forms.BooleanField(
                label=_visible(self.row, number), initial=True, required=False,
                widget=UnfoldBooleanWidget,
                help_text=_("Off: what is internal stays internal, such as cues for the team."),
            )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        values = self.cleaned_data
        chosen = [part.pk for part in values.get("parts", ())]
        return {"parts": chosen, "visible": values.get("visible", False)}


class ProposeForm(ProgrammeForm):
    """The parts that are announced with the event."""

    status = Status.TENTATIVE


class ConfirmForm(ProgrammeForm):
    """The parts that are confirmed with the event."""

    status = Status.CONFIRMED


class AnnounceForm(ProgrammeForm):
    """The parts that are announced after the event."""

    required = True


def _behind(event: Event, user: User, status: str) -> list[Event]:
    """The parts behind a status that the user may change, in the order of time."""
    keys = [part.pk for part in announcing.waiting(event=event, status=status)]
    ours = access.changeable(user=user, model=Event).filter(pk__in=keys)
    return list(ours.in_time_order()) if keys else []  # type: ignore[attr-defined]


def _rows(parts: list[Event]) -> QuerySet[Event]:
    return Event.objects.filter(pk__in=[part.pk for part in parts]).in_time_order()


def _count_internal(event: Event, parts: list[Event]) -> int:
    """The number of internal parts of an event that is not internal itself."""
    return 0 if event.visibility == INTERNAL else sum(p.visibility == INTERNAL for p in parts)


def _visible(event: Event, number: int) -> str:
    text = ngettext(
        "Make the %(number)s internal item as visible as the event: %(visibility)s",
        "Make the %(number)s internal items as visible as the event: %(visibility)s",
        number,
    )
    return text % {"number": number, "visibility": event.get_visibility_display()}


def _programme(status: str) -> Lines:
    """Return a function that yields what happens to the programme, and whom it reaches."""

    def lines(event: Event, user: User) -> Iterator[str]:
        behind = _behind(event, user, status)
        if behind:
            yield _along(status or event.status, len(behind))
        reach = announcing.consequences(event=event, parts=behind, status=status)
        yield from eventsteps.people(reach)

    return lines


def _along(status: str, number: int) -> str:
    if status == Status.CONFIRMED:
        text = ngettext(
            "%(number)s item of its programme is confirmed as well, unless you take it out below.",
            "%(number)s items of its programme are confirmed as well, unless you take them out"
            " below.",
            number,
        )
    else:
        text = ngettext(
            "%(number)s item of its programme is announced as well, unless you take it out below.",
            "%(number)s items of its programme are announced as well, unless you take them out"
            " below.",
            number,
        )
    return text % {"number": number}


def _says(alone: Any, with_parts: Callable[[int], str]) -> Callable[[Done], str]:
    """Return the message after a step: with the number of parts that took it, if any did."""

    def says(done: Done) -> str:
        words = {**eventsteps.facts(done.row), "number": done.result}
        text = with_parts(done.result) if done.result else str(alone)
        return text % words

    return says


def _tentative(number: int) -> str:
    return ngettext(
        "“%(title)s” is tentative now, and %(number)s item of its programme.",
        "“%(title)s” is tentative now, and %(number)s items of its programme.",
        number,
    )


def _confirmed(number: int) -> str:
    return ngettext(
        "“%(title)s” is confirmed, and %(number)s item of its programme.",
        "“%(title)s” is confirmed, and %(number)s items of its programme.",
        number,
    )


def _announced(number: int) -> str:
    return ngettext(
        "%(number)s item of the programme of “%(title)s” is announced.",
        "%(number)s items of the programme of “%(title)s” are announced.",
        number,
    )


def unannounced(event: Event, parts: Iterable[Event]) -> list[str]:
    """Return sentences on how many parts are behind the status of an event, if any are."""
    states = [part.status for part in parts if part.is_managed]
    drafts, tentative = states.count(Status.DRAFT), states.count(Status.TENTATIVE)
    lines = []
    if drafts and event.status in announcing.BEHIND:
        text = ngettext(
            "%(number)s item of the programme is not announced.",
            "%(number)s items of the programme are not announced.",
            drafts,
        )
        lines.append(text % {"number": drafts})
    if tentative and event.status == Status.CONFIRMED:
        text = ngettext(
            "%(number)s item of the programme is not confirmed.",
            "%(number)s items of the programme are not confirmed.",
            tentative,
        )
        lines.append(text % {"number": tentative})
    return lines


def _same(event: Event, user: User) -> Iterator[str]:
    text = gettext("The items that you choose become like the event itself: %(status)s.")
    yield text % {"status": event.get_status_display()}


_step = partial(Step, noun="event", facts=eventsteps.facts)
PROPOSE = _step(
    verb="propose",
    label=_("Announce as tentative"),
    icon="campaign",
    does=announcing.propose,
    form=ProposeForm,
    explain=(
        _("It is announced as tentative: “%(when)s”."),
        eventsteps.audience,
        _programme(Status.TENTATIVE),
    ),
    says=_says(_("“%(title)s” is tentative now."), _tentative),
)
PUBLISH = _step(
    verb="publish",
    label=_("Announce and confirm"),
    icon="task_alt",
    does=announcing.publish,
    form=ConfirmForm,
    explain=(
        _("It is announced and confirmed for %(when)s."),
        eventsteps.audience,
        _programme(Status.CONFIRMED),
        _("Its reminders go out at their times."),
    ),
    says=_says(_("“%(title)s” is confirmed."), _confirmed),
)
CONFIRM = _step(
    verb="confirm",
    label=_("Confirm"),
    icon="check_circle",
    does=announcing.confirm,
    form=ConfirmForm,
    explain=(
        _("It is confirmed for %(when)s."),
        _programme(Status.CONFIRMED),
        _("Its reminders go out at their times."),
    ),
    says=_says(_("“%(title)s” is confirmed."), _confirmed),
)
ANNOUNCE = _step(
    verb="announce",
    label=_("Announce programme items"),
    icon="campaign",
    does=announcing.announce,
    form=AnnounceForm,
    explain=(_same, _programme(""), _("Reminders of these items go out at their times.")),
    says=_says(_("Nothing was left to announce."), _announced),
)
STEPS = (PROPOSE, PUBLISH, CONFIRM, ANNOUNCE)
