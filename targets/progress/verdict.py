"""What a judgement says: one status, the figures beside it, and why."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from indicators.periods import ReferencePeriod
from targets.progress.comparators import Position
from targets.progress.goal import Provenance
from targets.progress.reasons import Reason
from targets.progress.rules import DEFAULT_RULES, Light

Status = Literal[
    "not_quantified",
    "not_due",
    "no_data",
    "attained",
    "missed",
    "not_assessable",
    "regressing",
    "on_track",
    "lagging",
    "off_track",
]
Trend = Literal["up", "down", "flat"]
Flag = Literal[
    "early",
    "ahead",
    "awaiting_actual",
    "base_substituted",
    "implied_baseline",
    "provisional",
    "stale_data",
    "path_forced_linear",
]

# The order in which flags are listed.
FLAGS: tuple[Flag, ...] = (
    "early",
    "ahead",
    "awaiting_actual",
    "base_substituted",
    "implied_baseline",
    "provisional",
    "stale_data",
    "path_forced_linear",
)


def light_of(status: Status) -> Light:
    """绿, 黄, 红 or 灰 of a status (亮灯) by the default rules; `Rules.light_of` by others."""
    return DEFAULT_RULES.light_of(status)


@dataclass(frozen=True, slots=True)
class BaselineUsed:
    """The starting point that the figures were measured from."""

    period: ReferencePeriod
    value: Decimal
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one goal.

    `value` is the actual judged and `goal` the number it was held against, both in the unit of
    the test: the indicator's for levels, changes and multiples, per cent for growth.
    `completion`, `share_done` and `pace` are fractions, `gap` is actual minus goal. `needed` and
    the rates are per year: in units on linear paths, in per cent on compound and growth ones.
    Each figure that is None has a reason that says why.
    """

    status: Status
    attained: bool | None = None
    position: Position | None = None
    value: Decimal | None = None
    goal: Decimal | None = None
    completion: Decimal | None = None
    share_done: Decimal | None = None
    pace: Decimal | None = None
    expected_now: Decimal | None = None
    gap: Decimal | None = None
    needed: Decimal | None = None
    actual_rate: Decimal | None = None
    required_rate: Decimal | None = None
    trend: Trend | None = None
    period: ReferencePeriod | None = None
    baseline: BaselineUsed | None = None
    flags: tuple[Flag, ...] = ()
    reasons: tuple[Reason, ...] = ()
    inputs: tuple[Hashable, ...] = ()
    rule_version: str = ""

    @property
    def light(self) -> Light:
        """The light of the status."""
        return light_of(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupVerdict:
    """The judgement of a promise whose parts are joined by AND."""

    status: Status
    attained: bool | None
    flags: tuple[Flag, ...]
    reasons: tuple[Reason, ...]
    inputs: tuple[Hashable, ...]
    parts: tuple[Verdict, ...]

    @property
    def light(self) -> Light:
        """The light of the status."""
        return light_of(self.status)
