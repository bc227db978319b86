"""Names of people are asked for in words that hold in each part of the world."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0007_history_of_what_is_edited'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalperson',
            name='family_name',
            field=models.CharField(help_text='The surname: Smith, Chan, 王.', max_length=100, verbose_name='family name'),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='given_name',
            field=models.CharField(blank=True, help_text='Jane, Tai-man, 伟.', max_length=100, verbose_name='given name'),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='name_order',
            field=models.CharField(choices=[('family_first', 'family name first: CHAN Tai-man'), ('western_first', 'given name first: Jane SMITH')], default='family_first', max_length=13, verbose_name='order of names'),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='western_name',
            field=models.CharField(blank=True, help_text='Only beside a Chinese given name: the John of John LEE Ka-chiu.', max_length=100, verbose_name='additional English name'),
        ),
        migrations.AlterField(
            model_name='person',
            name='family_name',
            field=models.CharField(help_text='The surname: Smith, Chan, 王.', max_length=100, verbose_name='family name'),
        ),
        migrations.AlterField(
            model_name='person',
            name='given_name',
            field=models.CharField(blank=True, help_text='Jane, Tai-man, 伟.', max_length=100, verbose_name='given name'),
        ),
        migrations.AlterField(
            model_name='person',
            name='name_order',
            field=models.CharField(choices=[('family_first', 'family name first: CHAN Tai-man'), ('western_first', 'given name first: Jane SMITH')], default='family_first', max_length=13, verbose_name='order of names'),
        ),
        migrations.AlterField(
            model_name='person',
            name='western_name',
            field=models.CharField(blank=True, help_text='Only beside a Chinese given name: the John of John LEE Ka-chiu.', max_length=100, verbose_name='additional English name'),
        ),
    ]
