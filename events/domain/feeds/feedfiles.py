"""Writes feeds as files for a web server: replaced atomically, and only if the content changed."""

import gzip
import os
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile


def put(*, path: Path, body: bytes, changed_at: datetime) -> bool:
    """Write a body to a file and, with gzip, to the same name plus .gz; return whether it changed.

    Both get the mtime `changed_at`, or a second after the former mtime if that is later. Web
    servers make the ETag of mtime and length, so no two bodies may share an mtime. The .gz file is
    written first: if the plain file has the body, so has the .gz file.
    """
    packed = path.with_name(f"{path.name}.gz")
    present = [file for file in (path, packed) if file.exists()]
    if packed in present and path in present and path.read_bytes() == body:
        return False
    later = [int(file.stat().st_mtime) + 1 for file in present]
    modified = max([int(changed_at.timestamp()), *later])
    _replace(packed, gzip.compress(body, mtime=0), modified)
    _replace(path, body, modified)
    return True


def _replace(path: Path, body: bytes, modified: int) -> None:
    """Replace a file atomically, by a rename: readers get the old or the new file, never a mix."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as draft:
        draft.write(body)
    Path(draft.name).chmod(0o644)
    os.utime(draft.name, (modified, modified))
    Path(draft.name).replace(path)
