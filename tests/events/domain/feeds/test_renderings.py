"""Stored renderings become stale with any change of code or translation that they depend on."""

import shutil
from pathlib import Path

import grimp
import pytest
from django.conf import settings

from events.domain.feeds import renderings


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the app and the translations, which a test may change."""
    code, texts = tmp_path / "events", tmp_path / "locale"
    shutil.copytree(renderings.APP, code, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(settings.LOCALE_PATHS[0], texts)
    return code, texts


def test_the_version_is_the_digest_of_the_program(copies: tuple[Path, Path]) -> None:
    code, texts = copies

    assert renderings.version() == renderings.digest(code=code, texts=[texts])


def test_a_change_of_any_module_that_writes_a_vevent_changes_the_version(
    copies: tuple[Path, Path],
) -> None:
    code, texts = copies
    graph = grimp.build_graph("events")
    writers = graph.find_upstream_modules("events.domain.feeds.renderings")
    files = [_file(code, module) for module in writers if module != "events"]
    assert {"vtimezones", "entries", "dates", "formatting"} <= {file.stem for file in files}

    for file in [*files, *texts.rglob("*.mo")]:
        before = renderings.digest(code=code, texts=[texts])
        with file.open("ab") as changed:
            changed.write(b"\n")
        assert renderings.digest(code=code, texts=[texts]) != before, file


def test_a_new_module_changes_the_version(copies: tuple[Path, Path]) -> None:
    code, texts = copies
    before = renderings.digest(code=code, texts=[texts])

    (code / "domain" / "ical" / "another.py").write_text("WIDTH = 75\n")

    assert renderings.digest(code=code, texts=[texts]) != before


@pytest.mark.parametrize("setting", ["SITE_URL", "UID_HOST"])
def test_another_name_of_the_site_changes_the_version(
    setting: str, copies: tuple[Path, Path], settings: pytest.FixtureRequest
) -> None:
    code, texts = copies
    before = renderings.digest(code=code, texts=[texts])

    setattr(settings, setting, "https://elsewhere.example")

    assert renderings.digest(code=code, texts=[texts]) != before


def _file(code: Path, module: str) -> Path:
    """Return the file of a module in the copy of the app."""
    path = code.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
