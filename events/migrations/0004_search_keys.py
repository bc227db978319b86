"""Events, places and appointments get search keys; those of people and organisations get pinyin."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from events.models.base.findable import fill
from events.values import names
from events.values.languages import columns


def key_of(*stems: str) -> Callable[[Any], str]:
    """Return the function that makes the key of a row from its names in all languages."""

    def key(row: Any) -> str:
        texts = (getattr(row, column) or "" for column in columns(*stems))
        further = (*map(str, getattr(row, "aliases", ())), getattr(row, "unlocode", ""))
        return names.text_key(*texts, *further)

    return key


def key_of_person(row: Any) -> str:
    if row.erased_at is not None:
        return ""
    texts = (getattr(row, column) or "" for column in columns("name"))
    return names.name_key(*texts, *map(str, row.aliases))


KEYS = {
    "Appointment": key_of("title"),
    "Event": key_of("title"),
    "Organisation": key_of("name", "short_name"),
    "Person": key_of_person,
    "Place": key_of("name"),
}


def fill_keys(apps: Any, schema_editor: Any) -> None:
    for name, key in KEYS.items():
        rows = apps.get_model("events", name).objects.using(schema_editor.connection.alias)
        fill(rows, key)


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_delivery_kinds_from_the_registry'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AddField(
            model_name='event',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AddField(
            model_name='historicalevent',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AddField(
            model_name='historicalplace',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AddField(
            model_name='place',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AlterField(
            model_name='historicalorganisation',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AlterField(
            model_name='person',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
