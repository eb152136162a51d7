"""The default thresholds of the rule book, as version 1."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("targets", "RuleSet").objects.get_or_create(
        version=1,
        defaults={
            "on_track": Decimal("0.95"),
            "lagging": Decimal("0.60"),
            "ahead": Decimal("1.05"),
            "about_tolerance": Decimal("0.02"),
            "nearly_share": Decimal("0.9"),
            "in_force_from": date(2000, 1, 1),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("targets", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
