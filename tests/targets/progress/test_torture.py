"""The sixteen cases on which other trackers fail: baseline at 2020, half time 2022, end 2024."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal, Verdict, evaluate
from targets.progress.reasons import COVERS

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "torture.json").read_text(encoding="utf-8")
)
BASE, HALF, END = (ReferencePeriod.of_year(year) for year in (2020, 2022, 2024))
DECREASE = ("at_most", "less_than")


def judged(case: dict[str, Any], period: ReferencePeriod) -> Verdict:
    """The case with its actual in the given period."""
    goal = Goal(
        measure=case.get("measure", "level"),
        comparator=case["comparator"],
        value=Decimal(case["value"]),
        upper=Decimal(case["upper"]) if "upper" in case else None,
        direction="decrease" if case["comparator"] in DECREASE else "increase",
        period_start=ReferencePeriod.of_year(2021),
        period_end=END,
        baseline=Baseline(period=BASE, value=Decimal(case["baseline"]))
        if "baseline" in case
        else None,
    )
    actual = None if case["actual"] is None else Decimal(case["actual"])
    data = {period: Actual(value=actual, obs_status="L" if actual is None else "A")}
    if goal.measure == "growth":
        return evaluate(goal, {}, period.last_day, rates=data)
    return evaluate(goal, data, period.last_day)


def test_torture_cases_are_all_there() -> None:
    assert [case["id"] for case in CASES] == [f"C{n:02}" for n in range(1, 17)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_torture_case_comes_out_at_half_time(case: dict[str, Any]) -> None:
    verdict = judged(case, HALF)
    assert verdict.status == case["status_at_half_time"]
    assert verdict.attained is case["attained"]
    if "share_done" in case:
        share = case["share_done"]
        assert verdict.share_done == (None if share is None else Decimal(share))
    if "gap" in case:
        assert verdict.gap == Decimal(case["gap"])
    if "position" in case:
        assert verdict.position == case["position"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_torture_case_comes_out_at_the_end(case: dict[str, Any]) -> None:
    statuses = {True: "attained", False: "missed", None: "no_data"}
    assert judged(case, END).status == statuses[case["attained"]]


@pytest.mark.parametrize("name", ["C10", "C11"])
def test_share_of_a_goal_that_is_its_baseline_is_undefined_with_the_reason(name: str) -> None:
    verdict = judged(next(case for case in CASES if case["id"] == name), HALF)
    codes = [reason.code for reason in verdict.reasons if "share_done" in COVERS[reason.code]]
    assert codes == ["baseline_equals_goal"]
