"""How much it takes to attain a goal, from the goal's own test (pure)."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from targets.progress import Goal, Rules, Verdict
from targets.progress.arithmetic import CONTEXT, finite
from targets.progress.baselines import Base
from targets.progress.comparators import Bounds, criterion_of
from targets.progress.levels import level_criterion
from targets.progress.notes import Notes


def needed(goal: Goal, verdict: Verdict, rules: Rules) -> Bounds | None:
    """The values of the end period that meet the goal, in the unit of the verdict.

    A goal measured from its baseline takes the one of the verdict. None where one value does not
    decide (averages, goals of every year) and where there is no firm baseline.
    """
    if goal.value is None or goal.cadence == "each_year" or goal.measure == "average_growth":
        return None
    with localcontext(CONTEXT):
        if goal.measure == "growth":
            return criterion_of(goal, goal.value, rules).bounds
        found, base = verdict.baseline, None
        if found is not None:
            substituted = "base_substituted" in verdict.flags
            base = Base(found.period, found.value, found.provenance, substituted)
        criterion = level_criterion(goal, goal.value, base, rules, Notes())
        return None if criterion is None else criterion.bounds


def smallest(bounds: Bounds, quantum: Decimal) -> Decimal | None:
    """The value nearest to missing that still meets the bounds, in steps of `quantum`.

    The smallest where there is a lower bound, else the largest; None where no step lies between.
    """
    with localcontext(CONTEXT):
        rising = bounds.low is not None
        edge = bounds.low if bounds.low is not None else bounds.high
        if edge is None:
            return None
        rounding = ROUND_CEILING if rising else ROUND_FLOOR
        value = (edge / quantum).to_integral_value(rounding=rounding) * quantum
        if bounds.open and value == edge:
            value += quantum if rising else -quantum
        return finite(value) if finite(value) is not None and bounds.contain(value) else None
