"""Two ways of asking for one thing in one promise: 翻一番 and 超过1200亿元 (PROGRESS.md, section 2).

With base b the doubling asks for 2b. Which leg binds depends on b; where nobody published it, the
other leg implies it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import combinations

from indicators.periods import ReferencePeriod
from targets.findings.finding import Base, Finding, Promise
from targets.progress.arithmetic import CONTEXT, HUNDRED, ONE, finite, power, ratio
from targets.progress.goal import Actual, Baseline
from targets.progress.known import Known, earlier

_BY_BASE = frozenset({"multiple", "change", "growth", "average_growth"})
Series = Mapping[ReferencePeriod, Actual]


def legs(line: Sequence[Promise], series: Series, rates: Series) -> Iterator[Finding]:
    """A finding for each pair of a level and a goal by its base in one promise or one clause."""
    standing = [promise for promise in line if promise.in_force]
    for first, second in combinations(standing, 2):
        if not _joined(first, second) or first.deadline != second.deadline:
            continue
        pair = sorted((first, second), key=lambda p: p.goal.measure not in _BY_BASE)
        measures = [promise.goal.measure for promise in pair]
        if measures[0] in _BY_BASE and measures[1] in ("level", "share"):
            found = _held_together(pair[0], pair[1], series, rates)
            if found is not None:
                yield found


def _joined(first: Promise, second: Promise) -> bool:
    """Whether two promises are parts of one, or stand in one clause."""
    same_promise = first.head is not None and first.head == second.head
    same_clause = first.clause is not None and first.clause == second.clause
    return first.document == second.document and (same_promise or same_clause)


def _held_together(
    relative: Promise, level: Promise, series: Series, rates: Series
) -> Finding | None:
    """Which of the two asks for more; None where they ask for the same or nothing can be said."""
    baseline = baseline_of(relative, level)
    if baseline is None or not relative.meaning[1] or not level.meaning[1]:
        return None
    with localcontext(CONTEXT):
        factor, added = _asks(relative, baseline)
        if factor is None:
            return None
        base = known_base(baseline, relative, series, rates)
        if base is None:
            implied = ratio(level.value - added, factor)
            base = (
                None if implied is None else _above_zero(Base(baseline.period, implied, "implied"))
            )
            if base is None:
                return None
            return Finding(kind="legs_differ", promises=(relative, level), base=base)
        asked = base.value * factor + added
        if finite(asked) is None or (asked == level.value and base.certainty == "exact"):
            return None
        ahead = ratio(abs(asked - level.value), level.value)
        return Finding(
            kind="legs_differ",
            promises=(relative, level),
            base=base,
            distance=abs(asked - level.value),
            percent=None if ahead is None else ahead * HUNDRED,
            binding=_binding(relative, level, asked, base.certainty),
        )


def _binding(relative: Promise, level: Promise, asked: Decimal, certainty: str) -> object:
    """The leg that asks for more; a bound of the base decides only on its own side."""
    if certainty == "above" and asked < level.value:
        return None
    if certainty == "below" and asked > level.value:
        return None
    if certainty == "either" or (certainty == "about" and asked == level.value):
        return None
    return relative.id if asked >= level.value else level.id


def asked_for(relative: Promise, base: Base) -> Decimal | None:
    """The level that a goal by its base asks for, in the indicator's unit."""
    with localcontext(CONTEXT):
        factor, added = _asks(relative, Baseline(period=base.period))
        return None if factor is None else finite(base.value * factor + added)


def baseline_of(relative: Promise, level: Promise) -> Baseline | None:
    """Where the goal starts: its baseline, else the other leg's; growth from the year before."""
    goal = relative.goal
    if goal.measure == "growth":
        before = None if goal.period_end is None else earlier(goal.period_end)
        return None if before is None else Baseline(period=before)
    found = goal.baseline or level.goal.baseline
    if found is None or (goal.period_end is not None and found.period >= goal.period_end):
        return None
    return found


def _asks(relative: Promise, baseline: Baseline) -> tuple[Decimal | None, Decimal]:
    """Factor and addend that lead from a base above 0 to what is asked for."""
    goal, value = relative.goal, relative.value
    match goal.measure:
        case "multiple":
            return (value if value > 0 else None), Decimal(0)
        case "growth":
            return _positive(ONE + value / HUNDRED), Decimal(0)
        case "average_growth":
            end = goal.period_end
            if end is None:
                return None, Decimal(0)
            years = Decimal(end.end_month - baseline.period.end_month) / 12
            return power(ONE + value / HUNDRED, years), Decimal(0)
        case _ if goal.in_per_cent:
            return _positive(ONE + value / HUNDRED), Decimal(0)
        case _:
            return ONE, value


def _positive(factor: Decimal) -> Decimal | None:
    return factor if factor > 0 else None


def known_base(baseline: Baseline, relative: Promise, series: Series, rates: Series) -> Base | None:
    """The base as published, else as the document states it, else derived from a growth rate."""
    period, flow = baseline.period, relative.goal.is_flow
    known, growth = Known(series, None), Known(rates, None)
    observed = known.of(period, flow=flow)
    if observed is not None:
        return _above_zero(Base(period, observed.value, "observed", observed.certainty))
    if baseline.value is not None and baseline.provenance != "implied":
        return _above_zero(Base(period, baseline.value, baseline.provenance))
    return _derived(period, known, growth, flow=flow)


def _derived(period: ReferencePeriod, known: Known, growth: Known, *, flow: bool) -> Base | None:
    """The base from the year after and its published growth, else from the year before and its."""
    if period.kind != "year":
        return None
    after = ReferencePeriod.of_year(period.year + 1)
    value, rate = known.of(after, flow=flow), growth.at(after)
    if value is not None and rate is not None and rate.value > -HUNDRED:
        found = value.value / (ONE + rate.value / HUNDRED)
        return _above_zero(Base(period, found, "derived", _softer(value.certainty), after))
    before = ReferencePeriod.of_year(period.year - 1)
    value, rate = known.of(before, flow=flow), growth.at(period)
    if value is not None and rate is not None and rate.value > -HUNDRED:
        found = value.value * (ONE + rate.value / HUNDRED)
        return _above_zero(Base(period, found, "derived", _softer(value.certainty), before))
    return None


def _softer(certainty: str) -> str:
    """A figure worked out from a rounded rate is about right at best."""
    return "about" if certainty == "exact" else certainty


def _above_zero(base: Base) -> Base | None:
    return base if finite(base.value) is not None and base.value > 0 else None
