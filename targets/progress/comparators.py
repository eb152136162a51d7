"""What counts as attained: a comparator as the set of values that meet it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from targets.progress.arithmetic import ZERO
from targets.progress.goal import Comparator, Direction, Goal
from targets.progress.rules import Rules

Position = Literal["below", "inside", "above"]
# "either": made of lower and upper bounds, so it bounds nothing.
Certainty = Literal["exact", "about", "above", "below", "either"]

_MIRRORED: dict[str, Comparator] = {
    "at_least": "at_most",
    "more_than": "less_than",
    "at_most": "at_least",
    "less_than": "more_than",
}
_OPPOSITE: dict[str, Direction] = {"increase": "decrease", "decrease": "increase"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values that meet a comparator; None is no bound, open excludes the bound itself."""

    low: Decimal | None
    high: Decimal | None
    open: bool = False

    def contain(self, value: Decimal) -> bool:
        """Whether the value meets the comparator."""
        if self.low is not None and not (value > self.low if self.open else value >= self.low):
            return False
        return self.high is None or (value < self.high if self.open else value <= self.high)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A comparator with its numbers, in the unit of the values it is put to."""

    comparator: Comparator
    value: Decimal
    upper: Decimal
    tolerance: Decimal
    direction: Direction

    @property
    def bounds(self) -> Bounds:
        """PROGRESS.md, section 2: 以上, 以下 include the number, 超过, 不满 exclude it."""
        low, high = self.value - self.tolerance, self.upper + self.tolerance
        match self.comparator:
            case "at_least" | "more_than":
                return Bounds(self.value, None, self.comparator == "more_than")
            case "at_most" | "less_than":
                return Bounds(None, self.value, self.comparator == "less_than")
            case "equals":
                return Bounds(self.value, self.value)
        if self.direction == "increase":
            return Bounds(low, None)
        if self.direction == "decrease":
            return Bounds(None, high)
        return Bounds(low, high)

    @property
    def aim(self) -> Decimal:
        """The number the path leads to: the near end of a range."""
        return self.upper if self.direction == "decrease" else self.value

    def holds(self, value: Decimal, certainty: Certainty) -> bool | None:
        """Whether the actual meets the comparator; None where a bound proves neither."""
        bounds = self.bounds
        if certainty in ("exact", "about"):
            return bounds.contain(value)
        if certainty == "above":
            return _beyond(value, bounds.low, bounds.high)
        if certainty == "below":
            low = None if bounds.low is None else -bounds.low
            high = None if bounds.high is None else -bounds.high
            return _beyond(-value, high, low)
        return None

    def position(self, value: Decimal, certainty: Certainty) -> Position | None:
        """Where a range or an about goal has the actual; None for other comparators."""
        if self.comparator not in ("about", "between") or certainty == "either":
            return None
        low, high = self.value - self.tolerance, self.upper + self.tolerance
        if certainty == "above":
            return "above" if value >= high else None
        if certainty == "below":
            return "below" if value <= low else None
        if value < low:
            return "below"
        return "above" if value > high else "inside"

    def mirrored(self) -> Criterion:
        """The same test of the negated value: a fall of 13.5 as a change of -13.5."""
        return replace(
            self,
            comparator=_MIRRORED.get(self.comparator, self.comparator),
            value=-self.upper,
            upper=-self.value,
            direction=_OPPOSITE.get(self.direction, self.direction),
        )

    def scaled(self, factor: Decimal) -> Criterion:
        """The same test of values in a unit that is 1 / factor as large; factor above 0."""
        return replace(
            self,
            value=self.value * factor,
            upper=self.upper * factor,
            tolerance=self.tolerance * factor,
        )

    def shifted(self, distance: Decimal) -> Criterion:
        """The same test of values that all lie so much higher."""
        return replace(self, value=self.value + distance, upper=self.upper + distance)


def _beyond(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool | None:
    """Whether everything above the value lies in the bounds: True, False, or unknown."""
    if high is not None and high <= value:
        return False
    if high is None and (low is None or low <= value):
        return True
    return None


def criterion_of(goal: Goal, value: Decimal, rules: Rules) -> Criterion:
    """The goal's comparator with its tolerance worked out, in the unit of its value."""
    upper = goal.upper if goal.comparator == "between" and goal.upper is not None else value
    tolerance = ZERO
    if goal.comparator in ("about", "nearly"):
        share = rules.about_tolerance if goal.comparator == "about" else 1 - rules.nearly_share
        tolerance = abs(value) * share if goal.tolerance is None else goal.tolerance
    return Criterion(goal.comparator, value, upper, tolerance, goal.direction)
