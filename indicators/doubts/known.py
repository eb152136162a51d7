"""What the tables hold around cells, fetched in bulk, and the doubts that rest on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from django.db.models import Q

from indicators.doubts.settings import Overrides, rules_for
from indicators.doubts.stated import Stated, Where
from indicators.models import (
    Indicator,
    Observation,
    Place,
    Region,
    Unit,
)
from indicators.periods import PeriodError, ReferencePeriod
from indicators.plausibility import (
    DEFAULTS,
    Candidate,
    Context,
    Issue,
    Kind,
    Part,
    Past,
    Relative,
    Rules,
    Statement,
    check,
)
from indicators.quantities import convert

Points: TypeAlias = list[tuple[ReferencePeriod, "Row"]]
"""Values of one series in periods of one length, in their order."""

_FIELDS = (
    "pk", "indicator_id", "region_id", "reference_period", "value", "qualifier", "vintage",
    "source_title", "source_date", "key", "review_state",
)  # fmt: skip
parse = lru_cache(8192)(ReferencePeriod.parse)
"""ReferencePeriod.parse; the same few periods come again and again."""


class Row(NamedTuple):
    """A current row of a cell, as far as doubts need it."""

    pk: int
    indicator: int
    region: int
    period: str
    value: Decimal
    qualifier: str
    vintage: str
    source_title: str
    source_date: str
    key: str | None
    review_state: str


@dataclass(frozen=True)
class Known:
    """What the tables hold around some cells; answers for these cells without another query."""

    rules: defaultdict[int, Rules]
    approved: Mapping[Place, Row] = field(default_factory=dict)
    seconds: Mapping[Place, Sequence[Row]] = field(default_factory=dict)
    series: Mapping[tuple[int, int, str, int], Points] = field(default_factory=dict)
    districts: Mapping[int, Sequence[Region]] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    rates: Mapping[int, Indicator] = field(default_factory=dict)

    def doubts(self, stated: Stated, today: date) -> list[Issue]:
        """The plausibility of a value beside what is known of its cell."""
        period = parse(stated.period)
        candidate = Candidate(
            stated.value, period.first_day, period.last_day, stated.forecast, stated.qualifier,
            stated.source,
        )  # fmt: skip
        context = self.context(stated, today)
        return check(candidate, context, self.rules[stated.indicator.pk])

    def context(self, stated: Stated, today: date) -> Context:
        """What a value of this cell is held against."""
        indicator, region, own = stated.indicator, stated.region, parse(stated.period)
        series = self.series.get((indicator.pk, region.pk, own.kind, own.months), ())
        place = bisect_left(series, own, key=_period_of)
        after = bisect_right(series, own, key=_period_of)
        earlier = series[:place]
        following = series[after] if after < len(series) else None
        last = earlier[-1] if earlier else None
        approved = self.approved.get((indicator.pk, region.pk, stated.period))
        # What two approved rows show together is told once: by the city, the later one, the part.
        once = stated.approved
        sums = indicator.aggregation == Indicator.Aggregation.SUM and not (
            once and region.kind == Region.Kind.DISTRICT
        )
        total, parts = self._districts(stated) if sums else (None, ())
        return Context(
            today=today,
            kind=kind_of(indicator),
            unit=indicator.unit.symbol,
            exponent=indicator.unit.exponent,
            stock=indicator.accumulation == Indicator.Accumulation.STOCK,
            bounded=indicator.unit.dimension == Unit.Dimension.PERCENT,
            sums_over_regions=total is not None,
            last=last[1].value if last else None,
            last_period=last[1].period if last else "",
            steps=steps_between(last[0], own) if last else 1,
            history=tuple(_history(earlier)),
            following=following[1].value if following and not once else None,
            following_period=following[1].period if following else "",
            last_year=_value(self._year_before(indicator.pk, region.pk, own)),
            stored=None if stated.second else _value(approved),
            later_periods=following is not None,
            total=total,
            parts=parts,
            wholes=self._relatives(stated, 0),
            pieces=() if once else self._relatives(stated, 1),
            levels=self._levels(stated, own),
            rate=None if once else self._rate(stated),
            statements=self._statements(stated),
        )

    def _year_before(self, indicator: int, region: int, own: ReferencePeriod) -> Row | None:
        try:
            return self.approved.get((indicator, region, str(own.year_before())))
        except PeriodError:
            return None

    def _districts(self, stated: Stated) -> tuple[Decimal | None, tuple[Part, ...]]:
        """The city's value and those of its districts, the stated one in its place."""
        region, in_district = stated.region, stated.region.kind == Region.Kind.DISTRICT
        city = region.parent_id if in_district else region.pk
        districts = () if city is None else self.districts.get(city, ())
        of = stated.indicator.pk

        def value(pk: int) -> Decimal | None:
            return stated.value if pk == region.pk else _value(
                self.approved.get((of, pk, stated.period))
            )  # fmt: skip

        total = None if city is None else value(city)
        parts = tuple(Part(district.name, value(district.pk)) for district in districts)
        return total, parts if any(part.value is not None for part in parts) else ()

    def _relatives(self, stated: Stated, side: int) -> tuple[Relative, ...]:
        """Values of the other indicators of the pairs in which this one stands on this side."""
        own, found = stated.indicator, []
        for pair in self.rules[own.pk]["part_over_whole"].pairs("pairs"):
            other = self.indicators.get(pair[1 - side]) if pair[side] == own.code else None
            if other is None or other.unit.base != own.unit.base:
                continue
            row = self.approved.get((other.pk, stated.region.pk, stated.period))
            if row is not None:
                value = convert(row.value, other.unit.exponent, own.unit.exponent)
                found.append(Relative(other.name, other.name_en, value))
        return tuple(found)

    def _levels(self, stated: Stated, own: ReferencePeriod) -> tuple[Decimal, Decimal] | None:
        """The levels (now, a year before) whose published growth in per cent this is."""
        level, percent = stated.indicator.rate_of_id, Unit.Dimension.PERCENT
        if level is None or stated.indicator.unit.dimension != percent:
            return None
        now = self.approved.get((level, stated.region.pk, stated.period))
        before = self._year_before(level, stated.region.pk, own)
        return None if now is None or before is None else (now.value, before.value)

    def _rate(self, stated: Stated) -> Decimal | None:
        """The published growth of this level in per cent."""
        rate = self.rates.get(stated.indicator.pk)
        if rate is None or rate.unit.dimension != Unit.Dimension.PERCENT:
            return None
        return _value(self.approved.get((rate.pk, stated.region.pk, stated.period)))

    def _statements(self, stated: Stated) -> tuple[Statement, ...]:
        """What else is stated about the cell; of two stored rows the later one names the other."""
        place = (stated.indicator.pk, stated.region.pk, stated.period)
        rows = [row for row in self.seconds.get(place, ()) if row.pk != stated.row]
        if stated.row is not None and (stated.second or stated.approved):
            rows = [row for row in rows if not stated.approved and row.pk < stated.row]
        found = [_statement(row, replaced=False) for row in rows]
        approved = self.approved.get(place)
        if approved is not None and approved.pk != stated.row:
            found.append(_statement(approved, replaced=not stated.second))
        return tuple(found)


