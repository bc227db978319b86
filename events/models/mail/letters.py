"""What readers and organisers decide about mails: not to get some, and how they are worded."""

import re
from collections.abc import Iterator
from typing import Final, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import Team
from events.models.mail.reminders import ReminderRule
from events.models.people.people import Person

# What stands in the braces of a wording, and nothing else.
PLACEHOLDERS: Final = ("name", "place", "team", "title", "when")
KNOWN: Final = ", ".join("{{" + name + "}}" for name in PLACEHOLDERS)
BRACES: Final = re.compile(r"\{\{(.*?)(?:\}\}|$)", re.DOTALL)


def unknown_placeholders(text: str) -> Iterator[str]:
    """Yield what stands in double braces and is no placeholder."""
    for found in BRACES.finditer(text):
        if not found[0].endswith("}}") or found[1].strip() not in PLACEHOLDERS:
            yield found[0]


def validate_placeholders(text: str) -> None:
    """Refuse a text with a placeholder that we do not know."""
    for unknown in unknown_placeholders(text):
        raise ValidationError(
            _("There is no placeholder “%(name)s”; there are %(known)s."),
            code="placeholder",
            params={
                "name": unknown[:60],
                "known": KNOWN,
            },
        )


class MailWording(models.Model):
    """How a team words its mails of one kind; what is empty reads as everywhere."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="wordings", verbose_name=_("team"))
    kind = models.CharField(_("kind"), max_length=8, choices=ReminderRule.Topic)
    subject = models.CharField(
        _("subject"), max_length=150, blank=True, validators=[validate_placeholders]
    )
    opening = models.TextField(
        _("opening"),
        max_length=2000,
        blank=True,
        validators=[validate_placeholders],
        help_text=_(
            "Stands between the greeting and the event. "
            "Placeholders: {{name}}, {{place}}, {{team}}, {{title}}, {{when}}."
        ),
    )
    closing = models.TextField(
        _("closing"),
        max_length=2000,
        blank=True,
        validators=[validate_placeholders],
        help_text=_("Stands below the event."),
    )

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.UniqueConstraint(fields=["team", "kind"], name="wording_once_per_kind")
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class OptOut(models.Model):
    """Somebody wants no mails of a kind any more."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="opt_outs", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ReminderRule.Topic)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("mail not wanted")
        verbose_name_plural = _("mails not wanted")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="opt_out_once_per_kind")
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def absorb(self, double: Self) -> bool:
        """Take in a second row of the same person: the earlier date."""
        self.since = min(self.since, double.since)
        return True
