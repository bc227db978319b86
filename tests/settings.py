"""Settings of the tests: those of the project, with a temporary folder and fast hashing."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config.runtime import valkey

if "ATTACHE_TESTS" not in os.environ:
    os.environ["ATTACHE_TESTS"] = tempfile.mkdtemp(prefix="attache-tests-")
    atexit.register(shutil.rmtree, os.environ["ATTACHE_TESTS"], ignore_errors=True)
# Each xdist worker has its own folder, shared with the Celery workers that it starts.
folder = Path(os.environ["ATTACHE_TESTS"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
(folder / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns if it is missing
os.environ |= {
    "ATTACHE_DATA": str(folder),
    "REDIS_URL": valkey.url(folder),  # the fixture `valkey` listens there
    "SECRET_KEY": "only-for-tests",
    "SITE_URL": "http://testserver",
    "DEFAULT_FROM_EMAIL": "attache@example.org",
}
for name in (
    "EMAIL_URL", "UID_HOST", "ALLOWED_HOSTS", "PROXY", "PROXIES", "DEBUG", "MONITORING_TOKEN",
):  # fmt: skip
    os.environ.pop(name, None)

from config.settings import *  # noqa: E402 -- it reads the environment

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
HOLD_ABOVE = 1_000_000  # no mail is held, except in tests of holding
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"] == "config.sqlite":
    # A file, so that workers and browsers can open it; durability is not needed.
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
