"""Test modules do not import each other; shared code is in modules without tests."""

import ast
from pathlib import Path

from django.conf import settings

TESTS = Path(settings.BASE_DIR) / "tests"


def imported(path: Path) -> set[str]:
    """Return every module, and every name in a module, that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_test_module(name: str) -> bool:
    """Whether a name is a test module, or is defined in one."""
    parts = name.split(".")
    at = (number for number, part in enumerate(parts, 1) if part.startswith("test_"))
    return any(TESTS.parent.joinpath(*parts[:number]).with_suffix(".py").exists() for number in at)


def test_no_module_imports_a_test_module() -> None:
    found = {
        str(path.relative_to(TESTS)): wrong
        for path in TESTS.rglob("*.py")
        if "node_modules" not in path.parts
        and (wrong := [name for name in imported(path) if is_test_module(name)])
    }
    assert found == {}


def test_a_test_module_is_known_by_its_file() -> None:
    assert is_test_module("tests.project.test_imports.imported")
    assert is_test_module("tests.project.test_imports")
    assert not is_test_module("tests.factories.test_something")
