"""The steps that invite, and that ask again: they show the recipients first, chosen by groups."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from events.admin.kit.steps import Done, Step, StepForm
from events.admin.kit.widgets import Checkboxes
from events.domain.access import access
from events.domain.attendance import invitations, invitees
from events.domain.attendance.invitees import Invitees, LeftOut, Wish
from events.domain.mail import invitationtexts
from events.domain.mail.invitationtexts import Occasion
from events.models import Attendee, Event, Person, User
from events.values.keys import LONGEST, is_key

DAYS: Final = (0, 3, 7, 14, 30)  # since they were asked last
NAMED: Final = 200  # people whose names are spelled out; the others are counted
LEFT_OUT: Final[dict[LeftOut, Any]] = {
    LeftOut.NO_ADDRESS: ngettext_lazy(
        "%(number)s attendee has no mail address and gets none.",
        "%(number)s attendees have no mail address and get none.",
        "number",
    ),
    LeftOut.WRONG_ADDRESS: ngettext_lazy(
        "%(number)s has an address that a mail server called wrong.",
        "%(number)s have addresses that a mail server called wrong.",
        "number",
    ),
    LeftOut.DECLINED: ngettext_lazy(
        "%(number)s has declined, or is off the list.",
        "%(number)s have declined, or are off the list.",
        "number",
    ),
    LeftOut.INVITED: ngettext_lazy(
        "%(number)s is invited already.", "%(number)s are invited already.", "number"
    ),
    LeftOut.UNINVITED: ngettext_lazy(
        "%(number)s was not invited yet: use “Send invitations”.",
        "%(number)s were not invited yet: use “Send invitations”.",
        "number",
    ),
    LeftOut.ANSWERED: ngettext_lazy(
        "%(number)s has answered.", "%(number)s have answered.", "number"
    ),
    LeftOut.JUST_ASKED: ngettext_lazy(
        "%(number)s was asked less than a day ago, or the mail is on its way.",
        "%(number)s were asked less than a day ago, or the mails are on their way.",
        "number",
    ),
}


class Named(Checkboxes):
    """The names of the chosen in one text; their checkboxes are folded up."""

    template_name = "events/admin/invitees.html"
    input_type = "group"  # Unfold puts the label of a checkbox behind it
    names: Sequence[str] = ()
    more = 0

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {**context, "names": self.names, "more": self.more}


class AttendeesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Attendees with their mail address; people whom the user may not see are redacted."""

    widget = Named

    def __init__(self, user: User, rows: Sequence[Attendee], **kwargs: Any) -> None:
        queryset = Attendee.objects.filter(pk__in=[row.pk for row in rows])
        queryset = queryset.select_related("person").order_by("position", "pk")
        super().__init__(queryset=queryset, initial=[row.pk for row in rows], **kwargs)
        self.seen = set(access.visible(user=user, model=Person).values_list("pk", flat=True))
        names = [str(row.person) for row in rows if row.person_id in self.seen][:NAMED]
        self.widget.names, self.widget.more = names, len(rows) - len(names)

    def clean(self, value: Any) -> Any:
        """Refuse what is too long for a key, which databases cannot compare with one."""
        if wrong := [str(key) for key in value or () if not is_key(key)]:
            text = self.error_messages["invalid_choice"]
            raise forms.ValidationError(text, "invalid_choice", {"value": wrong[0][:LONGEST]})
        return super().clean(value)

    def label_from_instance(self, obj: Any) -> str:
        if obj.person_id not in self.seen:
            return gettext("(not visible)")
        return f"{obj.person} · {obj.person.email}"


