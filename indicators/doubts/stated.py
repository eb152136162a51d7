"""What is stated, and about which cell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from indicators.models import Indicator, Observation, Region


class Where(Protocol):
    """A cell; indicators come with their unit."""

    @property
    def indicator(self) -> Indicator: ...  # noqa: D102
    @property
    def region(self) -> Region: ...  # noqa: D102
    @property
    def period(self) -> str: ...  # noqa: D102


class Telling(Protocol):
    """What states a value: an Observation or an Entry."""

    @property
    def value(self) -> Decimal | None: ...  # noqa: D102
    @property
    def qualifier(self) -> str: ...  # noqa: D102
    @property
    def vintage(self) -> str: ...  # noqa: D102
    @property
    def source_title(self) -> str: ...  # noqa: D102
    @property
    def source_date(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Stated:
    """A value (in the indicator's unit) that is stated about a cell.

    `row` is the row that states it already, if there is one; `second` marks one that stands beside
    the cell's own value and does not want to replace it (a second source, loaded as a draft).
    """

    indicator: Indicator
    region: Region
    period: str
    value: Decimal | None
    forecast: bool = False
    qualifier: str = Observation.Qualifier.EXACT
    source: tuple[str, ...] = ()
    row: int | None = None
    second: bool = False
    approved: bool = False

    @classmethod
    def of(cls, where: Where, told: Telling) -> Stated:
        """What an Observation or an Entry states about this cell."""
        row = told.pk if isinstance(told, Observation) else None
        stored = isinstance(told, Observation)
        approved = stored and getattr(told, "review_state", "") == Observation.ReviewState.APPROVED
        return cls(
            where.indicator,
            where.region,
            where.period,
            told.value,
            told.vintage == Observation.Vintage.FORECAST,
            told.qualifier,
            (told.source_title, told.source_date, told.vintage),
            row,
            stored and getattr(told, "key", None) is not None and not approved,
            approved,
        )
