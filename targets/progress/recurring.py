"""Promises for each year (每年): every year on its own, k of n."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.arithmetic import finite, ratio
from targets.progress.baselines import Base
from targets.progress.comparators import Criterion
from targets.progress.goal import Goal
from targets.progress.known import Known, Reading, earlier
from targets.progress.levels import against_baseline, level_criterion
from targets.progress.notes import Notes
from targets.progress.rates import Rates, rate_criterion, without_rate
from targets.progress.rules import Rules
from targets.progress.standing import end_is_withheld, mark_calendar, trend_of, without_actual
from targets.progress.verdict import Status, Verdict


@dataclass(frozen=True, slots=True)
class _Year:
    reading: Reading
    criterion: Criterion | None

    @property
    def kept(self) -> bool | None:
        if self.criterion is None:
            return None
        return self.criterion.holds(self.reading.value, self.reading.certainty)


def judge_each_year(
    goal: Goal,
    value: Decimal,
    end: ReferencePeriod,
    rates: Rates,
    as_of: date | None,
    rules: Rules,
    notes: Notes,
) -> Verdict:
    """The verdict of a promise for each year from the start to the end of its period."""
    known = rates.levels
    start = goal.period_start or end
    calendar = [ReferencePeriod.of_year(y) for y in range(start.first_day.year, end.year + 1)]
    by_rate = goal.measure in ("growth", "average_growth")
    judged: list[_Year] = []
    for year in calendar:
        found = (
            _rate(goal, value, year, rates, rules)
            if by_rate
            else _level(goal, value, year, known, rules, notes)
        )
        if found is not None:
            judged.append(found)
            notes.used(found.reading)
    last = judged[-1] if judged else None
    ended = last is not None and last.reading.period.last_day == calendar[-1].last_day
    sources = rates.sources if by_rate else (known,)
    mark_calendar(goal, sources, as_of, last.reading if last else None, ended, notes)
    if last is None:
        return _without_years(known, rates if by_rate else None, calendar, notes)
    kept = sum(year.kept is True for year in judged)
    notes.say("each_year_kept", kept=kept, judged=len(judged), years=len(calendar))
    notes.say("no_pace_each_year")
    withheld = not ended and any(end_is_withheld(goal, source, notes) for source in sources)
    status, attained = _outcome(judged, len(calendar), ended, withheld, notes)
    verdict = Verdict(
        status=status,
        attained=attained,
        value=last.reading.value,
        share_done=Decimal(kept) / len(calendar),
        trend=trend_of(last.reading.value, judged[-2].reading.value if len(judged) > 1 else None),
        period=last.reading.period,
    )
    if last.criterion is None:
        return verdict
    aim = last.criterion.aim
    if aim == 0:
        notes.say("goal_is_zero")
    return replace(
        verdict,
        position=last.criterion.position(last.reading.value, last.reading.certainty),
        goal=aim,
        completion=ratio(last.reading.value, aim),
        expected_now=aim,
        gap=finite(last.reading.value - aim),
    )


def _without_years(
    known: Known, rates: Rates | None, calendar: list[ReferencePeriod], notes: Notes
) -> Verdict:
    """Not one year can be judged."""

    def allowed(period: ReferencePeriod) -> bool:
        return any(year.covers(period) for year in calendar)

    if rates is not None:
        return without_rate(rates, allowed, notes)
    return without_actual(known, allowed, notes)


def _outcome(
    judged: list[_Year], years: int, ended: bool, withheld: bool, notes: Notes
) -> tuple[Status, bool | None]:
    """Missed with the first year that failed; attained when all of them kept it."""
    for year in judged:
        if year.kept is False:
            notes.say("year_failed", period=year.reading.period, value=year.reading.value)
            return "missed", False
    unknown = [year for year in judged if year.kept is None]
    # Where there was nothing to hold a year against, that has been said already.
    bound = next((year.reading for year in unknown if year.criterion is not None), None)
    if bound is not None:
        notes.say("bound_proves_nothing", period=bound.period, value=bound.value)
    if unknown:
        return "not_assessable", None
    if len(judged) == years:
        return "attained", True
    if withheld:
        return "not_assessable", None
    if ended:
        notes.say("years_missing", count=years - len(judged))
        return "not_assessable", None
    return "on_track", False


def _rate(
    goal: Goal, value: Decimal, year: ReferencePeriod, rates: Rates, rules: Rules
) -> _Year | None:
    reading = rates.of(year)
    return None if reading is None else _Year(reading, rate_criterion(goal, value, rules))


def _level(
    goal: Goal, value: Decimal, year: ReferencePeriod, known: Known, rules: Rules, notes: Notes
) -> _Year | None:
    reading = known.of(year, flow=goal.is_flow)
    if reading is None:
        return None
    base = None
    if against_baseline(goal):
        # What each year changes is counted from the year before it.
        previous = earlier(year)
        then = None if previous is None else known.of(previous, flow=goal.is_flow)
        if then is not None:
            notes.used(then)
            base = Base(then.period, then.value, "observed")
        elif goal.baseline and goal.baseline.period == previous and goal.baseline.value is not None:
            base = Base(previous, goal.baseline.value, goal.baseline.provenance)
    return _Year(reading, level_criterion(goal, value, base, rules, notes))
