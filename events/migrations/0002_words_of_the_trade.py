"""Columns and tables take the words of the trade and of RFC 5545; no row changes its meaning.

A check constraint names columns, so it is taken away before its columns are renamed and made anew.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

ATTENDEE = {"answer": "partstat", "place": "seat", "presence": "attendance"}
KINDS = [
    ("reminder", "reminder"),
    ("request", "invitation"),
    ("cancel", "end of an invitation"),
    ("thanks", "thanks"),
    ("followup", "follow-up"),
    ("notice", "notice of changes"),
    ("decision", "decision"),
    ("promoted", "place that became free"),
]


def rename_stored_names(apps: Any, schema_editor: Any) -> None:
    """Let evidence on attendees name the columns by their new names; see ATTENDEE."""
    _rename_evidence(apps, schema_editor, ATTENDEE)


def restore_stored_names(apps: Any, schema_editor: Any) -> None:
    _rename_evidence(apps, schema_editor, {new: old for old, new in ATTENDEE.items()})


def _rename_evidence(apps: Any, schema_editor: Any, names: dict[str, str]) -> None:
    evidence = apps.get_model("events", "Evidence").objects.using(schema_editor.connection.alias)
    for old, new in names.items():
        rows = evidence.filter(content_type__app_label="events", content_type__model="attendee")
        rows.filter(field=old).update(field=new)


def rename_kind(apps: Any, schema_editor: Any) -> None:
    """Give mails about a seat that became free the name of what they are: promotions."""
    deliveries = apps.get_model("events", "Delivery").objects.using(schema_editor.connection.alias)
    deliveries.filter(kind="place").update(kind="promoted")


def restore_kind(apps: Any, schema_editor: Any) -> None:
    deliveries = apps.get_model("events", "Delivery").objects.using(schema_editor.connection.alias)
    deliveries.filter(kind="promoted").update(kind="place")


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("attendee", "attendee_waits_since"),
        migrations.RemoveConstraint("attendee", "attendee_who_declined_has_no_place"),
        migrations.RemoveConstraint("attendee", "attendee_checked_in_at"),
        *(
            migrations.RenameField(model, old, new)
            for model in ("attendee", "historicalattendee")
            for old, new in ATTENDEE.items()
        ),
        migrations.AddConstraint(
            "attendee",
            models.CheckConstraint(
                condition=Q(seat="waitlisted", waitlisted_at__isnull=False)
                | ~Q(seat="waitlisted") & Q(waitlisted_at=None),
                name="attendee_waits_since",
            ),
        ),
        migrations.AddConstraint(
            "attendee",
            models.CheckConstraint(
                condition=~Q(partstat__in=["declined", "delegated"])
                | Q(seat__in=["none", "cancelled"]),
                name="attendee_who_declined_has_no_seat",
                violation_error_message="Whoever declines or sends a substitute has no place.",
            ),
        ),
        migrations.AddConstraint(
            "attendee",
            models.CheckConstraint(
                condition=~Q(attendance="checked_in") | Q(checked_in_at__isnull=False),
                name="attendee_checked_in_at",
            ),
        ),
        migrations.RenameField("reply", "answer", "partstat"),
        migrations.RenameField("reply", "delegate", "delegated_to"),
        migrations.RenameField("reply", "said_at", "replied_at"),
        migrations.RenameField("delivery", "said", "content_digest"),
        migrations.RenameField("delivery", "unknowns", "unknown_count"),
        migrations.AlterField(
            "delivery",
            "kind",
            models.CharField(
                choices=KINDS, default="reminder", max_length=8, verbose_name="kind"
            ),
        ),
        migrations.RunPython(rename_kind, restore_kind),
        migrations.RunPython(rename_stored_names, restore_stored_names),
        migrations.RenameField("importedevent", "said", "source_values"),
        migrations.RenameModel("OpenedCalendar", "ImportPreview"),
        migrations.RenameModel("Wording", "MailWording"),
        migrations.RemoveConstraint("tally", "tally_once_per_period"),
        migrations.RenameModel("Tally", "RateLimitCounter"),
        migrations.AddConstraint(
            "ratelimitcounter",
            models.UniqueConstraint(
                fields=["ends_at", "purpose", "who"], name="rate_limit_counter_once_per_period"
            ),
        ),
    ]
