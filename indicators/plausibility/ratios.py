"""Ratios compared exactly, without dividing, and shown on the right side of a bound."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from indicators.plausibility.known import EXACT
from indicators.quantities import display


def near(value: Decimal, other: Decimal, factor: Decimal) -> bool:
    """Whether value / other lies within [1 / factor, factor]; exact. `other` is not 0."""
    if other < 0:
        value, other = value.copy_negate(), other.copy_negate()
    return EXACT.multiply(value, factor) >= other and value <= EXACT.multiply(other, factor)


def ratio(value: Decimal, last: Decimal, *limits: Decimal) -> str:
    """The ratio to two decimals, or to more where two would put it across zero or a limit."""
    return display(EXACT.divide(value, last), 2, (Decimal(0), *limits))


def median(numbers: Sequence[Decimal]) -> Decimal:
    """The middle of the numbers, or the mean of the two in the middle; there is at least one."""
    ordered, half = sorted(numbers), len(numbers) // 2
    if len(ordered) % 2:
        return ordered[half]
    return EXACT.divide(EXACT.add(ordered[half - 1], ordered[half]), Decimal(2))
