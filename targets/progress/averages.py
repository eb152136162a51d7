"""Promises about average growth since a base (年均)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.actuals import PeriodTest, in_time
from targets.progress.arithmetic import HUNDRED, ONE, clean_root, power, yearly_rate
from targets.progress.arithmetic import years as in_years
from targets.progress.baselines import Base, asked_for, resolve
from targets.progress.goal import Baseline, Goal
from targets.progress.known import Reading, same_season, together
from targets.progress.notes import Notes
from targets.progress.pace import average_still_needed
from targets.progress.rates import (
    Rates,
    rate_criterion,
    rate_verdict,
    withheld_at_end,
    without_rate,
)
from targets.progress.rules import Rules
from targets.progress.standing import mark_calendar
from targets.progress.verdict import BaselineUsed, Verdict


@dataclass(frozen=True, slots=True)
class _Average:
    """Average growth so far, and the baseline it was measured from where levels gave it."""

    reading: Reading
    base: Base | None


def judge_average(
    goal: Goal, value: Decimal, rates: Rates, as_of: date | None, rules: Rules, notes: Notes
) -> Verdict:
    """The verdict of a goal on average growth, which only the end can meet."""
    if goal.period_end is not None and goal.period_end.kind == "years":
        goal = replace(goal, period_end=ReferencePeriod.of_year(goal.period_end.year))
    end = goal.period_end
    baseline = asked_for(goal, notes)
    in_span = in_time(goal, baseline)

    def allowed(period: ReferencePeriod) -> bool:
        since = baseline is None or period.last_day > baseline.period.last_day
        return since and in_span(period) and (end is None or same_season(period, end))

    found = None if baseline is None else _latest(goal, baseline, allowed, rates, notes)
    reading = None if found is None else found.reading
    ended = reading is not None and end is not None and reading.period == end
    mark_calendar(goal, rates.sources, as_of, reading, ended, notes)
    if baseline is None or found is None:
        return _without_average(baseline, allowed, rates, notes)
    notes.used(found.reading)
    criterion = rate_criterion(goal, value, rules)
    attained: bool | None = False
    if ended or end is None:
        attained = criterion.holds(found.reading.value, found.reading.certainty)
    elif withheld_at_end(goal, rates, notes):
        attained = None
    notes.say("average_is_not_summed")
    verdict = rate_verdict(goal, criterion, found.reading, ended, attained, None, rules, notes)
    return _with_rest(verdict, criterion.aim, found, baseline, end, notes)


def _without_average(
    baseline: Baseline | None, allowed: PeriodTest, rates: Rates, notes: Notes
) -> Verdict:
    """Nothing to judge by: no figures since the baseline, or none that make an average."""
    since = list(filter(allowed, rates.periods()))
    if not since:
        return without_rate(rates, allowed, notes)
    if baseline is None:
        notes.say("criterion_needs_baseline")
    else:
        notes.say("growth_not_computable", period=max(since))
    return Verdict(status="not_assessable")


def _with_rest(
    verdict: Verdict,
    aim: Decimal,
    found: _Average,
    baseline: Baseline,
    end: ReferencePeriod | None,
    notes: Notes,
) -> Verdict:
    """The verdict with its baseline and the average that the years left must bring."""
    base = found.base
    if base is not None:
        used = BaselineUsed(base.period, base.value, base.provenance)
        verdict = replace(verdict, baseline=used)
    if end is None:
        return verdict
    start = base.period.end_month if base is not None else baseline.period.end_month
    done, whole = found.reading.period.end_month - start, end.end_month - start
    if whole <= done:
        notes.say("no_time_left")
        return verdict
    rate = found.reading.value
    needed = average_still_needed(aim, rate, in_years(done), in_years(whole))
    return replace(verdict, needed=needed)


def _latest(
    goal: Goal, baseline: Baseline, allowed: PeriodTest, rates: Rates, notes: Notes
) -> _Average | None:
    # The last year of a published span counts as a period of its own.
    periods = {ReferencePeriod.of_year(p.year) if p.kind == "years" else p for p in rates.periods()}
    for period in sorted(filter(allowed, periods), reverse=True):
        found = _average(goal, baseline, period, rates, notes)
        if found is not None:
            return found
    return None


def _average(
    goal: Goal, baseline: Baseline, period: ReferencePeriod, rates: Rates, notes: Notes
) -> _Average | None:
    """Average growth from the baseline to a period: published, of two levels, or of each year."""
    first = baseline.period.year + 1
    if period.kind == "year" and baseline.period.kind == "year":
        span = ReferencePeriod(period.last_day, date(first, 1, 1))
        published = rates.published.at(span) if span.kind == "years" else None
        if published is not None:
            return _Average(replace(published, period=period), None)
    now = rates.levels.of(period, flow=rates.flow)
    trial = Notes()
    base = None if now is None else resolve(baseline, goal, rates.levels, now, trial)
    if now is not None and base is not None and now.value >= 0:
        span_years = in_years(period.end_month - base.period.end_month)
        rate = yearly_rate(base.value, now.value, span_years)
        if rate is not None:
            # Only a baseline that serves is worth a word.
            notes.take(trial)
            return _Average(replace(now, value=rate), base)
    if period.kind != "year" or baseline.period.kind != "year":
        return None
    chained = _chained(first, period, rates)
    return None if chained is None else _Average(chained, None)


def _chained(first: int, period: ReferencePeriod, rates: Rates) -> Reading | None:
    """The average of the published rates of every year since the base."""
    readings = [
        rates.published.at(ReferencePeriod.of_year(y)) for y in range(first, period.year + 1)
    ]
    found = [r for r in readings if r is not None]
    if len(found) != len(readings) or not found:
        return None
    factor = ONE
    for reading in found:
        factor *= ONE + reading.value / HUNDRED
    root = power(factor, ONE / len(found))
    rate = None if root is None else clean_root((root - ONE) * HUNDRED)
    if rate is None:
        return None
    return Reading(
        period=period,
        value=rate,
        certainty=together({r.certainty for r in found}),
        provisional=any(r.provisional for r in found),
        broken=any(r.broken for r in found),
        ids=tuple(i for r in found for i in r.ids),
    )
