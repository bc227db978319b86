"""A public server does not start without its required settings."""

import subprocess
import sys

import pytest

from tests.config.runtime import stack
from tests.config.runtime.stack import PROGRAMS, SET


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", SET)
def test_without_a_needed_setting_nothing_starts(tmp_path, program, name):
    if program != "manage.py" and name != "SECRET_KEY":
        pytest.skip("one name is enough for each further program")
    env = stack.environment(ATTACHE_DATA=tmp_path, **SET)
    del env[name]
    done = subprocess.run(
        [sys.executable, *PROGRAMS[program].split()],
        cwd=stack.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode != 0
    assert f"Attaché does not start: {name} is not set (see .env.example)." in done.stderr
    assert "Traceback" not in done.stderr
