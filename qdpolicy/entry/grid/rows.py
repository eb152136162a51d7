"""The rows of a grid, and what of it a person may enter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.models import (
    Duty,
    Indicator,
    Observation,
    Place,
    Region,
    subtree_of,
)
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.entry.grid.asked import Asked


@dataclass(frozen=True)
class Row:
    """A line of a grid: one indicator in one region; `title` is what tells it from the others."""

    indicator: Indicator
    region: Region
    title: str

    @property
    def key(self) -> str:
        """What the pages call the row: FIRMS|370200."""
        return f"{self.indicator.code}|{self.region.code}"

    def place(self, period: ReferencePeriod) -> Place:
        """The cell of the row in a period."""
        return self.indicator.pk, self.region.pk, str(period)


@dataclass(frozen=True)
class Reach:
    """What a person may enter: own indicators everywhere, and the cells of duties; two queries."""

    indicators: dict[str, Indicator]
    own: frozenset[int]
    duties: frozenset[Place]
    owed_now: frozenset[Place] = field(default_factory=frozenset)

    @classmethod
    def of(cls, user: User) -> Reach:
        """What this person may enter now; `owed_now` are the duties of rounds that are open."""
        now = timezone.now()
        duties: set[Place] = set()
        owed_now: set[Place] = set()
        rows = Duty.objects.unpublished().owed_by(user)
        for indicator, region, period, opens, closes in rows.values_list(
            "indicator", "region", "reference_period", "round__opens_at", "round__closes_at"
        ):
            duties.add((indicator, region, period))
            if opens <= now < closes:
                owed_now.add((indicator, region, period))
        mine = subtree_of(user)
        found = Indicator.objects.filter(
            Q(department__in=mine) | Q(pk__in={indicator for indicator, *_rest in duties})
        ).select_related("unit", "department")
        indicators = {indicator.code: indicator for indicator in found.order_by("code")}
        own = frozenset(row.pk for row in indicators.values() if row.department_id in mine)
        return cls(indicators, own, frozenset(duties), frozenset(owed_now))

    def holds(self, place: Place) -> bool:
        """Whether this person may enter this cell."""
        return place[0] in self.own or place in self.duties


def read_key(
    key: str, reach: Reach, regions: dict[str, Region]
) -> tuple[Indicator, Region, ReferencePeriod]:
    """The cell that a page calls FIRMS|370200|2025; Http404 where it is not this person's."""
    refusal = Http404(_("没有这个指标，或它不由您的部门负责。"))
    code, _bar, rest = key.partition("|")
    region_code, _bar, text = rest.partition("|")
    indicator, region = reach.indicators.get(code), regions.get(region_code)
    try:
        period = ReferencePeriod.parse(text)
    except PeriodError as error:
        raise refusal from error
    if indicator is None or region is None or str(period) != text:
        raise refusal
    if not reach.holds((indicator.pk, region.pk, text)):
        raise refusal
    return indicator, region, period


def all_regions() -> dict[str, Region]:
    """Every region by code; one query."""
    return {region.code: region for region in Region.objects.order_by("code")}


def usual_region(reach: Reach, regions: dict[str, Region]) -> Region | None:
    """The region of which most of a person's indicators have figures; one query."""
    known = (
        Observation.objects.current()
        .of_indicators(reach.own)
        .values_list("region")
        .annotate(number=Count("indicator", distinct=True))
    )
    found = Counter(dict(known))
    for _indicator, region, _period in reach.duties:
        found[region] += 1
    cities = [region for region in regions.values() if region.kind == Region.Kind.CITY]
    candidates = [region for region in regions.values() if found[region.pk]] or cities
    candidates = candidates or list(regions.values())
    # Of several with as many, a city before its districts.
    return max(
        candidates, key=lambda row: (found[row.pk], row.kind == Region.Kind.CITY), default=None
    )


def rows_of(
    asked: Asked, reach: Reach, regions: dict[str, Region], region: Region | None
) -> list[Row]:
    """The rows that an address asks for; raises Http404 for an indicator that is not theirs."""
    if asked.indicator:
        indicator = reach.indicators.get(asked.indicator)
        if indicator is None:
            raise Http404(_("没有这个指标，或它不由您的部门负责。"))
        rows = [Row(indicator, each, str(each)) for each in regions.values()]
        if indicator.pk not in reach.own:
            rows = _owed(rows, reach.duties)
    elif asked.duties:
        by_pk = {row.pk: row for row in regions.values()}
        owed = {(indicator, where) for indicator, where, _period in reach.owed_now}
        rows = [
            Row(indicator, by_pk[where], _named(indicator, by_pk[where], region))
            for indicator in reach.indicators.values()
            for where in sorted(place for of, place in owed if of == indicator.pk)
            if region is None or where == region.pk or not asked.region
        ]
    else:
        mine = [row for row in reach.indicators.values() if region is not None]
        rows = [Row(row, region, str(row)) for row in mine if region is not None]
        rows = [row for row in rows if row.indicator.pk in reach.own] + _owed(
            [row for row in rows if row.indicator.pk not in reach.own], reach.duties
        )
    return [row for row in rows if _wanted(asked)(row)]


def _named(indicator: Indicator, region: Region, usual: Region | None) -> str:
    """The indicator, with its region where that is not the usual one."""
    return str(indicator) if region == usual else f"{indicator} · {region}"


def _owed(rows: Iterable[Row], duties: frozenset[Place]) -> list[Row]:
    """The rows in which a person has a duty."""
    owed = {(indicator, region) for indicator, region, _period in duties}
    return [row for row in rows if (row.indicator.pk, row.region.pk) in owed]


def _wanted(asked: Asked) -> Callable[[Row], bool]:
    """Whether a row has the frequency, the department and the name that an address asks for."""
    lengths = {"year": 12, "half": 6, "quarter": 3, "month": 1}

    def test(row: Row) -> bool:
        indicator = row.indicator
        # A monthly indicator has quarters too.
        if lengths[indicator.frequency] > lengths[asked.frequency]:
            return False
        if asked.department and indicator.department.code != asked.department:
            return False
        names = [indicator.name, indicator.name_en, indicator.code, *indicator.aliases]
        if asked.indicator:
            names = [row.region.name, row.region.name_en, row.region.code]
        return asked.name.casefold() in "\n".join(names).casefold()

    return test
