"""Renderings: VEVENTs stored once for each language and kind of reader, shared by all feeds."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import override

from events.domain.feeds import calendarrows
from events.domain.ical import entries, writing
from events.domain.ical.writing import Moment, Part
from events.models import Event, RenderedEvent
from events.models.base import statements
from events.models.events.events import EventQuerySet

BATCH_SIZE: Final = 1_000
# The folder of the app, and the layers in it whose code can change the bytes of a VEVENT.
APP: Final = Path(settings.BASE_DIR) / "events"
CODE: Final = ("domain", "models", "values")
# Raw SQL, because bulk_create() takes longer than rendering the events.
KEEP: Final = """
    INSERT INTO events_renderedevent (language, entitled, version, event_id, revision, body, about)
    {rows}
    ON CONFLICT (event_id, language, entitled) DO UPDATE SET revision = EXCLUDED.revision,
        version = EXCLUDED.version, body = EXCLUDED.body, about = EXCLUDED.about
"""
KEEP_ONE: Final = KEEP.format(rows="VALUES (%s, %s, %s, %s, %s, %s, %s)")
# All bodies are joined into one parameter and cut by SUBSTR, because an array of them is slow.
KEEP_ALL: Final = KEEP.format(
    rows="""
    SELECT %s, %s, %s, event, revision, SUBSTR(%s::bytea, first, length), about FROM UNNEST(
        %s::bigint[], %s::integer[], %s::integer[], %s::integer[],
        ARRAY(SELECT JSONB_ARRAY_ELEMENTS(%s::jsonb))
    ) AS made (event, revision, first, length, about)
    """
)
WRITE_AHEAD_SIZE: Final = 2_000  # events that one call writes ahead: a few seconds of a worker


def parts(*, keys: Sequence[int], language: str, entitled: bool) -> Iterator[Part]:
    """Yield the rendered events in the order of their keys.

    Stored renderings of the present revision are read; missing ones are written and stored.
    """
    for start in range(0, len(keys), BATCH_SIZE):
        batch = keys[start : start + BATCH_SIZE]
        held = _held(batch, language, entitled)
        held |= _written([key for key in batch if key not in held], language, entitled)
        yield from (held[key] for key in batch if key in held)


def write_ahead(*, events: EventQuerySet, language: str, entitled: bool) -> int:
    """Store up to WRITE_AHEAD_SIZE missing renderings before a feed needs them; return how many."""
    held = _current(language, entitled).filter(event=OuterRef("pk"), revision=OuterRef("revision"))
    missing = events.exclude(Exists(held)).order_by("start_at", "pk")
    keys = list(missing.values_list("pk", flat=True)[:WRITE_AHEAD_SIZE])
    return sum(1 for _ in parts(keys=keys, language=language, entitled=entitled))


@cache
def version() -> str:
    """Return a digest of everything beside the rows that can change the bytes of a VEVENT.

    This is the code of the layers in CODE, the compiled translations, SITE_URL and UID_HOST.
    Renderings of another version are written anew, so that an update of the program never serves
    stale entries.
    """
    return digest(code=APP, texts=[Path(folder) for folder in settings.LOCALE_PATHS])


def digest(*, code: Path, texts: Iterable[Path]) -> str:
    """Return a digest of the code in an app's folder and of the translations: 16 hex digits."""
    files = [file for layer in CODE for file in sorted((code / layer).rglob("*.py"))]
    files += [file for folder in texts for file in sorted(folder.glob("*/LC_MESSAGES/django.mo"))]
    total = hashlib.sha256(f"{settings.SITE_URL} {settings.UID_HOST}".encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def _current(language: str, entitled: bool) -> QuerySet[RenderedEvent]:
    return RenderedEvent.objects.filter(language=language, entitled=entitled, version=version())


def _held(keys: Sequence[int], language: str, entitled: bool) -> dict[int, Part]:
    among = statements.among(keys=keys)
    rows = _current(language, entitled).filter(event__in=among, revision=F("event__revision"))
    found = rows.values_list("event_id", "body", "about")
    return {key: _part(bytes(body), about) for key, body, about in found}


def _written(keys: Sequence[int], language: str, entitled: bool) -> dict[int, Part]:
    """Render the events and store the renderings with the revision that was read.

    If an event changes meanwhile, its rendering has an old revision and is not used.
    """
    if not keys:
        return {}
    events = sorted(calendarrows.read(keys=keys), key=lambda event: event.pk)
    with override(language):
        pairs = entries.each(events=events, entitled=entitled)
        made = [(event, writing.vevent(entry=entry)) for event, entry in pairs]
    _keep(made, language, entitled)
    return {event.pk: part for event, part in made}


def _keep(made: Sequence[tuple[Event, Part]], language: str, entitled: bool) -> None:
    """Store renderings, sorted by key of the event: one order of locks prevents deadlocks."""
    rows = [(event.pk, event.revision, part.body, json.dumps(_about(part))) for event, part in made]
    if connection.vendor == "postgresql":
        _keep_all(rows, language, entitled)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(KEEP_ONE, [(language, entitled, version(), *row) for row in rows])


def _keep_all(rows: Sequence[tuple[int, int, bytes, str]], language: str, entitled: bool) -> None:
    """Store all rows with one statement; PostgreSQL only."""
    keys, revisions, bodies, abouts = zip(*rows, strict=True)
    lengths = list(map(len, bodies))
    firsts = list(accumulate(lengths[:-1], initial=1))
    columns = (list(keys), list(revisions), firsts, lengths, f"[{','.join(abouts)}]")
    values = (language, entitled, version(), b"".join(bodies), *columns)
    statements.change(statement=KEEP_ALL, values=values)


def _about(part: Part) -> dict[str, Any]:
    return {
        "uid": part.uid,
        "parent": part.parent_uid,
        "summary": part.summary,
        "moments": [[moment.at.timestamp(), moment.timezone] for moment in part.moments],
    }


def _part(body: bytes, about: dict[str, Any]) -> Part:
    return Part(
        uid=about["uid"],
        parent_uid=about["parent"],
        summary=about["summary"],
        body=body,
        moments=tuple(
            Moment(datetime.fromtimestamp(at, UTC), timezone) for at, timezone in about["moments"]
        ),
    )
