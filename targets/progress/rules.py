"""The thresholds of a judgement, with the version that a snapshot records."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Pace thresholds and the tolerances of 左右 and 近, as shares (0.95 is 95 %)."""

    version: str = "1"
    on_track: Decimal = Decimal("0.95")
    lagging: Decimal = Decimal("0.60")
    ahead: Decimal = Decimal("1.05")
    about_tolerance: Decimal = Decimal("0.02")
    nearly_share: Decimal = Decimal("0.9")


DEFAULT_RULES = Rules()
