"""Leave a dump of this version for the next: `python -m tests.project.former.make`.

Run it on the commit of a release, in a checkout of its own, before anything is changed for the
next; it writes the folder that bears the version. What was made then is never made anew.
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
    """Migrate an empty database, fill it, and write down all that is in it."""
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