def known_around(cells: Collection[Where], instead: Overrides | None = None) -> Known:
    """What is known around these cells; five queries however many there are.

    `instead` are settings of rules that are tried before they are saved.
    """
    if not cells:
        return Known(defaultdict(lambda: DEFAULTS))
    own = {cell.indicator.pk: cell.indicator for cell in cells}
    rules = rules_for(own, instead)
    codes = {
        code
        for pk, indicator in own.items()
        for pair in rules[pk]["part_over_whole"].pairs("pairs")
        if indicator.code in pair
        for code in pair
    }
    levels = {indicator.rate_of_id for indicator in own.values()} - {None}
    related = list(
        Indicator.objects.filter(Q(code__in=codes) | Q(pk__in=levels) | Q(rate_of__in=own))
        .select_related("unit")
        .order_by()
    )
    districts = defaultdict(list)
    cities = {_city_of(cell.region) for cell in cells} - {None}
    for region in Region.objects.filter(kind=Region.Kind.DISTRICT, parent__in=cities):
        districts[region.parent_id or 0].append(region)
    members = {region.pk for found in districts.values() for region in found}
    regions, periods = {cell.region.pk for cell in cells}, {cell.period for cell in cells}
    of = {*own, *(indicator.pk for indicator in related)}
    current = Observation.objects.of_indicators(of).filter(value__isnull=False).order_by()
    around = Q(region__in=regions) | Q(
        region__in=members | (cities - {None}), reference_period__in=periods
    )
    approved = _rows(current.approved().filter(around))
    loaded = current.in_progress().filter(
        key__isnull=False, region__in=regions, reference_period__in=periods
    )
    seconds = defaultdict(list)
    for row in _rows(loaded):
        seconds[row.indicator, row.region, row.period].append(row)
    return Known(
        rules,
        {(row.indicator, row.region, row.period): row for row in approved},
        seconds,
        _series(row for row in approved if row.indicator in own and row.region in regions),
        districts,
        {indicator.code: indicator for indicator in (*related, *own.values())},
        {indicator.rate_of_id: indicator for indicator in related if indicator.rate_of_id},
    )


