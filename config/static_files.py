"""Static files: collected if they have changed, under hashed names, in scripts too."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, in which a module imports others by their hashed names as well."""

    support_js_module_import_aggregation = True
    # A pass settles the names of modules whose imports are settled, so there must be more passes
    # than modules that import one another in a row; Django's five end the start with an error.
    max_post_process_passes = 30


def collect(folder: Path) -> bool:
    """Fill the folder again if any source has changed; return whether it did."""
    stamp = folder / ".sources"
    sources = digest()
    if stamp.exists() and stamp.read_text() == sources:
        return False
    call_command("collectstatic", clear=True, interactive=False, verbosity=0)
    stamp.write_text(sources)
    return True


def digest() -> str:
    found = sorted(
        (path, storage.path(path)) for finder in get_finders() for path, storage in finder.list([])
    )
    total = hashlib.sha256()
    for path, source in found:
        total.update(path.encode() + Path(source).read_bytes())
    return total.hexdigest()
