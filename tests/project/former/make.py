"""Make the dump of this version for the next: `python -m tests.project.former.make`.

Run it in a checkout of the commit of a release, before any later change. It writes a folder named
after the version. An existing dump is never made again.
"""

import os
import sys
import tomllib
from pathlib import Path

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.project.former import content, dump  # noqa: E402 -- it reads the settings

HERE = Path(__file__).parent
PROJECT = HERE.parents[2] / "pyproject.toml"


def main() -> None:
    """Migrate an empty database, fill it, and write its dump."""
    version = tomllib.loads(PROJECT.read_text())["project"]["version"]
    call_command("migrate", verbosity=0)
    folder = HERE / version
    folder.mkdir()
    feeds = content.make()
    for name, path in feeds.items():
        (folder / name).write_bytes(content.read(path))
    dump.write(folder=folder, feeds=feeds)
    sys.stdout.write(f"{folder}\n")


if __name__ == "__main__":
    main()
