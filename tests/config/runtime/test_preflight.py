"""Each reason not to start is reported in a sentence that says what to do."""

import errno
import os
import shutil
import sqlite3
from collections import namedtuple

import pytest
from django.db import OperationalError, connection

from config.runtime import embedded, preflight
from config.runtime.preflight import Refusal


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "8000.5"])
def test_a_port_must_be_a_number(text):
    with pytest.raises(Refusal, match=f"PORT={text} is no port"):
        preflight.port(text)


def test_a_port_below_1024_is_not_for_everybody(monkeypatch):
    monkeypatch.setattr(preflight, "trouble_with_port", lambda number: "is not for ordinary users")
    with pytest.raises(Refusal, match="Port 80 is not for ordinary users"):
        preflight.port_is_free(80, patience=0)


def test_the_folder_is_made(tmp_path):
    preflight.folder(tmp_path / "new" / "data")
    assert list((tmp_path / "new" / "data").iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="file cannot be written to"):
        preflight.folder(tmp_path / "file")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_refused():
    with pytest.raises(Refusal, match="Make it yours, or choose another folder"):
        preflight.folder(preflight.Path("/usr/attache"))


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")(7 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(Refusal, match=r"is full \(7 MB free, 50 MB needed\)"):
        preflight.folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "postgresql://user:secret@host:port/name"),
        ("REDIS_URL", "http://example.org"),
        ("EMAIL_URL", "smtp://user:secret@host:port"),
        ("EMAIL_URL", "nonsense"),
    ],
)
def test_an_address_must_be_understood_and_is_not_repeated(name, url):
    with pytest.raises(Refusal, match=f"^{name} is not understood") as refusal:
        preflight.urls({name: url})
    assert "secret" not in str(refusal.value)


def test_good_addresses_pass():
    preflight.urls(
        {
            "DATABASE_URL": "postgresql://app@/postgres?host=/tmp/pg",
            "REDIS_URL": "rediss://:secret@cache.example.org:6380/1",
            "EMAIL_URL": "smtp+tls://a:b@mail.example.org:587",
        }
    )


def test_a_broker_that_is_not_there_is_named():
    with pytest.raises(Refusal, match="The server of REDIS_URL does not answer"):
        preflight.broker("redis://:secret@127.0.0.1:1/0")


def test_a_broker_that_is_there_passes(valkey):
    preflight.broker(valkey)


@pytest.mark.django_db
def test_the_present_database_passes():
    preflight.database()


@pytest.mark.django_db
def test_a_migration_without_a_file_betrays_a_newer_version():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS django_migrations"
            " (id integer, app varchar(255), name varchar(255), applied timestamp)"
        )
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('events', '9999_later', CURRENT_TIMESTAMP)"
        )
    with pytest.raises(Refusal, match=r"newer Attaché \(events.9999_later is unknown here\)"):
        preflight.database()


def test_a_disk_that_fills_up_later_is_a_sentence(tmp_path):
    database = sqlite3.connect(tmp_path / "full.sqlite3")
    database.execute("PRAGMA max_page_count = 2")
    database.execute("CREATE TABLE things (text)")
    with pytest.raises(sqlite3.OperationalError) as error:
        database.execute("INSERT INTO things VALUES (zeroblob(100000))")
    database.close()
    with pytest.raises(Refusal, match="The disk is full"), preflight.explained():
        raise OperationalError(*error.value.args)


def test_a_full_disk_under_a_file_is_a_sentence():
    with pytest.raises(Refusal, match="The disk is full"), preflight.explained():
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_real_fault_keeps_its_traceback():
    with pytest.raises(OSError, match="fault"), preflight.explained():
        raise OSError(errno.EIO, "fault")


def test_the_secret_key_is_kept_over_restarts(tmp_path):
    embedded.write_settings(tmp_path, 8000)
    first = embedded.read_settings(tmp_path / "embedded.env")
    embedded.write_settings(tmp_path, 8001)
    second = embedded.read_settings(tmp_path / "embedded.env")
    assert second == first | {"SITE_URL": "http://127.0.0.1:8001"}
