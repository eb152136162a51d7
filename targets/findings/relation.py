"""How a later promise relates to an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from targets.progress.goal import RISING

Relation = Literal["raised", "lowered", "repeated", "restated"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a relation is told by: how much of which power of ten, and how tested."""

    value: Decimal
    comparator: str
    measure: str
    direction: str
    exponent: int = 0


def relation(earlier: Step, later: Step) -> Relation:
    """Whether a later promise asks for more, for less, for the same, or for something else.

    More is what is harder: a higher floor, or a lower ceiling. Values are compared exactly, in
    the plain unit. Another measure, or a floor made a ceiling, is a restatement.
    """
    if earlier.measure != later.measure or rises(earlier) != rises(later):
        return "restated"
    before = earlier.value.scaleb(earlier.exponent)
    after = later.value.scaleb(later.exponent)
    if before == after:
        return "repeated"
    return "raised" if (after > before) == rises(later) else "lowered"


def rises(step: Step) -> bool:
    """Whether more is harder."""
    if step.comparator in ("at_most", "less_than") or step.measure == "rank":
        return False
    return step.direction != "decrease" if step.comparator in RISING else True
