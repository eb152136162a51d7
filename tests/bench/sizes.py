"""How large a city, a province and a nation are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much: regions times indicators are the series; one indicator in twenty is a rate."""

    name: str
    regions: int
    indicators: int
    targets: int

    @property
    def pairs(self) -> int:
        return self.regions * self.indicators


SIZES = {
    "city": Size("city", 20, 110, 600),
    "province": Size("province", 160, 219, 100_000),
    "nation": Size("nation", 3000, 400, 1_200_000),
}
