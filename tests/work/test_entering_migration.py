"""The upgrade to collecting in rounds loses no actual and knows where the old ones came from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from indicators.models import Observation
from tests.indicators import builders as b

pytestmark = pytest.mark.usefixtures("empty_world")
KEPT = (
    "id", "indicator_id", "region_id", "reference_period", "value", "qualifier", "obs_status",
    "review_state", "return_reason", "entered_text", "note", "reason", "version",
)  # fmt: skip


def before() -> Any:
    """The tables as they were, and the models of that day."""
    call_command("migrate", "targets", "0006", verbosity=0)
    call_command("migrate", "indicators", "0002", verbosity=0)
    loader = MigrationExecutor(connection).loader
    return loader.project_state([("indicators", "0002_series")]).apps


def test_old_actuals_stay_as_they_were_and_name_their_origin() -> None:
    indicator, region, person = b.indicator(), b.region(), b.person("writer")
    old = before()
    rows = old.get_model("indicators", "Observation").objects
    facts = {
        "indicator_id": indicator.pk, "region_id": region.pk, "entered_by_id": person.pk,
        "entered_at": timezone.now(),
    }  # fmt: skip
    rows.create(**facts, reference_period="2023", value=Decimal("7920.5"), key="a001")
    rows.create(**facts, reference_period="2024", value=None, obs_status="Q", note="不公开")
    rows.create(
        **facts, reference_period="2025", value=Decimal(0), review_state="returned",
        return_reason="缺少来源", entered_text="0",
    )  # fmt: skip
    kept = list(rows.order_by("pk").values_list(*KEPT))
    call_command("migrate", verbosity=0)
    assert list(Observation.objects.order_by("pk").values_list(*KEPT)) == kept
    assert list(
        Observation.objects.order_by("pk").values_list(
            "origin", "copy_of", "upload", "submitted_by", "withdrawn_by", "doubts"
        )
    ) == [
        ("command", None, None, None, None, []),
        ("form", None, None, None, None, []),
        ("form", None, None, None, None, []),
    ]
