"""Each feed has a language; those that had none keep English, in which they were written."""

from typing import Any

from django.db import migrations

import events.models.base.fields


def write(apps: Any, schema_editor: Any) -> None:
    feeds = apps.get_model("events", "CalendarFeed").objects.using(schema_editor.connection.alias)
    feeds.filter(language="").update(language="en")


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0005_kinds_of_programme_items"),
    ]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='calendarfeed',
            name='language',
            field=events.models.base.fields.LanguageField(blank=True, choices=[('en', 'English'), ('zh-hans', '简体中文'), ('zh-hant', '繁體中文')], help_text='Empty: that of the person, else yours, else English.', max_length=8, verbose_name='language'),
        ),
    ]
