"""The screen of deliveries: their states, and steps to release, drop and send again."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from events.admin.kit import screens
from events.admin.kit.base import FindsPeople, Panel, ReadOnly, ScopedInline
from events.admin.kit.columns import badge, chosen_words, coloured
from events.admin.kit.filters import chosen, searched, waiting
from events.admin.kit.steps import Done, Step, StepsAdmin
from events.domain.access import access
from events.domain.delivery import presend
from events.domain.mail import kinds, letters, outbox, previews
from events.domain.overview import tasks
from events.domain.pages import formatting
from events.models import Delivery, User

STATE = {
    Delivery.State.PENDING: "info",
    Delivery.State.LEASED: "info",
    Delivery.State.SENDING: "info",
    Delivery.State.HELD: "warning",
    Delivery.State.SENT: "success",
    Delivery.State.PRESUMED: "warning",
    Delivery.State.UNKNOWN: "warning",
    Delivery.State.FAILED: "danger",
    Delivery.State.DEAD: "danger",
    Delivery.State.EXPIRED: "warning",
}

# Explanations of states for organisers, where the name of the state does not suffice.
MEANING = {
    Delivery.State.HELD: _(
        "An organiser chose “not now”, or the mails go to very many people and wait until somebody"
        " has looked at them. Release them, or drop them: those that are about the same go"
        " together."
    ),
    Delivery.State.PRESUMED: _(
        "The program ended when the mail server had the mail, so it has most likely arrived. It"
        " does not go again by itself."
    ),
    Delivery.State.UNKNOWN: _(
        "Nobody can tell whether it has arrived. It does not go again by itself."
    ),
    Delivery.State.FAILED: _(
        "The mail server has refused it; the detail says why. Mend that, then send it again."
    ),
    Delivery.State.DEAD: _("It was tried several times, and no mail server has answered."),
    Delivery.State.SUPPRESSED: _(
        "A mail server has said that this address does not exist, so nothing more is sent to it."
        " Correct it on the page of the person. If it is right, send again the mail that failed."
    ),
    Delivery.State.EXPIRED: _("When it could have been sent, it was of no use any more."),
}
UTC = "UTC"


def _facts(row: Delivery) -> dict[str, Any]:
    return {"kind": row.get_kind_display(), "event": row.event, "person": row.person}


def _how_many_go(row: Delivery, user: User) -> Iterator[str]:
    number = outbox.held_with(delivery=row).count()
    yield ngettext(
        "%(count)s mail goes out at once.", "%(count)s mails go out at once.", number
    ) % {"count": number}


def _how_many_stay(row: Delivery, user: User) -> Iterator[str]:
    number = outbox.held_with(delivery=row).count()
    yield ngettext(
        "%(count)s mail is not sent, now or later.",
        "%(count)s mails are not sent, now or later.",
        number,
    ) % {"count": number}


def _twice(row: Delivery, user: User) -> Iterator[str]:
    if row.state in (Delivery.State.PRESUMED, Delivery.State.UNKNOWN):
        yield gettext("The first one may have arrived: then there are two.")


def _released(done: Done) -> str:
    _log(done, "Released.")
    text = ngettext(
        "%(count)s mail is on its way.", "%(count)s mails are on their way.", done.result
    )
    return text % {"count": done.result}


def _dropped(done: Done) -> str:
    _log(done, "Dropped.")
    text = ngettext("%(count)s mail was dropped.", "%(count)s mails were dropped.", done.result)
    return text % {"count": done.result}


def _sent_again(done: Done) -> str:
    _log(done, "Sent again.")
    return gettext("The mail is sent again.")


def _log(done: Done, words: str) -> None:
    """Record in Django's admin log who did it."""
    LogEntry.objects.log_actions(done.user.pk, [done.row], CHANGE, words, single_object=True)


