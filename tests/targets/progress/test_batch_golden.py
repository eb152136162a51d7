"""The golden cases through the columns come out as they do one by one."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import DEFAULT_RULES, Actual, Baseline, Goal, evaluate
from targets.progress.batch import evaluate_many, judge, tabulate
from targets.progress.cases import read_goal
from tests.targets.progress.agreement import Case, differences

DATA = Path(__file__).parent / "data"
WORKED: list[dict[str, Any]] = json.loads((DATA / "worked_cases.json").read_text("utf-8"))
TORTURE: list[dict[str, Any]] = json.loads((DATA / "torture.json").read_text("utf-8"))
LATE = date(2199, 12, 31)


def actuals_of(fields: dict[str, Any], name: str) -> dict[ReferencePeriod, Actual]:
    """A series as it stands in a worked case, its actuals numbered."""
    read = {}
    first = 1 if name == "series" else 1001
    for place, (text, entry) in enumerate((fields.get(name) or {}).items(), start=first):
        given = entry if isinstance(entry, dict) else {"value": entry}
        value = given.get("value")
        read[ReferencePeriod.parse(text)] = Actual(
            value=None if value is None else Decimal(str(value)),
            qualifier=given.get("qualifier", "exact"),
            obs_status=given.get("obs_status", "L" if value is None else "A"),
            id=place,
        )
    return read


def worked(fields: dict[str, Any]) -> tuple[Case, date]:
    """A worked case without parts, and its day."""
    day = date.fromisoformat(fields["as_of"]) if fields.get("as_of") else LATE
    return (read_goal(fields), actuals_of(fields, "series"), actuals_of(fields, "rates")), day


def tortured(case: dict[str, Any], period: ReferencePeriod) -> Case:
    """A torture case with its actual in the given period."""
    falls = case["comparator"] in ("at_most", "less_than")
    goal = Goal(
        measure=case.get("measure", "level"),
        comparator=case["comparator"],
        value=Decimal(case["value"]),
        upper=Decimal(case["upper"]) if "upper" in case else None,
        direction="decrease" if falls else "increase",
        period_start=ReferencePeriod.of_year(2021),
        period_end=ReferencePeriod.of_year(2024),
        baseline=Baseline(period=ReferencePeriod.of_year(2020), value=Decimal(case["baseline"]))
        if "baseline" in case
        else None,
    )
    actual = None if case["actual"] is None else Decimal(case["actual"])
    data = {period: Actual(value=actual, obs_status="L" if actual is None else "A", id=1)}
    return (goal, {}, data) if goal.measure == "growth" else (goal, data, {})


SINGLE = [case for case in WORKED if "parts" not in case]


@pytest.mark.parametrize("case", SINGLE, ids=lambda case: case["id"])
def test_worked_case_comes_out_the_same_through_the_columns(case: dict[str, Any]) -> None:
    (goal, series, rates), day = worked(case)
    (found,) = evaluate_many([(goal, series, rates)], day)
    assert differences(found, evaluate(goal, series, day, rates=rates)) == []


def test_parts_of_worked_cases_come_out_the_same_through_the_columns() -> None:
    grouped = [case for case in WORKED if "parts" in case]
    assert len(SINGLE) + len(grouped) == 105
    for case in grouped:
        for part in case["parts"]:
            (goal, series, rates), day = worked({**case, **part})
            (found,) = evaluate_many([(goal, series, rates)], day)
            assert differences(found, evaluate(goal, series, day, rates=rates)) == []


def test_most_worked_cases_are_decided_by_the_columns() -> None:
    decided = 0
    for case in SINGLE:
        one, day = worked(case)
        decided += int(judge(*tabulate([one]), day, DEFAULT_RULES).decided[0])
    assert (decided, len(SINGLE)) == (91, 101)


@pytest.mark.parametrize("period", [2022, 2024])
def test_torture_cases_come_out_the_same_through_the_columns(period: int) -> None:
    year = ReferencePeriod.of_year(period)
    cases = [tortured(case, year) for case in TORTURE]
    verdicts = judge(*tabulate(cases), year.last_day, DEFAULT_RULES)
    assert len(cases) == 16
    assert verdicts.decided.sum() == 16
    for row, (goal, series, rates) in enumerate(cases):
        wanted = evaluate(goal, series, year.last_day, rates=rates)
        assert differences(verdicts.verdict(row, DEFAULT_RULES), wanted) == []


def test_torture_cases_are_right_through_the_columns() -> None:
    half = ReferencePeriod.of_year(2022)
    found = evaluate_many([tortured(case, half) for case in TORTURE], half.last_day)
    assert [verdict.status for verdict in found] == [c["status_at_half_time"] for c in TORTURE]
