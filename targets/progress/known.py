"""What is known of a series by a day: single readings, and sums over a stretch of time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter

from indicators.periods import FIRST_YEAR, ReferencePeriod
from targets.progress.arithmetic import ZERO
from targets.progress.comparators import Certainty
from targets.progress.goal import Actual


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure to judge by: one actual, or several added up or compared."""

    period: ReferencePeriod
    value: Decimal
    certainty: Certainty = "exact"
    provisional: bool = False
    broken: bool = False
    ids: tuple[Hashable, ...] = ()
    days_missing: int = 0


def together(certainties: set[Certainty]) -> Certainty:
    """How certain a sum of such figures is."""
    bounds = certainties & {"above", "below", "either"}
    if len(bounds) == 1:
        return bounds.pop()
    if bounds:
        return "either"
    return "about" if "about" in certainties else "exact"


class Known:
    """The actuals whose period was over by a day; with no day, all of them."""

    def __init__(self, series: Mapping[ReferencePeriod, Actual], as_of: date | None) -> None:
        """Sort the series, so that its order can make no difference."""
        seen = sorted(p for p in series if as_of is None or p.last_day <= as_of)
        self.actuals: dict[ReferencePeriod, Actual] = {
            p: series[p] for p in seen if series[p].usable is not None
        }
        self.withheld: dict[ReferencePeriod, str] = {
            p: series[p].obs_status for p in seen if series[p].obs_status in ("Q", "M")
        }
        self.last_day: date | None = seen[-1].last_day if seen else None

    def at(self, period: ReferencePeriod) -> Reading | None:
        """The actual of exactly this period."""
        actual = self.actuals.get(period)
        return None if actual is None else _reading(period, actual)

    def at_end_of(self, period: ReferencePeriod) -> Reading | None:
        """The value at the end of a period: its own, else that of a shorter one ending with it."""
        own = self.at(period)
        if own is not None:
            return own
        same = [p for p in self.actuals if p.last_day == period.last_day and period.covers(p)]
        return self.at(max(same, key=attrgetter("months"))) if same else None

    def latest(
        self, allowed: Callable[[ReferencePeriod], bool], like: ReferencePeriod | None
    ) -> Reading | None:
        """The last allowed actual; of several ending on one day the one like the goal's period."""
        periods = [p for p in self.actuals if allowed(p)]
        if not periods:
            return None
        kind = None if like is None else like.kind
        last_day = max(p.last_day for p in periods)
        last = [p for p in periods if p.last_day == last_day]
        return self.at(max(last, key=lambda p: (p == like, p.kind == kind, p.months)))

    def total(self, first: date, last: date) -> Reading | None:
        """The sum of what is there between two days, no day counted twice; None for nothing.

        Of all choices the one that reaches over the most days, then the fewest figures.
        `days_missing` counts the days before its end that no figure reaches over.
        """
        pieces = [
            p
            for p in self.actuals
            if p.kind != "day" and first <= p.first_day and p.last_day <= last
        ]
        if not pieces:
            return None
        chosen = _tiling(pieces)
        actuals = [self.actuals[p] for p in chosen]
        reach = sum(_days(p) for p in chosen)
        return Reading(
            period=ReferencePeriod(chosen[-1].last_day, chosen[0].first_day),
            value=sum((a.usable or ZERO for a in actuals), ZERO),
            certainty=together({a.qualifier for a in actuals}),
            provisional=any(a.provisional for a in actuals),
            broken=any(a.obs_status == "B" for a in actuals),
            ids=tuple(a.id for a in actuals if a.id is not None),
            days_missing=(chosen[-1].last_day - first).days + 1 - reach,
        )

    def flow(self, period: ReferencePeriod) -> Reading | None:
        """The amount of a whole period: its own figure, else the sum of parts without a gap."""
        own = self.at(period)
        if own is not None:
            return own
        whole = self.total(period.first_day, period.last_day)
        if whole is None or whole.days_missing or whole.period != period:
            return None
        return whole

    def of(self, period: ReferencePeriod, *, flow: bool) -> Reading | None:
        """The flow of a period, or the stock at its end."""
        return self.flow(period) if flow else self.at_end_of(period)


def _days(period: ReferencePeriod) -> int:
    return (period.last_day - period.first_day).days + 1


def _tiling(pieces: list[ReferencePeriod]) -> list[ReferencePeriod]:
    """Periods that do not overlap and reach over the most days, then the fewest of them."""
    ordered = sorted(pieces)
    ends = [p.last_day for p in ordered]
    # best[i]: (days, -count, periods) of the best choice among the first i.
    best: list[tuple[int, int, tuple[ReferencePeriod, ...]]] = [(0, 0, ())]
    for index, piece in enumerate(ordered):
        before = bisect_left(ends, piece.first_day, 0, index)
        days, count, chosen = best[before]
        taken = (days + _days(piece), count - 1, (*chosen, piece))
        best.append(max(best[-1], taken))
    return list(best[-1][2])


def _reading(period: ReferencePeriod, actual: Actual) -> Reading:
    return Reading(
        period=period,
        value=actual.usable or ZERO,
        certainty=actual.qualifier,
        provisional=actual.provisional,
        broken=actual.obs_status == "B",
        ids=() if actual.id is None else (actual.id,),
    )


def earlier(period: ReferencePeriod) -> ReferencePeriod | None:
    """The same period one year before, or None at the start of the calendar we keep."""
    return period.year_before() if period.first_day.year > FIRST_YEAR else None


def same_season(period: ReferencePeriod, other: ReferencePeriod) -> bool:
    """Whether the two are as long and start in the same month, so that flows compare."""
    return period.kind == other.kind and period.first_day.month == other.first_day.month
