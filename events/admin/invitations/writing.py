"""The page on which organisers write the invitation to an event, with a preview and a test."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from events.admin.kit import rights, screens
from events.domain.access import access
from events.domain.attendance import invitationdrafts
from events.domain.mail import invitationtexts
from events.domain.mail.invitationtexts import Occasion, Written
from events.domain.mail.previews import Shown
from events.domain.refusals import Refusal
from events.models import Attendee, Event, InvitationText, Person, User
from events.values import languages
from events.values.languages import columns, suffix

PREVIEW, TEST, LIVE = "_preview", "_test", "_live"  # buttons, and a request of the script
OCCASION: Final = "for"  # the parameter: which invitation is written
READER: Final = "reader"  # the parameter: a language for somebody made up, or an attendee
MAX_READERS: Final = 300  # attendees to choose from
OCCASIONS: Final[dict[str, Any]] = {
    Occasion.FIRST: _("Invitation"),
    Occasion.AGAIN: _("Second invitation, to who has not answered"),
}
# What each placeholder stands for.
MEANINGS: Final[dict[str, Any]] = {
    "salutation": _("the greeting, by title and name"),
    "name": _("the name of the reader"),
    "title": _("the title of the event"),
    "when": _("day and hour"),
    "place": _("the place"),
    "team": _("the name of your team"),
    "answer": _("the link to answer"),
}


class TextsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Subject and text in each language; `seen` is the stamp of what the user has read."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    class Meta:
        model = InvitationText
        fields = invitationtexts.COLUMNS

    def __init__(self, data: Any = None, *, instance: InvitationText, occasion: Occasion) -> None:
        """Keep the fields of one occasion; labels name the language, so that errors do too."""
        initial = {"seen": invitationtexts.stamp(row=instance)}
        super().__init__(data, instance=instance, initial=initial)
        self.stems = invitationtexts.NAMES[occasion]
        self.names = columns(*self.stems)
        for name in {*invitationtexts.COLUMNS} - {*self.names}:
            del self.fields[name]
        for code, language in settings.LANGUAGES:
            subject, text = (f"{stem}_{suffix(code)}" for stem in self.stems)
            line, area = UnfoldAdminTextInputWidget(), UnfoldAdminTextareaWidget({"rows": 9})
            for name, label, widget in ((subject, _("Subject"), line), (text, _("Text"), area)):
                widget.attrs |= {"lang": languages.tag(code)}
                self.fields[name].label = f"{label} · {language}"
                self.fields[name].widget = widget

    def texts(self) -> dict[str, str]:
        """Return the texts as they are stored: with plain line ends and without blank edges."""
        found = {name: self.cleaned_data.get(name) or "" for name in self.names}
        return {name: text.replace("\r\n", "\n").strip() for name, text in found.items()}

    def sections(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield each language with its two fields."""
        for code, _language in settings.LANGUAGES:
            yield code, [self[f"{stem}_{suffix(code)}"] for stem in self.stems]


