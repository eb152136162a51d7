"""The back-test: every forecast the method would have made, beside two that anyone can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from targets.projection.method import (
    COVERAGE,
    FIRST_ORIGIN,
    HIGH,
    HORIZON,
    LEAST_FORECASTS,
    LOW,
    MEDIAN,
    MIN_POINTS,
    Refusal,
)
from targets.projection.trends import Trends

TIE = 1 - 1e-9  # errors that differ by rounding alone are equal, and equal is not lower
SHARES = np.array([LOW, MEDIAN, HIGH])


@dataclass(frozen=True, slots=True)
class Point:
    """One year's figure."""

    year: int
    figure: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the figures can be at most and at least; None is no limit."""

    low: float | None = None
    high: float | None = None

    def within(self, figure: float) -> float:
        """The figure, or the limit it would pass."""
        if self.low is not None and figure < self.low:
            return self.low
        return self.high if self.high is not None and figure > self.high else figure


@dataclass(frozen=True, slots=True)
class Forecast:
    """A later figure as it was forecast from the figures up to `origin`, and as it came."""

    origin: int
    year: int
    figure: float
    low: float
    median: float
    high: float
    last: float
    line: float

    @property
    def inside(self) -> bool:
        """Whether the figure lies in the band."""
        return self.low <= self.figure <= self.high


@dataclass(frozen=True, slots=True)
class Backtest:
    """Mean absolute errors of the method and of both yardsticks, and how often the band held."""

    points: int
    origins: int = 0
    forecasts: int = 0
    inside: int = 0
    error: float = 0.0
    error_last: float = 0.0
    error_line: float = 0.0

    @property
    def tested(self) -> bool:
        """Whether the series is long enough to test."""
        return self.points >= MIN_POINTS and self.forecasts >= LEAST_FORECASTS

    @property
    def refusal(self) -> Refusal | None:
        """The rule of `method` that the series fails first; None where it fails none."""
        if self.points < MIN_POINTS:
            return "too_short"
        if not self.tested:
            return "no_test"
        if not self.error < self.error_last * TIE:
            return "last_value_better"
        if not self.error < self.error_line * TIE:
            return "line_better"
        if self.inside < float(COVERAGE[0]) * self.forecasts:
            return "band_missed"
        return None


def roll(points: Sequence[Point], bounds: Bounds) -> list[Forecast]:
    """The forecasts of every origin (method, rule 2); the points are in the order of their years."""
    trends = Trends.of(points[0].figure) if points else None
    found: list[Forecast] = []
    for index, point in enumerate(points):
        if trends is not None and index > 0:
            trends.seen(point.year - points[index - 1].year, point.figure)
        later = [p for p in points[index + 1 :] if p.year - point.year <= HORIZON]
        if trends is not None and later and index + 1 >= FIRST_ORIGIN:
            found += _from(points[: index + 1], later, trends, bounds)
    return found


def backtest(points: Sequence[Point], bounds: Bounds) -> Backtest:
    """What the forecasts came to."""
    made = roll(points, bounds)
    if not made:
        return Backtest(len(points))
    return Backtest(
        points=len(points),
        origins=len({forecast.origin for forecast in made}),
        forecasts=len(made),
        inside=sum(forecast.inside for forecast in made),
        error=_mean(abs(forecast.median - forecast.figure) for forecast in made),
        error_last=_mean(abs(forecast.last - forecast.figure) for forecast in made),
        error_line=_mean(abs(forecast.line - forecast.figure) for forecast in made),
    )


def _from(
    known: Sequence[Point], later: Sequence[Point], trends: Trends, bounds: Bounds
) -> list[Forecast]:
    origin = known[-1]
    try:
        spread = trends.ahead(later[-1].year - origin.year)
    except ValueError:  # it never moved: the forecast is that it does not
        quantiles = np.full((3, later[-1].year - origin.year), origin.figure)
    else:
        quantiles = spread.quantiles(SHARES)
    found = []
    for point in later:
        ahead = quantiles[:, point.year - origin.year - 1].tolist()
        low, median, high = (bounds.within(figure) for figure in ahead)
        line = bounds.within(_line(known, point.year))
        found.append(
            Forecast(origin.year, point.year, point.figure, low, median, high, origin.figure, line)
        )
    return found


def _line(known: Sequence[Point], year: int) -> float:
    """The least-squares line through the known figures, at a later year."""
    middle = _mean(point.year for point in known)
    level = _mean(point.figure for point in known)
    across = sum((point.year - middle) ** 2 for point in known)
    slope = sum((point.year - middle) * point.figure for point in known) / across
    return level + slope * (year - middle)


def _mean(values: object) -> float:
    numbers = list(values)  # type: ignore[call-overload]
    return float(sum(numbers) / len(numbers))
