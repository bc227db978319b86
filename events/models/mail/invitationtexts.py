"""What organisers write themselves in the invitations to an event."""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import PartQuerySet
from events.models.events.events import Event
from events.models.mail.letters import PLACEHOLDERS as WORDS

# As in the wordings of a team; also the greeting, and the link at which the reader answers.
PLACEHOLDERS: Final = ("salutation", *WORDS, "answer")
# A header has one line and no link.
IN_SUBJECT: Final = tuple(name for name in PLACEHOLDERS if name not in ("salutation", "answer"))
# Anything in braces, so that one brace too few, or a Chinese one, is refused and not sent.
BRACED: Final = re.compile(r"[{｛]+[^{}｛｝]*[}｝]*")  # noqa: RUF001 -- as typed


def unknown(text: str, known: tuple[str, ...]) -> Iterator[str]:
    """Yield what stands in braces and is not one of these placeholders."""
    for found in BRACED.finditer(text):
        inner = found[0][2:-2].strip()
        if found[0][:2] != "{{" or found[0][-2:] != "}}" or inner not in known:
            yield found[0]


def _refuse_unknown(text: str, known: tuple[str, ...]) -> None:
    for name in unknown(text, known):
        raise ValidationError(
            _("There is no placeholder “%(name)s”; there are %(known)s."),
            code="placeholder",
            params={
                "name": name[:60],
                "known": ", ".join("{{" + each + "}}" for each in known),
            },
        )


def validate_subject(text: str) -> None:
    """Refuse a subject with an unknown placeholder, or with one for the text only."""
    _refuse_unknown(text, IN_SUBJECT)


def validate_text(text: str) -> None:
    """Refuse a text with an unknown placeholder."""
    _refuse_unknown(text, PLACEHOLDERS)


class InvitationTextQuerySet(PartQuerySet["InvitationText"]):
    holder = "event"


class InvitationText(models.Model):
    """The organisers' subject and text of the invitations to an event, in each language.

    The second invitation, to who has not answered the first, has its own. An empty text means that
    of the event above, or else the standard text of that language.
    """

    event = models.OneToOneField(
        Event, models.CASCADE, related_name="invitation_text", verbose_name=_("event")
    )
    subject = models.CharField(
        _("subject"), max_length=150, blank=True, validators=[validate_subject]
    )
    text = models.TextField(_("text"), max_length=5000, blank=True, validators=[validate_text])
    again_subject = models.CharField(
        _("subject of the second invitation"),
        max_length=150,
        blank=True,
        validators=[validate_subject],
    )
    again_text = models.TextField(
        _("text of the second invitation"),
        max_length=5000,
        blank=True,
        validators=[validate_text],
    )

    objects = InvitationTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of invitations")
        verbose_name_plural = _("texts of invitations")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def column(self, name: str, suffix: str) -> Any:
        """Return a text in one language; '' if it is empty there, whatever other languages say."""
        return getattr(self, f"{name}_{suffix}") or ""
