"""A family of local trends, each weighed by how well it foretold the figures so far.

A member says: the figure is a level with an error on top; the level moves by a slope and a shock a
year; the slope fades by a factor and has a shock of its own. The members differ in which of the
three shocks rules, whether the slope fades, whether there is one, and whether all this is said of
the figures or of their logarithms. Among them are the mean, the last value, the straight line, the
random walk with drift, steady growth and the smooth curve. Each is followed by the Kalman filter in
steps of one year, so a gap is so many steps without a figure. The size of the shocks is integrated
out, which makes every prediction a Student t and every weight a marginal likelihood; nothing is
searched for or drawn at random, so equal figures give equal answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from targets.projection.spread import Floats, Spread, mixture

PARTS = 3  # the standard deviations of the three shocks are shares of so many parts
FADING = (1.0, 0.8)
SLOPE = 100.0  # variance of the first slope, in the shocks' own: nearly unknown
FLOOR = 1e-3  # a shock is never thought smaller than this share of the mean step
WIDER = 0.25  # the band of each further year is so much wider than the family says (back-test)


def _family() -> Floats:
    """Rows of error, level shock, slope shock (variances), fading, first slope's variance."""
    rows = []
    for error in range(PARTS + 1):
        for level in range(PARTS + 1 - error):
            slope = PARTS - error - level
            shocks = [(part / PARTS) ** 2 for part in (error, level, slope)]
            rows += [[*shocks, fading, SLOPE] for fading in FADING]
            if slope == 0:
                rows.append([*shocks, 1.0, 0.0])
    return np.array(rows)


FAMILY = _family()


@dataclass(slots=True)
class Trends:
    """The family after some figures; `seen` takes the next one, `ahead` looks forward."""

    error: Floats
    level_shock: Floats
    slope_shock: Floats
    fading: Floats
    logged: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    level: Floats
    slope: Floats
    spread: tuple[Floats, Floats, Floats]  # variance of the level, covariance, of the slope
    last: Floats
    squares: Floats
    logs: Floats
    steps: Floats
    jacobian: float = 0.0
    number: int = 0

    @classmethod
    def of(cls, first: float) -> Trends:
        """The family at its first figure; logarithms only of a positive one."""
        both = first > 0
        rows = np.vstack([FAMILY, FAMILY]) if both else FAMILY
        error, level_shock, slope_shock, fading, slope = rows.T
        logged = np.arange(len(rows)) >= len(FAMILY)
        start = _placed(first, logged)
        zero = np.zeros(len(rows))
        return cls(
            error=error,
            level_shock=level_shock,
            slope_shock=slope_shock,
            fading=fading,
            logged=logged,
            level=start,
            slope=zero,
            spread=(error.copy(), zero, slope.copy()),
            last=start,
            squares=zero,
            logs=zero,
            steps=zero,
        )

    def seen(self, years: int, figure: float) -> None:
        """Take the next figure, so many years (1 or more) after the last."""
        if figure <= 0:
            self._without_logarithms()
        for _ in range(years):
            self.level, self.slope, self.spread = self._moved(self.level, self.slope, self.spread)
        placed = _placed(figure, self.logged)
        variance, shared, of_slope = self.spread
        total = np.maximum(variance + self.error, 1e-12)
        surprise = placed - self.level
        to_level, to_slope = variance / total, shared / total
        self.level = self.level + to_level * surprise
        self.slope = self.slope + to_slope * surprise
        self.spread = (
            variance - to_level * variance,
            shared - to_level * shared,
            of_slope - to_slope * shared,
        )
        self.squares = self.squares + surprise * surprise / total
        self.logs = self.logs + np.log(total)
        self.steps = self.steps + np.abs(placed - self.last)
        self.last = placed
        self.jacobian += math.log(figure) if figure > 0 else 0.0
        self.number += 1

    def ahead(self, years: int) -> Spread:
        """The distribution of each of the next years; two figures at least must have been seen.

        Raises ValueError where all figures were equal: nothing is known of how they move.
        """
        if not self.steps.any():
            raise ValueError("a series that never moved has no spread")
        squares = self._squares()
        level, slope, spread = self.level, self.slope, self.spread
        centres, scales = [], []
        for year in range(years):
            level, slope, spread = self._moved(level, slope, spread)
            variance = (spread[0] + self.error) * squares / self.number
            centres.append(level)
            scales.append(np.sqrt(np.maximum(variance, 1e-300)) * (1 + WIDER * year))
        weights = self._weights(squares)
        return mixture(
            np.column_stack(centres), np.column_stack(scales), weights, self.logged, self.number
        )

    def _squares(self) -> Floats:
        """The sum of squared surprises, never next to nothing: figures are rounded."""
        floor = FLOOR * self.steps / self.number
        result: Floats = np.maximum(self.squares, floor * floor * self.number)
        return result

    def _weights(self, squares: Floats) -> Floats:
        """Marginal likelihoods of the figures, the first one given, made to add up to 1."""
        likelihood = -0.5 * self.logs - 0.5 * self.number * np.log(squares)
        likelihood = likelihood - np.where(self.logged, self.jacobian, 0.0)
        weights = np.exp(likelihood - likelihood.max())
        result: Floats = weights / weights.sum()
        return result

    def _moved(
        self, level: Floats, slope: Floats, spread: tuple[Floats, Floats, Floats]
    ) -> tuple[Floats, Floats, tuple[Floats, Floats, Floats]]:
        """One year on."""
        variance, shared, of_slope = spread
        return (
            level + slope,
            self.fading * slope,
            (
                variance + 2 * shared + of_slope + self.level_shock,
                self.fading * (shared + of_slope),
                self.fading * self.fading * of_slope + self.slope_shock,
            ),
        )

    def _without_logarithms(self) -> None:
        """Leave out the members that speak of logarithms, from here on."""
        kept = ~self.logged
        for name in ("error", "level_shock", "slope_shock", "fading", "level", "slope", "last",
                     "squares", "logs", "steps"):  # fmt: skip
            setattr(self, name, getattr(self, name)[kept])
        self.spread = (self.spread[0][kept], self.spread[1][kept], self.spread[2][kept])
        self.logged = self.logged[kept]


def follow(years: Sequence[int], figures: Sequence[float]) -> Trends:
    """The family after all these figures, at least one, in the order of their years."""
    trends = Trends.of(figures[0])
    for before, year, figure in zip(years, years[1:], figures[1:], strict=False):
        trends.seen(year - before, figure)
    return trends


def _placed(figure: float, logged: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """The figure as each member takes it."""
    if figure <= 0:
        return np.full(len(logged), figure)
    return np.where(logged, math.log(figure), figure)
