"""The screens of teams and users."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from events.admin.kit import rights, screens
from events.admin.kit.base import ScopedInline, SharedAdmin
from events.admin.kit.history import HistoryAdmin
from events.admin.kit.widgets import ZONES
from events.admin.mail.reminders import TeamReminderInline, WordingInline
from events.domain.access import access
from events.domain.mail import previews
from events.domain.reminders import reminders
from events.models import Membership, Person, ReminderRule, Team, User

admin.site.unregister(Group)


class MembershipInline(ScopedInline, TabularInline):
    """The members of a team; only superusers change them."""

    model = Membership
    fields: tuple[str, ...] = ("user", "role")
    autocomplete_fields: tuple[str, ...] = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "team")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser


class TeamsInline(MembershipInline):
    """The teams of a user."""

    fields = ("team", "role")
    autocomplete_fields = ("team",)


class PreviewForm(forms.Form):
    """The choice of a kind of mail and a person for a preview."""

    kind = forms.ChoiceField(
        label=capfirst(_("kind")),
        choices=ReminderRule.Topic.choices,
        widget=UnfoldAdminSelectWidget,
    )
    person = forms.ModelChoiceField(
        queryset=Person.objects.none(), label=capfirst(_("person")), widget=UnfoldAdminSelectWidget
    )


@admin.register(Team)
class TeamAdmin(SharedAdmin):
    """Teams: superusers change members and names; organisers their rules and texts for mails."""

    list_display = ("name", "slug", "members")
    search_fields = ("name", "slug")
    ordering: ClassVar[Any] = ("name", "pk")
    prepopulated_fields: ClassVar[Any] = {"slug": ("name",)}
    actions_detail: ClassVar[Any] = ("preview",)
    fieldsets: ClassVar[Any] = (
        (_("Team"), {"classes": ("tab",), "fields": ("name", "slug")}),
        (_("Quiet hours"), {"classes": ("tab",), "fields": (("quiet_from", "quiet_until"),)}),
    )
    inlines = (TeamReminderInline, WordingInline, MembershipInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # Counted in a new query: the query set of `rows` is joined to the user's own memberships
        # only.
        return Team.objects.filter(pk__in=rows.values("pk")).annotate(
            size=Count("memberships")
        ).order_by(*self.ordering)  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return rights.may_enter(request)
        return rights.may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "name", "slug")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.prepopulated_fields if request.user.is_superuser else {}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Replan the reminders of events that use the team's rules, if these have changed."""
        changed = {rows.model for rows in formsets if rows.has_changed()}
        super().save_related(request, form, formsets, change)
        if ReminderRule in changed:
            reminders.replan_team(team=form.instance, now=timezone.now())

    @action(description=_("Preview of mails"), url_path="preview", icon="preview")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what a mail of the team would say to a person, in that person's language."""
        team = self.get_object(request, object_id)
        if team is None or not rights.may_change(request, team):
            raise Http404
        form = PreviewForm(request.GET or None)
        people = previews.readers(team=team)
        form.fields["person"].queryset = access.visible(  # type: ignore[attr-defined]
            user=request.user, model=Person
        ).filter(pk__in=people)
        found = None
        if form.is_valid():
            found = previews.compose(team=team, now=timezone.now(), **form.cleaned_data)
        return screens.page(
            self,
            request,
            "events/admin/preview.html",
            title=_("Preview of mails"),
            original=team,
            form=form,
            mail=found,
            back=reverse("admin:events_team_change", args=[team.pk]),
            media=self.media + form.media,
        )

    @display(description=_("members"), ordering="size")
    def members(self, team: Any) -> int:
        return team.size


@admin.register(User)
class UserAdmin(HistoryAdmin, DjangoUserAdmin[User], ModelAdmin):
    """Logins, for superusers only; permissions follow from memberships in teams."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    formfield_overrides = ZONES
    actions = None
    list_display = ("username", "first_name", "last_name", "email", "language", "is_active")
    list_filter = ("is_staff", "is_superuser", "is_active")
    ordering: ClassVar[Any] = ("username", "pk")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": (("first_name", "last_name"), "email")}),
        (_("Language and time"), {"fields": (("language", "timezone"),)}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Record"), {"fields": (("last_login", "date_joined"),)}),
    )
    inlines = (TeamsInline,)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_superuser(request)

    def _is_superuser(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser
