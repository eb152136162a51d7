"""A series that passed its back-test, looked at forwards: the path, and the chance of an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from targets.projection.method import HIGH, HORIZON, LOW, MEDIAN, Refusal
from targets.projection.rolling import Backtest, Bounds, Point, backtest
from targets.projection.spread import Spread
from targets.projection.trends import follow

DIGITS = 4  # significant; more would be the arithmetic's, not the model's
GRID = np.arange(1, 100) / 100
LEAST, LARGEST = 1e-12, 1e15  # figures other than 0; the tables hold no smaller and no larger


@dataclass(frozen=True, slots=True)
class Year:
    """The 80 % band of a year and its middle, in the unit of the series."""

    year: int
    low: Decimal
    median: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the method says of a series; `spread` is None where it says nothing."""

    points: tuple[Point, ...]
    bounds: Bounds
    test: Backtest
    refusal: Refusal | None
    spread: Spread | None = None

    @property
    def last(self) -> int | None:
        """The year of the last figure."""
        return self.points[-1].year if self.points else None

    def path(self, until: int) -> tuple[Year, ...]:
        """The years after the last figure up to one, HORIZON at most; none where refused."""
        if self.spread is None or self.last is None:
            return ()
        quantiles = self.spread.quantiles(np.array([LOW, MEDIAN, HIGH]))
        number = max(0, min(until - self.last, HORIZON))
        return tuple(
            Year(
                self.last + 1 + index,
                *(rounded(self.bounds.within(figure)) for figure in quantiles[:, index].tolist()),
            )
            for index in range(number)
        )

    def chance(
        self, year: int, low: float | None, high: float | None, *, beyond: bool = False
    ) -> float:
        """The probability that a year's figure lies between two numbers, None being no limit.

        `beyond`: the numbers themselves do not count. The year is one of `path`.
        """
        enough = 1.0 if low is None else 1.0 - self._below(year, low, itself=beyond)
        too_much = 0.0 if high is None else 1.0 - self._below(year, high, itself=not beyond)
        return max(0.0, enough - too_much)

    def chance_of_sum(self, years: Sequence[int], low: float | None, high: float | None) -> float:
        """The probability that the years' sum lies between two numbers.

        Every year is taken at one share of its distribution, good years with good ones: a wider
        spread than of independent years, and the honest one where a trend carries the error on.
        Within 1 % to 99 %.
        """
        quantiles = self._spread().quantiles(GRID)
        sums = np.zeros(len(GRID))
        for year in years:
            column = quantiles[:, self._ahead(year)].tolist()
            sums = sums + np.array([self.bounds.within(figure) for figure in column])
        enough = 1.0 if low is None else 1.0 - float(np.interp(low, sums, GRID))
        too_much = 0.0 if high is None else 1.0 - float(np.interp(high, sums, GRID))
        return max(0.0, enough - too_much)

    def _below(self, year: int, figure: float, *, itself: bool) -> float:
        """The probability of less than a figure, or of at most it."""
        least, most = self.bounds.low, self.bounds.high
        if least is not None and (figure < least or (figure == least and not itself)):
            return 0.0
        if most is not None and (figure > most or (figure == most and itself)):
            return 1.0
        return self._spread().below(self._ahead(year), figure)

    def _ahead(self, year: int) -> int:
        ahead = year - (self.last or 0) - 1
        if not 0 <= ahead < HORIZON:
            raise ValueError(f"{year} is not projected")
        return ahead

    def _spread(self) -> Spread:
        if self.spread is None:
            raise ValueError("the series shows no projection")
        return self.spread


def outlook(points: Sequence[Point], bounds: Bounds) -> Outlook:
    """Test a series and look ahead where it passes. The points are in the order of their years."""
    held = tuple(points)
    if not all(p.figure == 0 or LEAST <= abs(p.figure) <= LARGEST for p in held):
        return Outlook(held, bounds, Backtest(len(held)), "beyond_figures")
    test = backtest(held, bounds)
    if test.refusal is not None:
        return Outlook(held, bounds, test, test.refusal)
    trends = follow([p.year for p in held], [p.figure for p in held])
    return Outlook(held, bounds, test, None, trends.ahead(HORIZON))


def rounded(figure: float) -> Decimal:
    """A model's figure with the digits that a page may show."""
    number = Decimal(format(figure, f".{DIGITS}g"))
    return Decimal(format(number, "f")) if number else Decimal(0)
