"""The inline of members on the page of a delegation, in order of precedence."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from delegations.domain.rosters import rosters
from delegations.models import Delegate, Leg
from events.admin.attendance.attendees import AttendeeForm
from events.admin.kit.base import ScopedInline
from events.admin.kit.forms import RowFormSet
from events.admin.kit.widgets import Checkboxes
from events.domain.refusals import Refusal


class DelegateForm(AttendeeForm):
    """The form of a member; ranks are stored for all members at once, because they are unique."""

    known_legs: ClassVar[list[Leg]] = []  # the legs of the delegation, read once for all forms

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "legs" in self.fields:
            field: Any = self.fields["legs"]
            field.queryset = Leg.objects.filter(pk__in=[leg.pk for leg in self.known_legs])
            field.widget = Checkboxes()
            field.choices = [(leg.pk, str(leg)) for leg in self.known_legs]

    def _get_validation_exclusions(self) -> set[str]:
        """Skip the unique constraint of the rank: two rows may be exchanging their ranks."""
        return super()._get_validation_exclusions() | {"precedence"}  # type: ignore[misc]

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.precedence = self.initial.get("precedence")


class RosterFormSet(RowFormSet):
    """All members together: they must fit the quotas, have one head, and be different people."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        try:
            rosters.check(delegation=self.instance, members=self.members())
        except Refusal as refusal:
            raise ValidationError(refusal.sentence(user=self.user)) from refusal

    def members(self) -> list[Delegate]:
        """Return the members that remain, as they would be stored, in the order of the form.

        A head or deputy that the form adds stands where `rosters.placed` says.
        """
        staying = [form for form in self.forms if form.has_changed() or form.instance.pk]
        staying = [form for form in staying if not self._should_delete_form(form)]
        members = [form.instance for form in sorted(staying, key=_rank)]
        leaders = [form.instance for form in self.extra_forms if rosters.is_leader(form.instance)]
        return rosters.placed(
            members=[member for member in members if not _is_among(member, leaders)],
            new=[member for member in members if _is_among(member, leaders)],
        )


def _is_among(member: Delegate, members: list[Delegate]) -> bool:
    """Whether it is one of them; rows that are not stored yet are never equal."""
    return any(member is other for other in members)


def _rank(form: Any) -> tuple[bool, int]:
    rank = form.cleaned_data.get("precedence")
    return rank is None, rank or 0


class DelegateInline(ScopedInline, TabularInline):
    helps: ClassVar[Any] = {
        "precedence": _("The order of rank; 1 comes first."),
    }
    tab = False
    section = "members"
    model = Delegate
    form = DelegateForm
    formset = RosterFormSet
    fields = ("person", "label", "capacity", "organisation", "legs", "counted", "precedence")
    classes = ("placed",)
    autocomplete_fields = ("person", "organisation")
    ordering_field = "precedence"
    hide_ordering_field = True
    ordering: ClassVar[Any] = (F("precedence").asc(nulls_last=True), "pk")
    template_before = "delegations/admin/roster.html"
    show_change_link = False

    class Media:
        js = ("delegations/roster.js",)
        css: ClassVar[Any] = {"all": ("delegations/roster.css",)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Make the roster read-only if the delegation is closed or only reported."""
        is_open = obj is None or obj.pk is None or obj.is_open
        return is_open and super().has_change_permission(request, obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        if obj:
            formset.form.known_legs = list(obj.legs.select_related("stay").in_order())
        return formset

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = Delegate.objects.visible_to(request.user)
        legs = Prefetch("legs", Leg.objects.visible_to(request.user).select_related("stay"))
        rows = rows.select_related("person", "organisation").prefetch_related(legs)
        return rows.order_by(*self.ordering)
