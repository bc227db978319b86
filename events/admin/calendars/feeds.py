"""The screen of secret calendar feeds: hand one out, change its address, revoke it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.admin.kit import screens
from events.admin.kit.base import FindsPeople
from events.admin.kit.columns import coloured, moment
from events.admin.kit.filters import chosen, related
from events.admin.kit.steps import Step, StepForm, StepsAdmin
from events.domain.feeds import subscriptions
from events.models import CalendarFeed

SCOPE = ("person", "event", "role", "team")


def _zone(feed: CalendarFeed) -> str:
    return timezone.get_current_timezone_name()


ROTATE = Step(
    verb="rotate",
    label=_("New address"),
    icon="key",
    noun="feed",
    does=subscriptions.rotate,
    explain=(
        _("The old address stops working at once; calendars that use it stay as they are."),
        _("The new address is shown once: send it to the reader by a safe way."),
    ),
    says="",
    secondary=True,
    asks=False,
)
REVOKE = Step(
    verb="revoke",
    label=_("Revoke"),
    icon="link_off",
    noun="feed",
    does=subscriptions.revoke,
    explain=(_("Whoever reads it is told that it is gone. Other feeds stay as they are."),),
    says=_("The feed is revoked."),
    destructive=True,
    asks=False,
)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(StepsAdmin, FindsPeople):
    helps: ClassVar[Any] = {
        "tentative": _("Off: only what is confirmed."),
    }
    empty: ClassVar[Any] = _(
        "A feed is a secret address that the calendar program of a person or an office reads."
    )
    list_display = ("name", "person", "event", "role", "shown_state", "shown_read", "team")
    list_filter = (*chosen("role", "language"), *related("team"))
    list_select_related = ("person", "event", "team")
    search_fields = ("name",)
    search_help_text: ClassVar[Any] = _("Name of the feed, person in every spelling, event")
    ordering: ClassVar[Any] = ("-created_at", "-pk")
    autocomplete_fields = ("person", "event")
    readonly_fields = ("shown_state", "shown_created", "shown_read", "hint")
    fieldsets = (
        (_("Whose"), {"fields": ("name", *SCOPE)}),
        (_("How"), {"fields": ("language", "alarm", "past_days", "tentative")}),
        (
            _("Address"),
            {"fields": (("shown_state", "hint"), ("shown_created", "shown_read"))},
        ),
    )
    steps = (ROTATE, REVOKE)
    shown_created = moment(_("handed out"), "created_at", _zone)
    shown_read = moment(_("last read"), "last_read_at", _zone)

    def next_steps(self, row: CalendarFeed) -> tuple[str, ...]:
        return ("rotate",) if row.revoked_at else ("rotate", "revoke")

    def state_of(self, row: CalendarFeed) -> str:
        return gettext("revoked") if row.revoked_at else gettext("in use")

    @display(description=_("status"), ordering="revoked_at")
    def shown_state(self, feed: CalendarFeed) -> str:
        return coloured(self.state_of(feed), "danger" if feed.revoked_at else "success")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Make the scope read-only after creation: for another reader, hand out another feed."""
        return (*super().get_readonly_fields(request, obj), *(SCOPE if obj else ()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:-1]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        own = getattr(request.user, "language", "")
        if change:
            subscriptions.save(feed=obj, language=own)
        else:
            obj.address = subscriptions.hand_out(feed=obj, now=timezone.now(), language=own)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        """Show the address in this response only; no message, session or log contains it."""
        return self._show(request, obj, obj.address)

    def take(self, request: HttpRequest, row: Any, step: Step, form: StepForm) -> HttpResponse:
        if step.verb != ROTATE.verb:
            return super().take(request, row, step, form)
        return self._show(request, row, step.take(row, form, timezone.now()).result)

    def _show(self, request: HttpRequest, feed: CalendarFeed, address: str) -> HttpResponse:
        response = screens.page(
            self,
            request,
            "events/admin/address.html",
            title=feed.name,
            original=feed,
            address=address,
            back=self.row_url(feed),
        )
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response
