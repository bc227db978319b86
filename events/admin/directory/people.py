"""The screen of people: names, offices, and the events that they attend."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from events.admin.directory import formalnames
from events.admin.directory.alike import AlikeAdmin
from events.admin.directory.formalnames import FormalNameAdmin
from events.admin.directory.users import LoginColumns
from events.admin.events.itineraries import PersonItinerary
from events.admin.kit.base import ReadOnly, ScopedInline, TranslatedAdmin
from events.admin.kit.fields import LinesField
from events.admin.kit.filters import chosen, related
from events.admin.kit.forms import ScopedForm
from events.admin.kit.mergers import MergesAdmin
from events.admin.kit.sources import EvidenceInline
from events.admin.kit.steps import Step, StepForm, StepsAdmin
from events.admin.mail.deliveries import MailPanel, counts
from events.admin.mail.reminders import OptOutInline
from events.domain.directory import namesakes, people
from events.domain.pages import formatting
from events.models import Appointment, Attendee, Merger, Person, User
from events.values import names
from events.values.languages import columns, suffix

TITLES = columns("title")
CONTACT = ("email", "phone")


class AppointmentInline(ScopedInline, StackedInline):
    helps: ClassVar[Any] = {
        "rank": _("Of several posts, the one with the highest number is shown."),
    }
    model = Appointment
    form = ScopedForm
    fields = (*TITLES, ("organisation", "rank"), ("valid_from", "valid_to", "as_of"))
    autocomplete_fields = ("organisation",)
    ordering: ClassVar[Any] = ("-rank", "pk")
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organisation")


class AttendanceInline(ReadOnly, ScopedInline, TabularInline):
    """The events that a person attends, the newest first, in pages."""

    model = Attendee
    fk_name = "person"
    fields = ("event", "shown_when", "role", "representing", "partstat", "seat", "attendance")
    readonly_fields = ("shown_when",)
    ordering: ClassVar[Any] = (F("event__start_on").desc(nulls_last=True), "-pk")
    per_page = 20
    hide_title = True
    verbose_name_plural = _("events")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user).select_related("person", "event", "representing")

    @display(description=_("date"))
    def shown_when(self, attendee: Attendee) -> str:
        return formatting.when(attendee.event.when)


class PersonMailPanel(MailPanel):
    """The mails to a person."""

    fk_name = "person"


class PersonForm(ScopedForm):
    """The form of a person, with the Chinese names side by side and other names one per line."""

    aliases = LinesField(
        label=capfirst(_("other names")),
        help_text=_("One to a line. A search finds the person by them, too."),
    )
    slug_from = ("western_name", "family_name", "given_name")
    in_chinese: ClassVar[Any] = {
        "name_zh_hans": _("Name in simplified characters"),
        "name_zh_hant": _("Name in traditional characters"),
    }

    another = forms.BooleanField(required=False, widget=forms.HiddenInput)
    alike: Sequence[Person] = ()  # people who may be the one to be added

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take names and salutations out of the language tabs; the English name is derived."""
        super().__init__(*args, **kwargs)
        for name in self.in_chinese.keys() & self.fields.keys():
            self._take_out(name, self.in_chinese[name])
            self.fields[name].help_text = ""
        for (__, language), name in zip(settings.LANGUAGES, people.SALUTATIONS, strict=True):
            if name in self.fields:
                self._take_out(name, f"{capfirst(_('salutation'))} · {language}")
        if "name_order" in self.fields:
            self._offer_orders(self.fields["name_order"])

    def clean(self) -> dict[str, Any]:
        """Fill in the order of names, if it was left to the name itself."""
        values = super().clean()
        if "name_order" in self.fields and not values.get("name_order"):
            values["name_order"] = names.likely_order(**formalnames.parts(values))
        return values

    def _take_out(self, name: str, label: Any) -> None:
        """Show a column of one language beside the others instead of in a tab."""
        field = self.fields[name]
        field.label = label
        classes = field.widget.attrs.get("class", "").split()
        kept = (one for one in classes if one != "mt" and not one.startswith("mt-"))
        field.widget.attrs["class"] = " ".join(kept)

    def _offer_orders(self, field: Any) -> None:
        """Leave the order to the name itself, unless one is chosen."""
        field.required = False
        field.choices = [("", _("as the name suggests")), *Person.NameOrder.choices]
        if self.instance.pk is None:
            self.initial["name_order"] = ""

    def _post_clean(self) -> None:
        """Ask once whether a new person is one of those on record."""
        super()._post_clean()
        if self.instance.pk or self.errors or self.cleaned_data.get("another"):
            return
        self.alike = namesakes.of(person=self.instance, user=self.user)
        if self.alike:
            self.add_error(None, _("Nothing is stored yet."))


class EraseForm(StepForm):
    """A confirmation."""

    passes = ()
    sure = forms.BooleanField(
        label=_("I know that nobody can take this back"), widget=UnfoldBooleanWidget
    )


def _label(person: Person) -> dict[str, Any]:
    return {"label": Person.ERASED[f"name_{suffix(get_language() or 'en')}"]}


def _traces(person: Person, user: User) -> Iterator[str]:
    traces = people.traces(person=person)
    yield ngettext(
        "%(count)s row at an event or in a delegation stays without a name; no count changes.",
        "%(count)s rows at events and in delegations stay without a name; no count changes.",
        traces.rows,
    ) % {"count": traces.rows}
    if traces.waiting:
        yield ngettext(
            "%(count)s waiting mail is not sent.",
            "%(count)s waiting mails are not sent.",
            traces.waiting,
        ) % {"count": traces.waiting}
    if traces.login:
        yield gettext("The login “%(login)s” stays, but stands for nobody any more.") % {
            "login": traces.login
        }


