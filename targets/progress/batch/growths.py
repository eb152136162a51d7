"""Goals on growth against the year before (`judge_growth`)."""

from __future__ import annotations

import numpy as np

from targets.progress.batch.columns import Ints
from targets.progress.batch.criteria import bounds_of, rate_criteria
from targets.progress.batch.docket import Docket, Draft, mark_calendar
from targets.progress.batch.known import ALWAYS
from targets.progress.batch.rates import rate_verdicts, rates_of, withheld_at_end, without_rate


def judge_growths(docket: Docket) -> Draft:
    """The verdicts of goals on growth against the year before."""
    draft, end = Draft(len(docket)), docket.end
    low, high = docket.start, np.where(end > 0, end, ALWAYS)
    reading, ids = rates_of(docket, _latest(docket, low, high))
    live = reading.year > 0
    ended = live & (reading.year == end)
    mark_calendar(docket, draft, docket.sources, reading, ended)
    without_rate(docket, draft, ~live, low, high)
    draft.said.used(live, reading.period, reading.marks, reading.certainty)
    criteria = rate_criteria(docket.goals, docket.rules)
    attained, doubt = bounds_of(criteria).holds(reading.value, reading.certainty)
    draft.doubt |= live & doubt
    withheld = withheld_at_end(docket, draft, live & ~ended)
    attained = np.where(live & ~withheld, attained, 0)
    draft.said.say(live, "growth_is_not_summed")
    before, earlier = rates_of(docket, np.where(live, reading.year - 1, 0))
    draft.ids.extend(ids)
    # The level of the year before may stand in both rates.
    again = (earlier[0] == ids[1]) & (ids[1] != 0)
    draft.ids.extend([np.where(again, 0, earlier[0]), earlier[1]])
    rate_verdicts(docket, draft, criteria, reading, ended, attained, before.value)
    return draft


def _latest(docket: Docket, low: Ints, high: Ints) -> Ints:
    """The last year within the goal's time that has a rate, 0 for none."""
    result = np.zeros(len(docket), dtype=np.int64)
    years = {*docket.levels.years, *docket.rates.years}
    for year in range(min(years), max(years) + 1):
        level, then = docket.levels.column(year), docket.levels.column(year - 1)
        there = ~np.isnan(docket.rates.column(year)) | (~np.isnan(level) & (then > 0))
        result[there & (low <= year) & (year <= high)] = year
    return result
