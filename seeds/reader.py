"""Read the catalogue's YAML files; refuse them as a whole, with the line of every error."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from seeds.schema import SCHEMA, Many, Map, Ref, Scalar, Shape, Table

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"
BOM = b"\xef\xbb\xbf"
_Items = dict[str, tuple[yaml.Node, yaml.Node]]
BEFORE = ("parent", "after", "previous_related")


@dataclass(frozen=True, order=True)
class Problem:
    """An error and its position; lines count from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CatalogueError(Exception):
    """A catalogue with errors; none of it is used."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Record:
    """A record: its values by the keys of `schema.SCHEMA`; missing and null ones are left out."""

    kind: str
    id: str
    file: str
    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """All records by kind and id, in loading order: each record after those that it refers to."""

    records: Mapping[str, Mapping[str, Record]]

    def __iter__(self) -> Iterator[Record]:
        for of_kind in self.records.values():
            yield from of_kind.values()


def read(folder: Path, known: Catalogue | None = None) -> Catalogue:
    """Return the records in the files of a folder; raise CatalogueError if there is any error.

    A missing file has no records. With a `known` catalogue, references may also point into it, and
    evidence is optional, as in samples.
    """
    desk = _Desk(known=known)
    for path in sorted(folder.glob("*.y*ml")):
        desk.take(path)
    if not folder.is_dir():
        desk.problems.append(Problem(folder.name, 1, "is not a folder"))
    desk.resolve()
    records = {kind: desk.in_order(kind) for kind in SCHEMA}
    if desk.problems:
        raise CatalogueError(desk.problems)
    return Catalogue(records)


@dataclass
class _Desk:
    """All that was read so far: records, references and errors."""

    known: Catalogue | None
    records: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {kind: {} for kind in SCHEMA}
    )
    references: list[tuple[Problem, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, path: Path) -> None:
        if path.suffix != ".yaml" or path.stem not in SCHEMA:
            expected = ", ".join(f"{kind}.yaml" for kind in SCHEMA)
            self.problems.append(Problem(path.name, 1, f"is not one of {expected}"))
            return
        page = _Page(path.name, self)
        for node in page.nodes(path.read_bytes()):
            self.keep(page, path.stem, node)

    def keep(self, page: "_Page", kind: str, node: yaml.Node) -> None:
        values = page.value(SCHEMA[kind], node, "")
        name = values.pop("id", None) if values else None
        if name is None:
            return
        if name in self.records[kind] or name in self._known(kind):
            page.complain(node, f"id: {name!r} is taken already")
            return
        if self.known is None and not values.get("evidence"):
            page.complain(node, "evidence: is missing")
        self.records[kind][name] = Record(kind, name, page.file, page.line(node), values)

    def resolve(self) -> None:
        """Report each reference to a record that does not exist."""
        for problem, kind, name in self.references:
            if name not in self.records[kind] and name not in self._known(kind):
                self.problems.append(problem)

    def in_order(self, kind: str) -> dict[str, Record]:
        """Return the records of a kind, each after those that it depends on."""
        records = self.records[kind]
        graph = {
            name: [record.values[key] for key in BEFORE if record.values.get(key) in records]
            for name, record in records.items()
        }
        try:
            return {name: records[name] for name in TopologicalSorter(graph).static_order()}
        except CycleError as error:
            ring = error.args[1]
            first = records[ring[0]]
            message = f"{' or '.join(BEFORE)}: a circle of {', '.join(ring[:-1])}"
            self.problems.append(Problem(first.file, first.line, message))
            return records

    def _known(self, kind: str) -> Mapping[str, Record]:
        return self.known.records[kind] if self.known else {}


@dataclass(frozen=True)
class _Page:
    """A file: reads nodes by their shapes, and reports errors with line numbers."""

    file: str
    desk: _Desk

    def line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + 1

    def complain(self, where: yaml.Node | int, message: str) -> None:
        line = where if isinstance(where, int) else self.line(where)
        self.desk.problems.append(Problem(self.file, line, message))

    def nodes(self, content: bytes) -> list[yaml.Node]:
        """Return the nodes of the records; none if the file as a whole is invalid."""
        root = self._root(content)
        if root is None:
            return []
        if not isinstance(root, yaml.SequenceNode):
            self.complain(root, "is not a list of records")
            return []
        return list(root.value)

    def _root(self, content: bytes) -> yaml.Node | None:
        if content.startswith(BOM):
            self.complain(1, "starts with a byte order mark")
            return None
        try:
            return _compose(content.decode())
        except UnicodeDecodeError as error:
            self.complain(content.count(b"\n", 0, error.start) + 1, "is not UTF-8")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.complain(mark.line + 1 if mark else 1, f"is not YAML: {error.problem}")
        except yaml.reader.ReaderError as error:
            before = content.decode()[: error.position]
            self.complain(before.count("\n") + 1, f"is not YAML: {error.reason}")
        except RecursionError:
            self.complain(1, "is nested too deeply")
        return None

    def value(self, shape: Shape, node: yaml.Node, path: str) -> Any:
        """Return the value of a node; None, and a reported error, if it does not have the shape."""
        match shape:
            case Map():
                return self._mapping(shape, node, path)
            case Table():
                return self._table(shape, node, path)
            case Many():
                return self._list(shape, node, path)
            case Scalar() | Ref():
                return self._scalar(shape, node, path)

    def _mapping(self, shape: Map, node: yaml.Node, path: str) -> dict[str, Any] | None:
        items = self._items(node, path)
        if items is None:
            return None
        before = len(self.desk.problems)
        values = self._values(shape, items, path)
        for key in shape.keys:
            if not key.endswith("?") and key not in values:
                self.complain(node, f"{path}{key}: is missing")
        if len(self.desk.problems) == before:
            for message in (each for rule in shape.rules for each in rule(values)):
                self.complain(node, path + message)
        return values

    def _values(self, shape: Map, items: _Items, path: str) -> dict[str, Any]:
        known = {key.rstrip("?"): of for key, of in shape.keys.items()}
        values = {}
        for key, (key_node, value_node) in items.items():
            if key not in known:
                self.complain(key_node, f"{path}{key}: is not a key of this record")
            elif not _is_null(value_node):
                values[key] = self.value(known[key], value_node, f"{path}{key}: ")
        return values

    def _table(self, shape: Table, node: yaml.Node, path: str) -> dict[str, Any] | None:
        items = self._items(node, path)
        if items is None:
            return None
        return {
            key: self.value(shape.of, value, f"{path}{key}: ") for key, (_, value) in items.items()
        }

    def _items(self, node: yaml.Node, path: str) -> _Items | None:
        """Return key and value nodes by key; report a repeated key."""
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, f"{path}is not a mapping")
            return None
        items: _Items = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, f"{path}has a key that is not a word")
            elif key.value in items:
                self.complain(key, f"{path}{key.value}: stands here twice")
            else:
                items[key.value] = key, value
        return items

    def _list(self, shape: Many, node: yaml.Node, path: str) -> list[Any] | None:
        if not isinstance(node, yaml.SequenceNode):
            self.complain(node, f"{path}is not a list")
            return None
        return [self.value(shape.of, item, path) for item in node.value]

    def _scalar(self, shape: Scalar | Ref, node: yaml.Node, path: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, f"{path}is not a single value")
            return None
        if isinstance(shape, Ref):
            problem = f"{path}{node.value!r} is not in {shape.kind}"
            place = Problem(self.file, self.line(node), problem)
            self.desk.references.append((place, shape.kind, node.value))
            return node.value
        tag = node.tag.removeprefix(TAG)
        if shape.tags and tag not in shape.tags:
            self.complain(node, f"{path}is {tag}, not {' or '.join(sorted(shape.tags))}")
            return None
        try:
            return shape.read(node.value)
        except ValueError as error:
            self.complain(node, f"{path}{error}")
            return None


def _compose(text: str) -> yaml.Node | None:
    """Return the root node of a document.

    libyaml is several times faster; the loader in Python repeats what it refuses, because only that
    one words and places its errors the same on every machine.
    """
    try:
        return yaml.compose(text, Loader=FAST)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _is_null(node: yaml.Node) -> bool:
    return node.tag == f"{TAG}null"
