"""Goals on average growth since a base (`judge_average`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from targets.progress.batch.baselines import IMPLIED, Asked, asked_for, say_implied, say_used
from targets.progress.batch.columns import BROKEN, PROVISIONAL, Bools, Floats, Ints
from targets.progress.batch.criteria import bounds_of, rate_criteria
from targets.progress.batch.docket import (
    Docket,
    Draft,
    Reading,
    certainty_of,
    mark_calendar,
    marks_of,
    together,
)
from targets.progress.batch.figures import COMPUTED, Figures, given
from targets.progress.batch.known import ALWAYS
from targets.progress.batch.paces import growth
from targets.progress.batch.rates import rate_verdicts, withheld_at_end, without_rate
from targets.progress.batch.said import Years

_CANCELLED = 1e-5
_DEEPEST = -99.9  # below it 1 + rate / 100 has lost three digits and more


@dataclass(frozen=True, slots=True)
class _Start:
    """The base from which a level's average is measured (`resolve`); `first` stands in for it.

    `valued` and `observed` need no other year; `first` is the first actual after the base.
    """

    valued: Bools
    observed: Bools
    first: Ints
    year: Ints
    value: Floats


@dataclass(slots=True)
class _Latest:
    """The last year with an average, and what was tried on the way to it."""

    year: Ints
    chained: Bools
    rate: Figures
    last: Ints  # the last year with any figure


def judge_averages(docket: Docket) -> Draft:
    """The verdicts of goals on average growth, which only the end can meet."""
    draft, said, end = Draft(len(docket)), None, docket.end
    said = draft.said
    asked = asked_for(docket, draft)
    low = np.where(asked.year > 0, asked.year + 1, docket.start)
    high = np.where(end > 0, end, ALWAYS)
    start = _start(docket, asked)
    found = _latest(docket, asked, start, low, high, draft)
    base_ids = _say_base(docket, draft, asked, start, found)
    live = found.year > 0
    reading, ids = _reading(docket, asked, found)
    ended = live & (reading.year == end)
    mark_calendar(docket, draft, docket.sources, reading, ended)
    _without_average(docket, draft, asked, found, low, high)
    said.used(live, reading.period, reading.marks, reading.certainty)
    criteria = rate_criteria(docket.goals, docket.rules)
    holds, doubt = bounds_of(criteria).holds(reading.value, reading.certainty)
    judged = live & (ended | (end == 0))
    draft.doubt |= judged & doubt
    withheld = withheld_at_end(docket, draft, live & ~judged)
    attained = np.where(judged, holds, np.where(live & ~withheld, -1, 0))
    said.say(live, "average_is_not_summed")
    draft.ids.extend([base_ids, *ids.T])
    rate_verdicts(docket, draft, criteria, reading, ended, attained, None)
    _with_rest(docket, draft, asked, start, found, criteria.aim.values)
    return draft


def _start(docket: Docket, asked: Asked) -> _Start:
    known = docket.levels
    valued = (asked.year > 0) & ~np.isnan(asked.value)
    there = known.value(asked.year)
    observed = (asked.year > 0) & ~valued & ~np.isnan(there)
    first = known.first_between(asked.year, np.full(len(docket), ALWAYS))
    first = np.where((asked.year > 0) & ~valued & ~observed, first, 0)
    return _Start(
        valued,
        observed,
        first,
        np.where(first > 0, first, asked.year),
        np.where(valued, asked.value, np.where(observed, there, known.value(first))),
    )


def _latest(
    docket: Docket, asked: Asked, start: _Start, low: Ints, high: Ints, draft: Draft
) -> _Latest:
    """The last year whose average can be computed, from levels or from every year's rate."""
    length = len(docket)
    none = np.zeros(length, dtype=np.int64)
    no = np.zeros(length, dtype=bool)
    rate = Figures(np.full(length, np.nan), np.zeros(length, dtype=np.int16))
    found = _Latest(none.copy(), no, rate, none.copy())
    base = given(start.value)
    chain = _Chain(length)
    for year in sorted({*docket.levels.years, *docket.rates.years}):
        level, told = docket.levels.column(year), docket.rates.column(year)
        chain.extend(asked.year, year, told)
        inside = (low <= year) & (year <= high)
        has_level = inside & ~np.isnan(level)
        found.last[inside & (~np.isnan(level) | ~np.isnan(told))] = year
        away = given(level) - base
        computed = growth(start.value, level, away.values, year - start.year)
        grown = has_level & (asked.year > 0) & (level >= 0) & ~np.isnan(computed)
        linked = inside & (asked.year > 0) & ~grown & chain.complete & ~np.isnan(chain.rate())
        better = grown | linked
        found.year[better] = year
        found.chained[better] = linked[better]
        places = np.where(away.values == 0, 0, np.maximum(away.places, COMPUTED))
        value = Figures(computed, places.astype(np.int16)).where(linked, chain.figures())
        found.rate = found.rate.where(better, value)
    return found


