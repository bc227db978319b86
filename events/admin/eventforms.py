"""The form of an event: what it fills in, and refusals in the reader's words."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from events.admin.forms import ScopedForm
from events.domain import programme
from events.values import dates


class EventForm(ScopedForm):
    preset_kind: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.preset_kind:
            self.instance.kind = self.preset_kind

    def needs_team(self) -> bool:
        return self.instance.is_managed

    def clean(self) -> dict[str, Any]:
        """Fill in what follows: the zone of the place, the last day, the whole period."""
        values = super().clean()
        exact = values.get("precision") in dates.EXACT
        if exact and not values.get("timezone") and values.get("place"):
            values["timezone"] = values["place"].find_zone()
        if values.get("start_on") and not values.get("end_on"):
            values["start_on"], values["end_on"] = _period(values["precision"], values["start_on"])
        return values

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            self._check_programme()

    def _check_programme(self) -> None:
        try:
            programme.check(event=self.instance)
        except programme.Cycle:
            self.add_error("parent", _("The event would be a part of itself."))
        except programme.TooDeep:
            levels = {"levels": programme.LEVELS}
            text = _("A programme has at most %(levels)s levels, this one would have more.")
            self.add_error("parent", text % levels)
        except programme.OutsideParent as refusal:
            if self.instance.is_managed:
                text = _("Lies outside “%(parent)s”, which it is part of.")
                self.add_error("start_on", text % {"parent": refusal.parent})


def _period(precision: str, day: Any) -> tuple[Any, Any]:
    """Return the first and last day: the same for exact dates, else the whole month or year."""
    if precision in dates.EXACT or precision == dates.Precision.UNKNOWN:
        return day, day
    return dates.period(dates.Precision(precision), day)
