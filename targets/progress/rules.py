"""The thresholds of a judgement and its lights, with the version that a snapshot records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Light = Literal["green", "yellow", "red", "grey"]
LIGHTS: tuple[Light, ...] = ("green", "yellow", "red", "grey")

# 绿 attained, on_track; 黄 lagging; 红 off_track, regressing, missed; 灰 the rest (PROGRESS.md 4).
DEFAULT_LIGHTS: Mapping[str, Light] = MappingProxyType(
    {
        "attained": "green",
        "on_track": "green",
        "lagging": "yellow",
        "off_track": "red",
        "regressing": "red",
        "missed": "red",
        "not_assessable": "grey",
        "no_data": "grey",
        "not_due": "grey",
        "not_quantified": "grey",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Pace thresholds and the tolerances of 左右 and 近, as shares (0.95 is 95 %); the lights."""

    version: str = "1"
    on_track: Decimal = Decimal("0.95")
    lagging: Decimal = Decimal("0.60")
    ahead: Decimal = Decimal("1.05")
    about_tolerance: Decimal = Decimal("0.02")
    nearly_share: Decimal = Decimal("0.9")
    lights: Mapping[str, Light] = field(default_factory=lambda: dict(DEFAULT_LIGHTS), hash=False)

    def light_of(self, status: str) -> Light:
        """绿, 黄, 红 or 灰 of a status (亮灯); grey where the rules name none."""
        return self.lights.get(status, "grey")


DEFAULT_RULES = Rules()
