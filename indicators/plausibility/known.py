"""What is known around a value: its period, its series, its relatives, other statements of it.

All amounts of one check are in the indicator's unit unless a field says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context as Arithmetic
from decimal import Decimal
from enum import StrEnum

from indicators.quantities import grouped

EXACT = Arithmetic(prec=200)
"""Sums, products and comparisons of stored numbers are exact in it."""


class Kind(StrEnum):
    """What the unit measures; the first three are levels, where ratios mean something."""

    COUNT = "count"
    MONEY = "money"
    PHYSICAL = "physical"
    SHARE = "share"
    RATE = "rate"


LEVELS = frozenset({Kind.COUNT, Kind.MONEY, Kind.PHYSICAL})
POINTS = frozenset({Kind.SHARE, Kind.RATE})
"""What changes by points and not by a ratio."""


@dataclass(frozen=True)
class Candidate:
    """A value someone wants to save; None is a declared missing value, never a zero.

    `qualifier` is exact, above, below or about; `source` what names the publication (title, date,
    vintage), where an empty title is no source.
    """

    value: Decimal | None
    period_start: date
    period_end: date
    forecast: bool = False
    qualifier: str = "exact"
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """The value of one district; None where there is none yet."""

    name: str
    value: Decimal | None


@dataclass(frozen=True)
class Past:
    """An earlier value of the series; `steps` are the periods since the one before it (1 or more)."""

    period: str
    value: Decimal
    steps: int = 1


@dataclass(frozen=True)
class Relative:
    """Another indicator's value in the same cell, converted to the candidate's unit."""

    name: str
    name_en: str
    value: Decimal


@dataclass(frozen=True)
class Statement:
    """Another stated value of the same cell; `replaced` is the one that the candidate corrects."""

    value: Decimal
    source: tuple[str, ...] = ()
    qualifier: str = "exact"
    forecast: bool = False
    replaced: bool = False


@dataclass(frozen=True)
class Context:
    """What is known about the indicator and its series.

    `exponent` is the power of ten of the unit (万家 4), `last` the value of the latest earlier
    period and `steps` how many periods ago that was, `history` the earlier values (oldest first,
    `last` included), `following` the next known one, `last_year` the same period a year before,
    `stored` the approved value that the candidate would replace, `later_periods` whether later
    periods are approved already. `parts` are the districts of `total`; without a total the
    candidate itself is the total. `wholes` may not be smaller than the candidate, `pieces` not
    larger. `levels` (now, a year before) belong to a candidate that is their published growth in
    per cent; `rate` is that growth where the candidate is the level.
    """

    today: date
    kind: Kind
    unit: str = ""
    exponent: int = 0
    stock: bool = True
    bounded: bool = False
    sums_over_regions: bool = False
    last: Decimal | None = None
    last_period: str = ""
    steps: int = 1
    history: tuple[Past, ...] = ()
    following: Decimal | None = None
    following_period: str = ""
    last_year: Decimal | None = None
    stored: Decimal | None = None
    later_periods: bool = False
    total: Decimal | None = None
    parts: tuple[Part, ...] = ()
    wholes: tuple[Relative, ...] = ()
    pieces: tuple[Relative, ...] = ()
    levels: tuple[Decimal, Decimal] | None = None
    rate: Decimal | None = None
    statements: tuple[Statement, ...] = ()

    def shown(self, value: Decimal) -> str:
        """A value in the indicator's unit, with all its digits."""
        return f"{grouped(value)}{self.unit}"

    def apart(self, gap: Decimal) -> tuple[str, str]:
        """A difference in both languages: between percentages it is points, not per cent."""
        if self.unit == "%":
            return f"{grouped(gap)}个百分点", f"{grouped(gap)} points"
        return self.shown(gap), self.shown(gap)
