"""The migrations and the models tell the same story, and what was released stays."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from tests.project.former import dump

pytestmark = pytest.mark.both_databases


@pytest.mark.django_db
def test_no_migration_is_missing(settings: Settings) -> None:
    settings.MIGRATION_MODULES = {}  # also where the tables were made without them
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("folder", dump.FOLDERS, ids=lambda folder: folder.name)
def test_released_migrations_are_still_there(settings: Settings, folder: Path) -> None:
    """Under their names; what they do is held by the tables that they made, beside the dump."""
    settings.MIGRATION_MODULES = {}
    there = set(MigrationLoader(None).disk_migrations)
    assert set(dump.read(folder=folder).migrations) <= there
