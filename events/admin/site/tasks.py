"""The sentences of the start page: what waits, how many, and the list of exactly these rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext_lazy

from events.domain.overview import tasks
from events.domain.overview.tasks import Task

Line = dict[str, Any]  # a sentence of the start page: `text`, `number`, `url`
# A further source of sentences, such as an app that knows of other work.
Source = Callable[[HttpRequest], Iterable[Line]]

SENTENCES: Final[dict[str, Any]] = {
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
        "%(number)s mail has failed that would still be of use.",
        "%(number)s mails have failed that would still be of use.",
        "number",
    ),
    "clashing": ngettext_lazy(
        "%(number)s event of the next two weeks clashes with another one, or does not fit.",
        "%(number)s events of the next two weeks clash with others, or do not fit.",
        "number",
    ),
    "answered": ngettext_lazy(
        "%(number)s person has answered since yesterday.",
        "%(number)s people have answered since yesterday.",
        "number",
    ),
    "uninvited": ngettext_lazy(
        "%(number)s person is on a list but not invited.",
        "%(number)s people are on lists but not invited.",
        "number",
    ),
    "silent": ngettext_lazy(
        "At %(number)s event nobody has answered for a week.",
        "At %(number)s events nobody has answered for a week.",
        "number",
    ),
    "unannounced": ngettext_lazy(
        "%(number)s item of a programme is not announced, though its event is.",
        "%(number)s items of programmes are not announced, though their events are.",
        "number",
    ),
    "drafts": ngettext_lazy(
        "%(number)s event to come is still a draft.",
        "%(number)s events to come are still drafts.",
        "number",
    ),
    "reminded": ngettext_lazy(
        "Tomorrow reminders of %(number)s event go out.",
        "Tomorrow reminders of %(number)s events go out.",
        "number",
    ),
}


def lines(
    request: HttpRequest, known: Iterable[Task], sentences: Mapping[str, Any], now: Any
) -> Iterator[Line]:
    """Yield a sentence for each kind of work of which rows wait for the user."""
    for task in known:
        number = tasks.rows(task=task, user=request.user, now=now).order_by().count()
        if number:
            text = str(sentences[task.name] % {"number": number})
            yield {"text": text, "number": number, "url": address(task)}


def address(task: Task) -> str:
    """Return the address of the list of the rows that wait."""
    name = f"admin:{task.model._meta.app_label}_{task.model._meta.model_name}_changelist"
    return f"{reverse(name)}?{urlencode({'task': task.name})}"
