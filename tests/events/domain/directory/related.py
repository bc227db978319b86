"""Rows that point at people and organisations, as mergers and erasures meet them."""

from typing import Any

from delegations.models import Application, Delegation, Leg
from events.models import Evidence, Source
from tests import factories
from tests.factories import NOW


def delegation(**columns: Any) -> Delegation:
    mission = factories.event(kind="trade_mission")
    values = {"slug": f"delegation-{factories.number()}", "name": "Gulf", "mission": mission}
    return Delegation.objects.create(**{**values, "team": mission.team, **columns})


def application(to: Delegation, **columns: Any) -> Application:
    firm = columns.pop("organisation", None) or factories.organisation()
    values = {"status": "submitted", "submitted_at": NOW, **columns}
    return Application.objects.create(delegation=to, organisation=firm, **values)


def leg(of: Delegation) -> Leg:
    return Leg.objects.create(delegation=of, stay=factories.event(kind="leg"))


def evidence(row: Any, **columns: Any) -> Evidence:
    source = Source.objects.get_or_create(slug="report", defaults={"name": "Report"})[0]
    values = {"field": "family_name", "basis": "stated", "source": source, "line": 3}
    return Evidence.objects.create(target=row, **{**values, **columns})
