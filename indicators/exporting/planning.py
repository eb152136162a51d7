"""Which cells a person's template has: the own indicators, the duties, the periods around today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from indicators.actions import Standing, standings
from indicators.errors import Refused
from indicators.locks import Lock, locked
from indicators.models import (
    Duty,
    Indicator,
    Observation,
    Place,
    Region,
)
from indicators.periods import ReferencePeriod

RECENT = 4
"""Periods of each kind: the present one and the three before."""
MOST_CELLS = 12_000
"""Of a template: drawn in a few seconds, and a spreadsheet still scrolls it."""
MOST_PERIODS = 60

_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Asked:
    """What a person asked for; what is empty is chosen for them."""

    indicators: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    periods: tuple[ReferencePeriod, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Rows, columns and the cells that are the person's, with what stands in them."""

    rows: Sequence[tuple[Indicator, Region]]
    periods: Sequence[ReferencePeriod]
    cells: frozenset[Place]
    standing: dict[Place, Standing]
    locks: dict[Place, Lock]


def recent(frequency: str, today: date, count: int = RECENT) -> list[ReferencePeriod]:
    """The period of this frequency that today lies in, after those before it."""
    length = _MONTHS[frequency]
    now = (today.year * 12 + today.month - 1) // length
    found = []
    for number in range(now - count + 1, now + 1):
        first, last = number * length, number * length + length - 1
        found.append(
            ReferencePeriod.of_months(first // 12, first % 12 + 1, last // 12, last % 12 + 1)
        )
    return found


def plan(user: User, asked: Asked, *, today: date) -> Plan:
    """The template of a person; raises Refused where nothing is theirs, or too much is asked."""
    own = Indicator.objects.enterable_by(user).select_related("unit")
    duties = Duty.objects.unpublished().owed_by(user).select_related("indicator__unit", "region")
    if asked.indicators:
        own = own.filter(code__in=asked.indicators)
        duties = duties.filter(indicator__code__in=asked.indicators)
    if asked.regions:
        duties = duties.filter(region__code__in=asked.regions)
    if asked.periods:
        duties = duties.filter(reference_period__in=[str(period) for period in asked.periods])
    rows: dict[tuple[int, int], tuple[Indicator, Region]] = {}
    cells: set[Place] = set()
    for duty in duties:
        rows[duty.indicator_id, duty.region_id] = (duty.indicator, duty.region)
        cells.add((duty.indicator_id, duty.region_id, duty.reference_period))
    for indicator, region in _pairs(list(own), asked.regions):
        rows[indicator.pk, region.pk] = (indicator, region)
        for period in asked.periods or _usual(indicator, today):
            cells.add((indicator.pk, region.pk, str(period)))
    periods = sorted(ReferencePeriod.parse(text) for text in {period for _i, _r, period in cells})
    _require_some(len(rows), len(periods))
    return Plan(
        rows=sorted(rows.values(), key=lambda pair: (pair[0].code, pair[1].code)),
        periods=periods,
        cells=frozenset(cells),
        standing=_standing(user, cells),
        locks=locked(cells, by=user),
    )


def _usual(indicator: Indicator, today: date) -> list[ReferencePeriod]:
    """The recent years, and the recent parts of years where the indicator has them."""
    kinds = dict.fromkeys((Indicator.Frequency.YEAR.value, indicator.frequency))
    return [period for kind in kinds for period in recent(kind, today)]


def _pairs(own: list[Indicator], asked: Sequence[str]) -> list[tuple[Indicator, Region]]:
    """The own indicators in the regions asked for, else in those where they have figures.

    An indicator without any figure stands in the first city there is.
    """
    regions = {region.pk: region for region in Region.objects.order_by("code")}
    if asked:
        chosen = [region for region in regions.values() if region.code in asked]
        return [(indicator, region) for indicator in own for region in chosen]
    known: dict[int, set[int]] = {}
    figures = Observation.objects.current().of_indicators(indicator.pk for indicator in own)
    for indicator_id, region_id in figures.order_by().values_list("indicator", "region").distinct():
        known.setdefault(indicator_id, set()).add(region_id)
    cities = [pk for pk, region in regions.items() if region.kind == Region.Kind.CITY]
    first = set((cities or list(regions))[:1])
    return [(indicator, regions[pk]) for indicator in own for pk in known.get(indicator.pk, first)]


def _require_some(rows: int, periods: int) -> None:
    """Refuse a template without a row, and one that no spreadsheet would scroll."""
    if not rows:
        raise Refused(_("没有可由您填报的指标；请核对您的部门，或换一些指标、地区和报告期。"))
    if periods > MOST_PERIODS or rows * periods > MOST_CELLS:
        raise Refused(
            _("一份模板最多 %(cells)d 格、%(periods)d 个报告期，请少选一些指标、地区或报告期。")
            % {"cells": MOST_CELLS, "periods": MOST_PERIODS}
        )


def _standing(user: User, cells: set[Place]) -> dict[Place, Standing]:
    """What stands in these cells; one query over the rows that the person may enter."""
    rows = (
        Observation.objects.enterable_by(user)
        .of_indicators({indicator for indicator, _region, _period in cells})
        .filter(reference_period__in={period for _indicator, _region, period in cells})
        .select_related("entered_by")
    )
    return {place: found for place, found in standings(rows).items() if place in cells}
