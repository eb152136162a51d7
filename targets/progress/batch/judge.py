"""Every goal to its family, and the verdicts of all families together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from targets.progress.batch.averages import judge_averages
from targets.progress.batch.columns import (
    CADENCES,
    STATUSES,
    Bools,
    Codes,
    Goals,
    Ints,
    Series,
    is_measure,
)
from targets.progress.batch.docket import Docket, Draft
from targets.progress.batch.growths import judge_growths
from targets.progress.batch.known import Known
from targets.progress.batch.levels import judge_levels
from targets.progress.batch.recurring import judge_each_years
from targets.progress.batch.said import Years
from targets.progress.batch.verdicts import Collected, Verdicts
from targets.progress.group import WORST_FIRST
from targets.progress.rules import DEFAULT_RULES, Rules

# Of fewer goals it costs more to divide them once more than to carry what they do not need.
_FEW = 5000

_Family = tuple[Bools, Callable[[Docket], Draft]]


def judge(
    goals: Goals, series: Series, rates: Series, as_of: date, rules: Rules = DEFAULT_RULES
) -> Verdicts:
    """The verdicts of `evaluate` on goals in whole calendar years, row by row.

    All three have the same length. Status, words, years, flags, reasons and inputs are those of
    `evaluate`; figures are within 1e-9 of it, and differences of given numbers exact. Where
    `decided` is False, `evaluate` has to judge the row.
    """
    collected = Collected(len(goals))
    if not len(goals):
        return collected.verdicts()
    regular = goals.regular & series.regular & rates.regular
    with np.errstate(all="ignore"):
        levels, published = Known.of(series, as_of), Known.of(rates, as_of)
        for mask, judged in _families(goals, as_of):
            rows = np.flatnonzero(regular & mask)
            if len(rows):
                docket = Docket(
                    goals.take(rows), levels.take(rows), published.take(rows), as_of.year, rules
                )
                collected.add(rows, judged(docket), docket.levels, docket.rates)
    return collected.verdicts()


def _families(goals: Goals, as_of: date) -> list[_Family]:
    """The goals by the way in which they are judged, so that each pays only for its own."""
    early = (goals.start > 0) & (as_of.year < goals.start)
    due = ~early
    each = due & (goals.cadence == CADENCES.index("each_year")) & (goals.end > 0)
    by_rate = is_measure(goals, "growth", "average_growth")
    by_end = due & ~each
    level = by_end & ~by_rate
    families: list[_Family] = [
        (early, _not_due),
        (each & by_rate, judge_each_years),
        (each & ~by_rate, judge_each_years),
        (by_end & is_measure(goals, "growth"), judge_growths),
        (by_end & is_measure(goals, "average_growth"), judge_averages),
    ]
    if len(goals) < _FEW:
        return [*families, (level, judge_levels)]
    flow, against = goals.is_flow, goals.against_baseline
    kinds = (~flow & ~against, flow, ~flow & against)
    return [*families, *((level & kind, judge_levels) for kind in kinds)]


def _not_due(docket: Docket) -> Draft:
    draft = Draft(len(docket))
    everywhere = np.ones(len(docket), dtype=bool)
    draft.said.say(everywhere, "not_due", period=Years(docket.start))
    draft.status(everywhere, "not_due")
    return draft


def promise_status(status: Codes, head: Ints, is_head: Bools) -> Codes:
    """The status of each promise: of a head and its parts the worst, of all others their own.

    `head` is the id of the promise's head, the same for its parts; `is_head` marks the head.
    """
    rank = np.array([WORST_FIRST.index(word) for word in STATUSES], dtype=np.int64)
    back = np.argsort(rank).astype(np.int8)
    parts, heads = np.flatnonzero(~is_head), np.flatnonzero(is_head)
    result = status.copy()
    if not len(parts) or not len(heads):
        return result
    divided = np.unique(head[parts])
    worst = np.full(len(divided), len(rank), dtype=np.int64)
    np.minimum.at(worst, np.searchsorted(divided, head[parts]), rank[status[parts]])
    place = np.minimum(np.searchsorted(divided, head[heads]), len(divided) - 1)
    owned = divided[place] == head[heads]
    heads, place = heads[owned], place[owned]
    result[heads] = back[np.minimum(rank[status[heads]], worst[place])]
    return result
