"""Which tables keep a history: who changed which row when, before and after."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import simple_history
from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save  # noqa: TID251 -- the library's own
from simple_history.models import HistoricalRecords

MERGED: Final = "merged into "
REASON: Final = "_change_reason"  # django-simple-history reads it there
SILENT: ContextVar[bool] = ContextVar("silent", default=False)


class Records(HistoricalRecords):
    """History records that also notice rows that are saved through a proxy model."""

    def post_save(self, instance: Model, created: bool, **kwargs: Any) -> None:
        """Record nothing if only columns were stored of which no history is kept, as at a login."""
        stored = kwargs.get("update_fields")
        if created or stored is None or set(stored) - set(self.excluded_fields):
            super().post_save(instance, created, **kwargs)

    def post_delete(self, *args: Any, **kwargs: Any) -> None:
        """Record the removal, except within `silent`."""
        if not SILENT.get():
            super().post_delete(*args, **kwargs)

    def finalize(self, sender: type[Model], **kwargs: Any) -> None:
        """Connect the signals of proxies too: Django sends them with the proxy as the sender."""
        super().finalize(sender, **kwargs)
        for proxy in sender.__subclasses__():
            if proxy._meta.proxy:
                post_save.connect(self.post_save, sender=proxy, weak=False)
                post_delete.connect(self.post_delete, sender=proxy, weak=False)


@contextmanager
def silent() -> Iterator[None]:
    """Record no removal within the block, because the records of the removed rows go as well."""
    token = SILENT.set(True)
    try:
        yield
    finally:
        SILENT.reset(token)


def keep(*models: type[Model]) -> None:
    """Keep a history of these tables; call it after their translated columns were added.

    Columns that a model lists in `NO_HISTORY`, such as secrets, are left out.
    """
    for model in models:
        app = model._meta.app_label
        left_out = list(getattr(model, "NO_HISTORY", ()))
        simple_history.register(model, app=app, records_class=Records, excluded_fields=left_out)
    # While apps are still loading, Django caches relations without the new historical tables.
    for known in apps.get_models(include_auto_created=True):
        known._meta._expire_cache()  # type: ignore[attr-defined]  # noqa: SLF001


def of(model: type[Model]) -> QuerySet[Any] | None:
    """Return the historical rows of a table, or None if it keeps no history."""
    manager = getattr(model._meta, "simple_history_manager_attribute", "")
    return QuerySet(getattr(model, manager).model) if manager else None


def note(*, rows: QuerySet[Any]) -> None:
    """Record rows as they are now, after an UPDATE, which sends no signals."""
    manager = getattr(rows.model._meta, "simple_history_manager_attribute", "")
    if manager and (changed := list(rows)):
        getattr(rows.model, manager).bulk_history_create(changed, update=True)


def explain(row: Model, reason: str) -> None:
    """Set the reason of the next change of a row; it is stored with the historical row."""
    setattr(row, REASON, reason)


def explain_merger(*, keep: Model, drop: Model) -> None:
    """Set the reasons of a merger: which row the dropped one went into, and the reverse."""
    explain(drop, f"{MERGED}{keep.pk}")
    explain(keep, f"merged with {drop.pk}")


def explain_separation(*, model: type[Model], kept: int, dropped: int) -> None:
    """Rewrite the reason of a merger that was undone: the rows are two again, for `keys` too."""
    if (changes := of(model)) is not None:
        merged = changes.filter(id=dropped, history_change_reason=f"{MERGED}{kept}")
        merged.update(history_change_reason=f"was {MERGED}{kept}")


def keys(model: type[Model], known: Iterable[int]) -> set[int]:
    """Return the keys of the rows and of all that were merged into them, directly or not."""
    changes, found, new = of(model), set[int](), set(known)
    while changes is not None and new:
        found |= new
        reasons = [f"{MERGED}{key}" for key in new]
        new = set(changes.filter(history_change_reason__in=reasons).values_list("id", flat=True))
        new -= found
    return found | new
