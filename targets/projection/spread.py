"""The predictive distribution of one year's figure: a mixture of Student's t, some in logarithms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEGLIGIBLE = 1e-5  # weight below which a part of the mixture is left out
EDGE = 7.0  # t quantiles of 0.01 and 0.99 lie within so many scales at two degrees of freedom
STEPS = 40
LARGEST_LOG = 600.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Parts with a weight each, and for every year ahead a centre and a scale each.

    `centres` and `scales` have a row for each part and a column for each year; of a part in
    logarithms (`logged`) they are those of the logarithm. All have the same degrees of freedom.
    """

    centres: Floats
    scales: Floats
    weights: Floats
    logged: Flags
    freedom: int

    def below(self, year: int, figure: float) -> float:
        """The probability that the figure of a year ahead (the first is 0) is at most this."""
        figures = np.full((1, self.centres.shape[1]), figure)
        return float(self._below(figures)[0, year])

    def quantiles(self, shares: Floats) -> Floats:
        """The figures that these shares (0.01 to 0.99) lie below: a row a share, a column a year."""
        low, high = self._edges()
        plain = self._plain(self.centres)
        middle = plain[self.weights.argmax()]
        unit = np.maximum((self._plain(self.centres + self.scales) - plain).min(axis=0), 1e-300)
        # Halved on a scale that is even near the middle and logarithmic far from it, so that the
        # tail of a part in logarithms costs no steps.
        size = (len(shares), len(middle))
        left = np.broadcast_to(_folded(low - middle, unit), size)
        right = np.broadcast_to(_folded(high - middle, unit), size)
        for _ in range(STEPS):
            half = (left + right) / 2
            short = self._below(middle + unit * np.sinh(half)) < shares[:, None]
            left, right = np.where(short, half, left), np.where(short, right, half)
        found: Floats = middle + unit * np.sinh((left + right) / 2)
        return found

    def _below(self, figures: Floats) -> Floats:
        """The distribution functions at figures with a column for each year."""
        positive = figures > 0
        logs = np.where(positive, np.log(np.where(positive, figures, 1.0)), -np.inf)
        placed = np.where(self.logged[:, None, None], logs, figures)
        distances = (placed - self.centres[:, None, :]) / self.scales[:, None, :]
        total: Floats = np.tensordot(self.weights, student(distances, self.freedom), axes=1)
        return total

    def _plain(self, values: Floats) -> Floats:
        """Figures of values that may be logarithms."""
        bounded = np.clip(values, -LARGEST_LOG, LARGEST_LOG)
        return np.where(self.logged[:, None], np.exp(bounded), values)

    def _edges(self) -> tuple[Floats, Floats]:
        low = self._plain(self.centres - EDGE * self.scales)
        high = self._plain(self.centres + EDGE * self.scales)
        return low.min(axis=0), high.max(axis=0)


def mixture(
    centres: Floats, scales: Floats, weights: Floats, logged: Flags, freedom: int
) -> Spread:
    """A spread of the parts whose weight counts."""
    kept = weights > NEGLIGIBLE
    total = weights[kept].sum()
    return Spread(centres[kept], scales[kept], weights[kept] / total, logged[kept], freedom)


def student(values: Floats, freedom: int) -> Floats:
    """Student's t distribution function for whole degrees of freedom, by its finite series."""
    angle = np.arctan(values / math.sqrt(freedom))
    sine, cosine = np.sin(angle), np.cos(angle)
    odd = freedom % 2 == 1
    term = cosine if odd else np.ones_like(values)
    squared = cosine * cosine
    series = np.zeros_like(values)
    for order in range(1 if odd else 0, freedom - 1, 2):
        series += term
        term = term * squared * ((order + 1) / (order + 2))
    if odd:
        result: Floats = 0.5 + (angle + sine * series) / math.pi
    else:
        result = 0.5 + 0.5 * sine * series
    return np.clip(result, 0.0, 1.0)


def _folded(distances: Floats, unit: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.arcsinh(np.clip(distances / unit, -1e300, 1e300))
