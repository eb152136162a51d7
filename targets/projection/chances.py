"""The chance of meeting a goal: which figure of which year it asks for, and how likely that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from targets.progress import DEFAULT_RULES, Goal, Rules, evaluate
from targets.progress.baselines import Base, asked_for
from targets.progress.comparators import Bounds as Limits
from targets.progress.goal import faults
from targets.progress.levels import against_baseline, level_criterion
from targets.progress.notes import Notes
from targets.progress.rates import rate_criterion
from targets.projection.method import HORIZON, NoChance
from targets.projection.outlook import Outlook
from targets.projection.points import Series

PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability from 0 to 1, or why there is none."""

    value: Decimal | None = None
    why: NoChance | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a goal is held against: actuals as progress reads them, and the two outlooks."""

    series: Series
    rates: Series
    levels: Outlook
    growth: Outlook
    as_of: date
    rules: Rules = DEFAULT_RULES


def goal_year(goal: Goal) -> int | None:
    """The calendar year that decides a goal; None where none does."""
    end = goal.period_end
    return end.year if end is not None and end.kind in ("year", "years") else None


def chance_of(goal: Goal, held: Held) -> Chance:
    """The chance that the goal's comparator holds when its last year is over."""
    value, year = goal.value, goal_year(goal)
    outlook = held.growth if goal.measure == "growth" else held.levels
    why = _obstacle(goal, year, outlook, held)
    if why is not None or value is None or year is None:
        return Chance(why=why)
    if goal.measure == "growth":
        return _of_limits(outlook, year, rate_criterion(goal, value, held.rules).bounds)
    if goal.measure == "average_growth":
        limits = _average_limits(goal, value, year, held)
        return Chance(why="no_base") if limits is None else _of_limits(outlook, year, limits)
    criterion = level_criterion(goal, value, _base(goal, held), held.rules, Notes())
    if criterion is None:
        return Chance(why="no_base")
    if goal.is_flow and goal.measure in ("increment", "cumulative"):
        return _of_sum(goal, year, criterion.bounds, outlook)
    return _of_limits(outlook, year, criterion.bounds)


def _obstacle(goal: Goal, year: int | None, outlook: Outlook, held: Held) -> NoChance | None:
    """Why no chance can be worked out, before any figure is looked at."""
    if goal.value is None or faults(goal):
        return "not_quantified"
    if goal.period_end is None:
        return "no_deadline"
    if year is None:
        return "part_year_goal"
    if goal.comparator == "equals":
        return "single_value"
    if goal.cadence == "each_year":
        return "each_year"
    if year <= held.as_of.year and _is_decided(goal, held):
        return "goal_past"
    if outlook.last is not None and year <= outlook.last:
        return "goal_past"
    if outlook.spread is None or outlook.last is None:
        return "no_projection"
    return "too_far" if year - outlook.last > HORIZON else None


def _is_decided(goal: Goal, held: Held) -> bool:
    """Whether the actual of the end is there; a lower bound above the goal is enough."""
    verdict = evaluate(goal, held.series, held.as_of, held.rules, rates=held.rates)
    return verdict.status == "missed" or (verdict.attained is True and "early" not in verdict.flags)


def _base(goal: Goal, held: Held) -> Base | None:
    """The baseline as the verdict takes it."""
    if not against_baseline(goal):
        return None
    verdict = evaluate(goal, held.series, held.as_of, held.rules, rates=held.rates)
    used = verdict.baseline
    if used is None:
        return None
    substituted = "base_substituted" in verdict.flags
    return Base(used.period, used.value, used.provenance, substituted=substituted)


def _average_limits(goal: Goal, value: Decimal, year: int, held: Held) -> Limits | None:
    """The levels at the end that the average growth comes to; None without a base above 0."""
    baseline = asked_for(goal, Notes())
    if baseline is None or baseline.period.kind != "year":
        return None
    base = baseline.value
    if base is None:
        actual = held.series.get(baseline.period)
        base = None if actual is None or actual.qualifier != "exact" else actual.usable
    if base is None or base <= 0:
        return None
    asked = rate_criterion(goal, value, held.rules).bounds
    low, high = (
        None
        if rate is None
        else base * max(Decimal(0), 1 + rate / 100) ** (year - baseline.period.year)
        for rate in (asked.low, asked.high)
    )
    return Limits(low, high, asked.open)


def _of_limits(outlook: Outlook, year: int, limits: Limits) -> Chance:
    low, high = _floats(limits)
    return _chance(outlook.chance(year, low, high, beyond=limits.open))


def _of_sum(goal: Goal, year: int, limits: Limits, outlook: Outlook) -> Chance:
    """Of the sum of a flow: what is there, and what the coming years add."""
    first = _first_year(goal)
    last = outlook.last
    if first is None or last is None:
        return Chance(why="no_level")
    figures = {point.year: point.figure for point in outlook.points}
    past = [figures.get(passed) for passed in range(first, last + 1)]
    there = [figure for figure in past if figure is not None]
    if len(there) < len(past):
        return Chance(why="gap_in_sum")
    low, high = _floats(limits)
    years = range(max(first, last + 1), year + 1)
    return _chance(
        outlook.chance_of_sum(
            years,
            None if low is None else low - sum(there),
            None if high is None else high - sum(there),
        )
    )


def _first_year(goal: Goal) -> int | None:
    """The first year of a sum; None where it begins within a year, or nowhere."""
    start = goal.period_start
    if start is not None:
        return (
            start.first_day.year if (start.first_day.month, start.first_day.day) == (1, 1) else None
        )
    end = goal.period_end
    if goal.measure == "increment" and end is not None:
        return end.first_day.year
    baseline = goal.baseline
    return None if baseline is None or baseline.period.kind != "year" else baseline.period.year + 1


def _floats(limits: Limits) -> tuple[float | None, float | None]:
    return (
        None if limits.low is None else float(limits.low),
        None if limits.high is None else float(limits.high),
    )


def _chance(probability: float) -> Chance:
    return Chance(Decimal(probability).quantize(PLACES))
