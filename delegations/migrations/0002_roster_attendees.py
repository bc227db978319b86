"""An attendee that a roster keeps is a roster attendee; attendance is whether somebody came."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("delegations", "0001_initial"),
        ("events", "0002_words_of_the_trade"),
    ]

    operations = [migrations.RenameModel("Attendance", "RosterAttendee")]
