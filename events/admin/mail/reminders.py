"""Inlines for reminder rules, wordings of mails, and opt-outs."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline

from events.admin.kit.base import ReadOnly, ScopedInline
from events.admin.kit.columns import moment
from events.admin.kit.forms import KnowingForm
from events.admin.kit.widgets import Checkboxes, Suggesting
from events.domain.attendance import tags
from events.models import Attendee, Event, MailWording, OptOut, ReminderRule
from events.values.languages import columns


class ReminderForm(KnowingForm):
    """A form that stores an added row even if all its values are the defaults."""

    roles = forms.MultipleChoiceField(
        label=capfirst(_("roles")),
        help_text=_("None chosen: everybody."),
        choices=Attendee.Role.choices,
        required=False,
        widget=Checkboxes,
    )

    known_tags: ClassVar[Sequence[str]] = ()  # tags in use where the rule applies

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Suggest the tags in use: a rule with any other tag reaches nobody."""
        super().__init__(*args, **kwargs)
        if "tag" in self.fields:
            self.fields["tag"].widget = Suggesting()
            self.fields["tag"].widget.suggestions = self.known_tags

    def has_changed(self) -> bool:
        return self.instance.pk is None or super().has_changed()


class ReminderInline(ScopedInline, StackedInline):
    helps: ClassVar[Any] = {
        "offset_kind": _(
            "Days keep to the time of day below; hours and minutes count from the start."
        ),
        "answers": _("Who has declined is never reminded."),
        "topic": _("Thanks and follow-ups are written after the end."),
    }
    model = ReminderRule
    form = ReminderForm
    fields: ClassVar[Any] = (
        ("offset", "offset_kind"),
        ("at_local_time", "clock"),
        "topic",
        ("answers", "tag"),
        "roles",
        ("subtree", "enabled"),
    )
    ordering = ("offset_kind", "offset", "pk")
    per_page = 20

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        if obj:
            seen: Any = Attendee.objects.visible_to(request.user)
            formset.form.known_tags = tags.in_use(among=seen.filter(self.concerned(obj)))
        return formset

    def concerned(self, row: Any) -> Q:
        """Return the condition for the attendees that the rules of an event may choose."""
        return Q(event__in=Event.objects.within([row.pk]))


class EventReminderInline(ReminderInline):
    """The rules of an event, in a section of its form."""

    tab = False
    section = "audience"


class TeamReminderInline(ReminderInline):
    """The rules for events of the team that have none of their own."""

    fk_name = "team"
    verbose_name_plural = _("reminders of all events")

    def concerned(self, row: Any) -> Q:
        return Q(event__team=row)


class WordingInline(ScopedInline, StackedInline):
    """The texts of the team's mails, in three languages."""

    model = MailWording
    verbose_name_plural = _("wording of mails")
    ordering = ("kind", "pk")
    max_num = len(ReminderRule.Topic)
    fields: ClassVar[Any] = ("kind", *columns("subject", "opening", "closing"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Label each column with its language, and make the text areas small."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and (of := getattr(db_field, "translated_field", None)):
            language = dict(settings.LANGUAGES)[db_field.language]
            field.label = f"{capfirst(of.verbose_name)} · {language}"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
        return field


class OptOutInline(ReadOnly, ScopedInline, TabularInline):
    """A person's opt-outs; deleting a row lets the mails be sent again."""

    model = OptOut
    fields = ("kind", "shown_since")
    readonly_fields = ("kind", "shown_since")
    ordering = ("kind", "pk")
    hide_title = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ScopedInline.has_change_permission(self, request, obj)

    shown_since = moment(_("since"), "since", lambda _row: timezone.get_current_timezone_name())
