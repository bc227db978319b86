"""Static files get hashed names, those that scripts import as well."""

import re
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from config.static_files import Storage

OURS = settings.BASE_DIR / "events" / "static"


def chain(folder: Path, modules: int) -> list[str]:
    """Write modules of which each imports the next."""
    names = [f"module{number}.js" for number in range(modules)]
    for name, following in zip(names, [*names[1:], ""], strict=True):
        (folder / name).write_text(
            f'import {{ x }} from "./{following}";\n' if following else "let x = 1;\n"
        )
    return names


def collect(source: Path, target: Path, names: list[str]) -> Storage:
    """Copy files and give them hashed names; raise what has failed."""
    storage, origin = Storage(location=target, base_url="/static/"), FileSystemStorage(source)
    for name in names:
        with origin.open(name) as file:
            storage.save(name, file)
    for _name, _hashed, done in storage.post_process({name: (origin, name) for name in names}):
        if isinstance(done, Exception):
            raise done
    return storage


def test_many_modules_may_import_one_another_in_a_row(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    names = chain(tmp_path / "source", 20)
    storage = collect(tmp_path / "source", tmp_path / "target", names)
    for name, following in pairwise(names):
        text = (tmp_path / "target" / storage.stored_name(name)).read_text()
        assert f'"./{storage.stored_name(following)}"' in text


def test_all_scripts_of_ours_import_hashed_files(tmp_path: Path) -> None:
    names = [str(path.relative_to(OURS)) for path in OURS.rglob("*") if path.is_file()]
    storage = collect(OURS, tmp_path, names)
    for name in (name for name in names if name.endswith(".js")):
        text = (tmp_path / storage.stored_name(name)).read_text()
        imported = re.findall(r'(?:from|import) "(\.[^"]+)"', text)
        assert [path for path in imported if not re.search(r"\.[0-9a-f]{12}\.js$", path)] == [], (
            name
        )
