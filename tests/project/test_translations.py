"""Every text has translations in both Chinese scripts, and the compiled files are up to date."""

import gettext
import os
import re
import shutil
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
LOCALE = ROOT / "config" / "locale"
LANGUAGES = ["zh_Hans", "zh_Hant"]
PLACEHOLDER = re.compile(r"%\(\w+\)s")

Entries = dict[tuple[str, str], str]


def read(path: Path) -> tuple[Entries, list[str]]:
    """Return the translations by context and msgid, and the fuzzy ones."""
    entries: Entries = {}
    fuzzy = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        parts = {"msgctxt": "", "msgid": "", "msgstr": ""}
        name = ""
        for line in lines:
            if match := re.match(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[0\])? (".*")$', line):
                name = match[1]
                parts[name] = literal_eval(match[2])
            elif line.startswith('"'):
                parts[name] += literal_eval(line)
        if parts["msgid"]:
            entries[parts["msgctxt"], parts["msgid"]] = parts["msgstr"]
            if any(line.startswith("#,") and "fuzzy" in line for line in lines):
                fuzzy.append(parts["msgid"])
    return entries, fuzzy


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """All texts of the present code and templates, extracted from a copy of the tree."""
    if not shutil.which("xgettext"):
        if os.environ.get("CI") == "true":
            pytest.fail("There is no xgettext: apt-get install gettext.")
        pytest.skip("There is no xgettext.")
    copy = tmp_path_factory.mktemp("texts")
    for name in ("config", "events", "delegations", "seeds"):
        shutil.copytree(
            ROOT / name,
            copy / name,
            ignore=shutil.ignore_patterns("locale", "__pycache__", "*.yaml"),
        )
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans"]
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return read(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, extracted: Entries) -> None:
    entries, fuzzy = read(LOCALE / language / "LC_MESSAGES" / "django.po")
    missing = [key for key in extracted if not entries.get(key)]
    assert missing == [], "Run makemessages, translate, then compilemessages."
    assert fuzzy == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_has_outlived_its_text(language: str, extracted: Entries) -> None:
    entries, _ = read(LOCALE / language / "LC_MESSAGES" / "django.po")
    assert sorted(set(entries) - set(extracted)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_fills_the_same_blanks(language: str) -> None:
    entries, _ = read(LOCALE / language / "LC_MESSAGES" / "django.po")
    wrong = [
        text
        for (_, text), chinese in entries.items()
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(chinese))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_texts_are_those_that_are_written(language: str) -> None:
    folder = LOCALE / language / "LC_MESSAGES"
    entries, _ = read(folder / "django.po")
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        text
        for (context, text), chinese in entries.items()
        if chinese
        not in (
            compiled.pgettext(context, text) if context else compiled.gettext(text),
            compiled.ngettext(text, text, 1),
        )
    ]
    assert stale == [], "Run compilemessages."


# Characters that occur in only one of the two scripts; the other has a different form.
SIMPLIFIED = set("会览团议务业发这时实际对国东车开")
TRADITIONAL = set("會覽團議務業發這時實際對國東車開")


def test_scripts_are_not_mixed() -> None:
    simplified, _ = read(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po")
    traditional, _ = read(LOCALE / "zh_Hant" / "LC_MESSAGES" / "django.po")
    assert [text for text in simplified.values() if TRADITIONAL & set(text)] == []
    assert [text for text in traditional.values() if SIMPLIFIED & set(text)] == []
