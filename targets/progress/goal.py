"""What was promised, and what was measured."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from indicators.periods import ReferencePeriod

MeasureKind = Literal[
    "level",
    "increment",
    "cumulative",
    "share",
    "growth",
    "average_growth",
    "change",
    "multiple",
    "rank",
]
Comparator = Literal[
    "more_than", "at_least", "at_most", "less_than", "equals", "about", "nearly", "between"
]
Direction = Literal["increase", "decrease", "maintain"]
Accumulation = Literal["stock", "flow"]
Cadence = Literal["by_end", "each_year"]
Path = Literal["linear", "compound", "milestones", "seasonal"]
Provenance = Literal["observed", "stated", "implied"]
Commitment = Literal["firm", "aspirational"]
Binding = Literal["binding", "expected", "unstated"]
Qualifier = Literal["exact", "above", "below", "about"]
ObsStatus = Literal["A", "P", "E", "B", "L", "M", "Q"]

PER_CENT = frozenset({"percent", "per cent", "%", "％"})
RISING = frozenset({"at_least", "more_than", "nearly", "about", "between", "equals"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The starting point; a value of None is looked up in the series."""

    period: ReferencePeriod
    value: Decimal | None = None
    provenance: Provenance = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """One measured figure. L not collected, M not applicable and Q confidential have none."""

    value: Decimal | None
    qualifier: Qualifier = "exact"
    obs_status: ObsStatus = "A"
    id: Hashable | None = None

    @property
    def provisional(self) -> bool:
        """Whether the figure may still be revised."""
        return self.obs_status in ("P", "E")

    @property
    def usable(self) -> Decimal | None:
        """The number to judge by, or None."""
        if self.obs_status not in ("A", "P", "E", "B") or self.value is None:
            return None
        return self.value if self.value.is_finite() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One quantified promise (PROGRESS.md, section 1).

    `value`, `upper` and the milestones are in the indicator's unit: points for shares, per
    cent for growth, times for multiples, per cent of the baseline for a change whose `unit`
    says so. `tolerance` is in the unit of `value`. `profile` has the four quarters' shares of a
    year. A value of None is a promise without a number. `accumulation` None means that the
    series holds what the measure speaks of: amounts per period for increment and cumulative,
    values at the end of a period for the rest.
    """

    measure: MeasureKind
    comparator: Comparator
    value: Decimal | None
    direction: Direction
    period_end: ReferencePeriod | None
    period_start: ReferencePeriod | None = None
    upper: Decimal | None = None
    tolerance: Decimal | None = None
    unit: str = ""
    accumulation: Accumulation | None = None
    cadence: Cadence = "by_end"
    path: Path = "linear"
    milestones: tuple[tuple[ReferencePeriod, Decimal], ...] = ()
    profile: tuple[Decimal, ...] = ()
    baseline: Baseline | None = None
    commitment: Commitment = "firm"
    binding: Binding = "unstated"

    @property
    def is_flow(self) -> bool:
        """Whether the series holds amounts per period, to be summed."""
        if self.measure in ("share", "rank"):
            return False
        if self.accumulation is None:
            return self.measure in ("increment", "cumulative")
        return self.accumulation == "flow"

    @property
    def in_per_cent(self) -> bool:
        """Whether the value is per cent of the baseline; only a change can be."""
        return self.measure == "change" and self.unit.strip().lower() in PER_CENT


_VOCABULARY = {
    "measure": get_args(MeasureKind),
    "comparator": get_args(Comparator),
    "direction": get_args(Direction),
    "accumulation": (None, *get_args(Accumulation)),
    "cadence": get_args(Cadence),
    "path": get_args(Path),
}


def faults(goal: Goal) -> tuple[str, ...]:
    """The names of the fields by which the goal cannot be judged; empty for a sound one."""
    found = [name for name, words in _VOCABULARY.items() if getattr(goal, name) not in words]
    if goal.value is not None and not goal.value.is_finite():
        found.append("value")
    elif goal.comparator == "between":
        upper = goal.upper
        if (
            upper is None
            or not upper.is_finite()
            or (goal.value is not None and upper < goal.value)
        ):
            found.append("upper")
    if goal.tolerance is not None and not (goal.tolerance.is_finite() and goal.tolerance >= 0):
        found.append("tolerance")
    start, end = goal.period_start, goal.period_end
    if start is not None and end is not None and start.first_day > end.last_day:
        found.append("period_start")
    if any(not value.is_finite() for _, value in goal.milestones):
        found.append("milestones")
    if goal.path == "seasonal" and not _is_profile(goal.profile):
        found.append("profile")
    baseline = goal.baseline
    if baseline is not None:
        known = baseline.provenance in get_args(Provenance)
        if not known or (baseline.value is not None and not baseline.value.is_finite()):
            found.append("baseline")
    return tuple(found)


def _is_profile(profile: tuple[Decimal, ...]) -> bool:
    """Whether these are four shares that make up a year."""
    if len(profile) != 4 or not all(part.is_finite() and part >= 0 for part in profile):
        return False
    return sum(profile) == 1
