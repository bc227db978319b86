"""Opt-outs of readers, and how teams word their mails."""

import re
from collections.abc import Iterator
from typing import Final, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import Team
from events.models.mail.reminders import ReminderRule
from events.models.people.people import Person

# The only placeholders that a wording may contain in double braces.
PLACEHOLDERS: Final = ("name", "place", "team", "title", "when")
KNOWN: Final = ", ".join("{{" + name + "}}" for name in PLACEHOLDERS)
BRACES: Final = re.compile(r"\{\{(.*?)(?:\}\}|$)", re.DOTALL)


def unknown_placeholders(text: str) -> Iterator[str]:
    """Yield the texts in double braces that are not placeholders."""
    for found in BRACES.finditer(text):
        if not found[0].endswith("}}") or found[1].strip() not in PLACEHOLDERS:
            yield found[0]


def validate_placeholders(text: str) -> None:
    """Refuse a text with an unknown placeholder."""
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
    """The texts of a team for its mails of one kind; an empty text means the default."""

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
    """A person's opt-out from mails of one kind."""

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

    def merge_from(self, double: Self) -> bool:
        """Take the earlier date of a duplicate row of the same person."""
        self.since = min(self.since, double.since)
        return True
