"""The form of an event: derived values, and the field at which each refusal is shown."""

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.admin.kit.forms import ScopedForm
from events.domain.access import access
from events.domain.lifecycle import lifecycle
from events.domain.programme import tree
from events.domain.refusals import Refusal
from events.values import dates

# The field at which each refusal about the tree is shown.
AT_FAULT: Final[dict[type[Refusal], str]] = {
    tree.Cycle: "parent",
    tree.TooDeep: "parent",
    tree.ParentOff: "parent",
    tree.OutsideParent: "start_on",
    tree.LegsOverlap: "start_on",
}


class EventForm(ScopedForm):
    """The form of an event, which derives values from place and date."""

    preset_kind: ClassVar[str] = ""
    revision_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # a revision

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.preset_kind:
            self.instance.kind = self.preset_kind
        if "revision_seen" in self.fields:
            self.initial["revision_seen"] = self.instance.revision

    def needs_team(self) -> bool:
        return self.instance.is_managed

    def clean(self) -> dict[str, Any]:
        """Fill in empty values: zone of the place, last day, whole period of a coarse date."""
        values = super().clean()
        self._check_that_it_is_the_latest(values.get("revision_seen"))
        exact = values.get("precision") in dates.EXACT
        if exact and not values.get("timezone") and values.get("place"):
            values["timezone"] = values["place"].find_zone()
        if values.get("start_on") and not values.get("end_on"):
            values["start_on"], values["end_on"] = _period(values["precision"], values["start_on"])
        return values

    def _check_that_it_is_the_latest(self, revision_seen: int | None) -> None:
        """Refuse the form if the event has changed since it was opened (optimistic locking)."""
        if revision_seen is not None and revision_seen != self.instance.revision:
            raise ValidationError(
                _(
                    "Somebody has changed this event since you opened it. Open it again in another"
                    " window, compare, and enter your changes there."
                )
            )

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and not access.may_store(user=self.user, event=self.instance):
            self.add_error("parent", _("You add parts to your legs or the days you keep alone."))
        if not self.errors:
            self._check_programme()

    def _check_programme(self) -> None:
        try:
            lifecycle.check(event=self.instance)
        except lifecycle.Incomplete:
            text = _("People may know the day already: postpone the event instead.")
            self.add_error("precision", text)
        except tuple(AT_FAULT) as refusal:
            self.add_error(AT_FAULT[type(refusal)], refusal.sentence(user=self.user))


def _period(precision: str, day: Any) -> tuple[Any, Any]:
    """Return first and last day: the same twice for exact dates, else the ends of the period."""
    if precision in dates.EXACT or precision == dates.Precision.UNKNOWN:
        return day, day
    return dates.period(dates.Precision(precision), day)
