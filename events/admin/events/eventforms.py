"""The form of an event: derived values, and the field at which each refusal is shown."""

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.admin.kit.forms import ScopedForm
from events.domain.access import access
from events.domain.lifecycle import lifecycle
from events.domain.programme import parts, tree
from events.domain.refusals import Refusal
from events.models import Event, Viewer
from events.values import dates
from events.values.dates import Precision

# The field at which each refusal about the tree is shown.
AT_FAULT: Final[dict[type[Refusal], str]] = {
    tree.Cycle: "parent",
    tree.TooDeep: "parent",
    tree.ParentOff: "parent",
    tree.OutsideParent: "start_on",
    tree.LegsOverlap: "start_on",
}
TIMES: Final = ("start_time", "end_time")
# Fields of a new event that may stay empty: they have a default, or a part takes them from what it
# is part of.
OPTIONAL: Final = ("kind", "visibility")
INHERITED: Final = ("team",)
# Fields of a new event whose preset value is sent along, to tell it from what a person has typed.
PRESET: Final = ("team", "visibility", "place", "timezone", "precision", "start_on", *TIMES)


class EventForm(ScopedForm):
    """The form of an event, which derives values from place, date and what it is part of."""

    preset_kind: ClassVar[str] = ""
    revision_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # a revision

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.preset_kind:
            self.instance.kind = self.preset_kind
        if "revision_seen" in self.fields:
            self.initial["revision_seen"] = self.instance.revision
        if "precision" in self.fields:
            self.fields["precision"].help_text = HOW_EXACT
        if self.is_new:
            self._leave_open(kwargs.get("initial") or {})
        if "kind" in self.fields and (self.instance.parent_id or self.initial.get("parent")):
            self.fields["kind"].choices = _kinds_of_parts(self.is_new)  # type: ignore[attr-defined]

    @property
    def is_new(self) -> bool:
        return self.instance.pk is None

    def _leave_open(self, preset: dict[str, Any]) -> None:
        """Let a new event be saved without what a part takes from the event it is part of."""
        is_part = preset.get("parent") or self.data.get(self.add_prefix("parent"))
        for name in {*OPTIONAL, *(INHERITED if is_part else ())} & set(self.fields):
            self.fields[name].required = False
        for name in set(PRESET) & set(self.fields):
            self.fields[name].show_hidden_initial = True
        for name, text in ((("kind", _("Select value"))), ("visibility", LIKE_ITS_PARENT)):
            if name in self.fields:
                field: Any = self.fields[name]
                field.choices = [("", text), *field.choices]
                self.initial[name] = preset.get(name, "")

    def needs_team(self) -> bool:
        return self.instance.is_managed

    def clean(self) -> dict[str, Any]:
        """Fill in empty values: of the parent, zone of the place, last day, a whole period."""
        values = super().clean()
        self._check_that_it_is_the_latest(values.get("revision_seen"))
        if self.is_new:
            self._take(values)
        self._settle_precision(values)
        self._settle_zones(values)
        precision = values.get("precision")
        if precision and values.get("start_on") and not values.get("end_on"):
            values["start_on"], values["end_on"] = _period(precision, values["start_on"])
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

    def _take(self, values: dict[str, Any]) -> None:
        """Take what was left empty from the event that a new one is part of, or a default."""
        parent: Event | None = values.get("parent")
        if parent:
            self._fill(values, taken(parent, self.user))
            self._take_date(values, parent)
        self._fill(values, {"visibility": Event.Visibility.INTERNAL})
        self._fill(values, {"kind": Event.Kind.SESSION} if parent else {})
        for name in ("kind", *(("team",) if self.needs_team() else ())):
            if name in self.fields and not values.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def _take_date(self, values: dict[str, Any], parent: Event) -> None:
        if values.get("precision") not in dates.EXACT or values.get("start_on"):
            return
        if parent.when.is_exact:
            among = Event.objects.visible_to(self.user)
            self._fill(values, parts.start(parent=parent, among=among))
        elif not values.get("start_time"):
            values.update(parts.window(parent=parent))

    def _fill(self, values: dict[str, Any], defaults: dict[str, Any]) -> None:
        """Set fields that were left empty, and a team that was preset; keep what was typed."""
        untouched = self.fields.keys() - set(self.changed_data) - self.errors.keys()
        for name in untouched & defaults.keys():
            if name == "team":
                values[name] = self._owner(defaults[name]) or values.get(name)
            elif not values.get(name):
                values[name] = defaults[name]

    def _owner(self, team: Any) -> Any:
        """The team, if the user may give it an event."""
        teams: Any = self.fields["team"]
        return team and teams.queryset.filter(pk=team.pk).first()

    def _settle_precision(self, values: dict[str, Any]) -> None:
        """Let the precision follow from what was typed: a time is known to the minute.

        A time that is taken away leaves a day. A coarse precision has no times, unless they are
        typed now, because a time says more than the precision that was preset.
        """
        if "precision" not in values:
            return
        changed = set(self.changed_data)
        if not values.get("start_time") and "start_time" in changed and "end_time" not in changed:
            values["end_time"] = None
        chosen = "precision" in changed and values["precision"] == Precision.TIME
        typed = [name for name in TIMES if values.get(name)]
        if values["precision"] in dates.EXACT:
            values["precision"] = Precision.TIME if typed or chosen else Precision.DAY
        elif changed & set(typed):
            values["precision"] = Precision.TIME
        else:
            values.update(dict.fromkeys(TIMES))

    def _settle_zones(self, values: dict[str, Any]) -> None:
        """Let the zones follow the places, unless they were chosen."""
        if values.get("precision") not in dates.EXACT:
            return
        if self._follows("place", "timezone", values):
            values["timezone"] = values["place"].find_zone() or values.get("timezone", "")
        if self._follows("end_place", "end_timezone", values):
            there = values["end_place"].find_zone()
            values["end_timezone"] = "" if there == values.get("timezone") else there

    def _follows(self, place: str, zone: str, values: dict[str, Any]) -> bool:
        """Whether a zone is to be that of a place: it is empty, or it was that of the old place."""
        changed = self.changed_data
        if not values.get(place) or zone not in self.fields or zone in self.errors:
            return False
        if not values.get(zone):
            return place in changed or zone == "timezone"
        if place not in changed or zone in changed:
            return False
        old = getattr(self.instance, place, None)
        return self.is_new or bool(old and old.find_zone() == getattr(self.instance, zone))

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


