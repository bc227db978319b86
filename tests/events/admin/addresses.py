"""Every address of the admin, derived from its routes, so that new screens are included."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

from django.contrib import admin
from django.db.models import Min, Model
from django.urls import URLPattern, URLResolver, reverse

from events.models import Merger
from events.models.base import history

Targets = dict[type[Model], list[Model]]  # the rows whose pages are requested
SCREENS = admin.site._registry
# Further query strings of a view: to search, sort and page.
QUERIES = {
    "changelist": ("", "?q=canary"),
    "export": ("", "?q=canary"),
    "home": ("", "?q=canary", "?stands=uninvited"),
    **dict.fromkeys(("guests", "rows"), ("", "?find=canary", "?find=canary&what=organisation")),
    "history": ("", "?p=2"),
    "search": ("", "?s=canary", "?s=canary&part"),
}


# The steps that are taken with several applications at once.
VERBS = ("accept", "decline")


@dataclass(frozen=True)
class Route:
    """A URL pattern of the admin: its parameters, and the model of its screen."""

    name: str
    parameters: tuple[str, ...]
    model: type[Model] | None

    @property
    def view(self) -> str:
        """The last part of the name: change, history, step …"""
        return self.name.rsplit("_", 1)[-1]


def routes() -> list[Route]:
    """Return all routes that have a name; the others redirect to these."""
    return [route for route in _walk(admin.site.get_urls(), None) if route.name]


def _walk(patterns: Iterable[Any], model: type[Model] | None) -> Iterator[Route]:
    owners = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in SCREENS}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, owners.get(str(pattern.pattern), model))
        elif isinstance(pattern, URLPattern):
            parameters = tuple(pattern.pattern.regex.groupindex)
            yield Route(pattern.name or "", parameters, model)


def addresses(targets: Targets) -> list[str]:
    """Return every address of every route, for all of these rows."""
    plain = [address for route in routes() for address in _of(route, targets)]
    return list(dict.fromkeys([*plain, *_of_choices(), "/admin/no-such-page"]))


def _of(route: Route, targets: Targets) -> Iterator[str]:
    for values in product(*(_values(route, name, targets) for name in route.parameters)):
        kwargs = dict(zip(route.parameters, values, strict=True))
        address = reverse(f"admin:{route.name}", kwargs=kwargs)
        yield from (address + query for query in _queries(route, targets))


def _values(route: Route, parameter: str, targets: Targets) -> list[Any]:
    """Return the values of a parameter; an unknown parameter fails the tests."""
    rows = targets.get(route.model, []) if route.model else list(chain(*targets.values()))
    known: dict[str, Callable[[], list[Any]]] = {
        **dict.fromkeys(("object_id", "id", "one", "other"), lambda: [row.pk for row in rows]),
        "verb": lambda: [step.verb for step in SCREENS[route.model].steps],  # type: ignore[index]
        "key": lambda: ["nothing"],  # of what a message offered to undo; the page takes no GET
        "merger": lambda: list(Merger.objects.values_list("pk", flat=True)),
        "kind": lambda: [table._meta.model_name for table in _kept(route.model)],
        "number": lambda: _records(route.model, rows),
        "app_label": lambda: ["events", "delegations"],
        "content_type_id": lambda: [1],
    }
    if parameter in known:
        return known[parameter]()
    raise AssertionError(f"The tests do not know what <{parameter}> is in the route {route}.")


def _kept(model: type[Model] | None) -> list[type[Model]]:
    """Return the table of a screen, if it keeps a history."""
    assert model
    table = model._meta.concrete_model or model
    return [table] if history.of(table) is not None else []


def _records(model: type[Model] | None, rows: Iterable[Model]) -> list[int]:
    """Return the key of the first history record of each of the rows."""
    keys = [row.pk for row in rows]
    found = []
    for table in _kept(model):
        records: Any = history.of(table)
        firsts = records.filter(id__in=keys).order_by().values("id")
        found += [row["first"] for row in firsts.annotate(first=Min("history_id"))]
    return found


def _queries(route: Route, targets: Targets) -> Iterable[str]:
    """Return the query strings of an address; those of forms preset the keys of all rows."""
    if route.view == "add" and route.model:
        return ["", *_prefilled(route.model, targets)]
    if route.view == "itinerary":
        people = [model for model in targets if model.__name__ == "Person"]
        keys = [row.pk for model in people for row in targets[model][::2]]
        return ["?internal&cancelled", *(f"?person={key}&internal&cancelled" for key in keys)]
    if route.view == "decide" and route.model:
        keys = "".join(f"&id={row.pk}" for row in targets[route.model])
        return ["", *(f"?verb={verb}{keys}" for verb in VERBS)]
    return QUERIES.get(route.view, ("",))


def _prefilled(model: type[Model], targets: Targets) -> Iterator[str]:
    """Yield a query string that presets the last row of each model, which is of another team."""
    keys = {
        field.name: targets[field.related_model][-1].pk
        for field in model._meta.get_fields()
        if field.many_to_one and targets.get(field.related_model)
    }
    yield "?" + "&".join(f"{name}={key}" for name, key in keys.items())


def _of_choices() -> Iterator[str]:
    """Yield the addresses at which select fields search, for each relation of each table."""
    tables = {table for screen in SCREENS for table in _tables(screen)}
    for table in sorted(tables, key=lambda table: table._meta.label):
        for field in table._meta.get_fields():
            if not field.auto_created and (field.many_to_one or field.many_to_many):
                yield (
                    f"{reverse('admin:autocomplete')}?app_label={table._meta.app_label}"
                    f"&model_name={table._meta.model_name}&field_name={field.name}&term="
                )


def _tables(screen: type[Model]) -> list[type[Model]]:
    return [screen, *(inline.model for inline in SCREENS[screen].inlines)]
