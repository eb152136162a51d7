"""The read model of actuals on PostgreSQL: one row of float8 a series (PROGRESS.md 7)."""

from django.db import migrations

SERIES = """
CREATE TABLE indicators_series (
    indicator_id bigint NOT NULL, region_id bigint NOT NULL,
    vals float8[] NOT NULL, refs bigint[] NOT NULL, PRIMARY KEY (region_id, indicator_id)
)
"""


def series(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(SERIES)


def no_series(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE indicators_series")


class Migration(migrations.Migration):

    dependencies = [("indicators", "0001_initial")]

    operations = [migrations.RunPython(series, no_series)]
