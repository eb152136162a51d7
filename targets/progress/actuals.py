"""Which actual a promise is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from indicators.periods import ReferencePeriod
from targets.progress.goal import Baseline, Goal
from targets.progress.known import Known, Reading, earlier, same_season

PeriodTest = Callable[[ReferencePeriod], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """The actual, and what kind it is.

    `ended`: it is the actual of the goal's last period. `summed`: it is a running sum that
    starts from 0 on `first`; otherwise it starts from the baseline.
    """

    reading: Reading | None
    ended: bool = False
    summed: bool = False
    first: date | None = None
    no_start: bool = False


def in_time(goal: Goal, baseline: Baseline | None) -> PeriodTest:
    """Whether a period lies within the goal's time: from its baseline, else its start, to its end.

    The baseline's own period counts: where nothing follows it there is one point, not none.
    """
    start, end = goal.period_start, goal.period_end
    if baseline is not None:
        first = baseline.period.last_day
    else:
        first = date.min if start is None else start.first_day
    last = date.max if end is None else end.last_day
    return lambda period: first <= period.last_day <= last


def find(goal: Goal, known: Known, baseline: Baseline | None) -> Found:
    """The last actual that counts (PROGRESS.md, section 3)."""
    allowed = in_time(goal, baseline)
    if not goal.is_flow:
        reading = known.latest(allowed, goal.period_end)
        return Found(reading, ended=_ends(goal, reading))
    if goal.measure in ("increment", "cumulative"):
        return _since_start(goal, known, baseline, allowed)
    return _of_one_period(goal, known, allowed)


def _ends(goal: Goal, reading: Reading | None) -> bool:
    end = goal.period_end
    return reading is not None and end is not None and reading.period.last_day == end.last_day


def _since_start(goal: Goal, known: Known, baseline: Baseline | None, allowed: PeriodTest) -> Found:
    """The sum of what was made since the start of the period."""
    start, end = goal.period_start, goal.period_end
    if start is not None:
        first = start.first_day
    elif goal.measure == "increment" and end is not None:
        first = end.first_day
    elif baseline is not None:
        first = baseline.period.last_day + timedelta(days=1)
    elif goal.measure == "increment":
        return _of_one_period(goal, known, allowed)
    else:
        return Found(None, no_start=True)
    reading = known.total(first, date.max if end is None else end.last_day)
    return Found(reading, ended=_ends(goal, reading), summed=True, first=first)


def _of_one_period(goal: Goal, known: Known, allowed: PeriodTest) -> Found:
    """The flow of the goal's own period as far as it goes, else that of a whole one before."""
    end = goal.period_end
    if end is None:
        whole = known.latest(lambda p: p.kind == "year" and allowed(p), None)
        return Found(whole or known.latest(allowed, None))
    own = known.total(end.first_day, end.last_day)
    if own is not None:
        complete = own.period == end and not own.days_missing
        from_zero = not complete or goal.baseline is None
        return Found(own, ended=_ends(goal, own), summed=from_zero, first=end.first_day)
    before = None if end.kind == "years" else earlier(end)
    while before is not None and allowed(before):
        whole = known.flow(before)
        if whole is not None:
            return Found(whole)
        before = earlier(before)
    return Found(None)


def before(goal: Goal, known: Known, reading: Reading, summed: bool) -> Reading | None:
    """The reading that the trend arrow compares with: the one before, of the same kind."""
    if not goal.is_flow:
        return known.latest(lambda p: p.last_day < reading.period.last_day, reading.period)
    if reading.period.months > 12 or reading.days_missing:
        return None
    previous = earlier(reading.period)
    same = None if previous is None else known.flow(previous)
    if same is not None or summed:
        return same
    return known.latest(
        lambda p: same_season(p, reading.period) and p < reading.period, reading.period
    )
