"""Regions side by side: one indicator, the latest approved figure of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import reading
from indicators.models import Indicator, Observation, Region
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.promises import one_of

SORTS = ("value", "-value", "name", "period")
LATEST = ""

Kind = Region.Kind
WIDE = (Kind.CITY, Kind.PROVINCE, Kind.COUNTRY)


@dataclass(frozen=True, slots=True)
class Row:
    """A region and its figure; None where none was approved."""

    region: Region
    observation: Observation | None
    share: Decimal | None
    """Of the largest figure in the same table: the length of a bar."""


@dataclass(frozen=True, slots=True)
class Group:
    """Regions of one kind, compared with one another."""

    code: str
    title: str
    rows: tuple[Row, ...]

    @property
    def has_figures(self) -> bool:
        """Whether there is anything to compare."""
        return any(row.observation is not None for row in self.rows)


@require_safe
@reading
def region_table(request: HttpRequest) -> HttpResponse:
    """The districts side by side, then the city against its province and peers, then zones."""
    known = known_for(request)
    indicators = _indicators(known)
    sort = one_of(request.GET.get("sort") or "-value", SORTS)
    indicator = _chosen(request.GET.get("indicator", ""), indicators)
    observations = _observations(indicator, known)
    periods = sorted({p for row in observations if (p := row.reference_period)}, reverse=True)
    period = request.GET.get("period", LATEST)
    if period != LATEST:
        one_of(period, periods)
    latest = latest_by_region(
        row for row in observations if period in (LATEST, row.reference_period)
    )
    regions = Region.objects.prefetch_related("overlaps").filter(valid_to=None)
    context = {
        "indicators": indicators,
        "indicator": indicator,
        "periods": periods,
        "period": period,
        "sort": sort,
        "sorts": _sorts(),
        "groups": groups_of(list(regions), latest, sort, comparable=_comparable(indicator)),
    }
    return render(request, "dashboard/regions.html", context)


def _comparable(indicator: Indicator | None) -> bool:
    """Whether a city's figure can stand beside that of its province: a share, not a sum."""
    return indicator is not None and indicator.aggregation != Indicator.Aggregation.SUM


def _sorts() -> list[tuple[str, str]]:
    """The orders in words."""
    labels = (_("数值从低到高"), _("数值从高到低"), _("地区代码"), _("报告期从新到旧"))
    return list(zip(SORTS, labels, strict=True))


def _indicators(known: Known) -> list[Indicator]:
    """Indicators with an approved figure; those with the most regions first."""
    found: dict[int, set[int]] = {}
    pairs = known.observations().values_list("indicator", "region").distinct().order_by()
    for indicator, region in pairs:
        found.setdefault(indicator, set()).add(region)
    rows = Indicator.objects.filter(pk__in=found).select_related("unit", "department")
    return sorted(rows, key=lambda row: (-len(found[row.pk]), row.code))


def _chosen(code: str, indicators: Sequence[Indicator]) -> Indicator | None:
    """The indicator asked for, or the one with the most regions; None where there is none."""
    if not code:
        return indicators[0] if indicators else None
    one_of(code, [row.code for row in indicators])
    return next(row for row in indicators if row.code == code)


def _observations(indicator: Indicator | None, known: Known) -> list[Observation]:
    """The approved figures of an indicator."""
    if indicator is None:
        return []
    rows = known.observations().filter(indicator=indicator)
    return known.ended(rows.select_related("indicator__unit"))


def latest_by_region(observations: Iterable[Observation]) -> dict[int, Observation]:
    """The figure of the latest period for each region; one whose period is unreadable is left out."""
    found: dict[int, tuple[ReferencePeriod, Observation]] = {}
    for row in observations:
        try:
            period = ReferencePeriod.parse(row.reference_period or "")
        except PeriodError:  # approved rows have one; nothing is ranked without its period
            continue
        standing = found.get(row.region_id)
        if standing is None or standing[0] < period:
            found[row.region_id] = period, row
    return {region: row for region, (_period, row) in found.items()}


def groups_of(
    regions: Sequence[Region],
    latest: Mapping[int, Observation],
    sort: str,
    *,
    comparable: bool = False,
) -> list[Group]:
    """Each city's districts, its zones, then cities, provinces and the country.

    Zones overlap districts: they have a table of their own and are never added. Cities stand
    beside provinces in one table only where the figures are comparable (ratios), since a province
    holds its cities. Wide areas without a figure are left out; districts are listed all.
    """
    groups = []
    for home in (row for row in regions if row.kind == Kind.CITY):
        titles = {
            Kind.DISTRICT: _("%(city)s各区市"),
            Kind.ZONE: _("%(city)s各功能区（与区市重叠，不相加）"),
        }
        for kind, title in titles.items():
            below = [row for row in regions if row.kind == kind and row.parent_id == home.pk]
            if below:
                groups.append(Group(kind, title % {"city": home}, _rows(below, latest, sort)))
    wide: list[tuple[str, str, tuple[str, ...]]] = [
        ("city", _("城市之间"), (Kind.CITY,)),
        ("province", _("全国与各省"), (Kind.PROVINCE, Kind.COUNTRY)),
    ]
    if comparable:
        wide = [("city", _("与全国、全省和其他城市相比"), WIDE)]
    for code, title, kinds in wide:
        known = [row for row in regions if row.kind in kinds and row.pk in latest]
        if known:
            groups.append(Group(code, title, _rows(known, latest, sort)))
    # Tables with figures first; the order is otherwise kept.
    return sorted(groups, key=lambda group: not group.has_figures)


def _rows(
    regions: Sequence[Region], latest: Mapping[int, Observation], sort: str
) -> tuple[Row, ...]:
    """The regions in order; without a figure they come last."""
    values = [
        row.value for region in regions if (row := latest.get(region.pk)) and row.value is not None
    ]
    largest = max(values, default=Decimal(0))
    rows = [_row(region, latest.get(region.pk), largest) for region in regions]
    known = [
        row for row in rows if row.observation is not None and row.observation.value is not None
    ]
    unknown = [row for row in rows if row not in known]
    return (*_in_order(known, sort), *unknown)


def _row(region: Region, observation: Observation | None, largest: Decimal) -> Row:
    """A region beside the largest of its table."""
    value = None if observation is None else observation.value
    share = value / largest if value is not None and largest > 0 else None
    return Row(region, observation, share)


def _in_order(rows: list[Row], sort: str) -> list[Row]:
    """Rows that have a value, in one of SORTS."""
    if sort == "name":
        return sorted(rows, key=lambda row: row.region.code)
    if sort == "period":
        return sorted(rows, key=_last_day, reverse=True)
    return sorted(rows, key=_value, reverse=sort == "-value")


def _value(row: Row) -> Decimal:
    assert row.observation is not None
    assert row.observation.value is not None
    return row.observation.value


def _last_day(row: Row) -> ReferencePeriod:
    assert row.observation is not None
    return ReferencePeriod.parse(row.observation.reference_period or "")
