from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep the dates of editions as they were written beside the days they mean."""

    dependencies = [
        ('programs', '0002_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='programedition', name='edition_dates'),
        migrations.RenameField('programedition', 'valid_from', 'said_from'),
        migrations.RenameField('programedition', 'valid_to', 'said_to'),
        migrations.AddField('programedition', 'valid_from', models.DateField(null=True, verbose_name='自')),
        migrations.AddField('programedition', 'valid_to', models.DateField(blank=True, null=True, verbose_name='至')),
        migrations.AddField('programedition', 'superseded_at', models.DateTimeField(blank=True, null=True, verbose_name='被更正时间')),
    ]
