"""The screen of logins, and what the page of a person says of theirs."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import BooleanField, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from events.admin.directory.teams import MembershipInline
from events.admin.kit.history import HistoryAdmin
from events.admin.kit.widgets import ZONES
from events.domain.reminders import answernews
from events.models import Person, User
from events.values.keys import is_key

LINK = '<a class="text-link" href="{}">{}</a>'


class TeamsInline(MembershipInline):
    """The teams of a user."""

    fields = ("team", "role", "shown_person")
    autocomplete_fields = ("team",)


@admin.register(User)
class UserAdmin(HistoryAdmin, DjangoUserAdmin[User], ModelAdmin):
    """Logins, for superusers only; permissions follow from memberships in teams."""

    empty: ClassVar[Any] = _("Give your colleagues a login, and a role in a team.")
    empty_leads: ClassVar[Any] = (_("Open the teams"), "admin:events_team_changelist")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    formfield_overrides = ZONES
    actions = None
    list_display = ("username", "first_name", "last_name", "person", "email", "is_active")
    list_filter = ("is_staff", "is_superuser", "is_active")
    list_select_related = ("person",)
    ordering: ClassVar[Any] = ("username", "pk")
    filter_horizontal = ()
    autocomplete_fields = ("person",)
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"fields": ("person", "username", "is_staff")}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("person", ("first_name", "last_name"), "email")}),
        (_("Language and time"), {"fields": (("language", "timezone"), "answer_mails")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Record"), {"fields": (("last_login", "date_joined"),)}),
    )
    inlines = (TeamsInline,)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preset a member of the staff, whose user name is made from the name of the person."""
        initial = {"is_staff": True, **super().get_changeform_initial_data(request)}
        key = str(initial.get("person", ""))
        person = Person.objects.filter(pk=key).first() if is_key(key) else None
        if person and "username" not in initial:
            initial["username"] = _username(person)
        return initial

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer people who were not erased, and say it kindly if one has a login already."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "person" and field:
            field.queryset = Person.objects.filter(erased_at=None)
            field.error_messages["unique"] = _("This person has a login already.")
        return field

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Take name, mail, language and zone of a new login from its person."""
        if not change and obj.person:
            _take_from(obj.person, obj)
        super().save_model(request, obj, form, change)
        if "answer_mails" in form.changed_data:
            answernews.replan(user=obj, now=timezone.now())

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


class LoginColumns:
    """The login of a person, on their page: a link for superusers, who alone make logins."""

    def with_login(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Annotate whether the reader may make a login."""
        may = Value(bool(request.user.is_superuser), output_field=BooleanField())
        return rows.annotate(may_make_login=may)

    @display(description=_("login"))
    def shown_login(self, person: Any) -> str:
        login = getattr(person, "user", None)
        if not getattr(person, "may_make_login", False):
            return str(login) if login else gettext("None. An administrator can make one.")
        if login:
            return format_html(LINK, reverse("admin:events_user_change", args=[login.pk]), login)
        url = f"{reverse('admin:events_user_add')}?{urlencode({'person': person.pk})}"
        return format_html(LINK, url, gettext("Make a login"))


def _username(person: Person) -> str:
    """Return a free user name: the slug of the person."""
    taken = set(User.objects.filter(username__startswith=person.slug).values_list("username"))
    return person.slug if (person.slug,) not in taken else f"{person.slug}-{len(taken) + 1}"


def _take_from(person: Person, user: User) -> None:
    user.first_name = user.first_name or person.western_name or person.given_name
    user.last_name = user.last_name or person.family_name
    for name in ("email", "language", "timezone"):
        setattr(user, name, getattr(user, name) or getattr(person, name))
