"""What was approved before versions had a day of force is in force after the migration."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from targets.models import RuleSet, TargetVersion
from tests.indicators import builders as b

pytestmark = pytest.mark.usefixtures("empty_world")
FIRST, SECOND = datetime(2024, 1, 5, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)


def before() -> Any:
    """The tables as they were, and the models of that day."""
    call_command("migrate", "targets", "0002", verbosity=0)
    return (
        MigrationExecutor(connection).loader.project_state([("targets", "0002_first_rules")]).apps
    )


def test_approved_rows_come_into_force_and_know_what_they_replaced() -> None:
    target = b.promise(b.indicator(), "9000", "2024")
    person = target.versions.get().entered_by
    checker = target.versions.get().approved_by
    old = before()
    version = old.get_model("targets", "TargetVersion")
    row = version.objects.get()
    version.objects.filter(pk=row.pk).update(
        approved_at=FIRST, entered_at=FIRST, superseded_at=SECOND, reason="文件写明"
    )
    facts = {
        "target_id": target.pk, "measure": "level", "comparator": "at_least",
        "value": Decimal(8500), "unit_id": row.unit_id, "direction": "increase",
        "commitment": "firm", "period_end": "2024", "entered_by_id": person.pk,
        "entered_at": SECOND,
    }  # fmt: skip
    version.objects.create(
        **facts, review_state="approved", approved_by_id=checker.pk, approved_at=SECOND,
        reason="更正读法",
    )  # fmt: skip
    version.objects.create(**facts, review_state="draft")
    call_command("migrate", "targets", verbosity=0)
    first, second, draft = TargetVersion.objects.order_by("pk")
    assert (first.effective_at, first.change, first.supersedes) == (FIRST, "first", None)
    assert (second.effective_at, second.change, second.supersedes) == (SECOND, "corrected", first)
    assert (draft.effective_at, draft.change) == (None, "first")
    assert TargetVersion.objects.in_force().get() == second
    rules = RuleSet.objects.get()
    assert (rules.review_state, rules.entered_by, rules.lights["lagging"]) == (
        "approved", None, "yellow",
    )  # fmt: skip
