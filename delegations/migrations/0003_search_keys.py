"""Delegations get search keys."""

from typing import Any

from django.db import migrations, models

from events.models.base.findable import fill
from events.values import names
from events.values.languages import columns


def key(row: Any) -> str:
    return names.text_key(*(getattr(row, column) or "" for column in columns("name")))


def fill_keys(apps: Any, schema_editor: Any) -> None:
    delegations = apps.get_model("delegations", "Delegation")
    fill(delegations.objects.using(schema_editor.connection.alias), key)


class Migration(migrations.Migration):

    dependencies = [
        ('delegations', '0002_roster_attendees'),
    ]

    operations = [
        migrations.AddField(
            model_name='delegation',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.AddField(
            model_name='historicaldelegation',
            name='search_key',
            field=models.CharField(default='', editable=False, max_length=4000),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
