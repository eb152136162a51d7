"""The published figures and the older plans against the collection they were taken from."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from indicators.models import Observation
from indicators.periods import ReferencePeriod
from targets.models import TargetVersion
from tests.conftest import SHARED

pytestmark = pytest.mark.shared
UNITS = {"百分点": "个百分点"}
SIGNS = {
    ">=": "at_least",
    ">": "more_than",
    "=": "at_least",
    "<=": "at_most",
    "<": "less_than",
    "~": "about",
}


def collected() -> list[dict[str, Any]]:
    path = SHARED / "facts" / "actuals.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return found


def test_each_actual_is_the_published_one(shared_world: str) -> None:
    rows = {row.key: row for row in Observation.objects.select_related("indicator__unit", "region")}
    differing = []
    for told in collected():
        row = rows.pop(told["id"])
        ours = (
            row.indicator.code, row.region.code, row.value, row.indicator.unit.symbol,
            row.qualifier, row.reliability, row.source_url,
        )  # fmt: skip
        theirs = (
            # Functional zones have no code of their own; ours names the city they lie in.
            told["indicator_code"], told["region_code"] or f"370200-{row.region.code[7:]}", Decimal(told["value"]),
            UNITS.get(told["unit"], told["unit"]), told["value_kind"], told["reliability"],
            told["source_url"] or "",
        )  # fmt: skip
        if ours != theirs:
            differing.append((told["id"], ours, theirs))
    assert differing == []
    assert rows == {}


def test_each_period_lies_in_the_published_year(shared_world: str) -> None:
    periods = dict(Observation.objects.values_list("key", "reference_period"))
    for told in collected():
        period = periods[told["id"]]
        if told["year"] is None:
            assert period is None, told["id"]
        elif period is not None:
            assert ReferencePeriod.parse(period).last_day.year == told["year"], told["id"]
        if told["year"] is not None and told["period"] == "annual":
            assert period in (str(told["year"]), None), told["id"]


def test_no_row_names_a_person_or_carries_a_headline(shared_world: str) -> None:
    """Outlets and notes only: a text as long as a headline with its quotation marks is none."""
    for row in Observation.objects.all():
        assert len(row.source_title) <= 60, row.key
        assert "记者" not in row.source_title + row.note, row.key


def test_the_older_plans_hold_every_collected_target(shared_world: str) -> None:
    path = SHARED / "facts" / "more_targets.json"
    plans = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    versions = TargetVersion.objects.filter(target__document__source_no="").select_related("unit")
    ours = {
        (
            (version.value * 10**version.unit.exponent).normalize(),
            version.comparator,
            version.period_end,
        )
        for version in versions
    }
    for plan in plans:
        for name, sign, value, unit, year in plan["targets"]:
            scale = 10 ** {"亿": 8, "万": 4}.get(unit[0], 0)
            told = ((Decimal(value) * scale).normalize(), SIGNS[sign], str(year))
            assert told in ours, (plan["document"], name)