class _Chain:
    """The product of the published rates of every year since the base, year by year."""

    def __init__(self, length: int) -> None:
        self.count = np.zeros(length, dtype=np.int64)
        self.complete = np.zeros(length, dtype=bool)
        self._factor = np.ones(length)
        self._logs = np.zeros(length)
        self._size = np.zeros(length)
        self._first = np.full(length, np.nan)
        self._plain = np.ones(length, dtype=bool)

    def extend(self, base: Ints, year: int, rate: Floats) -> None:
        """Take in the rate of a year; a chain starts in the year after the base."""
        begins = (base > 0) & (year == base + 1)
        self.complete = (begins | (self.complete & (year > base + 1))) & ~np.isnan(rate)
        self._factor = np.where(begins, 1.0, self._factor) * (1 + rate / 100)
        logs = np.log1p(rate / 100)
        self._logs = np.where(begins, 0.0, self._logs) + logs
        self._size = np.where(begins, 0.0, self._size) + np.abs(logs)
        self._first = np.where(begins, rate, self._first)
        self._plain = (begins | self._plain) & (rate > _DEEPEST)
        self.count = np.where(begins, 1, self.count + 1)

    def rate(self) -> Floats:
        """The average so far, per cent; NaN for none."""
        logs = np.where(self._plain, self._logs, np.log(self._factor))
        average = np.expm1(logs / self.count) * 100
        average = np.where(self.count == 1, self._first, average)
        return np.where(self._factor < 0, np.nan, average)

    def figures(self) -> Figures:
        """The average so far; exact where it is the rate of one year or no growth at all."""
        places = np.full(len(self.count), COMPUTED, dtype=np.int16)
        rate = self.rate()
        exact = (self.count == 1) | (self._plain & (self._size == 0))
        lossy = ~exact & ~(np.abs(rate) > _CANCELLED * 100 * np.maximum(1.0, self._size))
        places[lossy] = COMPUTED + 1
        return Figures(rate, places).where(exact, given(np.where(exact, rate, np.nan)))


def _say_base(docket: Docket, draft: Draft, asked: Asked, start: _Start, found: _Latest) -> Ints:
    """What the reader should know of the bases measured from; gives the ids of their actuals."""
    said, served = draft.said, (found.year > 0) & ~found.chained
    say_implied(draft, asked, served & start.valued & (asked.provenance == IMPLIED))
    later = served & (start.first > 0)
    looked_up = served & ~start.valued
    say_used(docket, draft, looked_up, start.year)
    said.flag(later, "base_substituted")
    said.say(later, "base_substituted", period=Years(asked.year), used=Years(start.first))
    return np.where(looked_up, docket.levels.id(start.year), 0)


def _reading(docket: Docket, asked: Asked, found: _Latest) -> tuple[Reading, Ints]:
    """The averages as readings, and the ids of the figures behind them, a column for each year."""
    year, levels, rates = found.year, docket.levels, docket.rates
    marks = np.where(year > 0, levels.mark(year), np.uint8(0))
    certainty, ids = certainty_of(marks), levels.id(year) * (year > 0)
    ids = ids[:, np.newaxis]
    rows = np.flatnonzero(found.chained)
    if not len(rows):
        return Reading(year, found.rate, certainty, marks), ids
    known, years = rates.take(rows), np.array(rates.years)
    linked = (years > asked.year[rows, np.newaxis]) & (years <= year[rows, np.newaxis])
    table = np.where(linked, known.marks[known.rows], np.uint8(0))
    certainty[rows] = together(*[certainty_of(table[:, c]) for c in range(known.width)])
    marks[rows] = marks_of(
        ((table & PROVISIONAL) != 0).any(axis=1), ((table & BROKEN) != 0).any(axis=1)
    )
    spread = np.zeros((len(docket), known.width), dtype=np.int64)
    spread[:, 0] = ids[:, 0]
    spread[rows] = np.where(linked, known.ids[known.rows], 0)
    return Reading(year, found.rate, certainty, marks), spread


def _without_average(
    docket: Docket, draft: Draft, asked: Asked, found: _Latest, low: Ints, high: Ints
) -> None:
    """No figures since the baseline, or none that make an average."""
    none = found.year == 0
    some = none & (found.last > 0)
    without_rate(docket, draft, none & ~some, low, high)
    baseless = some & (asked.year == 0)
    draft.said.say(baseless, "criterion_needs_baseline")
    draft.said.say(some & ~baseless, "growth_not_computable", period=Years(found.last))
    draft.status(some, "not_assessable")


def _with_rest(
    docket: Docket, draft: Draft, asked: Asked, start: _Start, found: _Latest, aim: Floats
) -> None:
    """The baselines used, and the averages that the years left must bring."""
    live, end = found.year > 0, docket.end
    measured = live & ~found.chained
    draft.words["base"] = np.where(measured, start.year, 0)
    draft.words["provenance"] = np.where(measured & start.valued, asked.provenance, 0)
    draft.figures["base_value"] = np.where(measured, start.value, np.nan)
    origin = np.where(measured, start.year, asked.year)
    done, whole = found.year - origin, end - origin
    over = live & (end > 0) & (whole <= done)
    draft.said.say(over, "no_time_left")
    left = live & (end > 0) & ~over
    promised, reached = np.log1p(aim / 100) * whole, np.log1p(found.rate.values / 100) * done
    distance = promised - reached
    possible = left & (aim >= -100) & (found.rate.values > -100)
    draft.figures["needed"] = np.where(possible, np.expm1(distance / (whole - done)) * 100, np.nan)
    hair = np.abs(distance) < _CANCELLED * np.maximum(np.abs(promised), np.abs(reached))
    deep = (found.rate.values < _DEEPEST) | ((aim < _DEEPEST) & (aim > -100))
    draft.doubt |= possible & (hair | deep)
