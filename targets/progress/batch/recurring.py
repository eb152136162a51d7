"""Goals for each year (每年): every year on its own, k of n (`judge_each_year`)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from indicators.periods import FIRST_YEAR
from targets.progress.batch.baselines import Base, say_used
from targets.progress.batch.columns import Bools, Ints, is_measure
from targets.progress.batch.criteria import (
    Criteria,
    bounds_of,
    criteria_of,
    numbers,
    rate_criteria,
    sign_doubts,
)
from targets.progress.batch.docket import (
    Docket,
    Draft,
    Reading,
    certainty_of,
    end_is_withheld,
    mark_calendar,
    say_bound,
    trend_of,
    without_actual,
)
from targets.progress.batch.figures import Figures, given, nothing
from targets.progress.batch.levels import level_criteria
from targets.progress.batch.rates import rates_of, without_rate
from targets.progress.batch.said import Count, Number


@dataclass(slots=True)
class _Tally:
    """The years judged so far: the last, the one before, the first that failed or is a bound."""

    length: int
    judged: Ints = field(init=False)
    kept: Ints = field(init=False)
    last: Reading = field(init=False)
    previous: Figures = field(init=False)
    aim: Figures = field(init=False)
    there: Bools = field(init=False)
    position: Ints = field(init=False)
    failed: Reading = field(init=False)
    bound: Reading = field(init=False)
    unknown: Bools = field(init=False)

    def __post_init__(self) -> None:
        zero = np.zeros(self.length, dtype=np.int64)
        none = Reading(zero, nothing(self.length), zero, zero.astype(np.uint8))
        self.judged = self.kept = self.position = zero
        self.last = self.failed = self.bound = none
        self.previous = self.aim = nothing(self.length)
        self.there = self.unknown = np.zeros(self.length, dtype=bool)


def judge_each_years(docket: Docket) -> Draft:
    """The verdicts of goals for each year from the start to the end of their time."""
    draft, end, said = Draft(len(docket)), docket.end, None
    said = draft.said
    first = np.where(docket.start > 0, docket.start, end)
    years = end - first + 1
    # The goals of one docket are either all about rates or all about levels.
    by_rate = bool(is_measure(docket.goals, "growth", "average_growth").any())
    tally = _tally(docket, draft, first, by_rate)
    last = tally.last
    live = last.year > 0
    ended = live & (last.year == end)
    sources = docket.sources if by_rate else (docket.levels,)
    mark_calendar(docket, draft, sources, last, ended)
    if by_rate:
        without_rate(docket, draft, ~live, first, end)
    else:
        without_actual(docket.levels, draft, ~live, first, end)
    said.say(
        live,
        "each_year_kept",
        kept=Count(tally.kept),
        judged=Count(tally.judged),
        years=Count(years),
    )
    said.say(live, "no_pace_each_year")
    withheld = np.zeros(len(docket), dtype=bool)
    for known in sources:
        withheld |= end_is_withheld(docket, known, draft, live & ~ended & ~withheld)
    _outcome(draft, tally, years, ended, withheld)
    draft.figures["value"] = last.value.values
    draft.figures["share_done"] = np.where(live, tally.kept / years, np.nan)
    trend_of(last.value, tally.previous, draft)
    for name in ("year", "since"):
        draft.words[name] = np.where(live, last.year, draft.words[name])
    _gap(draft, tally)
    return draft


def _tally(docket: Docket, draft: Draft, first: Ints, by_rate: bool) -> _Tally:
    tally = _Tally(len(docket))
    criteria = (rate_criteria if by_rate else criteria_of)(docket.goals, docket.rules)
    computed = np.zeros(len(docket), dtype=bool)
    for year in sorted({*docket.levels.years, *docket.rates.years}):
        inside = (first <= year) & (year <= docket.end)
        if inside.any():
            reading, ids = _of_year(docket, np.where(inside, year, 0), by_rate)
            there = reading.year > 0
            test, testable = criteria, there
            if not by_rate:
                test, testable = _test(docket, draft, criteria, there, year, first)
            draft.said.used(there, reading.period, reading.marks, reading.certainty)
            # The level of the year before was listed if it made a rate itself.
            draft.ids.extend([ids[0], np.where(computed, 0, ids[1])])
            computed = there & np.isnan(docket.rates.column(year))
            _count(draft, tally, reading, test, testable)
    return tally


def _of_year(docket: Docket, year: Ints, by_rate: bool) -> tuple[Reading, Ints]:
    """The figures of a year: its rate or its level, and two columns of ids."""
    if by_rate:
        return rates_of(docket, year)
    known = docket.levels
    value = known.value(year)
    there = ~np.isnan(value)
    marks = np.where(there, known.mark(year), np.uint8(0))
    ids = np.stack([known.id(year) * there, np.zeros(len(docket), dtype=np.int64)])
    return Reading(np.where(there, year, 0), given(value), certainty_of(marks), marks), ids


def _test(
    docket: Docket, draft: Draft, criteria: Criteria, there: Bools, year: int, first: Ints
) -> tuple[Criteria, Bools]:
    """The tests of a year; what each year changes is counted from the year before it."""
    goals, known, before = docket.goals, docket.levels, year - 1
    against = there & docket.against_baseline
    if not against.any():
        return criteria, there
    then = known.column(before)
    observed = against & ~np.isnan(then) & (before >= FIRST_YEAR)
    stated = against & ~observed & (goals.base == before) & ~np.isnan(goals.base_value)
    years = np.where(observed | stated, before, 0)
    # A year within the goal's time was listed when it was judged itself.
    listed = observed & (year == first)
    say_used(docket, draft, listed, years)
    draft.ids.append(np.where(listed, known.id(years), 0))
    base = Base(
        years,
        given(np.where(observed, then, np.where(stated, goals.base_value, np.nan))),
        np.where(stated, goals.provenance.astype(np.int64), 0),
        np.zeros(len(docket), dtype=bool),
        np.zeros(len(docket), dtype=np.int64),
    )
    return level_criteria(docket, criteria, base, there, draft.said)


def _count(draft: Draft, tally: _Tally, reading: Reading, test: Criteria, testable: Bools) -> None:
    """Take a year into the tally."""
    there = reading.year > 0
    bounds, aim = bounds_of(test), test.aim
    holds, doubt = bounds.holds(reading.value, reading.certainty)
    holds = np.where(testable, holds, 0)
    position, unsure = bounds.position(reading.value, reading.certainty)
    lossy = sign_doubts(reading.value, aim, bounds.low, bounds.high)
    draft.doubt |= testable & (doubt | unsure | lossy) | (there & reading.value.lost)
    tally.kept = tally.kept + (there & (holds == 1))
    tally.judged = tally.judged + there
    tally.previous = tally.previous.where(there, tally.last.value)
    tally.failed = _replaced(
        tally.failed, there & (holds == -1) & (tally.failed.year == 0), reading
    )
    open_ = there & (holds == 0)
    tally.unknown = tally.unknown | open_
    tally.bound = _replaced(tally.bound, open_ & testable & (tally.bound.year == 0), reading)
    tally.last = _replaced(tally.last, there, reading)
    tally.aim = tally.aim.where(there, aim)
    tally.there = np.where(there, testable, tally.there)
    tally.position = np.where(there, np.where(testable, position, 0), tally.position)


def _replaced(kept: Reading, mask: Bools, reading: Reading) -> Reading:
    return Reading(
        np.where(mask, reading.year, kept.year),
        kept.value.where(mask, reading.value),
        np.where(mask, reading.certainty, kept.certainty),
        np.where(mask, reading.marks, kept.marks),
    )


def _outcome(draft: Draft, tally: _Tally, years: Ints, ended: Bools, withheld: Bools) -> None:
    """Missed with the first year that failed; attained when all of them kept it."""
    live, said = tally.last.year > 0, draft.said
    missed = live & (tally.failed.year > 0)
    said.say(
        missed,
        "year_failed",
        period=tally.failed.period,
        value=Number(tally.failed.value.values),
    )
    draft.status(missed, "missed")
    unknown = live & ~missed & tally.unknown
    # Where there was nothing to hold a year against, that has been said already.
    say_bound(draft, unknown & (tally.bound.year > 0), tally.bound)
    rest = live & ~missed & ~unknown
    done = rest & (tally.judged == years)
    draft.status(done, "attained")
    missing = rest & ~done & ~withheld & ended
    said.say(missing, "years_missing", count=Count(years - tally.judged))
    draft.status(unknown | (rest & ~done & withheld) | missing, "not_assessable")
    going = rest & ~done & ~withheld & ~ended
    draft.status(going, "on_track")
    draft.words["attained"] = np.where(done, 1, np.where(missed | going, -1, 0))


def _gap(draft: Draft, tally: _Tally) -> None:
    """The figures that the last year's test gives."""
    figures, there, aim = draft.figures, tally.there, tally.aim
    zero = there & (aim.values == 0)
    draft.said.say(zero, "goal_is_zero")
    gap = tally.last.value - aim
    draft.doubt |= there & gap.lost
    draft.words["position"] = tally.position
    figures["goal"] = figures["expected_now"] = numbers(aim, there)
    figures["gap"] = numbers(gap, there)
    share = tally.last.value.values / aim.values
    figures["completion"] = np.where(there & ~zero, share, np.nan)
