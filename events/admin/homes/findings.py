"""What is missing, as sentences with links; and the steps of the work among them, in its order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from events.domain.overview.gaps import Gap

# The names of gaps and the verbs of steps, in the order in which an event is prepared.
ORDER: Final = (
    "day", "zone", "place", "organiser", "outside", "clashes", "publish", "propose",
    "unannounced", "internal", "confirm", "reinstate", "nobody", "unreachable", "uninvited",
    "overbooked", "replies", "held", "failed",
)  # fmt: skip
SENTENCES: Final[dict[str, Any]] = {
    "day": _("The day is not known yet."),
    "zone": _("The time zone is not known yet."),
    "place": _("There is no place yet."),
    "organiser": _("No organiser or host is named yet."),
    "nobody": _("Nobody is on the list yet."),
    "outside": ngettext_lazy(
        "%(number)s part lies outside the days of the event.",
        "%(number)s parts lie outside the days of the event.",
        "number",
    ),
    "clashes": ngettext_lazy(
        "%(number)s clash: somebody or something is in two places at once, or does not fit.",
        "%(number)s clashes: somebody or something is in two places at once, or does not fit.",
        "number",
    ),
    "unannounced": ngettext_lazy(
        "%(number)s item of the programme is not announced.",
        "%(number)s items of the programme are not announced.",
        "number",
    ),
    "internal": ngettext_lazy(
        "%(number)s item is internal: only your team sees it.",
        "%(number)s items are internal: only your team sees them.",
        "number",
    ),
    "unreachable": ngettext_lazy(
        "%(number)s person on the list has no mail address.",
        "%(number)s people on the list have no mail address.",
        "number",
    ),
    "uninvited": ngettext_lazy(
        "%(number)s person is on the list but not invited.",
        "%(number)s people are on the list but not invited.",
        "number",
    ),
    "overbooked": ngettext_lazy(
        "%(number)s seat more is taken than there are.",
        "%(number)s seats more are taken than there are.",
        "number",
    ),
    "replies": ngettext_lazy(
        "%(number)s reply is set aside and waits for you.",
        "%(number)s replies are set aside and wait for you.",
        "number",
    ),
    "held": ngettext_lazy(
        "%(number)s mail is held back until you release it.",
        "%(number)s mails are held back until you release them.",
        "number",
    ),
    "failed": ngettext_lazy(
        "%(number)s mail has failed.", "%(number)s mails have failed.", "number"
    ),
}


def in_order(
    gaps: Iterable[Gap],
    links: Mapping[str, str],
    buttons: Iterable[Mapping[str, Any]],
    sentences: Mapping[str, Any] = SENTENCES,
    order: Sequence[str] = ORDER,
) -> list[dict[str, Any]]:
    """Return gaps and steps in the order of the work, each with a text and its address."""
    items = {gap.name: _item(gap, links, sentences) for gap in gaps}
    for button in buttons:
        verb = button["step"].verb
        items[verb] = {"text": button["step"].label, "url": button["url"], "is_step": True}
    return [items[name] for name in order if name in items]


def _item(gap: Gap, links: Mapping[str, str], sentences: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text": str(sentences[gap.name] % {"number": gap.number}),
        "url": links.get(gap.name, ""),
    }
