"""Columns of numbers that know their decimals, so that sums of given numbers are exact.

A float holds a decimal of at most 15 significant digits one to one. Where two such numbers are
added or multiplied, the float result is put back on the exact decimal as long as that has 15
digits too; where it has more, the result is marked, and what hangs on a hair there is decided
in Decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Self

import numpy as np
from numpy.typing import NDArray

from targets.progress.batch.columns import Bools, Floats, Ints

NEAR = 1e-12
_MOST_PLACES = 22  # 10 ** 22 is the last power of ten that a float holds exactly
_TENS = np.array([float(10**place) for place in range(_MOST_PLACES + 1)])
# Below this a scaled number keeps an error under one half through four roundings.
_LIMIT = 1e15
_CANCELLED = 1e-3
# Places of a number that is given but has too many to count, of a rounded one, and of one that
# lost its digits in a difference.
UNCOUNTED, COMPUTED, LOST = 97, 98, 99

Places = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers, NaN for none, and the count of their decimals or one of the marks above."""

    values: Floats
    places: Places

    def __len__(self) -> int:
        return len(self.values)

    @property
    def lost(self) -> Bools:
        """Where too few digits are left to say anything."""
        return np.asarray(self.places == LOST)

    @property
    def computed(self) -> Bools:
        """Where the number is rounded."""
        return np.asarray(self.places >= COMPUTED)

    @property
    def _most(self) -> int:
        return int(self.places.max(initial=0))

    def take(self, rows: Ints | Bools) -> Self:
        """The numbers of these rows."""
        return type(self)(self.values[rows], self.places[rows])

    def put(self, rows: Ints | Bools, other: Figures) -> Self:
        """These numbers with those of some rows replaced."""
        values, places = self.values.copy(), self.places.copy()
        values[rows], places[rows] = other.values, other.places
        return type(self)(values, places)

    def where(self, mask: Bools, other: Figures) -> Self:
        """The other's numbers where the mask holds, these elsewhere."""
        return type(self)(
            np.where(mask, other.values, self.values), np.where(mask, other.places, self.places)
        )

    def __neg__(self) -> Self:
        return type(self)(0.0 - self.values, self.places)

    def __abs__(self) -> Self:
        return type(self)(np.abs(self.values), self.places)

    def __add__(self, other: Figures) -> Figures:
        values = self.values + other.values
        quick = _settled_alike(values, max(self._most, other._most), values, self, other)
        if quick is not None:
            return Figures(quick, np.maximum(self.places, other.places))
        larger = np.maximum(np.abs(self.values), np.abs(other.values))
        both = np.maximum(self.places, other.places)
        result = _settled(values, np.maximum(larger, np.abs(values)), both)
        lost = (result.places == COMPUTED) & (np.abs(values) < _CANCELLED * larger)
        return _marked(result, lost | (both == LOST), (values == 0) & (both < COMPUTED))

    def __sub__(self, other: Figures) -> Figures:
        return self + -other

    def __mul__(self, other: Figures) -> Figures:
        values = self.values * other.values
        quick = _settled_alike(values, self._most + other._most, values)
        if quick is not None:
            return Figures(quick, self.places + other.places)
        both = np.maximum(self.places, other.places)
        places = np.where(both > _MOST_PLACES, both, self.places + other.places)
        result = _settled(values, np.abs(values), places)
        return _marked(result, both == LOST, (values == 0) & (both < COMPUTED))


def _settled_alike(values: Floats, places: int, *sizes: Floats | Figures) -> Floats | None:
    """All the floats at one number of decimals, the most that any has; None if one is in doubt.

    What comes out is the same as with each number's own decimals, only sooner.
    """
    if places > _MOST_PLACES:
        return None
    tens = _TENS[places]
    for size in sizes:
        column = size.values if isinstance(size, Figures) else size
        if not np.fmax.reduce(np.abs(column), initial=0.0) * tens < _LIMIT:
            return None
    return np.asarray(np.rint(values * tens) / tens)


def _settled(values: Floats, size: Floats, places: Places) -> Figures:
    """The float at so many decimals, where `size` leaves no doubt which; else marked computed."""
    tens = _TENS[np.minimum(places, _MOST_PLACES)]
    sure = (places <= _MOST_PLACES) & (size * tens < _LIMIT)
    exact = np.where(sure, np.rint(values * tens) / tens, values)
    return Figures(exact, np.where(sure, places, COMPUTED).astype(np.int16))


def _marked(figures: Figures, lost: Bools, zero: Bools) -> Figures:
    """Two equal numbers differ by exactly 0, however many digits they have."""
    places = figures.places
    places[lost] = LOST
    places[zero & (places >= COMPUTED)] = 0
    return figures


def given(values: Floats) -> Figures:
    """Numbers that stand somewhere, with the decimals that their digits show."""
    places = np.zeros(values.shape, dtype=np.int16)
    rest = np.nonzero((np.rint(values) != values) & np.isfinite(values))
    for place in range(1, _MOST_PLACES + 1):
        if not len(rest[0]):
            break
        places[rest] = place
        left = values[rest]
        open_ = np.rint(left * _TENS[place]) / _TENS[place] != left
        rest = tuple(axis[open_] for axis in rest)
    places[rest] = UNCOUNTED
    return Figures(values, places)


def rounded_figures(values: Floats, exact: Bools | None = None) -> Figures:
    """Numbers that were computed, but for those named exact."""
    computed = Figures(values, np.full(values.shape, COMPUTED, dtype=np.int16))
    return computed if exact is None else computed.where(exact, given(values))


def constant(number: Decimal, length: int) -> Figures:
    """The same number in every row."""
    exponent = number.normalize().as_tuple().exponent
    places = max(0, -int(exponent)) if isinstance(exponent, int) else UNCOUNTED
    return Figures(
        np.full(length, float(number)),
        np.full(length, min(places, UNCOUNTED), dtype=np.int16),
    )


def nothing(length: int) -> Figures:
    """No number in any row."""
    return Figures(np.full(length, np.nan), np.zeros(length, dtype=np.int16))


def doubtful(one: Figures, other: Figures) -> Bools:
    """Where a rounded number lies so near to the other that floats cannot say which is larger."""
    places = np.maximum(one.places, other.places)
    if not len(places) or places.max() < COMPUTED:
        return np.zeros(len(places), dtype=bool)
    size = np.maximum(np.abs(one.values), np.abs(other.values))
    near = np.abs(one.values - other.values) <= NEAR * size
    return np.asarray((places == LOST) | ((places == COMPUTED) & near))


def reaches(values: Floats, threshold: Decimal) -> tuple[Bools, Bools]:
    """Whether values rounded to 9 decimals, half to even, reach a threshold; and where in doubt."""
    steps = (threshold * 10**9).to_integral_value(rounding=ROUND_CEILING)
    border = float((steps - Decimal("0.5")) / 10**9)
    close = np.abs(values - border) <= NEAR * np.maximum(1.0, np.abs(values))
    return np.asarray(values > border), np.asarray(close)
