"""What was approved before is in force since its approval; the first rules are approved."""

from __future__ import annotations

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    TargetVersion = apps.get_model("targets", "TargetVersion")
    approved = TargetVersion.objects.filter(review_state="approved")
    approved.filter(effective_at=None).update(effective_at=F("approved_at"))
    replaced = approved.exclude(superseded_at=None).values("target")
    earlier = {}
    for row in approved.filter(target__in=replaced).order_by("target", "pk").iterator():
        before = earlier.get(row.target_id)
        earlier[row.target_id] = row.pk
        if before is not None and row.supersedes_id is None:
            change = "corrected" if row.reason else row.change
            approved.filter(pk=row.pk).update(supersedes_id=before, change=change)
    apps.get_model("targets", "RuleSet").objects.filter(
        review_state="draft", entered_by=None
    ).update(review_state="approved")


class Migration(migrations.Migration):
    dependencies = [("targets", "0003_versions_fields")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
