"""Which actuals goals on levels are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from indicators.periods import FIRST_YEAR, LAST_YEAR
from targets.progress.batch.baselines import Asked
from targets.progress.batch.columns import BROKEN, PROVISIONAL, Bools, Ints, is_measure
from targets.progress.batch.docket import Docket, Reading, certainty_of, marks_of, together
from targets.progress.batch.figures import COMPUTED, LOST, Figures, given
from targets.progress.batch.known import ALWAYS, Known

_BEGINS = np.array([date(year, 1, 1).toordinal() for year in range(FIRST_YEAR - 1, LAST_YEAR + 3)])
_SURE = 4e15  # four roundings of 1e15, as in the sum of two
_CANCELLED = 1e-3


@dataclass(frozen=True, slots=True)
class Found:
    """The actuals and their kind (`Found`); `first` is 0 where it is no running sum.

    `low` and `high` are the years within which an actual is allowed, `ids` those of all that
    were summed, `days_missing` the days in the sum that no figure reaches over.
    """

    reading: Reading
    ended: Bools
    summed: Bools
    first: Ints
    no_start: Bools
    low: Ints
    high: Ints
    ids: Ints
    days_missing: Ints


def find(docket: Docket, asked: Asked) -> Found:
    """The last actuals that count (PROGRESS.md, section 3)."""
    goals, known, end, flow = docket.goals, docket.levels, docket.end, docket.flow
    low = np.where(asked.year > 0, asked.year, docket.start)
    high = np.where(end > 0, end, ALWAYS)
    first, no_start = _sums_from(docket, asked)
    sums = first > 0
    year = known.latest(high)
    year = np.where((year >= np.where(sums, first, low)) & ~no_start, year, 0)
    ended = (year > 0) & (year == end)
    # The flow of the goal's own year starts from 0 where no baseline is given.
    own = flow & ~sums & ended & (goals.base == 0)
    marks = np.where(year > 0, known.mark(year), np.uint8(0))
    reading = Reading(
        year,
        given(np.where(year > 0, known.value(year), np.nan)),
        certainty_of(marks),
        marks,
    )
    ids = known.id(year) * (year > 0)
    missing = np.zeros(len(docket), dtype=np.int64)
    ids = ids[:, np.newaxis]
    rows = np.flatnonzero(sums & (year > 0))
    if len(rows):
        reading, ids, missing = _summed(reading, ids, rows, known.take(rows), first[rows])
    return Found(
        reading=reading,
        ended=ended,
        summed=sums | own,
        first=np.where(own, end, first),
        no_start=no_start,
        low=low,
        high=high,
        ids=ids,
        days_missing=missing,
    )


def _sums_from(docket: Docket, asked: Asked) -> tuple[Ints, Bools]:
    """The year from which flows are summed, 0 where they are not; and where none is known."""
    goals, start, end, flow = docket.goals, docket.start, docket.end, docket.flow
    if not flow.any():
        return np.zeros(len(docket), dtype=np.int64), flow
    added = is_measure(goals, "increment")
    base = np.where(asked.year > 0, asked.year + 1, 0)
    first = np.where(start > 0, start, np.where(added & (end > 0), end, base))
    summable = flow & is_measure(goals, "increment", "cumulative")
    return np.where(summable, first, 0), summable & ~added & (first == 0)


def _summed(
    single: Reading, ids: Ints, rows: Ints, known: Known, first: Ints
) -> tuple[Reading, Ints, Ints]:
    """The readings with those of some rows replaced by the sum since their first year."""
    last = single.year[rows]
    years = np.array(known.years)
    columns = slice(0, known.width)
    values = known.values[known.rows, columns]
    there = ~np.isnan(values)
    there &= (first[:, np.newaxis] <= years) & (years <= last[:, np.newaxis])
    marks = np.where(there, known.marks[known.rows, columns], np.uint8(0))
    begun = years[there.argmax(axis=1)]
    kinds = [np.where(there[:, c], certainty_of(marks[:, c]), 0) for c in range(known.width)]
    begins = single.year.copy()
    begins[rows] = begun
    certainty, mark = single.certainty.copy(), single.marks.copy()
    certainty[rows] = together(*kinds)
    mark[rows] = marks_of(
        ((marks & PROVISIONAL) != 0).any(axis=1), ((marks & BROKEN) != 0).any(axis=1)
    )
    total = single.value.put(rows, _total(np.where(there, values, 0.0), there))
    reading = Reading(single.year, total, certainty, mark, begins)
    spread = np.zeros((len(ids), known.width), dtype=np.int64)
    spread[:, 0] = ids[:, 0]
    spread[rows] = np.where(there, known.ids[known.rows, columns], 0)
    missing = np.zeros(len(ids), dtype=np.int64)
    length = _BEGINS[years - FIRST_YEAR + 2] - _BEGINS[years - FIRST_YEAR + 1]
    reach = (there * length).sum(axis=1)
    origin = FIRST_YEAR - 1
    missing[rows] = _BEGINS[last + 1 - origin] - _BEGINS[first - origin] - reach
    return reading, spread, missing


def _total(values: np.ndarray[tuple[int, int], np.dtype[np.float64]], there: Bools) -> Figures:
    """The sums of rows, exact where they have at most 15 digits."""
    each = given(values)
    places = each.places.max(axis=1)
    # Year by year, so that the width of the table cannot change a digit.
    sums, size = np.zeros(len(values)), np.zeros(len(values))
    for column in values.T:
        sums, size = sums + column, size + np.abs(column)
    count = there.sum(axis=1)
    tens = 10.0 ** np.minimum(places, 22)
    sure = (places <= 22) & (size * tens * (count + 3) < _SURE)
    lost = ~sure & (count > 1) & (np.abs(sums) < _CANCELLED * size)
    exact = np.where(sure, np.rint(sums * tens) / tens, sums)
    kept = np.where(sure | (count == 1), places, np.where(lost, LOST, COMPUTED))
    return Figures(exact, kept.astype(np.int16))