def doubts_of(stated: Sequence[Stated], today: date) -> list[list[Issue]]:
    """The doubts about each of these values, in their order; five queries however many."""
    known = known_around(stated)
    return [known.doubts(each, today) for each in stated]


def _rows(rows: Iterable[Observation]) -> list[Row]:
    found = rows.values_list(*_FIELDS)  # type: ignore[attr-defined]
    return [Row(*row) for row in found]


def _series(
    rows: Iterable[Row],
) -> dict[tuple[int, int, str, int], Points]:
    """Comparable values in their order: of one cell's series, and of periods of one length."""
    series: dict[tuple[int, int, str, int], Points] = defaultdict(list)
    for row in rows:
        period = parse(row.period)
        series[row.indicator, row.region, period.kind, period.months].append((period, row))
    for points in series.values():
        points.sort(key=_period_of)
    return series


def _period_of(point: tuple[ReferencePeriod, Row]) -> ReferencePeriod:
    return point[0]


def _history(points: Sequence[tuple[ReferencePeriod, Row]]) -> Iterable[Past]:
    before: ReferencePeriod | None = None
    for period, row in points:
        steps = 1 if before is None else steps_between(before, period)
        yield Past(row.period, row.value, steps)
        before = period


def steps_between(earlier: ReferencePeriod, later: ReferencePeriod) -> int:
    """Periods from one to the next of the same kind, at least 1; stretches of odd length and days
    come once a year."""
    length = later.months if later.kind in ("half", "quarter", "month") else 12
    return max(1, (later.start_month - earlier.start_month) // length)


def _statement(row: Row, *, replaced: bool) -> Statement:
    return Statement(
        row.value,
        (row.source_title, row.source_date, row.vintage),
        row.qualifier,
        row.vintage == Observation.Vintage.FORECAST,
        replaced,
    )


def _value(row: Row | None) -> Decimal | None:
    return None if row is None else row.value


def _city_of(region: Region) -> int | None:
    """The region whose districts have to add up, seen from itself or from one of them."""
    return region.parent_id if region.kind == Region.Kind.DISTRICT else region.pk


def kind_of(indicator: Indicator) -> Kind:
    """What plausibility may assume of the indicator; unsure ones get the mildest checks."""
    dimension = indicator.unit.dimension
    if indicator.kind == Indicator.Kind.RATE:
        return Kind.RATE
    if indicator.kind == Indicator.Kind.RATIO:
        return Kind.SHARE
    if indicator.kind == Indicator.Kind.COUNT and dimension == Unit.Dimension.COUNT:
        return Kind.COUNT
    return Kind.MONEY if dimension == Unit.Dimension.MONEY else Kind.PHYSICAL
