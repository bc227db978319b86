"""The command, and loads that are refused as a whole."""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events.models import Event, Place
from seeds import library, loader, reader
from seeds.models import Entry
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_short_name_that_is_taken_refuses_the_whole_load():
    Event.objects.create(
        slug="ciie-2025",
        kind="expo",
        precision="unknown",
        origin="reported",
        created_at=NOW,
        changed_at=NOW,
    )

    with pytest.raises(loader.Taken, match="events/ciie-2025: a row that was not loaded"):
        loader.load(catalogue=reader.read(library.CATALOGUE), now=NOW)

    assert not Place.objects.exists()


def test_the_command_reports_what_it_did():
    first, second = StringIO(), StringIO()

    call_command("seed", sample=True, stdout=first)
    Place.objects.filter(slug="beijing").update(name_en="Peking")
    call_command("seed", sample=True, stdout=second)

    assert "Catalogue: 193 added, 0 changed, 0 unchanged." in first.getvalue()
    assert "Sample mission: 44 added" in first.getvalue()
    assert "Catalogue: 0 added, 0 changed, 193 unchanged." in second.getvalue()
    assert "kept as you changed it: places/beijing: name_en" in second.getvalue()


def test_a_broken_file_is_refused_whole_with_file_line_and_reason(monkeypatch, tmp_path):
    folder = tmp_path / "catalogue"
    shutil.copytree(library.CATALOGUE, folder)
    (folder / "series.yaml").write_text("- id: ciie\n  name: {en: Expo}\n  kind: fair\n")
    monkeypatch.setattr(library, "CATALOGUE", folder)

    with pytest.raises(CommandError, match=r"series\.yaml:3: kind: 'fair' is not one of"):
        call_command("seed")

    assert not Entry.objects.exists()
