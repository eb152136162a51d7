"""Section 2 of the rule book: what an actual is put to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from targets.progress import Goal
from tests.targets.progress.second.figures import Figure

HAIR = Fraction(1, 10**60)
RISING = ("at_least", "more_than", "nearly", "about", "between", "equals")


@dataclass
class Demand:
    """What the actual is put to, in its own unit."""

    comparator: str
    direction: str
    low: Fraction
    high: Fraction
    slack: Fraction

    def met_by(self, v: Fraction) -> bool:
        """The table of section 2, word for word."""
        low, high, slack = self.low, self.high, self.slack
        if self.comparator == "at_least":
            return v >= low
        if self.comparator == "more_than":
            return v > low
        if self.comparator == "at_most":
            return v <= low
        if self.comparator == "less_than":
            return v < low
        if self.comparator == "equals":
            return v == low
        enough, not_too_much = v >= low - slack, v <= high + slack
        if self.direction == "increase":
            return enough
        return not_too_much if self.direction == "decrease" else enough and not_too_much

    def place_of(self, v: Fraction) -> str:
        if v < self.low - self.slack:
            return "below"
        return "above" if v > self.high + self.slack else "inside"

    @property
    def aim(self) -> Fraction:
        return self.high if self.direction == "decrease" else self.low

    @property
    def is_capped(self) -> bool:
        """Whether more can be too much."""
        return not self.met_by(Fraction(10**9))

    @property
    def is_to_be_hit(self) -> bool:
        """Whether both more and less can be wrong."""
        return self.is_capped and not self.met_by(Fraction(-(10**9)))

    def probes(self, figure: Figure) -> list[Fraction]:
        """Numbers that the figure may stand for, close to every number where a demand can turn."""
        edges = (figure.value, self.low, self.high, self.low - self.slack, self.high + self.slack)
        around = [e + d for e in edges for d in (-(10**9), -HAIR, 0, HAIR, 10**9)]
        if figure.sure == "above":
            return [n for n in around if n > figure.value]
        if figure.sure == "below":
            return [n for n in around if n < figure.value]
        return around if figure.sure == "either" else [figure.value]

    def holds_for(self, figure: Figure) -> bool | None:
        answers = {self.met_by(n) for n in self.probes(figure)}
        return answers.pop() if len(answers) == 1 else None

    def position_of(self, figure: Figure) -> str | None:
        if self.comparator not in ("about", "between"):
            return None
        places = {self.place_of(n) for n in self.probes(figure)}
        return places.pop() if len(places) == 1 else None


def demand_of(goal: Goal) -> Demand:
    value = Fraction(goal.value)
    upper = Fraction(goal.upper) if goal.comparator == "between" else value
    slack = Fraction(0)
    if goal.comparator == "about":
        slack = abs(value) * Fraction(2, 100)
    if goal.comparator == "nearly":
        slack = abs(value) * Fraction(1, 10)
    if goal.tolerance is not None and goal.comparator in ("about", "nearly"):
        slack = Fraction(goal.tolerance)
    return Demand(goal.comparator, goal.direction, value, upper, slack)


TURNED = {
    "at_least": "at_most",
    "more_than": "less_than",
    "at_most": "at_least",
    "less_than": "more_than",
}


def upside_down(demand: Demand) -> Demand:
    """A fall of so much, as the demand of a change below zero."""
    comparator = TURNED.get(demand.comparator, demand.comparator)
    direction = demand.direction if demand.direction == "maintain" else "decrease"
    return Demand(comparator, direction, -demand.high, -demand.low, demand.slack)


def times(demand: Demand, k: Fraction) -> Demand:
    return Demand(
        demand.comparator, demand.direction, demand.low * k, demand.high * k, demand.slack * k
    )


def demand_from_base(goal: Goal, base: Fraction) -> Demand | None:
    """Section 2: k times the base, 2 points or 2 per cent above it, so much below it."""
    demand = demand_of(goal)
    if goal.measure == "multiple":
        return times(demand, base) if base > 0 else None
    if goal.in_per_cent:
        if base <= 0:
            return None
        demand = times(demand, base / 100)
    if goal.direction == "decrease":
        demand.direction = "increase"
        demand = upside_down(demand)
    return Demand(
        demand.comparator, demand.direction, demand.low + base, demand.high + base, demand.slack
    )


def rate_demand(goal: Goal) -> Demand:
    """A fall by at least 3 is a growth of at most -3."""
    demand = demand_of(goal)
    if goal.direction == "decrease" and goal.comparator in RISING and goal.value > 0:
        demand.direction = "increase"
        return upside_down(demand)
    return demand
