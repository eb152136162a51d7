"""Goals and actuals as objects turned into columns, and judged with `evaluate` at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from indicators.periods import ReferencePeriod
from targets.progress.batch.columns import (
    ABOUT,
    ABOVE,
    BELOW,
    BROKEN,
    CADENCES,
    COMPARATORS,
    CONFIDENTIAL,
    DIRECTIONS,
    EXACT,
    MEASURES,
    NOT_APPLICABLE,
    PATHS,
    PROVENANCES,
    PROVISIONAL,
    Goals,
    Series,
)
from targets.progress.batch.judge import judge
from targets.progress.evaluate import evaluate
from targets.progress.goal import Actual, Goal, faults
from targets.progress.rules import DEFAULT_RULES, Rules
from targets.progress.verdict import Verdict

Actuals = Mapping[ReferencePeriod, Actual]
Case = tuple[Goal, Actuals, Actuals]

_DIGITS = 15
_LARGEST = 60  # powers of ten; products and quotients of such numbers are floats too
_CERTAINTIES = {"exact": EXACT, "about": ABOUT, "above": ABOVE, "below": BELOW}
_STATUS_MARKS = {
    "P": PROVISIONAL,
    "E": PROVISIONAL,
    "B": BROKEN,
    "Q": CONFIDENTIAL,
    "M": NOT_APPLICABLE,
}
_ACCUMULATIONS = (None, "stock", "flow")


def tabulate(cases: Sequence[Case]) -> tuple[Goals, Series, Series]:
    """The goals, their levels and their published rates as columns; ids are whole numbers."""
    distinct = [_distinct(series, rates) for _, series, rates in cases]
    levels = _series([series for _, series, _ in cases], distinct)
    rates = _series([rates for _, _, rates in cases], distinct)
    return _goals([goal for goal, _, _ in cases]), levels, rates


def evaluate_many(
    cases: Sequence[Case], as_of: date, rules: Rules = DEFAULT_RULES
) -> list[Verdict]:
    """The verdict on each case: from the columns where they decide, else from `evaluate`."""
    verdicts = judge(*tabulate(cases), as_of, rules)
    return [
        verdicts.verdict(row, rules)
        if verdicts.decided[row]
        else evaluate(goal, series, as_of, rules, rates=rates)
        for row, (goal, series, rates) in enumerate(cases)
    ]


def _fits(number: Decimal | None) -> bool:
    """Whether a float holds the number one to one, far from the ends of its range."""
    if number is None or not number.is_finite():
        return number is None
    if not number:
        return True
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return len(digits) <= _DIGITS and abs(number.adjusted()) <= _LARGEST


def _whole_years(periods: Iterable[ReferencePeriod | None]) -> bool:
    return all(period is None or period.kind == "year" for period in periods)


def _regular(goal: Goal) -> bool:
    if goal.value is None or faults(goal):
        return False
    periods = [goal.period_start, goal.period_end, *(period for period, _ in goal.milestones)]
    numbers = [goal.value, goal.upper, goal.tolerance, *(value for _, value in goal.milestones)]
    if goal.baseline is not None:
        periods.append(goal.baseline.period)
        numbers.append(goal.baseline.value)
    return _whole_years(periods) and all(map(_fits, numbers))


def _goals(goals: Sequence[Goal]) -> Goals:
    regular = [_regular(goal) for goal in goals]
    sound = [goal if fine else None for goal, fine in zip(goals, regular, strict=True)]
    rows = [_row(goal) for goal in sound]
    most = max((len(goal.milestones) for goal in sound if goal is not None), default=0)
    years = np.zeros((len(goals), most), dtype=np.int16)
    values = np.full((len(goals), most), np.nan)
    for row, goal in enumerate(sound):
        points = {} if goal is None else {p.year: float(v) for p, v in goal.milestones}
        years[row, : len(points)] = list(points)
        values[row, : len(points)] = list(points.values())
    columns: dict[str, Any] = {
        name: np.array([row[name] for row in rows], dtype=kind) for name, kind in _KINDS.items()
    }
    return Goals(
        **columns,
        milestone_years=years,
        milestone_values=values,
        regular=np.array(regular, dtype=bool),
    )


_KINDS: dict[str, type[np.generic]] = {
    **dict.fromkeys(
        ("measure", "comparator", "direction", "accumulation", "cadence", "path", "provenance"),
        np.int8,
    ),
    "in_per_cent": np.bool_,
    **dict.fromkeys(("value", "upper", "tolerance", "base_value"), np.float64),
    **dict.fromkeys(("start", "end", "base"), np.int16),
}


def _row(goal: Goal | None) -> dict[str, Any]:
    """The fields of a goal as numbers; zeros for one that has no place in the columns."""
    if goal is None:
        return dict.fromkeys(_KINDS, 0)
    base = goal.baseline
    return {
        "measure": MEASURES.index(goal.measure),
        "comparator": COMPARATORS.index(goal.comparator),
        "direction": DIRECTIONS.index(goal.direction),
        "accumulation": _ACCUMULATIONS.index(goal.accumulation),
        "cadence": CADENCES.index(goal.cadence),
        "path": PATHS.index(goal.path),
        "provenance": 0 if base is None else PROVENANCES.index(base.provenance),
        "in_per_cent": goal.in_per_cent,
        "value": _float(goal.value),
        "upper": _float(goal.upper),
        "tolerance": _float(goal.tolerance),
        "base_value": _float(None if base is None else base.value),
        "start": _year(goal.period_start),
        "end": _year(goal.period_end),
        "base": _year(None if base is None else base.period),
    }


def _float(number: Decimal | None) -> float:
    return float("nan") if number is None else float(number)


def _year(period: ReferencePeriod | None) -> int:
    return 0 if period is None else period.year


def _distinct(*series: Actuals) -> bool:
    """Whether every id is a whole number above 0 that no other actual has."""
    ids = [a.id for actuals in series for a in actuals.values() if a.id is not None]
    whole = all(isinstance(identity, int) and identity > 0 for identity in ids)
    return whole and len(set(ids)) == len(ids)


def _series(rows: Sequence[Actuals], distinct: Sequence[bool]) -> Series:
    """Actuals as a table from the first year that any of them has to the last."""
    regular = [
        fine and _whole_years(actuals) and all(_fits(a.usable) for a in actuals.values())
        for actuals, fine in zip(rows, distinct, strict=True)
    ]
    years = [
        period.year
        for actuals, fine in zip(rows, regular, strict=True)
        if fine
        for period in actuals
    ]
    first = min(years, default=0)
    shape = (len(rows), max(years) - first + 1 if years else 0)
    values, marks = np.full(shape, np.nan), np.zeros(shape, dtype=np.uint8)
    ids = np.zeros(shape, dtype=np.int64)
    for row, actuals in enumerate(rows):
        for period, actual in actuals.items() if regular[row] else ():
            place = (row, period.year - first)
            values[place] = _float(actual.usable)
            marks[place] = _mark(actual)
            ids[place] = actual.id if isinstance(actual.id, int) else 0
    return Series(
        first_year=first,
        values=values,
        marks=marks,
        ids=ids,
        regular=np.array(regular, dtype=bool),
    )


def _mark(actual: Actual) -> int:
    certainty = _CERTAINTIES[actual.qualifier] if actual.usable is not None else 0
    return certainty | _STATUS_MARKS.get(actual.obs_status, 0)
