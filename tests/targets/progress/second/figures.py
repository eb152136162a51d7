"""What the second judge reads and answers: amounts between months, and one answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from indicators.periods import ReferencePeriod
from targets.progress import Actual

Series = dict[ReferencePeriod, Actual]
Number = Fraction | float
USABLE = ("A", "P", "E", "B")


@dataclass
class Answer:
    status: str
    attained: bool | None = None
    position: str | None = None
    completion: Number | None = None
    share_done: Number | None = None
    pace: Number | None = None
    expected_now: Number | None = None
    gap: Number | None = None
    needed: Number | None = None
    actual_rate: Number | None = None
    required_rate: Number | None = None
    flags: set[str] = field(default_factory=set)


@dataclass
class Figure:
    """An amount from the month `start` to the month `end`; `sure` is its qualifier."""

    start: int
    end: int
    value: Fraction
    sure: str = "exact"
    provisional: bool = False
    gaps: bool = False

    @property
    def year(self) -> int:
        return (self.end - 1) // 12


def start_of(period: ReferencePeriod) -> int:
    return period.first_day.year * 12 + period.first_day.month - 1


def end_of(period: ReferencePeriod) -> int:
    return period.last_day.year * 12 + period.last_day.month


def figures(series: Series, as_of: date | None) -> list[Figure]:
    """The numbers known on the day, in the order of their ends."""
    return sorted(
        (
            Figure(start_of(p), end_of(p), Fraction(a.value), a.qualifier, a.obs_status in "PE")
            for p, a in series.items()
            if a.obs_status in USABLE and a.value is not None and (not as_of or p.last_day <= as_of)
        ),
        key=lambda f: f.end,
    )


def withheld(series: Series, as_of: date | None) -> list[tuple[int, int]]:
    return [
        (start_of(p), end_of(p))
        for p, a in series.items()
        if a.obs_status in ("Q", "M") and (not as_of or p.last_day <= as_of)
    ]


def added_up(known: list[Figure], start: int, end: int) -> Figure | None:
    """The sum of what is there between two months; a part of a counted period counts once."""
    inside = [f for f in known if start <= f.start and f.end <= end]
    whole = [
        f
        for f in inside
        if not any(g is not f and g.start <= f.start and f.end <= g.end for g in inside)
    ]
    if not whole:
        return None
    covered = {month for f in whole for month in range(f.start, f.end)}
    last = max(f.end for f in whole)
    qualifiers = {f.sure for f in whole}
    sides = qualifiers & {"above", "below", "either"}
    sure = "either" if len(sides) > 1 else sides.pop() if sides else "exact"
    return Figure(
        start=min(f.start for f in whole),
        end=last,
        value=sum((f.value for f in whole), Fraction(0)),
        sure=sure,
        provisional=any(f.provisional for f in whole),
        gaps=covered != set(range(start, last)),
    )


def whole_flow(known: list[Figure], start: int, end: int) -> Figure | None:
    """The flow of exactly this stretch, by itself or from parts without a gap."""
    found = added_up(known, start, end)
    if found is None or found.gaps or (found.start, found.end) != (start, end):
        return None
    return found


def value_of(known: list[Figure], start: int, end: int, flow: bool) -> Figure | None:
    """The flow of a stretch, or the stock at its end."""
    if flow:
        return whole_flow(known, start, end)
    return at_end_of(known, start, end)


def at_end_of(known: list[Figure], start: int, end: int) -> Figure | None:
    """The stock at the end of a period: its own, else that of the longest part ending with it."""
    same = [f for f in known if f.end == end and f.start >= start]
    return min(same, key=lambda f: f.start) if same else None
