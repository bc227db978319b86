"""Make .venv and install pinned requirements: `python3 -I config/runtime/install.py FILE`."""

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from subprocess import DEVNULL

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
PIP = (PYTHON, "-m", "pip", "install", "--quiet", "--retries=1")
UV = "uv==0.13.8"


def main(name: str) -> None:
    """Install a requirements file in .venv; if that was done before, stay silent and offline."""
    with (ROOT / name).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(name):
            install(name)


def is_current(name: str) -> bool:
    if UNFINISHED.exists() or not python_runs():
        return False
    stamp = stamp_of(name)
    return stamp.exists() and stamp.read_text() == digest(name)


def install(name: str) -> None:
    if UNFINISHED.exists() or not python_runs():
        make_venv()
    sys.stderr.write(f"Installing what {name} names ...\n")
    UNFINISHED.touch()
    done = install_with_uv(name) or install_with_pip(name)
    # A failed installation leaves the packages unchanged; only an interruption needs a new .venv.
    UNFINISHED.unlink()
    if not done:
        sys.exit(f"What {name} names could not be installed (see above). It needs the network.")
    for file in included(name):
        stamp_of(file).write_text(digest(file))


def make_venv() -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            "This Python has no venv module. Debian and Ubuntu have it in a package:"
            " apt-get install python3-venv"
        )
    if not succeeds(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit(f"{VENV} could not be made (see above): is the folder writable, the disk full?")


def install_with_uv(name: str) -> bool:
    """Install with uv, which is faster; return False if it fails, as without access to PyPI."""
    home_is_writable = os.access(os.environ.get("HOME", ""), os.W_OK)
    cache = [] if home_is_writable else ["--no-cache"]
    # Compile now, as pip does; otherwise each process may compile at its start, for over a second.
    options = ["--compile-bytecode", "--python", str(PYTHON), *cache]
    uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "install", *options]
    return succeeds(*PIP, UV, output=DEVNULL) and succeeds(*uv, "-r", name, output=DEVNULL)


def install_with_pip(name: str) -> bool:
    return succeeds(*PIP, "-r", name)


def python_runs() -> bool:
    """Whether the Python of .venv starts; an upgrade of the system's Python can remove it."""
    return PYTHON.exists() and succeeds(PYTHON, "-c", "")


def succeeds(*command: str | Path, output: int | None = None) -> bool:
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=output, stderr=output)  # noqa: S603 -- our own
    return done.returncode == 0


def stamp_of(name: str) -> Path:
    return VENV / f"{name}.installed"


def digest(name: str) -> str:
    texts = [(ROOT / file).read_bytes() for file in included(name)]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def included(name: str) -> list[str]:
    """Return a requirements file and those that it includes by -r and -c."""
    inner = re.findall(r"^-[rc] (\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return [name, *(file for each in inner for file in included(each))]


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next run starts the installation afresh.")
