"""The names of the kinds of mail come from the registry; what is stored stays as it is."""

from django.db import migrations, models

import events.models.mail.kinds


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0002_words_of_the_trade"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=events.models.mail.kinds.choices,
                default="reminder",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("opted_out", "wants no such mail"),
                    ("stays_away", "is not expected any more"),
                    ("no_address", "has no address"),
                    ("not_meant", "is not among those meant any more"),
                    ("event_off", "the event does not take place"),
                    ("rule_off", "the rule is off"),
                    ("undone", "the change was undone"),
                    ("dropped", "an organiser dropped it"),
                    ("another", "something newer is known"),
                    ("held", "was held back"),
                    ("no_sender", "nothing here sends mails of this kind any more"),
                ],
                help_text="Why it was not sent.",
                max_length=10,
                verbose_name="reason",
            ),
        ),
    ]
