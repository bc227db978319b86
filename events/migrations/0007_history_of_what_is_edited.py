"""A history of every table that organisers edit; of each row that is there, a first record."""

import datetime
from itertools import islice
from typing import Any

import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import events.models.base.fields
import events.models.mail.letters
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.db.models import QuerySet
from django.utils import timezone


def begin(apps: Any, schema_editor: Any) -> None:
    """Record each row as it is now, so that its first change can be told from what was before."""
    now, alias = timezone.now(), schema_editor.connection.alias
    for name in KEPT:
        rows = apps.get_model("events", name)
        history = apps.get_model("events", f"Historical{name}")
        known = {field.attname for field in history._meta.concrete_fields}
        names = [field.attname for field in rows._meta.concrete_fields if field.attname in known]
        first = {"history_type": "~", "history_date": now, "history_change_reason": "first"}
        records = (
            history(**row, **first) for row in QuerySet(rows, using=alias).values(*names).iterator()
        )
        while batch := list(islice(records, 1000)):
            QuerySet(history, using=alias).bulk_create(batch)


KEPT = (
    "Appointment",
    "CalendarFeed",
    "EventOrganisation",
    "EventPlace",
    "EventSeries",
    "Figure",
    "MailWording",
    "Membership",
    "OptOut",
    "ReminderRule",
    "Sector",
    "Source",
    "Team",
    "User",
)


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0006_language_of_each_feed'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalAppointment',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('title_en', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_zh_hans', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_zh_hant', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('as_of', models.DateField(blank=True, help_text='A day on which it is known to be held.', null=True, verbose_name='as of')),
                ('rank', models.PositiveSmallIntegerField(default=0, verbose_name='rank')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical appointment',
                'verbose_name_plural': 'historical appointments',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCalendarFeed',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(help_text='Where it is used: phone, laptop, office wall.', max_length=100, verbose_name='name')),
                ('role', models.CharField(blank=True, choices=[('head', 'head of delegation'), ('deputy', 'deputy head'), ('delegate', 'delegate'), ('speaker', 'speaker'), ('guest_of_honour', 'guest of honour'), ('representative', 'representative'), ('participant', 'participant'), ('liaison', 'liaison officer'), ('secretary', 'head’s secretary'), ('media', 'media'), ('staff', 'staff'), ('interpreter', 'interpreter')], help_text='Only what concerns those who attend in this role.', max_length=15, verbose_name='role')),
                ('language', events.models.base.fields.LanguageField(blank=True, choices=[('en', 'English'), ('zh-hans', '简体中文'), ('zh-hant', '繁體中文')], help_text='Empty: that of the person, else yours, else English.', max_length=8, verbose_name='language')),
                ('alarm', models.PositiveSmallIntegerField(blank=True, help_text='Minutes before the start; empty: none. Many calendar programs ignore it.', null=True, verbose_name='alarm')),
                ('tentative', models.BooleanField(default=True, verbose_name='tentative events too')),
                ('past_days', models.PositiveSmallIntegerField(default=90, help_text='How long events stay after their last day.', verbose_name='past days')),
                ('hint', models.CharField(editable=False, max_length=6, verbose_name='address ends in')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='handed out')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, help_text='Only this event and its parts: of a delegation, its mission.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event', verbose_name='within')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: for nobody in particular.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.person', verbose_name='person')),
                ('team', models.ForeignKey(blank=True, db_constraint=False, help_text='It shows what this team owns, and what all teams share.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'historical calendar feed',
                'verbose_name_plural': 'historical calendar feeds',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalEventOrganisation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('role', models.CharField(choices=[('host', 'host'), ('organiser', 'organiser'), ('co_organiser', 'co-organiser'), ('supporting_body', 'supporting body'), ('sponsor', 'sponsor'), ('exhibitor', 'exhibitor')], default='organiser', max_length=15, verbose_name='role')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('stand', models.CharField(blank=True, max_length=20, verbose_name='stand')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'historical organisation’s role',
                'verbose_name_plural': 'historical organisations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalEventPlace',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('role', models.CharField(choices=[('main', 'main place'), ('site', 'site'), ('hub', 'live-stream hub'), ('topic', 'topic')], default='site', max_length=5, verbose_name='role')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('direction', models.CharField(blank=True, choices=[('from', 'streams from here'), ('to', 'streams to here')], max_length=4, verbose_name='direction')),
                ('stream_url', models.URLField(blank=True, max_length=500, verbose_name='stream')),
                ('capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='capacity')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.place', verbose_name='place')),
            ],
            options={
                'verbose_name': 'historical further place',
                'verbose_name_plural': 'historical further places',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalEventSeries',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, verbose_name='short name')),
                ('name', models.CharField(max_length=250, verbose_name='name')),
                ('name_en', models.CharField(max_length=250, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=250, null=True, verbose_name='name')),
                ('name_zh_hant', models.CharField(max_length=250, null=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('expo', 'expo'), ('mechanism', 'co-operation mechanism'), ('conference', 'conference'), ('roadshow', 'roadshow'), ('session', 'annual session'), ('publication', 'publication')], default='conference', max_length=12, verbose_name='kind')),
                ('established', events.models.base.fields.EdtfField(blank=True, help_text='EDTF, such as 2003.', max_length=32, validators=[events.models.base.fields.validate_edtf], verbose_name='established')),
                ('cadence', models.CharField(blank=True, max_length=200, verbose_name='cadence')),
                ('cadence_en', models.CharField(blank=True, max_length=200, null=True, verbose_name='cadence')),
                ('cadence_zh_hans', models.CharField(blank=True, max_length=200, null=True, verbose_name='cadence')),
                ('cadence_zh_hant', models.CharField(blank=True, max_length=200, null=True, verbose_name='cadence')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.place', verbose_name='place')),
                ('team', models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: shared by all teams.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'historical series',
                'verbose_name_plural': 'historical series',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalFigure',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name='value')),
                ('unit', models.CharField(max_length=200, verbose_name='unit')),
                ('unit_en', models.CharField(max_length=200, null=True, verbose_name='unit')),
                ('unit_zh_hans', models.CharField(max_length=200, null=True, verbose_name='unit')),
                ('unit_zh_hant', models.CharField(max_length=200, null=True, verbose_name='unit')),
                ('comparator', models.CharField(choices=[('exact', 'exactly'), ('over', 'over'), ('about', 'about'), ('at_least', 'at least'), ('at_most', 'at most')], default='exact', max_length=8, verbose_name='comparator')),
                ('period', models.CharField(blank=True, help_text='EDTF interval, such as 2021/2025.', max_length=32, verbose_name='period')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event', verbose_name='event')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical figure',
                'verbose_name_plural': 'historical figures',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMailWording',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reminder', 'reminder'), ('thanks', 'thanks'), ('followup', 'follow-up')], max_length=8, verbose_name='kind')),
                ('subject', models.CharField(blank=True, max_length=150, validators=[events.models.mail.letters.validate_placeholders], verbose_name='subject')),
                ('subject_en', models.CharField(blank=True, max_length=150, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='subject')),
                ('subject_zh_hans', models.CharField(blank=True, max_length=150, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='subject')),
                ('subject_zh_hant', models.CharField(blank=True, max_length=150, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='subject')),
                ('opening', models.TextField(blank=True, help_text='Stands between the greeting and the event. Placeholders: {{name}}, {{place}}, {{team}}, {{title}}, {{when}}.', max_length=2000, validators=[events.models.mail.letters.validate_placeholders], verbose_name='opening')),
                ('opening_en', models.TextField(blank=True, help_text='Stands between the greeting and the event. Placeholders: {{name}}, {{place}}, {{team}}, {{title}}, {{when}}.', max_length=2000, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='opening')),
                ('opening_zh_hans', models.TextField(blank=True, help_text='Stands between the greeting and the event. Placeholders: {{name}}, {{place}}, {{team}}, {{title}}, {{when}}.', max_length=2000, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='opening')),
                ('opening_zh_hant', models.TextField(blank=True, help_text='Stands between the greeting and the event. Placeholders: {{name}}, {{place}}, {{team}}, {{title}}, {{when}}.', max_length=2000, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='opening')),
                ('closing', models.TextField(blank=True, help_text='Stands below the event.', max_length=2000, validators=[events.models.mail.letters.validate_placeholders], verbose_name='closing')),
                ('closing_en', models.TextField(blank=True, help_text='Stands below the event.', max_length=2000, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='closing')),
                ('closing_zh_hans', models.TextField(blank=True, help_text='Stands below the event.', max_length=2000, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='closing')),
                ('closing_zh_hant', models.TextField(blank=True, help_text='Stands below the event.', max_length=2000, null=True, validators=[events.models.mail.letters.validate_placeholders], verbose_name='closing')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'historical wording',
                'verbose_name_plural': 'historical wordings',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMembership',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('role', models.CharField(choices=[('organiser', 'organiser'), ('liaison', 'liaison officer'), ('secretary', 'head’s secretary'), ('viewer', 'viewer')], default='viewer', max_length=10, verbose_name='role')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.team')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical membership',
                'verbose_name_plural': 'historical memberships',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalOptOut',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reminder', 'reminder'), ('thanks', 'thanks'), ('followup', 'follow-up')], max_length=8, verbose_name='kind')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical mail not wanted',
                'verbose_name_plural': 'historical mails not wanted',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalReminderRule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('topic', models.CharField(choices=[('reminder', 'reminder'), ('thanks', 'thanks'), ('followup', 'follow-up')], default='reminder', max_length=8, verbose_name='about')),
                ('offset_kind', models.CharField(choices=[('nominal_days', 'days before, at a time of day'), ('exact_hours', 'hours before'), ('exact_minutes', 'minutes before'), ('days_after', 'days after the end, at a time of day'), ('minutes_after', 'minutes after the end')], default='nominal_days', max_length=13, verbose_name='counted in')),
                ('offset', models.PositiveIntegerField(default=1, verbose_name='how long before or after')),
                ('at_local_time', models.TimeField(default=datetime.time(9, 0), help_text='Time of day; for days only.', verbose_name='at')),
                ('clock', models.CharField(choices=[('event', 'at the event'), ('reader', 'where the reader is')], default='event', help_text='Whoever has no time zone on record is written to by that of the event.', max_length=6, verbose_name='clock')),
                ('roles', models.JSONField(blank=True, default=list, help_text='None chosen: everybody.', verbose_name='roles')),
                ('answers', models.CharField(choices=[('expected', 'everybody who is expected'), ('accepted', 'who has accepted'), ('unanswered', 'who has not answered yet')], default='expected', max_length=10, verbose_name='answer')),
                ('tag', models.CharField(blank=True, help_text='Only attendees who bear it.', max_length=60, verbose_name='tag')),
                ('subtree', models.BooleanField(default=False, help_text='Whoever attends the event or any part of it, each once.', verbose_name='parts too')),
                ('enabled', models.BooleanField(default=True, verbose_name='on')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event', verbose_name='event')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'historical reminder',
                'verbose_name_plural': 'historical reminders',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSector',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hant', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('isic', models.CharField(blank=True, help_text='Classes of ISIC Rev. 4.', max_length=60, verbose_name='ISIC')),
                ('hs', models.CharField(blank=True, help_text='Headings of HS 2022.', max_length=60, verbose_name='HS')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.sector', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'historical sector',
                'verbose_name_plural': 'historical sectors',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSource',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('name', models.CharField(max_length=250, verbose_name='name')),
                ('publisher', models.CharField(blank=True, max_length=200, verbose_name='publisher')),
                ('headline', models.CharField(blank=True, max_length=300, verbose_name='headline')),
                ('byline', models.CharField(blank=True, max_length=200, verbose_name='byline')),
                ('genre', models.CharField(blank=True, max_length=60, verbose_name='genre')),
                ('published', events.models.base.fields.EdtfField(blank=True, help_text='EDTF; relative words count from here, never from today.', max_length=32, validators=[events.models.base.fields.validate_edtf], verbose_name='published')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical source',
                'verbose_name_plural': 'historical sources',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalTeam',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=200, verbose_name='name')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('quiet_from', models.TimeField(blank=True, help_text='At the reader’s clock; what falls due then waits, if it still can.', null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical team',
                'verbose_name_plural': 'historical teams',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalUser',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(db_index=True, error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('language', events.models.base.fields.LanguageField(blank=True, choices=[('en', 'English'), ('zh-hans', '简体中文'), ('zh-hant', '繁體中文')], max_length=8, verbose_name='language')),
                ('timezone', events.models.base.fields.TimezoneField(blank=True, max_length=64, validators=[events.models.base.fields.validate_timezone], verbose_name='time zone')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, db_constraint=False, help_text='Who it is at events: liaison officers and secretaries see what they attend.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical user',
                'verbose_name_plural': 'historical users',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
