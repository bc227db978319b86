"""Comments and docstrings name constants that the code has."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("config", "delegations", "events", "seeds", "tests")
CONSTANT = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
WORD = re.compile(r"[A-Za-z_]\w*")
Place = tuple[int, int]  # line and column


def test_each_constant_that_a_text_names_is_in_the_code() -> None:
    known: set[str] = set()
    named: dict[str, set[str]] = {}
    for file in _files():
        words, constants = _read(file)
        known |= words
        named[str(file.relative_to(ROOT))] = constants
    lost = {file: found - known for file, found in named.items() if found - known}
    assert lost == {}


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (
            file for file in (ROOT / folder).rglob("*.py") if "migrations" not in file.parts
        )
    yield ROOT / "manage.py"


def _read(file: Path) -> tuple[set[str], set[str]]:
    """Return the words of the code, strings included, and the constants that its prose names."""
    source = file.read_text()
    docstrings = set(_docstrings(ast.parse(source)))
    words: set[str] = set()
    constants: set[str] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or token.start in docstrings:
            constants |= set(CONSTANT.findall(token.string))
        elif token.type in (tokenize.NAME, tokenize.STRING):
            words |= set(WORD.findall(token.string))
    return words, constants


def _docstrings(tree: ast.Module) -> Iterator[Place]:
    """Yield where the docstrings of a module begin."""
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                match node.body:
                    case [ast.Expr(value=ast.Constant(value=str()) as text), *_]:
                        yield text.lineno, text.col_offset
