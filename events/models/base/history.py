"""Whose changes are kept: who changed what, when, before and after."""

from collections.abc import Iterable
from typing import Any, Final

import simple_history
from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save  # noqa: TID251 -- the library's own
from simple_history.models import HistoricalRecords

MERGED: Final = "merged into "
REASON: Final = "_change_reason"  # where django-simple-history looks for it


class Records(HistoricalRecords):
    """Records that also see what is saved through a screen for one kind, which is a proxy."""

    def finalize(self, sender: type[Model], **kwargs: Any) -> None:
        """Listen to the proxies too: Django signals them by their own name."""
        super().finalize(sender, **kwargs)
        for proxy in sender.__subclasses__():
            if proxy._meta.proxy:
                post_save.connect(self.post_save, sender=proxy, weak=False)
                post_delete.connect(self.post_delete, sender=proxy, weak=False)


def keep(*models: type[Model]) -> None:
    """Keep the changes of these tables; call it once their translated columns are there."""
    for model in models:
        app = model._meta.app_label
        simple_history.register(model, app=app, records_class=Records)
    # While the apps are still loading, Django does not look again for what points at a table.
    for known in apps.get_models(include_auto_created=True):
        known._meta._expire_cache()  # type: ignore[attr-defined]  # noqa: SLF001


def of(model: type[Model]) -> QuerySet[Any] | None:
    """Return the kept changes of a table, if they are kept."""
    manager = getattr(model._meta, "simple_history_manager_attribute", "")
    return QuerySet(getattr(model, manager).model) if manager else None


def explain(row: Model, reason: str) -> None:
    """Say why a row is about to change; the reason stands beside the change."""
    setattr(row, REASON, reason)


def explain_merger(*, keep: Model, drop: Model) -> None:
    """Say that a row goes because it was another record of one that stays."""
    explain(drop, f"{MERGED}{keep.pk}")
    explain(keep, f"merged with {drop.pk}")


def keys(model: type[Model], known: Iterable[int]) -> set[int]:
    """Return the keys of rows and of all that were merged into them."""
    changes, found, new = of(model), set[int](), set(known)
    while changes is not None and new:
        found |= new
        reasons = [f"{MERGED}{key}" for key in new]
        new = set(changes.filter(history_change_reason__in=reasons).values_list("id", flat=True))
        new -= found
    return found | new
