"""A public server does not start without its required settings."""

import subprocess
import sys

import pytest

from tests.config.runtime import runall
from tests.config.runtime.runall import PROGRAMS, SET


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", SET)
def test_without_a_needed_setting_nothing_starts(tmp_path, program, name):
    if program != "manage.py" and name != "SECRET_KEY":
        pytest.skip("one name is enough for each further program")
    env = runall.environment(ATTACHE_DATA=tmp_path, **SET)
    del env[name]
    done = subprocess.run(
        [sys.executable, *PROGRAMS[program].split()],
        cwd=runall.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode != 0
    assert f"Attaché does not start: {name} is not set (see .env.example)." in done.stderr
    assert "Traceback" not in done.stderr
