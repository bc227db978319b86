"""The step that sends invitations: it shows the recipients first, and each can be deselected."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from events.admin.kit.steps import Done, Step, StepForm
from events.domain.access import access
from events.domain.attendance import invitations
from events.models import Event, Person, User


class AttendeesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Attendees with their mail address; people whom the user may not see are redacted."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, user: User, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seen = set(access.visible(user=user, model=Person).values_list("pk", flat=True))

    def label_from_instance(self, obj: Any) -> str:
        if obj.person_id not in self.seen:
            return gettext("(not visible)")
        return f"{obj.person} · {obj.person.email}"


class InvitationsForm(StepForm):
    """The choice of recipients."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Preset all attendees who have no invitation yet."""
        super().__init__(*args, **kwargs)
        rows = invitations.uninvited(event=self.row).select_related("person")
        self.fields["attendees"] = AttendeesField(
            self.user,
            label=_("Who gets one"),
            queryset=rows,
            initial=[row.pk for row in rows],
            error_messages={"invalid_choice": _("Somebody has an invitation by now. Look again.")},
        )

    def arguments(self) -> dict[str, Any]:
        return {"attendees": [attendee.pk for attendee in self.cleaned_data["attendees"]]}


def _without_address(event: Event, user: User) -> Iterable[str]:
    without = invitations.without_address(event=event)
    if without:
        text = ngettext(
            "%(number)s attendee has no mail address and gets none.",
            "%(number)s attendees have no mail address and get none.",
            without,
        )
        yield text % {"number": without}


def _sent(done: Done) -> str:
    text = ngettext(
        "%(number)s invitation is sent.", "%(number)s invitations are sent.", done.result
    )
    return text % {"number": done.result}


INVITE = Step(
    verb="invite",
    label=_("Send invitations"),
    icon="mail",
    noun="event",
    does=invitations.send,
    form=InvitationsForm,
    explain=(
        _(
            "Each gets a mail with the event for their calendar and buttons to answer; the answer"
            " shows here."
        ),
        _(
            "From then on they learn by mail when it is moved, changes or is called off, two"
            " minutes later; of several changes in a row they get one mail."
        ),
        _without_address,
    ),
    says=_sent,
    secondary=True,
    asks=False,
)
