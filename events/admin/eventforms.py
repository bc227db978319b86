"""The form of an event: what it fills in, and refusals in the reader's words."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.admin.forms import ScopedForm
from events.domain import access, lifecycle, programme
from events.models import Event
from events.models.events import LEVELS
from events.values import dates


class EventForm(ScopedForm):
    preset_kind: ClassVar[str] = ""
    may_see: Callable[[Event], bool]  # whether the user may read of another event

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
        if not self.errors and not access.may_keep(user=self.user, event=self.instance):
            self.add_error("parent", _("You add parts to your legs or the days you keep alone."))
        if not self.errors:
            self._check_programme()

    def _check_programme(self) -> None:
        try:
            lifecycle.check(event=self.instance)
        except lifecycle.Incomplete:
            text = _("People may know the day already: postpone the event instead.")
            self.add_error("precision", text)
        except programme.Cycle:
            self.add_error("parent", _("The event would be a part of itself."))
        except programme.TooDeep:
            levels = {"levels": LEVELS}
            text = _("A programme has at most %(levels)s levels, this one would have more.")
            self.add_error("parent", text % levels)
        except programme.ParentOff as refusal:
            text = _("“%(parent)s”, which it is part of, is postponed or cancelled.")
            self.add_error("parent", text % {"parent": refusal.parent})
        except programme.OutsideParent as refusal:
            self.add_error("start_on", self._outside(refusal))
        except programme.LegsOverlap as refusal:
            text = _("Overlaps with “%(leg)s”: two legs share a day of travel at most.")
            self.add_error("start_on", text % {"leg": self._titles([refusal.other])})

    def _outside(self, refusal: programme.OutsideParent) -> str:
        if refusal.parent != self.instance:
            text = _("Lies outside “%(parent)s”, which it is part of.")
            return text % {"parent": refusal.parent}
        text = _("These parts would lie outside: %(parts)s.")
        return text % {"parts": self._titles(refusal.parts)}

    def _titles(self, events: Iterable[Event]) -> str:
        """Return the titles of those that the user may see, and how many there are besides."""
        rows = list(events)
        seen = [str(row) for row in rows if self.may_see(row)]
        if hidden := len(rows) - len(seen):
            text = ngettext("one that you may not see", "%(count)d that you may not see", hidden)
            seen.append(text % {"count": hidden})
        return "; ".join(seen)


def _period(precision: str, day: Any) -> tuple[Any, Any]:
    """Return the first and last day: the same for exact dates, else the whole month or year."""
    if precision in dates.EXACT or precision == dates.Precision.UNKNOWN:
        return day, day
    return dates.period(dates.Precision(precision), day)
