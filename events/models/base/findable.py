"""Rows that people search for: the stored key that words are compared with, and the best first."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Concat, Length, NullIf
from django.utils.translation import get_language

from events.models.base.teams import OwnedQuerySet, Row, Viewer, teams_of
from events.values import names
from events.values.languages import columns, first, suffix

Found = Callable[[str], Q]  # the rows that a word finds in another way
BATCH_SIZE = 200  # rows of one UPDATE
EXACT, BEGINS, CONTAINS = range(3)  # how close a key is to what was searched for


def holding(text: str, *others: Found) -> Q:
    """The condition that each word of the text is in the key, or finds the row in another way."""
    words = names.wanted(text)
    if not words:
        return Q(pk__in=[])
    return Q(*(_any(Q(search_key__contains=word), *(by(word) for by in others)) for word in words))


def holding_any(text: str) -> Q:
    """The condition that one of the words is in the key."""
    return _any(*(Q(search_key__contains=word) for word in names.wanted(text)))


def _any(*conditions: Q) -> Q:
    return Q(*conditions, _connector=Q.OR)


def fill(rows: models.QuerySet[Any], key: Callable[[Any], str]) -> None:
    """Store the search keys of many rows, a batch at a time: for migrations, without history."""
    batch: list[Any] = []
    for row in chain(rows.order_by("pk").iterator(chunk_size=BATCH_SIZE), [None]):
        if row is not None:
            row.search_key = key(row)
            batch.append(row)
        if row is None or len(batch) == BATCH_SIZE:
            rows.bulk_update(batch, ["search_key"])
            batch = []


def keyed(rows: Iterable[Any]) -> list[Any]:
    """Derive the search keys of rows that are stored at once, without their `save`."""
    found = list(rows)
    for row in found:
        row.search_key = row.derive_key()
    return found


class FindableQuerySet(OwnedQuerySet[Row]):
    """Rows that are searched for by their names, in any case, accents, script or romanisation."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        return super().bulk_create(keyed(objs), *args, **kwargs)

    def matching(self, text: str) -> Self:
        """Rows whose names contain the words."""
        return self.filter(holding(text))

    def sought_by(self, user: Viewer, text: str, *, now: datetime) -> Self:
        """Rows that the words find for this user: by their names, and by what they may see else.

        It does not ask which of the rows the user may see; `visible_to` does.
        """
        return self.matching(text)

    def best_first(self, user: Viewer, text: str, *, now: datetime) -> Self:
        """Ordered for somebody who searches: exact names, then beginnings, then the others.

        Of equally close rows the shorter name comes first, then those of the user's own teams.
        """
        whole = names.search_key(text[: names.MAX_QUERY])
        rows = self.alias(padded=Concat(Value(" "), F("search_key"), Value(" ")))
        rows = rows.annotate(
            closeness=Case(
                When(padded__contains=f" {whole} ", then=EXACT),
                When(padded__contains=f" {whole}", then=BEGINS),
                default=CONTAINS,
                output_field=models.IntegerField(),
            )
        )
        ours = Case(When(team__in=teams_of(user), then=0), default=1)
        return rows.order_by("closeness", *self.preference(ours, now), "pk")

    def preference(self, ours: Case, now: datetime) -> Sequence[Any]:
        """The order of equally close rows; `ours` is 0 for those of the user's teams."""
        return (length(self.model.NAMED_BY), ours)  # type: ignore[attr-defined]


def length(stem: str) -> Length:
    """The length of a translated text in the language in which it is shown."""
    default = settings.MODELTRANSLATION_FALLBACK_LANGUAGES
    code = first(get_language())
    order = dict.fromkeys((code, *default.get(code, ()), *default["default"]))
    shown = (NullIf(F(f"{stem}_{suffix(each)}"), Value("")) for each in order)
    return Length(Coalesce(*shown, Value("")))


class Findable(models.Model):
    """A row with a stored search key, derived from its names whenever these are saved."""

    # The translated column that names the row, and all by which it is found.
    NAMED_BY: ClassVar[str] = "name"
    FOUND_BY: ClassVar[tuple[str, ...]] = ("name",)

    search_key = models.CharField(max_length=names.MAX_KEY, editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Derive the search key from the names."""
        if update_fields is None:
            self.search_key = self.derive_key()
        elif set(columns(*self.FOUND_BY)) & set(update_fields):
            self.search_key = self.derive_key()
            update_fields = {*update_fields, "search_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def derive_key(self) -> str:
        """Return the key made from the names in all languages."""
        texts = (getattr(self, column) or "" for column in columns(*self.FOUND_BY))
        return names.text_key(*texts, *self.other_names())

    def other_names(self) -> Sequence[str]:
        """Return further texts by which the row is found."""
        return ()
