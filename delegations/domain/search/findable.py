"""Delegations in the search: their mission's date, who sends them, and their status."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from delegations.models import Delegation
from events.domain.pages import formatting
from events.domain.search.kinds import about
from events.domain.search.registry import Kind, Words


def load(*, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.select_related("mission", "sending_organisation")


def describe(*, row: Delegation, text: str) -> Words:
    """Say when it travels, what kind it is, who sends it, and its status."""
    when = row.mission and formatting.when(row.mission.when)
    return Words(
        row.name,
        about(when, row.get_kind_display(), row.sending_organisation, row.get_status_display()),
        brief=1,
    )


KIND: Final = Kind(
    model=Delegation, label=_("Delegations"), icon="groups", position=20,
    load=load, describe=describe,
)  # fmt: skip
