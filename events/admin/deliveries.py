"""What was sent to whom, to look at; the text of a mail as it stands in the mail folder."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.admin.base import FindsPeople, ReadOnly
from events.admin.filters import chosen
from events.admin.shown import badge
from events.domain import wording
from events.models import Delivery

STATE = {
    Delivery.State.PENDING: "info",
    Delivery.State.LEASED: "info",
    Delivery.State.SENDING: "info",
    Delivery.State.SENT: "success",
    Delivery.State.UNKNOWN: "warning",
    Delivery.State.FAILED: "danger",
    Delivery.State.DEAD: "danger",
    Delivery.State.EXPIRED: "warning",
}


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, FindsPeople):
    list_display = (
        "shown_due", "shown_state", "person", "event", "language", "shown_sent", "detail",
    )  # fmt: skip
    list_filter: ClassVar[Any] = chosen("state", "kind", "language")
    list_select_related = ("person", "event")
    date_hierarchy = "due_at"
    search_fields = (
        "event__title_en", "event__title_zh_hans", "event__title_zh_hant", "detail",
    )  # fmt: skip
    ordering: ClassVar[Any] = ("-due_at", "-pk")
    fields = (
        ("person", "event"), ("kind", "state"), ("shown_due", "shown_sent"),
        ("language", "zone"), ("attempts", "detail"), "public_uuid", "shown_mail",
    )  # fmt: skip
    readonly_fields = ("shown_due", "shown_sent", "shown_mail", "public_uuid")
    search_help_text: ClassVar[Any] = _("Event in all three languages, person, address, reply")
    shown_state = badge(_("state"), "state", STATE)

    def get_custom_urls(self) -> Any:
        return (("<int:object_id>/mail/", "events_delivery_mail", self.mail_view),)

    @display(description=_("due"), ordering="due_at")
    def shown_due(self, delivery: Delivery) -> str:
        """At the clock of its reader."""
        return wording.moment(delivery.due_at, delivery.zone or UTC)

    @display(description=_("sent at"), ordering="sent_at")
    def shown_sent(self, delivery: Delivery) -> str:
        return wording.moment(delivery.sent_at, delivery.zone or UTC) if delivery.sent_at else "–"

    @display(description=_("mail"))
    def shown_mail(self, delivery: Delivery) -> str:
        if not _file(delivery).is_file():
            return _("No copy in the mail folder.")  # type: ignore[return-value]
        url = reverse("admin:events_delivery_mail", args=[delivery.pk])
        return format_html('<a href="{}" class="text-link">{}</a>', url, _("Read the mail"))

    def mail_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """Show the mail of a delivery that the user may see, as text and never as a page."""
        delivery = self.get_object(request, str(object_id))
        if delivery is None or not self.has_view_permission(request, delivery):
            raise Http404
        mail = _read(delivery)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Mail to %(person)s") % {"person": delivery.person},
            "opts": self.opts,
            "original": delivery,
            "headers": [(name, mail[name]) for name in HEADERS if mail[name]],
            "body": _text(mail),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "events/admin/mail.html", context)


UTC = "UTC"
HEADERS = ("From", "To", "Date", "Subject", "Message-ID")


def _file(delivery: Delivery) -> Path:
    """The copy of the mail; its name is made of the row alone, never of the request."""
    return Path(settings.MAIL_FOLDER) / f"{delivery.public_uuid}.eml"


def _read(delivery: Delivery) -> EmailMessage:
    try:
        content = _file(delivery).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    return body.get_content() if body else ""
