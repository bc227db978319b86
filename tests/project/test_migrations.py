"""The migrations and the models tell the same story."""

import pytest
from django.core.management import call_command
from pytest_django import Settings


@pytest.mark.django_db
def test_no_migration_is_missing(settings: Settings) -> None:
    settings.MIGRATION_MODULES = {}  # also where the tables were made without them
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
