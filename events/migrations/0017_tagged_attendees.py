
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0016_versions_of_public_feeds'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='attendee',
            index=models.Index(condition=models.Q(('tags', []), _negated=True), fields=['event'], name='attendee_tagged'),
        ),
    ]
