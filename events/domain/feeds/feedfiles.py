"""Files that a web server serves beside us: replaced whole, and only when they change."""

import gzip
import os
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile


def put(*, path: Path, body: bytes, changed_at: datetime) -> bool:
    """Bring a file and its packed twin, with .gz added, to a body; return whether they changed.

    Their time is that of the change, and later than that of any body before: web servers make the
    ETag of time and length. The twin comes first, so that a file which holds the body has it.
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
    """Put a file in the place of another in one step; whoever reads has one of them whole."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as draft:
        draft.write(body)
    Path(draft.name).chmod(0o644)
    os.utime(draft.name, (modified, modified))
    Path(draft.name).replace(path)