class Narrowing(forms.Form):
    """Which of those who can be invited are meant: by role, by tag, by answer, by time."""

    roles = forms.MultipleChoiceField(
        label=_("Only these roles"), required=False, widget=Checkboxes
    )
    tags = forms.MultipleChoiceField(
        label=_("Only with one of these tags"), required=False, widget=Checkboxes
    )
    answers = forms.MultipleChoiceField(
        label=_("Only with this answer"), required=False, widget=Checkboxes
    )
    days = forms.TypedChoiceField(
        label=_("No answer for"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, data: Mapping[str, Any] | None, rows: Sequence[Attendee]) -> None:
        """Offer what divides the rows: a choice that all of them share is left out."""
        super().__init__(data or None)
        kinds: dict[str, list[tuple[Any, str]]] = {
            "roles": _counted(_capital(Attendee.Role.choices), [(row.role,) for row in rows]),
            "tags": _counted(_tags(rows), [row.tags for row in rows]),
            "answers": _counted(
                _capital(Attendee.Partstat.choices), [(row.partstat,) for row in rows]
            ),
            "days": [(number, _days(number)) for number in DAYS],
        }
        timed = any(hasattr(row, "invited_at") for row in rows)
        for name, choices in kinds.items():
            is_useful = timed if name == "days" else len(choices) > (name != "tags")
            if is_useful:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
            else:
                del self.fields[name]

    def wish(self) -> Wish:
        values = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Wish(
            roles=values.get("roles", ()),
            tags=values.get("tags", ()),
            partstats=values.get("answers", ()),
            days=values.get("days") or 0,
        )


class InviteesForm(StepForm):
    """The choice of recipients, narrowed down by the query of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Preset all who can be invited and are meant."""
        super().__init__(*args, **kwargs)
        found = self.invitees()
        self.narrowing = Narrowing(self.query, found.rows)
        rows = found.narrowed(wish=self.narrowing.wish(), now=timezone.now())
        text = ngettext("%(number)s person gets it", "%(number)s people get it", len(rows))
        self.fields["attendees"] = AttendeesField(
            self.user,
            rows,
            label=text % {"number": len(rows)},
            required=False,  # without the asterisk of a required field; see `clean_attendees`
            error_messages={
                "invalid_choice": _("Somebody has an invitation by now. Look again."),
            },
        )

    def clean_attendees(self) -> Any:
        if not self.cleaned_data["attendees"]:
            raise forms.ValidationError(_("Nobody is chosen."))
        return self.cleaned_data["attendees"]

    def invitees(self) -> Invitees:
        raise NotImplementedError

    def arguments(self) -> dict[str, Any]:
        return {"attendees": [attendee.pk for attendee in self.cleaned_data["attendees"]]}


class FirstForm(InviteesForm):
    def invitees(self) -> Invitees:
        return invitees.of_first(event=self.row)


class AgainForm(InviteesForm):
    def invitees(self) -> Invitees:
        return invitees.of_second(event=self.row, now=timezone.now())


def _counted(
    choices: Iterable[tuple[str, Any]], values: Iterable[Iterable[str]]
) -> list[tuple[str, str]]:
    """Return the choices that occur, each with its number."""
    found: dict[str, int] = {}
    for each in values:
        for value in each:
            found[value] = found.get(value, 0) + 1
    return [(value, f"{label} ({found[value]})") for value, label in choices if value in found]


def _capital(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(value, str(capfirst(label))) for value, label in choices]


def _tags(rows: Iterable[Attendee]) -> list[tuple[str, str]]:
    known = sorted({tag for row in rows for tag in row.tags}, key=str.casefold)
    return [(tag, tag) for tag in known]


def _days(number: int) -> str:
    if not number:
        return gettext("any time")
    text = ngettext("%(number)s day or longer", "%(number)s days or longer", number)
    return text % {"number": number}


def _left_out(find: Callable[[Event], Invitees], event: Event, user: User) -> Iterable[str]:
    left = find(event).left_out
    for reason, text in LEFT_OUT.items():
        if left[reason]:
            yield text % {"number": left[reason]}


def _first(event: Event) -> Invitees:
    return invitees.of_first(event=event)


def _again(event: Event) -> Invitees:
    return invitees.of_second(event=event, now=timezone.now())


def _which_text(occasion: Occasion, event: Event, user: User) -> Iterable[str]:
    """Say in which languages the organisers' own text goes, with a link to it."""
    texts = invitationtexts.by_language(event=event, occasion=occasion)
    own = [name for code, name in settings.LANGUAGES if texts[code]]
    if own:
        text = gettext("In %(languages)s they read what you have written, else the standard text.")
        text = text % {"languages": gettext(", ").join(own)}
    else:
        text = gettext("They read the standard text.")
    url = reverse("admin:events_event_invitation", args=[event.pk])
    link = '{} <a href="{}?for={}" class="text-link">{}</a>'
    yield format_html(link, text, url, occasion, gettext("Read it, or write your own"))


def _sent(done: Done) -> str:
    number = int(done.result)
    if number > settings.HOLD_ABOVE:
        text = gettext(
            "%(number)s mails are written and held back, because they are so many: release them"
            " under Deliveries."
        )
        return text % {"number": number}
    text = ngettext("%(number)s invitation is sent.", "%(number)s invitations are sent.", number)
    return text % {"number": number}


_step = partial(Step, noun="event", says=_sent, secondary=True, asks=False)
INVITE = _step(
    verb="invite",
    label=_("Send invitations"),
    icon="mail",
    does=invitations.send,
    form=FirstForm,
    explain=(
        _(
            "Each gets a mail with the event for their calendar and buttons to answer; the answer"
            " shows here."
        ),
        partial(_which_text, Occasion.FIRST),
        _(
            "From then on they learn by mail when it is moved, changes or is called off, two"
            " minutes later; of several changes in a row they get one mail."
        ),
        partial(_left_out, _first),
    ),
)
INVITE_AGAIN = _step(
    verb="invite_again",
    label=_("Invite again"),
    icon="forward_to_inbox",
    does=invitations.invite_again,
    form=AgainForm,
    explain=(
        _(
            "Those who were invited and have not answered are asked once more, with the same"
            " appointment. Whoever answers before the mail leaves is not asked."
        ),
        partial(_which_text, Occasion.AGAIN),
        partial(_left_out, _again),
    ),
)
