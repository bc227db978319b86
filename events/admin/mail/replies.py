"""The screen of replies to invitations: those to decide on, and those already processed."""

from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.admin.kit import rights
from events.admin.kit.base import FindsPeople, ReadOnly
from events.admin.kit.columns import badge
from events.admin.kit.filters import chosen, searched, waiting
from events.admin.kit.steps import Step, StepsAdmin
from events.domain.attendance import replies
from events.domain.overview import tasks
from events.domain.pages import formatting
from events.models import Reply, User

STATE = {
    Reply.State.OPEN: "warning",
    Reply.State.APPLIED: "success",
    Reply.State.IGNORED: "info",
}


def _facts(reply: Reply) -> dict[str, Any]:
    return {"who": reply.attendee, "answer": reply.get_partstat_display(), "sender": reply.sender}


def _proposed(reply: Reply, user: User) -> Iterator[str]:
    if reply.method == Reply.Method.COUNTER:
        yield gettext("The event stays where it is. To take the proposed time, move the event.")


_step = partial(Step, noun="reply", facts=_facts)
STEPS = (
    _step(
        verb="apply",
        label=_("Take the answer"),
        icon="check_circle",
        does=replies.apply,
        explain=(
            _("%(who)s: the answer becomes “%(answer)s”."),
            _("The mail says it comes from %(sender)s: be sure that it does."),
            _proposed,
        ),
        says=_("%(who)s: the answer is “%(answer)s” now."),
    ),
    _step(
        verb="dismiss",
        label=_("Put away"),
        icon="archive",
        does=replies.dismiss,
        explain=(_("It is put away; nothing else changes."),),
        says=_("The reply is put away."),
        secondary=True,
    ),
)


@admin.register(Reply)
class ReplyAdmin(ReadOnly, StepsAdmin, FindsPeople):
    empty: ClassVar[Any] = _(
        "Here wait the answers by mail that a person has to look at. There are none."
    )
    empty_leads: ClassVar[Any] = (_("Open the attendees"), "admin:events_attendee_changelist")
    list_display = (
        "shown_received", "shown_state", "sender", "event", "attendee", "method", "partstat",
        "reason",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (
        *chosen("state", "reason", "method", "partstat"),
        *searched("event"),
        waiting(*(task for task in tasks.TASKS if task.model is Reply)),
    )
    list_select_related = ("event", "attendee__person", "person")
    search_fields = ("sender", "subject")
    search_help_text: ClassVar[Any] = _("Sender, subject, person, event in all three languages")
    ordering: ClassVar[Any] = (F("settled_at").desc(nulls_first=True), "-received_at", "-pk")
    fields = (
        ("shown_received", "shown_state"), ("sender", "subject"), ("event", "attendee"),
        ("method", "partstat"), ("reason", "delegated_to"), "shown_proposed", "comment",
    )  # fmt: skip
    readonly_fields = ("shown_received", "shown_state", "shown_proposed")
    shown_state = badge(_("state"), "state", STATE)
    steps = STEPS
    state_column = "state"
    state_colours = STATE

    def next_steps(self, row: Reply) -> tuple[str, ...]:
        return replies.next_steps(reply=row)

    def step_context(self, request: HttpRequest, row: Reply) -> dict[str, Any]:
        """Add a hint to the context if the reply contains no answer that can be applied."""
        hint = _(
            "No answer can be taken from this mail. Read it in the mailbox; what it says can be"
            " entered on the page of the attendee."
        )
        is_unclear = self.next_steps(row) == ("dismiss",)
        return {**super().step_context(request, row), "lines": [hint] if is_unclear else []}

    def state_of(self, row: Reply) -> str:
        return row.get_state_display()

    def may_take(self, request: HttpRequest, row: Reply, step: Step) -> bool:
        """Allow steps to those who may change the reply, which has no form."""
        return rights.may_change(request, row)

    @display(description=_("received at"), ordering="received_at")
    def shown_received(self, reply: Reply) -> str:
        return formatting.moment(reply.received_at, _zone(reply))

    @display(description=_("proposed time"))
    def shown_proposed(self, reply: Reply) -> str:
        """The proposed moments in the time zone of the event."""
        moments = filter(None, (reply.proposed_start_at, reply.proposed_end_at))
        return " – ".join(formatting.moment(at, _zone(reply)) for at in moments) or "–"


def _zone(reply: Reply) -> str:
    return reply.event.timezone if reply.event and reply.event.timezone else "UTC"