class InvitationWriting:
    """A button to the text of the invitations of an event; mixed into a ModelAdmin."""

    opts: ClassVar[Any]

    @action(
        description=_("Write the invitation"),
        url_path="invitation",
        icon="edit_note",
        permissions=["write_invitation"],
    )
    def invitation(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the texts (GET); or show a preview, send a test, or store them (POST)."""
        event = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if event is None:
            raise Http404
        if not rights.may_change(request, event):
            raise PermissionDenied
        return _Page(self, request, event).answer()

    def has_write_invitation_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not object_id:
            return rights.may_enter(request)
        event = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        return event is not None and event.is_managed and rights.may_change(request, event)


class _Page:
    """The page of the texts, for one request."""

    def __init__(self, screen: Any, request: HttpRequest, event: Event) -> None:
        self.screen, self.request, self.event = screen, request, event
        self.row = invitationtexts.row_of(event=event)
        asked = request.GET.get(OCCASION)
        self.occasion = Occasion.AGAIN if asked == Occasion.AGAIN else Occasion.FIRST
        self.now = timezone.now()
        seen = access.visible(user=request.user, model=Person)
        self.readers = list(
            invitationdrafts.readers(event=event).filter(person__in=seen)[:MAX_READERS]
        )

    def answer(self) -> HttpResponse:
        data = self.request.POST
        if self.request.method != "POST":
            return self.show(self.form())
        form = self.form(data)
        is_valid = form.is_valid()
        if LIVE in data:
            return self.live(form)
        if is_valid and TEST in data:
            self.test(form)
        if not is_valid or TEST in data or PREVIEW in data:
            return self.show(form)
        return self.save(form)

    def form(self, data: Any = None) -> TextsForm:
        return TextsForm(data, instance=self.row, occasion=self.occasion)

    def live(self, form: TextsForm) -> HttpResponse:
        """Return the preview alone, for the script of the page; nothing if the texts are wrong."""
        if not form.is_valid():
            return HttpResponse(status=204)
        shown = self.preview(form.texts())
        return render(self.request, "events/admin/_shownmail.html", {"mail": shown})

    def test(self, form: TextsForm) -> None:
        assert isinstance(self.request.user, User)  # noqa: S101 -- it came through admin_view
        try:
            address = invitationdrafts.send_to_writer(
                event=self.event,
                reader=self.reader(),
                texts=form.texts(),
                occasion=self.occasion,
                user=self.request.user,
                now=self.now,
            )
        except Refusal as refusal:
            messages.error(self.request, refusal.sentence(user=self.request.user))
            return
        text = gettext("The test mail is on its way to %(address)s. Nobody else gets it.")
        messages.success(self.request, text % {"address": address})

    def save(self, form: TextsForm) -> HttpResponse:
        try:
            changed = invitationtexts.store(
                event=self.event, texts=form.texts(), seen=form.cleaned_data["seen"]
            )
        except Refusal as refusal:
            return self.show(self.looked_at(), refusal.sentence(user=self.request.user))
        text = gettext("The texts are saved.") if changed else gettext("Nothing was to be saved.")
        messages.success(self.request, text)
        return HttpResponseRedirect(self.request.get_full_path())

    def looked_at(self) -> TextsForm:
        """Return the form as it was sent, with the stamp of now: sent once more it is stored."""
        seen = invitationtexts.stamp(row=invitationtexts.row_of(event=self.event))
        return self.form({**self.request.POST.dict(), "seen": seen})

    def show(self, form: TextsForm, refusal: str = "") -> HttpResponse:
        is_valid = not form.is_bound or form.is_valid()
        texts = form.texts() if form.is_bound and is_valid else self.stored()
        return screens.page(
            self.screen,
            self.request,
            "events/admin/invitation.html",
            title=_("Write the invitation"),
            original=self.event,
            form=form,
            occasions=[(each, words, each == self.occasion) for each, words in OCCASIONS.items()],
            sections=list(self.sections(form)),
            placeholders=[("{{" + name + "}}", words) for name, words in MEANINGS.items()],
            readers=list(self.choices()),
            mail=self.preview(texts) if is_valid else None,
            refusal=refusal,
            back=self.screen.row_url(self.event),
        )

    def stored(self) -> dict[str, str]:
        return {name: getattr(self.row, name) or "" for name in invitationtexts.COLUMNS}

    def preview(self, texts: Mapping[str, str]) -> Shown:
        return invitationdrafts.preview(
            event=self.event,
            reader=self.reader(),
            texts=texts,
            occasion=self.occasion,
            now=self.now,
        )

    def reader(self) -> Attendee:
        """Return who is chosen; else the first on the list, else somebody made up."""
        asked = self.request.POST.get(READER) or self.request.GET.get(READER, "")
        found = next((row for row in self.readers if str(row.pk) == asked), None)
        if asked in languages.CODES:
            return invitationdrafts.example(event=self.event, language=asked)
        if found or self.readers:
            return found or self.readers[0]
        return invitationdrafts.example(event=self.event, language=languages.CODES[0])

    def choices(self) -> Iterator[tuple[str, str, bool]]:
        """Yield who may be chosen as the reader: key, words, and whether it is the present one."""
        chosen, names = self.reader(), dict(settings.LANGUAGES)
        for row in self.readers:
            yield str(row.pk), f"{row.person} · {names[row.reads]}", row == chosen
        is_made_up = chosen not in self.readers
        for code, language in settings.LANGUAGES:
            words = gettext("Somebody made up · %(language)s") % {"language": language}
            yield code, words, is_made_up and chosen.reads == code

    def sections(self, form: TextsForm) -> Iterator[dict[str, Any]]:
        """Yield the fields of each language with what holds there if they stay empty."""
        above = invitationtexts.by_language(
            event=self.event, occasion=self.occasion, draft=InvitationText(event=self.event)
        )
        read = self.read_by()
        for code, fields in form.sections():
            yield {
                "language": dict(settings.LANGUAGES)[code],
                "tag": languages.tag(code),
                "fields": fields,
                "number": _number(read[code]),
                "empty": self.if_empty(above[code]),
            }

    def if_empty(self, above: Written | None) -> str:
        if above is None:
            return gettext("Empty: the standard text of this language goes.")
        seen = rights.may_see(self.request, above.event)
        words = {"event": above.event if seen else gettext("(not visible)")}
        return gettext("Empty: the text of “%(event)s” goes, which this is part of.") % words

    def read_by(self) -> Counter[str]:
        """Count the attendees by the language that their mails are in."""
        rows = invitationdrafts.readers(event=self.event).order_by()
        chosen = rows.values_list("language", "person__language")
        return Counter(languages.first(*each) for each in chosen)


def _number(number: int) -> str:
    text = ngettext(
        "%(number)s person on the list reads it.", "%(number)s people on the list read it.", number
    )
    return text % {"number": number}
