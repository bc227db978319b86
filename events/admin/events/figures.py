"""The screen of figures, numbers that sources report."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display

from events.admin.kit.base import ScopedInline, TranslatedAdmin
from events.admin.kit.filters import chosen
from events.admin.kit.forms import ScopedForm
from events.admin.kit.sources import EvidenceInline
from events.models import Figure
from events.values.languages import columns

UNITS = columns("unit")


class FigureForm(ScopedForm):
    """The form of a figure, whose unit serves as its name."""

    stems = ("unit",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Require the event of users who may not add a figure that all teams share."""
        super().__init__(*args, **kwargs)
        if "event" in self.fields:
            self.fields["event"].required = not self.everything


class FigureInline(ScopedInline, StackedInline):
    model = Figure
    form = FigureForm
    fields = (("comparator", "value"), *UNITS, "period", "slug")
    ordering: ClassVar[Any] = ("slug", "pk")
    per_page = 20
    tab = False


@admin.register(Figure)
class FigureAdmin(TranslatedAdmin):
    empty: ClassVar[Any] = _(
        "A figure is a number that a source states of an event, such as its visitors."
    )
    empty_leads: ClassVar[Any] = (_("Open the events"), "admin:events_event_changelist")
    form = FigureForm
    list_display = ("shown_value", "unit", "period", "event")
    list_filter: ClassVar[Any] = chosen("comparator")
    list_select_related = ("event",)
    search_fields = (*UNITS, "slug", *columns("event__title"))
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("event",)
    fields = ("event", ("comparator", "value"), "unit", "period", "slug")
    inlines = (EvidenceInline,)

    @display(description=_("figure"), ordering="value")
    def shown_value(self, figure: Any) -> str:
        value = "" if figure.value is None else f"{figure.value.normalize():,f}"
        return f"{figure.get_comparator_display()} {value}"
