"""What is known around a cell (indicator, region, period): neighbours, promises, doubts, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q

from indicators.models import Indicator, Observation, Region, Unit, in_language
from indicators.periods import PeriodError, ReferencePeriod
from indicators.plausibility import Candidate, Context, Issue, Kind, Part, check
from qdpolicy.entry.promised import Promise, promises_about

# Figures of districts are published rounded; a thousandth of the total is no contradiction.
ROUNDING_SHARE = Decimal("0.001")
_MONTHS = {
    Indicator.Frequency.YEAR: 12,
    Indicator.Frequency.HALF: 6,
    Indicator.Frequency.QUARTER: 3,
    Indicator.Frequency.MONTH: 1,
}


@dataclass(frozen=True)
class Cell:
    """Where a value belongs; `period` is canonical and readable."""

    indicator: Indicator
    region: Region
    period: str


@dataclass(frozen=True)
class Surroundings:
    """What stands beside a cell: approved neighbours by period, districts, promises."""

    cell: Cell
    series: dict[str, Observation] = field(default_factory=dict)
    total: Observation | None = None
    districts: tuple[tuple[Region, Observation | None], ...] = ()
    promises: tuple[Promise, ...] = ()

    @property
    def approved(self) -> Observation | None:
        """The approved value of the cell itself."""
        return self.series.get(self.cell.period)

    @property
    def last_year(self) -> Observation | None:
        """The approved value of the same stretch a year before."""
        try:
            return self.series.get(str(ReferencePeriod.parse(self.cell.period).year_before()))
        except PeriodError:
            return None

    @property
    def last(self) -> Observation | None:
        """The approved value of the latest earlier period of the same kind."""
        own = ReferencePeriod.parse(self.cell.period)
        earlier = [period for period in self._comparable() if period < own]
        return self.series[str(max(earlier))] if earlier else None

    @property
    def has_later(self) -> bool:
        """Whether a later period of the same kind is approved."""
        return any(
            period > ReferencePeriod.parse(self.cell.period) for period in self._comparable()
        )

    def _comparable(self) -> list[ReferencePeriod]:
        own = ReferencePeriod.parse(self.cell.period)
        read = [
            ReferencePeriod.parse(period)
            for period, row in self.series.items()
            if not row.is_missing
        ]
        return [period for period in read if (period.kind, period.months) == (own.kind, own.months)]


def surroundings(cells: Sequence[Cell]) -> list[Surroundings]:
    """Around each cell, in the given order; three queries however many cells there are."""
    if not cells:
        return []
    promises = promises_about(frozenset(cell.indicator.pk for cell in cells))
    cities = {_city_id(cell.region) for cell in cells} - {None}
    districts = list(Region.objects.filter(kind=Region.Kind.DISTRICT, parent__in=cities))
    rows = _approved_around(cells, [*cities, *(region.pk for region in districts)])
    return [_around(cell, rows, districts, promises) for cell in cells]


def _city_id(region: Region) -> int | None:
    """The region whose districts have to add up, seen from itself or from one of them."""
    return region.parent_id if region.kind == Region.Kind.DISTRICT else region.pk


def _approved_around(
    cells: Sequence[Cell], relatives: Iterable[int | None]
) -> dict[tuple[int, int, str], Observation]:
    """Approved rows by (indicator, region, period): whole series, and relatives in the periods."""
    found = (
        Observation.objects.approved()
        .of_indicators({cell.indicator.pk for cell in cells})
        .select_related("indicator__unit")
        .filter(
            Q(region__in={cell.region.pk for cell in cells})
            | Q(
                region__in=set(relatives) - {None},
                reference_period__in={cell.period for cell in cells},
            )
        )
    )
    return {(row.indicator_id, row.region_id, row.reference_period or ""): row for row in found}


def _around(
    cell: Cell,
    rows: dict[tuple[int, int, str], Observation],
    districts: Sequence[Region],
    promises: Sequence[Promise],
) -> Surroundings:
    city = _city_id(cell.region)
    return Surroundings(
        cell=cell,
        series={
            period: row
            for (indicator, region, period), row in rows.items()
            if (indicator, region) == (cell.indicator.pk, cell.region.pk)
        },
        total=rows.get((cell.indicator.pk, city, cell.period)) if city is not None else None,
        districts=tuple(
            (region, rows.get((cell.indicator.pk, region.pk, cell.period)))
            for region in districts
            if region.parent_id == city
        ),
        promises=tuple(
            promise
            for promise in promises
            if (promise.indicator, promise.region) == (cell.indicator.pk, cell.region.pk)
        ),
    )


def doubts(
    around: Surroundings, value: Decimal | None, *, forecast: bool, today: date
) -> list[Issue]:
    """The plausibility of a value (in the indicator's unit) beside what is known of its cell."""
    period = ReferencePeriod.parse(around.cell.period)
    candidate = Candidate(value, period.first_day, period.last_day, forecast)
    return check(candidate, _context(around, value, today))


def _context(around: Surroundings, value: Decimal | None, today: date) -> Context:
    indicator, region = around.cell.indicator, around.cell.region
    in_district = region.kind == Region.Kind.DISTRICT
    total = value if not in_district else _number(around.total)
    parts = tuple(
        Part(district.name, value if district.pk == region.pk else _number(row))
        for district, row in around.districts
    )
    return Context(
        today=today,
        kind=_kind(indicator),
        unit=indicator.unit.symbol,
        exponent=indicator.unit.exponent,
        stock=indicator.accumulation == Indicator.Accumulation.STOCK,
        bounded=indicator.unit.dimension == Unit.Dimension.PERCENT,
        sums_over_regions=indicator.aggregation == Indicator.Aggregation.SUM and total is not None,
        last=_number(around.last),
        last_year=_number(around.last_year),
        stored=_number(around.approved),
        later_periods=around.has_later,
        total=total,
        parts=parts if any(part.value is not None for part in parts) else (),
        parts_tolerance=total.copy_abs() * ROUNDING_SHARE if total is not None else Decimal(0),
    )


def _number(row: Observation | None) -> Decimal | None:
    return None if row is None else row.value


def _kind(indicator: Indicator) -> Kind:
    """What plausibility may assume of the indicator; unsure ones get the mildest checks."""
    dimension = indicator.unit.dimension
    if indicator.kind == Indicator.Kind.RATE:
        return Kind.RATE
    if indicator.kind == Indicator.Kind.RATIO:
        return Kind.SHARE
    if indicator.kind == Indicator.Kind.COUNT and dimension == Unit.Dimension.COUNT:
        return Kind.COUNT
    return Kind.MONEY if dimension == Unit.Dimension.MONEY else Kind.PHYSICAL


def latest_ended(frequency: str, today: date) -> ReferencePeriod:
    """The last whole period of this frequency (Indicator.Frequency) that was over before today."""
    length = _MONTHS[Indicator.Frequency(frequency)]
    end = (today.year * 12 + today.month - 1) // length * length
    start, last = end - length, end - 1
    return ReferencePeriod.of_months(start // 12, start % 12 + 1, last // 12, last % 12 + 1)


@dataclass(frozen=True)
class Gap:
    """A promised cell without an actual for the latest ended period, and the promises about it."""

    indicator: Indicator
    period: ReferencePeriod
    promises: tuple[Promise, ...]

    @property
    def region(self) -> Promise:
        """Any of the promises: they name the same region."""
        return self.promises[0]

    @property
    def period_label(self) -> str:
        """The period in the reader's language."""
        return in_language(self.period.label_zh, self.period.label_en)


def gaps(indicators: Iterable[Indicator], today: date) -> list[Gap]:
    """Promised cells of these indicators that nobody has filled yet; two queries."""
    by_pk = {indicator.pk: indicator for indicator in indicators}
    wanted: dict[tuple[int, int, str], list[Promise]] = {}
    for promise in promises_about(frozenset(by_pk)):
        # A promise for a year is judged by that year's figure, however often parts come out.
        frequency = (
            Indicator.Frequency.YEAR if promise.yearly else by_pk[promise.indicator].frequency
        )
        period = latest_ended(frequency, today)
        # What had to be reached before this period needs no figure for it.
        if promise.end and ReferencePeriod.parse(promise.end).last_day < period.last_day:
            continue
        wanted.setdefault((promise.indicator, promise.region, str(period)), []).append(promise)
    filled = set(
        Observation.objects.current()
        .of_indicators(by_pk)
        .filter(reference_period__in={period for _indicator, _region, period in wanted})
        .values_list("indicator", "region", "reference_period")
    )
    return [
        Gap(by_pk[indicator], ReferencePeriod.parse(period), tuple(promises))
        for (indicator, region, period), promises in wanted.items()
        if (indicator, region, period) not in filled
    ]
