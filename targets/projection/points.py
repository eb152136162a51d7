"""Which actuals are points of a series: one exact figure a year, since the last break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from indicators.periods import ReferencePeriod
from targets.progress.goal import Actual
from targets.projection.rolling import Bounds, Point

Series = Mapping[ReferencePeriod, Actual]


def points_of(series: Series, as_of: date, breaks: Iterable[int] = ()) -> tuple[Point, ...]:
    """The yearly figures that were over by a day, in order, since the series last began anew.

    A lower or upper bound (突破395亿) is no point, nor is a part of a year. A figure with the mark
    of a break starts anew, and so does each year of `breaks`, where the definition changed.
    """
    begun = max((year for year in breaks if year <= as_of.year), default=None)
    found: list[Point] = []
    for period in sorted(series):
        if period.kind != "year" or period.last_day > as_of:
            continue
        actual = series[period]
        if actual.obs_status == "B":
            found = []
        before = begun is not None and period.year < begun
        value = actual.usable
        if value is not None and not before and actual.qualifier in ("exact", "about"):
            found.append(Point(period.year, float(value)))
    return tuple(found)


def rate_points(levels: Sequence[Point], published: Sequence[Point]) -> tuple[Point, ...]:
    """Yearly growth in per cent: as published, else from two levels a year apart."""
    rates = {point.year: point for point in published}
    figures = {point.year: point.figure for point in levels}
    for year, figure in figures.items():
        before = figures.get(year - 1)
        if year not in rates and before is not None and before > 0:
            rates[year] = Point(year, (figure - before) / before * 100)
    return tuple(rates[year] for year in sorted(rates))


def bounds_of(kind: str, *, in_per_cent: bool) -> Bounds:
    """What figures of an indicator can be: no count below 0, no share of a whole above 100 %."""
    if kind in ("count", "amount"):
        return Bounds(low=0.0)
    if kind == "ratio" and in_per_cent:
        return Bounds(low=0.0, high=100.0)
    return Bounds()