ERASE = Step(
    verb="erase",
    label=_("Erase"),
    icon="person_off",
    noun="person",
    does=people.erase,
    form=EraseForm,
    facts=_label,
    explain=(
        _("In place of the name stands “%(label)s”, here and wherever it is shown."),
        _("Contact data, offices, sources, other names and notes about them are deleted."),
        _("So is what histories and logs say of them, and the copies of mail to them."),
        _traces,
    ),
    says=_("The person is erased."),
    destructive=True,
    asks=False,
)


@admin.register(Person)
class PersonAdmin(
    MergesAdmin,
    StepsAdmin,
    AlikeAdmin,
    FormalNameAdmin,
    PersonItinerary,
    LoginColumns,
    TranslatedAdmin,
):
    helps: ClassVar[Any] = {
        "honorific": _("Mails greet with it, in Chinese too: Dr, Prof., Ambassador, 教授."),
        "salutation": _(
            "The whole greeting, such as “Your Excellency,”. Empty: made from title and name."
        ),
        "language": _("Invitations and reminders are written in it."),
        "timezone": _("Hours in mails are shown at this clock too."),
        "email": _("Without it no invitation or reminder can be sent."),
    }
    empty: ClassVar[Any] = _(
        "Add those whom you invite; invitations go to their e-mail address, in their language."
    )
    form = PersonForm
    change_form_before_template = "events/admin/beforeperson.html"
    list_display = (
        "shown_name", "shown_script", "shown_office", "language", "shown_email", "team",
    )  # fmt: skip
    list_filter = (*chosen("language"), *related("team"))
    list_select_related = ("team",)
    search_fields = ("slug",)
    search_help_text: ClassVar[Any] = _("Any script and spelling: Lyu finds Lu and Lü")
    ordering: ClassVar[Any] = (F("erased_at").asc(nulls_first=True), "sort_key", "pk")
    prepopulated_fields = {"slug": ("western_name", "family_name", "given_name")}
    readonly_fields = ("shown_in_english", "shown_offices", "shown_login")
    fieldsets: ClassVar[Any] = (
        (
            _("Name"),
            {
                "classes": ("tab",),
                "fields": (
                    ("family_name", "given_name"),
                    ("western_name", "name_order"),
                    "shown_in_english",
                    ("name_zh_hans", "name_zh_hant"),
                    "shown_offices",
                    "honorific",
                    "aliases",
                    "slug",
                ),
            },
        ),
        (_("Contact"), {"classes": ("tab",), "fields": CONTACT}),
        (
            _("Language and time"),
            {"classes": ("tab",), "fields": ("language", "timezone", people.SALUTATIONS)},
        ),
        (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
    )
    inlines: ClassVar[Any] = (
        AppointmentInline,
        AttendanceInline,
        PersonMailPanel,
        OptOutInline,
        EvidenceInline,
    )
    steps = (ERASE,)
    compared = (
        *people.NAMES, "aliases", "honorific", *people.SALUTATIONS, *CONTACT, "language",
        "timezone", "team",
    )  # fmt: skip

    class Media:
        js: ClassVar[Any] = ("events/formalname.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Annotate whether the user may see phone and mail, and prefetch the offices held today."""
        reached = Person.objects.reached_by(request.user).filter(pk=OuterRef("pk"))
        held = Appointment.objects.on(timezone.localdate()).select_related("organisation")
        offices = Prefetch("appointments", held, to_attr="offices")
        rows = super().get_queryset(request).annotate(is_reached=Exists(reached))
        return self.with_login(request, rows.prefetch_related(offices))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse filters by phone or mail in the address of the list."""
        asks = lookup.split("__", maxsplit=1)[0] in CONTACT
        return not asks and super().lookup_allowed(lookup, value, request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out phone and mail if the user may not see them; show the login to organisers."""
        shown = obj is None or obj.is_reached
        parts = super().get_fieldsets(request, obj)
        if obj and self.has_change_permission(request, obj):
            parts = [*parts, (_("Login"), {"classes": ("tab",), "fields": ("shown_login",)})]
        return [part for part in parts if shown or not {*CONTACT} & {*flatten_fieldsets([part])}]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse changes to an erased person."""
        return super().has_change_permission(request, obj) and not (obj and obj.erased_at)

    def merge_records(self, *, keep: Any, drop: Any, now: datetime) -> Merger:
        return people.merge(keep=keep, drop=drop, now=now)

    def unmerge_records(self, *, merger: Merger, now: datetime) -> Any:
        return people.unmerge(merger=merger, now=now)

    def step_context(self, request: HttpRequest, row: Person) -> dict[str, Any]:
        mails = counts(request, person=row)
        return {**super().step_context(request, row), "mails": mails}

    def next_steps(self, row: Person) -> tuple[str, ...]:
        return () if row.erased_at else (ERASE.verb,)

    def state_of(self, row: Person) -> str:
        return gettext("erased") if row.erased_at else ""

    @display(description=_("name"), ordering="sort_key")
    def shown_name(self, person: Person) -> str:
        return str(person)

    @display(description=_("in Chinese"))
    def shown_script(self, person: Any) -> str:
        return person.name_zh_hant or person.name_zh_hans or ""

    @display(description=_("office"))
    def shown_office(self, person: Any) -> str:
        """The title of the highest office held today."""
        return person.offices[0].title if person.offices else ""

    @display(description=_("offices held today"))
    def shown_offices(self, person: Any) -> str:
        offices = (filter(None, (office.title, office.organisation)) for office in person.offices)
        return gettext("; ").join(" · ".join(map(str, office)) for office in offices) or "–"

    @display(description=_("e-mail"))
    def shown_email(self, person: Any) -> str:
        return person.email if person.is_reached else ""
