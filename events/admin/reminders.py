"""When the attendees of an event are reminded."""

from unfold.admin import TabularInline

from events.admin.base import ScopedInline
from events.admin.forms import KnowingForm
from events.models import ReminderRule


class ReminderForm(KnowingForm):
    """A row that somebody added is meant, even if every preset value suits them."""

    def has_changed(self) -> bool:
        return self.instance.pk is None or super().has_changed()


class ReminderInline(ScopedInline, TabularInline):
    model = ReminderRule
    form = ReminderForm
    fields = ("offset", "offset_kind", "at_local_time", "enabled")
    ordering = ("offset_kind", "offset", "pk")
