"""A history of nominees; of each that is there, a first record."""

from typing import Any

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.db.models import QuerySet
from django.utils import timezone


def begin(apps: Any, schema_editor: Any) -> None:
    """Record each row as it is now, so that its first change can be told from what was before."""
    alias = schema_editor.connection.alias
    history = apps.get_model("delegations", "HistoricalNominee")
    rows: QuerySet[Any] = QuerySet(apps.get_model("delegations", "Nominee"), using=alias)
    names = [field.attname for field in rows.model._meta.concrete_fields]
    first = {"history_type": "~", "history_date": timezone.now(), "history_change_reason": "first"}
    records = [history(**row, **first) for row in rows.values(*names)]
    QuerySet(history, using=alias).bulk_create(records, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('delegations', '0003_search_keys'),
        ('events', '0007_history_of_what_is_edited'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalNominee',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('label', models.CharField(blank=True, help_text='For members not named yet.', max_length=200, verbose_name='unnamed')),
                ('label_en', models.CharField(blank=True, help_text='For members not named yet.', max_length=200, null=True, verbose_name='unnamed')),
                ('label_zh_hans', models.CharField(blank=True, help_text='For members not named yet.', max_length=200, null=True, verbose_name='unnamed')),
                ('label_zh_hant', models.CharField(blank=True, help_text='For members not named yet.', max_length=200, null=True, verbose_name='unnamed')),
                ('capacity', models.CharField(choices=[('head', 'head of delegation'), ('deputy', 'deputy head'), ('delegate', 'delegate'), ('alternate', 'alternate'), ('adviser', 'adviser'), ('observer', 'observer'), ('secretary', 'delegation secretary'), ('liaison', 'liaison officer'), ('advance', 'advance party'), ('interpreter', 'interpreter'), ('media', 'accompanying media'), ('security', 'security')], default='delegate', max_length=11, verbose_name='capacity')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('application', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='delegations.application')),
                ('appointment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.appointment', verbose_name='in the capacity of')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical nominee',
                'verbose_name_plural': 'historical nominees',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
