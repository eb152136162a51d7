"""Promises about growth against the year before (同比)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.actuals import in_time
from targets.progress.goal import Goal
from targets.progress.known import Reading, earlier, same_season
from targets.progress.notes import Notes
from targets.progress.rates import (
    Rates,
    rate_criterion,
    rate_verdict,
    withheld_at_end,
    without_rate,
)
from targets.progress.rules import Rules
from targets.progress.standing import mark_calendar
from targets.progress.verdict import Verdict


def judge_growth(
    goal: Goal, value: Decimal, rates: Rates, as_of: date | None, rules: Rules, notes: Notes
) -> Verdict:
    """The verdict of a goal on growth against the year before."""
    end = goal.period_end
    in_span = in_time(goal, None)

    def allowed(period: ReferencePeriod) -> bool:
        fits = end is None or same_season(period, end) or end.covers(period)
        return fits and in_span(period)

    reading = _latest(rates, filter(allowed, rates.periods()), end)
    ended = reading is not None and reading.period == end
    mark_calendar(goal, rates.sources, as_of, reading, ended, notes)
    if reading is None:
        return without_rate(rates, allowed, notes)
    notes.used(reading)
    criterion = rate_criterion(goal, value, rules)
    attained = criterion.holds(reading.value, reading.certainty)
    if not ended and withheld_at_end(goal, rates, notes):
        attained = None
    notes.say("growth_is_not_summed")
    previous = earlier(reading.period)
    before = None if previous is None else rates.of(previous)
    if before is not None:
        notes.touched(before)
    return rate_verdict(goal, criterion, reading, ended, attained, before, rules, notes)


def _latest(
    rates: Rates, periods: Iterable[ReferencePeriod], end: ReferencePeriod | None
) -> Reading | None:
    kind = "year" if end is None else end.kind
    ranked = sorted(
        periods, key=lambda p: (p.last_day, p == end, p.kind == kind, p.months), reverse=True
    )
    return next((r for r in map(rates.of, ranked) if r is not None), None)
