"""Rates of growth, published or computed, and what goals on them are judged by."""

from __future__ import annotations

import numpy as np

from indicators.periods import FIRST_YEAR
from targets.progress.batch.columns import ABOUT, ABOVE, BELOW, BROKEN, PROVISIONAL, Bools, Ints
from targets.progress.batch.criteria import Bounds, Criteria, bounds_of, sign_doubts
from targets.progress.batch.docket import (
    Docket,
    Draft,
    Reading,
    certainty_of,
    end_is_withheld,
    marks_of,
    pace_status,
    say_bound,
    together,
    trend_of,
    without_actual,
)
from targets.progress.batch.figures import COMPUTED, Figures, given
from targets.progress.batch.said import Number, Years

_FLIPPED = np.array([0, ABOUT, BELOW, ABOVE, 4])


def rates_of(docket: Docket, year: Ints) -> tuple[Reading, Ints]:
    """Growth against the year before, and two columns of ids; year 0 where there is none.

    The published rate beats the one computed from levels.
    """
    levels, published = docket.levels, docket.rates
    told = published.value(year)
    from_rates = ~np.isnan(told)
    now, then = levels.value(year), levels.value(year - 1)
    from_levels = ~from_rates & (year > FIRST_YEAR) & ~np.isnan(now) & (then > 0)
    rise = given(now) - given(then)
    computed = np.where(from_levels, rise.values * 100 / then, np.nan)
    places = np.where(rise.values == 0, 0, np.maximum(rise.places, COMPUTED))
    value = Figures(computed, places.astype(np.int16)).where(from_rates, given(told))
    now_marks, then_marks = levels.mark(year), levels.mark(year - 1)
    either = now_marks | then_marks
    made = marks_of((either & PROVISIONAL) != 0, (either & BROKEN) != 0)
    marks = np.where(from_rates, published.mark(year), made)
    certainty = np.where(
        from_rates,
        certainty_of(published.mark(year)),
        together(certainty_of(now_marks), _FLIPPED[certainty_of(then_marks)]),
    )
    there = from_rates | from_levels
    ids = np.stack(
        [
            np.where(from_rates, published.id(year), np.where(from_levels, levels.id(year), 0)),
            np.where(from_levels, levels.id(year - 1), 0),
        ]
    )
    return Reading(np.where(there, year, 0), value, certainty, marks), ids


def without_rate(docket: Docket, draft: Draft, mask: Bools, low: Ints, high: Ints) -> None:
    """Nothing to judge by: no figures, withheld ones, or levels that no rate comes from."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    levels, published = docket.levels.take(rows), docket.rates.take(rows)
    lo, hi = low[rows], high[rows]
    withheld = published.last_withheld(lo, hi) > 0
    growing = np.zeros(len(rows), dtype=bool)
    for year in levels.years:
        both = ~np.isnan(levels.column(year)) & ~np.isnan(levels.column(year - 1))
        growing |= both & (lo <= year) & (year <= hi) & (year > FIRST_YEAR)
    last = np.zeros(len(mask), dtype=np.int64)
    last[rows] = levels.latest(hi)
    told = _spread(mask, rows, withheld)
    made = _spread(mask, rows, ~withheld & growing)
    without_actual(docket.rates, draft, told, low, high)
    draft.said.say(made, "growth_not_computable", period=Years(last))
    draft.status(made, "not_assessable")
    for name in ("year", "since"):
        draft.words[name] = np.where(made, last, draft.words[name])
    without_actual(docket.levels, draft, mask & ~told & ~made, low, high)


def _spread(mask: Bools, rows: Ints, some: Bools) -> Bools:
    whole = np.zeros(len(mask), dtype=bool)
    whole[rows] = some
    return whole


def withheld_at_end(docket: Docket, draft: Draft, mask: Bools) -> Bools:
    """Whether the end period's rate, or its level, is confidential or not applicable."""
    told = end_is_withheld(docket, docket.rates, draft, mask)
    return told | end_is_withheld(docket, docket.levels, draft, mask & ~told)


def rate_verdicts(
    docket: Docket,
    draft: Draft,
    criteria: Criteria,
    reading: Reading,
    ended: Bools,
    attained: Ints,
    before: Figures | None,
) -> None:
    """The verdicts on rates, per cent: R = g / X (PROGRESS.md, section 3)."""
    bounds, said, figures = bounds_of(criteria), draft.said, draft.figures
    live, aim, rate = reading.year > 0, criteria.aim, reading.value
    draft.doubt |= live & sign_doubts(rate, aim, bounds.low, bounds.high)
    pace = _pace(bounds, aim, rate)
    said.say(live & np.isnan(pace), "rate_without_pace", goal=Number(aim.values))
    say_bound(draft, live & (attained == 0) & (reading.certainty > ABOUT), reading)
    figures["pace"] = np.where(live & (docket.end > 0), pace, np.nan)
    said.say(live & (docket.end == 0), "no_deadline")
    said.say(live & (aim.values == 0), "goal_is_zero")
    gap = rate - aim
    position, doubt = bounds.position(rate, reading.certainty)
    draft.doubt |= live & (gap.lost | doubt)
    draft.words["position"] = np.where(live, position, 0)
    draft.words["attained"] = np.where(live, attained, 0)
    for name, column in (
        ("value", rate.values),
        ("goal", aim.values),
        ("completion", np.where(aim.values == 0, np.nan, rate.values / aim.values)),
        ("expected_now", aim.values),
        ("gap", gap.values),
        ("actual_rate", rate.values),
        ("required_rate", aim.values),
    ):
        figures[name] = np.where(live, column, np.nan)
    if before is not None:
        trend_of(rate, before, draft)
    for name in ("year", "since"):
        draft.words[name] = np.where(live, reading.year, draft.words[name])
    _status(docket, draft, live, ended, attained)


def _pace(
    bounds: Bounds, aim: Figures, rate: Figures
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A pace needs a rate to rise to, or a fall to make; a ceiling on growth has neither."""
    upward = np.isnan(bounds.high.values) & (aim.values > 0)
    downward = np.isnan(bounds.low.values) & (aim.values < 0)
    return np.where(upward | downward, rate.values / aim.values, np.nan)


def _status(docket: Docket, draft: Draft, live: Bools, ended: Bools, attained: Ints) -> None:
    done = live & (attained == 1)
    draft.said.flag(done & (docket.end > 0) & ~ended, "early")
    draft.status(done, "attained")
    missed = live & (attained == -1) & ended
    draft.status(missed, "missed")
    rest = live & ~done & ~missed
    draft.status(rest, "not_assessable")
    pace_status(docket, draft, rest & (attained == -1) & ~np.isnan(draft.figures["pace"]))
