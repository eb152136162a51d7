"""A goal of the columns as the object that `evaluate` takes."""

from __future__ import annotations

from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.batch.columns import (
    CADENCES,
    COMPARATORS,
    DIRECTIONS,
    MEASURES,
    PATHS,
    PROVENANCES,
    Goals,
)
from targets.progress.goal import Baseline, Goal

_DIGITS = ".15g"


def goal_at(goals: Goals, row: int) -> Goal:
    """The goal of one row, which must be regular; of a seasonal path the profile is lost."""
    base = _period(int(goals.base[row]))
    return Goal(
        measure=MEASURES[goals.measure[row]],
        comparator=COMPARATORS[goals.comparator[row]],
        value=_decimal(goals.value[row]),
        direction=DIRECTIONS[goals.direction[row]],
        period_end=_period(int(goals.end[row])),
        period_start=_period(int(goals.start[row])),
        upper=_decimal(goals.upper[row]),
        tolerance=_decimal(goals.tolerance[row]),
        unit="%" if goals.in_per_cent[row] else "",
        accumulation=(None, "stock", "flow")[goals.accumulation[row]],
        cadence=CADENCES[goals.cadence[row]],
        path=PATHS[goals.path[row]],
        milestones=tuple(
            (ReferencePeriod.of_year(year), Decimal(format(value, _DIGITS)))
            for year, value in zip(
                goals.milestone_years[row].tolist(),
                goals.milestone_values[row].tolist(),
                strict=True,
            )
            if year
        ),
        baseline=None
        if base is None
        else Baseline(
            period=base,
            value=_decimal(goals.base_value[row]),
            provenance=PROVENANCES[goals.provenance[row]],
        ),
    )


def _period(year: int) -> ReferencePeriod | None:
    return ReferencePeriod.of_year(year) if year else None


def _decimal(number: float) -> Decimal | None:
    """The decimal of at most fifteen digits that the float stands for; NaN is none."""
    return None if number != number else Decimal(format(number, _DIGITS))