HOW_EXACT = _("A start time makes it exact to the minute by itself.")
LIKE_ITS_PARENT = _("like the event it is part of")


def taken(parent: Event, user: Viewer) -> dict[str, Any]:
    """What a new part takes from its parent; who keeps internal items alone adds internal ones."""
    values = parts.taken(parent=parent)
    part = Event(parent=parent, team=parent.team, visibility=parent.visibility)
    if not access.may_store(user=user, event=part):
        values["visibility"] = Event.Visibility.INTERNAL
    return values


def _kinds_of_parts(is_new: bool) -> list[Any]:
    """The kinds as choices, those of programme items first; for a new part with an empty one."""
    first = Event.PROGRAMME_KINDS
    groups = (
        (_("Parts of a programme"), first),
        (_("Events"), [kind for kind in Event.Kind if kind not in first]),
    )
    blank = [("", _("Select value"))] if is_new else []
    return [
        *blank,
        *((head, [(one.value, one.label) for one in kinds]) for head, kinds in groups),
    ]


def _period(precision: str, day: Any) -> tuple[Any, Any]:
    """Return first and last day: the same twice for exact dates, else the ends of the period."""
    if precision in dates.EXACT or precision == dates.Precision.UNKNOWN:
        return day, day
    return dates.period(dates.Precision(precision), day)
