"""The screen of teams: members, reminders and texts of mails."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from events.admin.kit import rights, screens
from events.admin.kit.base import ScopedInline, SharedAdmin
from events.admin.mail.reminders import TeamReminderInline, WordingInline
from events.domain.access import access
from events.domain.mail import previews
from events.domain.reminders import reminders
from events.models import Membership, Person, ReminderRule, Team

admin.site.unregister(Group)


class MembershipInline(ScopedInline, TabularInline):
    """The members of a team; only superusers change them."""

    model = Membership
    fields: tuple[str, ...] = ("user", "role", "shown_person")
    autocomplete_fields: tuple[str, ...] = ("user",)
    readonly_fields = ("shown_person",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = Person.objects.visible_to(request.user).filter(pk=OuterRef("user__person"))
        rows = super().get_queryset(request).annotate(person_is_seen=Exists(seen))
        return rows.select_related("user__person", "team")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    @display(description=_("person"))
    def shown_person(self, membership: Any) -> str:
        """Who the member is at events, or why that has to be said."""
        if not membership.pk:
            return "–"
        if membership.lacks_person:
            return gettext("Nobody yet: sees nothing until the page of the login names a person.")
        if membership.user.person_id is None:
            return "–"
        person = membership.user.person
        return str(person) if membership.person_is_seen else gettext("(not visible)")


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

    empty: ClassVar[Any] = _(
        "A team owns events and missions. Make one first; then give your colleagues a role in it."
    )
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
