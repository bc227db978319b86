"""The screens of teams and users."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from events.admin.base import ScopedInline, SharedAdmin
from events.models import Membership, Team, User

admin.site.unregister(Group)


class MembershipInline(ScopedInline, TabularInline):
    """Who belongs to a team; superusers decide."""

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


@admin.register(Team)
class TeamAdmin(SharedAdmin):
    list_display = ("name", "slug", "members")
    search_fields = ("name", "slug")
    ordering: ClassVar[Any] = ("name", "pk")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug")
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # Annotated from below: the scope has joined the memberships of the user alone.
        return Team.objects.filter(pk__in=rows.values("pk")).annotate(
            size=Count("memberships")
        ).order_by(*self.ordering)  # fmt: skip

    @display(description=_("members"), ordering="size")
    def members(self, team: Any) -> int:
        return team.size


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], ModelAdmin):
    """Logins, for superusers alone; what a user may do follows from the teams."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
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
