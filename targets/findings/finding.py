"""Promises as findings are told of them, and a finding itself."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from indicators.periods import ReferencePeriod
from targets.findings.relation import Relation, Step, rises
from targets.progress.goal import Goal, faults

Kind = Literal[
    "contradicted",
    "legs_differ",
    "milestone_above_goal",
    "below_actual",
    "superseded",
    "raised",
    "lowered",
    "repeated",
    "restated",
]
CLASHES: tuple[Kind, ...] = ("contradicted", "legs_differ", "milestone_above_goal", "below_actual")
"""What does not fit together."""
CHANGES: tuple[Kind, ...] = ("superseded", "raised", "lowered", "repeated", "restated")
"""What a later promise made of an earlier one."""
KINDS = CLASHES + CHANGES

# Amounts added up over a stretch of time can only be compared over stretches of one length.
_SUMMED = frozenset({"increment", "cumulative"})


@dataclass(frozen=True, kw_only=True)  # no slots: what is derived is kept
class Promise:
    """One reading of one promise; `goal` is in the indicator's unit.

    `issued` is the day, month or year of the document ("2024-02-23", "2024-02", "2024"), of an
    adjustment the day it is valid from. `follows` is the id of the promise it says it takes up.
    `in_force` is False for a reading that an adjustment replaced and for a withdrawn promise.
    """

    id: Hashable
    document: Hashable
    issued: str
    indicator: Hashable
    region: Hashable
    goal: Goal
    clause: Hashable = None
    head: Hashable = None
    """The promise whose parts, itself included, are joined by AND; None stands alone."""
    follows: Hashable = None
    in_force: bool = True

    @cached_property
    def sound(self) -> bool:
        """Whether there is a number to compare."""
        return self.goal.value is not None and not faults(self.goal)

    @property
    def value(self) -> Decimal:
        """The number promised; only a sound promise has one."""
        assert self.goal.value is not None
        return self.goal.value

    @cached_property
    def order(self) -> str:
        """Sorts by issue; a document dated by its year alone stands after those with a day."""
        return f"{self.issued}-99-99"[:10]

    @property
    def issued_from(self) -> date:
        """The first day on which it can have been issued."""
        return ReferencePeriod.parse(self.issued).first_day

    @cached_property
    def deadline(self) -> date:
        """The last day; a promise without one is due after all others."""
        return date.max if self.goal.period_end is None else self.goal.period_end.last_day

    @cached_property
    def step(self) -> Step:
        """What its relation to another is told by."""
        goal = self.goal
        return Step(self.value, goal.comparator, goal.measure, goal.direction)

    @cached_property
    def meaning(self) -> tuple[object, ...]:
        """Equal for two promises whose numbers say the same kind of thing."""
        goal = self.goal
        common = (goal.measure, rises(self.step))
        if goal.measure in _SUMMED:
            return (*common, self._months())
        if goal.measure == "change":
            base = goal.baseline
            return (*common, goal.cadence, goal.in_per_cent, None if base is None else base.period)
        if goal.measure == "multiple":
            return (*common, goal.cadence, goal.baseline and goal.baseline.period)
        return (*common, goal.cadence)

    def _months(self) -> int | None:
        """Over how many months an amount is added up; None where the text does not say."""
        start, end = self.goal.period_start, self.goal.period_end
        if self.goal.cadence == "each_year":
            return 12
        if start is None and end is not None and self.goal.measure == "increment":
            return end.months
        return None if start is None or end is None else end.end_month - start.start_month


@dataclass(frozen=True, slots=True)
class Note:
    """One more thing to say of a finding: a code, and the periods in it by name."""

    code: str
    periods: tuple[tuple[str, ReferencePeriod], ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """A starting point that two ways of asking are compared by.

    `source`: observed (published), stated (by the document), derived (from the figure of `used`
    and the growth published with it), implied (worked back from the other leg).
    """

    period: ReferencePeriod
    value: Decimal
    source: Literal["observed", "stated", "derived", "implied"]
    certainty: str = "exact"
    used: ReferencePeriod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that promises say of one another.

    `promises`: the earlier first, the later last; of two legs the one that asks by its base first;
    of below_actual there is one. `change` tells by how much where two numbers are compared:
    `distance` in the unit of the later goal, `percent` of the earlier number (None for shares and
    rates, which differ in points, for ranks, and where the earlier number is 0).
    """

    kind: Kind
    promises: tuple[Promise, ...]
    change: Relation | None = None
    distance: Decimal | None = None
    percent: Decimal | None = None
    notes: tuple[Note, ...] = ()
    base: Base | None = None
    binding: Hashable = None
    """The id of the leg that asks for more; None where that is not known."""

    @property
    def earlier(self) -> Promise:
        """The first of the promises."""
        return self.promises[0]

    @property
    def later(self) -> Promise:
        """The last of the promises."""
        return self.promises[-1]
