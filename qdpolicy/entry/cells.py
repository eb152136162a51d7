"""What is known around a cell (indicator, region, period): neighbours, promises, doubts, gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from indicators.doubts import Known, Stated, Telling, known_around, parse
from indicators.models import Indicator, Observation, Region, in_language
from indicators.periods import PeriodError, ReferencePeriod
from indicators.plausibility import Issue
from qdpolicy.entry.promised import Promise, promises_about

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
    """What stands beside a cell: approved neighbours by period, promises, what doubts rest on."""

    cell: Cell
    known: Known
    series: dict[str, Observation] = field(default_factory=dict)
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
        earlier = [
            (period, row)
            for period, row in ((parse(text), row) for text, row in self.series.items())
            if period < own
            and (period.kind, period.months) == (own.kind, own.months)
            and not row.is_missing
        ]
        return max(earlier, key=lambda point: point[0])[1] if earlier else None


def surroundings(cells: Sequence[Cell]) -> list[Surroundings]:
    """Around each cell, in the given order; seven queries however many cells there are."""
    if not cells:
        return []
    promises = defaultdict(list)
    for promise in promises_about(frozenset(cell.indicator.pk for cell in cells)):
        promises[promise.indicator, promise.region].append(promise)
    series: dict[tuple[int, int], dict[str, Observation]] = defaultdict(dict)
    approved = (
        Observation.objects.approved()
        .of_indicators({cell.indicator.pk for cell in cells})
        .filter(region__in={cell.region.pk for cell in cells})
        .select_related("indicator__unit")
    )
    for row in approved:
        series[row.indicator_id, row.region_id][row.reference_period or ""] = row
    known = known_around(cells)
    return [
        Surroundings(cell, known, series.get(own, {}), tuple(promises.get(own, ())))
        for cell in cells
        for own in [(cell.indicator.pk, cell.region.pk)]
    ]


def doubts(around: Surroundings, told: Telling, *, today: date) -> list[Issue]:
    """The plausibility of what an Observation or an Entry states beside what is known there."""
    return around.known.doubts(Stated.of(around.cell, told), today)


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
    wanted = promised(indicators, today)
    filled = set(
        Observation.objects.current()
        .of_indicators({gap.indicator.pk for gap in wanted})
        .filter(reference_period__in={str(gap.period) for gap in wanted})
        .values_list("indicator", "region", "reference_period")
    )
    return [
        gap
        for gap in wanted
        if (gap.indicator.pk, gap.region.region, str(gap.period)) not in filled
    ]


def promised(indicators: Iterable[Indicator], today: date) -> list[Gap]:
    """The cells of the latest ended periods that promises are made about, filled or not; one query."""
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
    return [
        Gap(by_pk[indicator], ReferencePeriod.parse(period), tuple(promises))
        for (indicator, _region, period), promises in wanted.items()
    ]