ALL_HELD = _("All that are held back together: %(kind)s, “%(event)s”.")
_step = partial(Step, noun="delivery", facts=_facts, asks=False)
STEPS = (
    _step(
        verb="release",
        label=_("Release"),
        icon="send",
        does=outbox.release,
        explain=(ALL_HELD, _how_many_go),
        says=_released,
        destructive=True,
    ),
    _step(
        verb="drop",
        label=_("Drop"),
        icon="block",
        does=outbox.drop,
        explain=(ALL_HELD, _how_many_stay),
        says=_dropped,
        destructive=True,
    ),
    _step(
        verb="send_again",
        label=_("Send again"),
        icon="forward_to_inbox",
        does=outbox.send_again,
        explain=(_("%(person)s gets the mail, in the words and with the times of now."), _twice),
        says=_sent_again,
    ),
)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, StepsAdmin, FindsPeople):
    empty: ClassVar[Any] = _(
        "No mail yet: mails follow from invitations, reminder rules and changes that you tell."
    )
    empty_leads: ClassVar[Any] = (_("Open the events"), "admin:events_event_changelist")
    list_display = (
        "shown_due", "shown_state", "person", "event", "kind", "shown_sent", "shown_why",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (
        *chosen("state", "kind", "reason", "language"), *searched("event", "person"),
        waiting(*(task for task in tasks.TASKS if task.model is Delivery)),
    )  # fmt: skip
    list_select_related = ("person", "event")
    date_hierarchy = "due_at"
    search_fields = ("detail",)
    ordering: ClassVar[Any] = ("-due_at", "-pk")
    fields = (
        ("person", "event"), ("kind", "state"), ("shown_due", "shown_sent"),
        ("language", "zone"), ("attempts", "reason"), "detail", "shown_id", "shown_mail",
    )  # fmt: skip
    readonly_fields = ("shown_due", "shown_sent", "shown_mail", "shown_id")
    search_help_text: ClassVar[Any] = _("Event in all three languages, person, address, reply")
    shown_state = badge(_("state"), "state", STATE)
    steps = STEPS
    state_column = "state"
    state_colours = STATE

    def get_custom_urls(self) -> Any:
        mail = ("<int:object_id>/mail/", "events_delivery_mail", self.mail_view)
        return (mail, *super().get_custom_urls())

    def next_steps(self, row: Delivery) -> tuple[str, ...]:
        return outbox.next_steps(delivery=row)

    def state_of(self, row: Delivery) -> Any:
        return row.get_state_display()

    def step_context(self, request: HttpRequest, row: Delivery) -> dict[str, Any]:
        """Add the explanation of the state to the context, unless there is a reason."""
        meaning = None if row.reason else MEANING.get(Delivery.State(row.state))
        return {**super().step_context(request, row), "lines": [meaning] if meaning else []}

    def may_take(self, request: HttpRequest, row: Delivery, step: Step) -> bool:
        """Allow steps to organisers of the team, although deliveries have no change permission."""
        return access.may_change(user=request.user, row=row)

    @display(description=_("due"), ordering="due_at")
    def shown_due(self, delivery: Delivery) -> str:
        """The due moment in the time zone of the reader."""
        return formatting.moment(delivery.due_at, _zone(delivery))

    @display(description=_("sent at"), ordering="sent_at")
    def shown_sent(self, delivery: Delivery) -> str:
        return formatting.moment(delivery.sent_at, _zone(delivery)) if delivery.sent_at else "–"

    @display(description=_("reason"), ordering="reason")
    def shown_why(self, delivery: Delivery) -> str:
        """The reason why it was not sent, or the reply of the mail server."""
        return chosen_words(delivery, "reason") if delivery.reason else delivery.detail

    @display(description=_("Message-ID"))
    def shown_id(self, delivery: Delivery) -> str:
        """The Message-ID, by which logs of mail servers identify the mail."""
        return letters.message_id(delivery=delivery)

    @display(description=_("mail"))
    def shown_mail(self, delivery: Delivery) -> str:
        url = reverse("admin:events_delivery_mail", args=[delivery.pk])
        return format_html('<a href="{}" class="text-link">{}</a>', url, _("Read the mail"))

    def mail_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """Show the mail of a visible delivery, in a sandboxed frame without scripts."""
        delivery = screens.row(self, request, object_id)
        mail: previews.Shown | None = None
        with suppress(letters.NobodyThere, kinds.Unknown):
            message = presend.compose_again(delivery=delivery, now=timezone.now())
            mail = previews.shown(message=message, language=delivery.language)
            mail = mail if mail.subject else None  # empty if the changes were undone
        return screens.page(
            self,
            request,
            "events/admin/mail.html",
            title=_("Mail to %(person)s") % {"person": delivery.person},
            original=delivery,
            mail=mail,
            is_out=delivery.state in Delivery.OUT,
        )


def _zone(delivery: Delivery) -> str:
    """The time zone of the reader."""
    return delivery.zone or delivery.person.timezone or UTC


class MailPanel(Panel, ReadOnly, ScopedInline, TabularInline):
    """The number of mails in each state about an event or to a person, with links to the lists."""

    model = Delivery
    panel = "events/admin/mailpanel.html"
    verbose_name_plural = _("mails")


def counts(request: HttpRequest, **about: Any) -> list[dict[str, Any]]:
    """Return the number of mails by state, and by the reason why they were not sent."""
    rows = access.visible(user=request.user, model=Delivery).filter(**about)
    filters = {f"{name}__id__exact": row.pk for name, row in about.items()}
    found = rows.order_by().values_list("state", "reason").annotate(number=Count("pk"))
    by_state = sorted(found, key=lambda row: (ORDER.index(row[0]), row[1]))
    return [
        {
            "state": coloured(
                str(Delivery.State(state).label), STATE.get(Delivery.State(state), "")
            ),
            "why": Delivery.Reason(reason).label if reason else "",
            "number": number,
            "url": _list({**filters, "state__exact": state, **_why(reason)}),
        }
        for state, reason, number in by_state
    ]


ORDER = list(Delivery.State.values)


def _why(reason: str) -> dict[str, str]:
    return {"reason__exact": reason} if reason else {}


def _list(filters: dict[str, Any]) -> str:
    return f"{reverse('admin:events_delivery_changelist')}?{urlencode(filters)}"
