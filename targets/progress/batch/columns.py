"""Goals and series as columns: one row for each goal, one column for each calendar year."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Self, get_args

import numpy as np
from numpy.typing import NDArray

from targets.progress.goal import (
    Cadence,
    Comparator,
    Direction,
    MeasureKind,
    Path,
    Provenance,
)
from targets.progress.verdict import Status

Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A code is the place of the word in its vocabulary.
MEASURES: tuple[MeasureKind, ...] = get_args(MeasureKind)
COMPARATORS: tuple[Comparator, ...] = get_args(Comparator)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
CADENCES: tuple[Cadence, ...] = get_args(Cadence)
PATHS: tuple[Path, ...] = get_args(Path)
PROVENANCES: tuple[Provenance, ...] = get_args(Provenance)
STATUSES: tuple[Status, ...] = get_args(Status)
STOCK, FLOW = 1, 2  # accumulation; 0 is none

# How certain an actual is, in the two lowest bits of its mark.
EXACT, ABOUT, ABOVE, BELOW, EITHER = 0, 1, 2, 3, 4
CERTAINTY = 3
PROVISIONAL, BROKEN, CONFIDENTIAL, NOT_APPLICABLE = 4, 8, 16, 32
WITHHELD = CONFIDENTIAL | NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """Goals as arrays of one length n; the fields mean what they mean in `Goal`.

    `start`, `end` and `base` are calendar years, 0 for none; NaN is no number; `provenance` is
    0 without a baseline. Milestones are n x K, each year once in a row, 0 for none. `regular` says
    that the row holds all of the goal: every period is a calendar year, the goal has a value
    and no faults, and its numbers have at most 15 significant digits. A profile is left out:
    between the ends of years the seasonal path is the straight one.
    """

    measure: Codes
    comparator: Codes
    direction: Codes
    accumulation: Codes
    cadence: Codes
    path: Codes
    in_per_cent: Bools
    value: Floats
    upper: Floats
    tolerance: Floats
    start: NDArray[np.int16]
    end: NDArray[np.int16]
    base: NDArray[np.int16]
    base_value: Floats
    provenance: Codes
    milestone_years: NDArray[np.int16]
    milestone_values: Floats
    regular: Bools

    def __len__(self) -> int:
        return len(self.measure)

    def take(self, rows: Ints) -> Self:
        """The goals of these rows."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def is_flow(self) -> Bools:
        """Whether the series holds amounts per period (`Goal.is_flow`)."""
        added = np.where(self.accumulation == 0, is_measure(self, "increment", "cumulative"), False)
        summed = added | (self.accumulation == FLOW)
        return np.asarray(~is_measure(self, "share", "rank") & summed)

    @property
    def against_baseline(self) -> Bools:
        """Whether the number itself is measured from the baseline (`against_baseline`)."""
        on_stock = is_measure(self, "increment", "cumulative") & ~self.is_flow
        return on_stock | is_measure(self, "change", "multiple")


def is_measure(goals: Goals, *words: MeasureKind) -> Bools:
    """Which goals are of one of these measures."""
    return np.asarray(_measures(words)[goals.measure])


@cache
def _measures(words: tuple[MeasureKind, ...]) -> Bools:
    return np.array([word in words for word in MEASURES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The actuals that go with the goals, row by row: n x Y, column 0 is `first_year`.

    NaN is no number to judge by; `marks` are bits: certainty (EXACT, ABOUT, ABOVE, BELOW),
    PROVISIONAL, BROKEN, CONFIDENTIAL, NOT_APPLICABLE (the last two with NaN); `ids` name the
    actuals, each once, 0 for none. `regular` says that all of the row's actuals are here.
    """

    first_year: int
    values: Floats
    marks: NDArray[np.uint8]
    ids: Ints
    regular: Bools

    def __len__(self) -> int:
        return len(self.values)
