"""Comparators of many goals: the bounds of what meets them, and how actuals stand to these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from targets.progress.batch.columns import (
    ABOUT,
    ABOVE,
    BELOW,
    COMPARATORS,
    DIRECTIONS,
    EITHER,
    Bools,
    Codes,
    Floats,
    Goals,
    Ints,
)
from targets.progress.batch.figures import Figures, constant, doubtful, given, nothing
from targets.progress.goal import RISING, Comparator
from targets.progress.rules import Rules

INCREASE, DECREASE, MAINTAIN = (
    DIRECTIONS.index(word) for word in ("increase", "decrease", "maintain")
)
_RISING = np.array([word in RISING for word in COMPARATORS])
BELOW_RANGE, INSIDE, ABOVE_RANGE = 1, 2, 3
_MIRRORED = np.arange(len(COMPARATORS), dtype=np.int8)
for _one, _other in (("at_least", "at_most"), ("more_than", "less_than")):
    _MIRRORED[[COMPARATORS.index(_one), COMPARATORS.index(_other)]] = (
        COMPARATORS.index(_other),
        COMPARATORS.index(_one),
    )


def compares(comparator: Codes, *words: Comparator) -> Bools:
    """Which of them are one of these comparators."""
    return np.asarray(_comparators(words)[comparator])


@cache
def _comparators(words: tuple[Comparator, ...]) -> Bools:
    return np.array([word in words for word in COMPARATORS])


@dataclass(frozen=True, slots=True)
class Criteria:
    """Comparators with their numbers (`Criterion`)."""

    comparator: Codes
    direction: Codes
    value: Figures
    upper: Figures
    tolerance: Figures

    @property
    def aim(self) -> Figures:
        """The numbers the paths lead to: the near ends of ranges."""
        return self.value.where(self.direction == DECREASE, self.upper)

    def mirrored(self, rows: Bools) -> Criteria:
        """For some rows the same test of the negated value, of a number that rises."""
        return replace(
            self,
            comparator=np.where(rows, _MIRRORED[self.comparator], self.comparator),
            direction=np.where(rows, np.int8(DECREASE), self.direction),
            value=self.value.where(rows, -self.upper),
            upper=self.upper.where(rows, -self.value),
        )

    def scaled(self, rows: Bools, factor: Figures) -> Criteria:
        """For some rows the same test in a unit 1 / factor as large."""
        return replace(
            self,
            value=self.value.where(rows, self.value * factor),
            upper=self.upper.where(rows, self.upper * factor),
            tolerance=self.tolerance.where(rows, self.tolerance * factor),
        )

    def shifted(self, rows: Bools, distance: Figures) -> Criteria:
        """For some rows the same test of values that lie so much higher."""
        return replace(
            self,
            value=self.value.where(rows, self.value + distance),
            upper=self.upper.where(rows, self.upper + distance),
        )


def criteria_of(goals: Goals, rules: Rules) -> Criteria:
    """The goals' comparators with their tolerances worked out, in the unit of their values."""
    value = given(goals.value)
    upper, length = value, len(goals)
    between = compares(goals.comparator, "between")
    if between.any():
        upper = upper.put(between, given(goals.upper[between]))
    tolerance = Figures(np.zeros(length), np.zeros(length, dtype=np.int16))
    about = compares(goals.comparator, "about")
    for soft, share in (
        (about, rules.about_tolerance),
        (compares(goals.comparator, "nearly"), 1 - rules.nearly_share),
    ):
        if soft.any():
            shares = abs(value.take(soft)) * constant(share, int(soft.sum()))
            set_ = goals.tolerance[soft]
            tolerance = tolerance.put(soft, shares.where(~np.isnan(set_), given(set_)))
    return Criteria(goals.comparator, goals.direction, value, upper, tolerance)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values that meet the criteria (`Bounds`), and the ends of ranges."""

    low: Figures
    high: Figures
    open: Bools
    ranged: Bools
    near: Figures
    far: Figures

    def contain(self, value: Figures) -> tuple[Bools, Bools]:
        """Whether the values meet the criteria; and where that is in doubt."""
        v, low, high = value.values, self.low.values, self.high.values
        over = np.isnan(low) | np.where(self.open, v > low, v >= low)
        under = np.isnan(high) | np.where(self.open, v < high, v <= high)
        return over & under, doubtful(value, self.low) | doubtful(value, self.high)

    def holds(self, value: Figures, certainty: Ints) -> tuple[Ints, Bools]:
        """1, -1, or 0 where a bound proves neither; and where that is in doubt."""
        inside, doubt = self.contain(value)
        result = np.where(inside, 1, -1)
        if (certainty <= ABOUT).all():
            return result, doubt
        v, low, high = value.values, self.low.values, self.high.values
        above = np.where(np.isnan(high) & (np.isnan(low) | (low <= v)), 1, 0)
        above = np.where(high <= v, -1, above)
        below = np.where(np.isnan(low) & (np.isnan(high) | (v <= high)), 1, 0)
        below = np.where(v <= low, -1, below)
        result = np.where(certainty == ABOVE, above, result)
        result = np.where(certainty == BELOW, below, result)
        return np.where(certainty == EITHER, 0, result), doubt

    def position(self, value: Figures, certainty: Ints) -> tuple[Ints, Bools]:
        """Where ranges and about goals have the values: 0 none, 1 below, 2 inside, 3 above."""
        result = np.zeros(len(value), dtype=np.int64)
        doubt = np.zeros(len(value), dtype=bool)
        if not self.ranged.any():
            return result, doubt
        v, near, far = value.values, self.near.values, self.far.values
        result = np.where(v < near, BELOW_RANGE, np.where(v > far, ABOVE_RANGE, INSIDE))
        result = np.where(certainty == ABOVE, np.where(v >= far, ABOVE_RANGE, 0), result)
        result = np.where(certainty == BELOW, np.where(v <= near, BELOW_RANGE, 0), result)
        result = np.where(self.ranged & (certainty != EITHER) & ~np.isnan(v), result, 0)
        return result, self.ranged & (doubtful(value, self.near) | doubtful(value, self.far))


def bounds_of(criteria: Criteria) -> Bounds:
    """PROGRESS.md, section 2: 以上, 以下 include the number, 超过, 不满 exclude it."""
    comparator, none = criteria.comparator, nothing(len(criteria.value))
    low = none.where(compares(comparator, "at_least", "more_than", "equals"), criteria.value)
    high = none.where(compares(comparator, "at_most", "less_than", "equals"), criteria.value)
    near = far = none
    soft = np.flatnonzero(compares(comparator, "about", "nearly", "between"))
    if len(soft):
        tolerance, direction = criteria.tolerance.take(soft), criteria.direction[soft]
        under = criteria.value.take(soft) - tolerance
        over = criteria.upper.take(soft) + tolerance
        gone = nothing(len(soft))
        near, far = near.put(soft, under), far.put(soft, over)
        low = low.put(soft, under.where(direction == DECREASE, gone))
        high = high.put(soft, over.where(direction == INCREASE, gone))
    return Bounds(
        low=low,
        high=high,
        open=compares(comparator, "more_than", "less_than"),
        ranged=compares(comparator, "about", "between"),
        near=near,
        far=far,
    )


def rate_criteria(goals: Goals, rules: Rules) -> Criteria:
    """The tests of rates. A fall by at least 3 is a rate of at most -3."""
    criteria = criteria_of(goals, rules)
    rising = _RISING[goals.comparator]
    falls = (goals.direction == DECREASE) & rising & (goals.value > 0)
    return criteria.mirrored(np.asarray(falls)) if falls.any() else criteria


def sign_doubts(*figures: Figures) -> Bools:
    """Where a number lost the digits that would tell it from its neighbours."""
    doubt: Bools = np.zeros(len(figures[0]), dtype=bool)
    for column in figures:
        doubt = doubt | column.lost
    return doubt


def numbers(figures: Figures, mask: Bools) -> Floats:
    """The numbers of the rows of the mask, NaN elsewhere."""
    return np.where(mask, figures.values, np.nan)
