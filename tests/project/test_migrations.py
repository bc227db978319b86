"""Migrations and models agree, and released migrations remain."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from tests.project.former import dump

pytestmark = pytest.mark.both_databases


@pytest.mark.django_db
def test_no_migration_is_missing(settings: Settings) -> None:
    settings.MIGRATION_MODULES = {}  # the tests may have made the tables without migrations
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("folder", dump.FOLDERS, ids=lambda folder: folder.name)
def test_released_migrations_are_still_there(settings: Settings, folder: Path) -> None:
    """Here by name; their effects are compared with the schema beside the dump."""
    settings.MIGRATION_MODULES = {}
    there = set(MigrationLoader(None).disk_migrations)
    assert set(dump.read(folder=folder).migrations) <= there
