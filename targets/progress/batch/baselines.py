"""Where goals start from: as given, as observed, else the first year after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indicators.periods import FIRST_YEAR
from targets.progress.batch.columns import PROVENANCES, Bools, Floats, Ints, is_measure
from targets.progress.batch.docket import Docket, Draft, Reading, certainty_of
from targets.progress.batch.figures import Figures, given
from targets.progress.batch.said import Number, Years

IMPLIED = PROVENANCES.index("implied")


@dataclass(frozen=True, slots=True)
class Asked:
    """The baselines of goals (`Baseline`): year 0 for none, NaN to be looked up."""

    year: Ints
    value: Floats
    provenance: Ints


@dataclass(frozen=True, slots=True)
class Base:
    """Starting points with their values (`Base`); year 0 for none."""

    year: Ints
    value: Figures
    provenance: Ints
    substituted: Bools
    ids: Ints

    @property
    def firm(self) -> Bools:
        """Whether a multiple of it, or a change from it, can be judged."""
        return np.asarray((self.year > 0) & (self.provenance != IMPLIED) & ~self.substituted)


def asked_for(docket: Docket, draft: Draft) -> Asked:
    """The baselines of the goals; one that is not before the goal's end is none."""
    goals, start, end = docket.goals, docket.start, docket.end
    base = goals.base.astype(np.int64)
    late = (base > 0) & (end > 0) & (base >= end)
    draft.said.say(late, "baseline_not_before_end", period=Years(base))
    on_stock = is_measure(goals, "increment", "cumulative") & ~docket.flow
    since = np.where(start > 0, start, np.where(on_stock, end, 0))
    counted = (on_stock | is_measure(goals, "average_growth")) & (base == 0) & (since > FIRST_YEAR)
    return Asked(
        np.where(late, 0, np.where(counted, since - 1, base)),
        np.where(late | (base == 0), np.nan, goals.base_value),
        np.where(late | (base == 0), 0, goals.provenance.astype(np.int64)),
    )


def resolve(docket: Docket, asked: Asked, reading: Reading, mask: Bools, draft: Draft) -> Base:
    """The baselines of the rows of the mask, with their values, before the actuals judged."""
    said, known = draft.said, docket.levels
    valued = mask & (asked.year > 0) & ~np.isnan(asked.value)
    looked_up = mask & (asked.year > 0) & ~valued
    said.say(mask & (asked.year == 0), "no_baseline")
    implied = valued & (asked.provenance == IMPLIED)
    say_implied(draft, asked, implied)
    year = np.where(valued | looked_up, asked.year, 0)
    value = np.where(valued, asked.value, np.nan)
    substituted = np.zeros(len(docket), dtype=bool)
    ids = np.zeros(len(docket), dtype=np.int64)
    if looked_up.any():
        value = np.where(looked_up, known.value(asked.year), value)
        missing = looked_up & np.isnan(value)
        if missing.any():
            rows = np.flatnonzero(missing)
            later = known.take(rows).first_between(asked.year[rows], reading.year[rows])
            year[rows] = later
            value[rows] = known.take(rows).value(later)
            substituted[rows] = later > 0
        found = looked_up & (year > 0)
        ids = np.where(found, known.id(year), 0)
        say_used(docket, draft, found, year)
        said.flag(substituted, "base_substituted")
        said.say(substituted, "base_substituted", period=Years(asked.year), used=Years(year))
        said.say(missing & (year == 0), "baseline_missing", period=Years(asked.year))
    provenance = np.where(valued, asked.provenance, 0)
    return Base(year, given(value), provenance, substituted, ids)


def say_implied(draft: Draft, asked: Asked, mask: Bools) -> None:
    """The baseline was derived from the goal."""
    draft.said.flag(mask, "implied_baseline")
    draft.said.say(mask, "implied_baseline", period=Years(asked.year), value=Number(asked.value))


def say_used(docket: Docket, draft: Draft, mask: Bools, year: Ints) -> None:
    """What the reader should know of the actuals of these years."""
    marks = docket.levels.mark(year)
    draft.said.used(mask, Years(year), marks, certainty_of(marks))
