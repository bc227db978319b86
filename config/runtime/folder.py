"""The folder of all data that Attaché writes: ATTACHE_DATA, or var/ beside manage.py."""

import os
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ATTACHE_DATA") or BASE / "var").resolve()
