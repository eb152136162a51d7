"""What a program says it serves: targets and indicators with their lights, never a causal share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from indicators.charts import Series
from indicators.models import Indicator, Observation, Region
from indicators.periods import ReferencePeriod
from programs.models import ProgramLink
from qdpolicy.dashboard.indicator_series import chart_of
from qdpolicy.dashboard.known import Known
from targets.models import StaleRequest, TargetVersion


@dataclass(frozen=True, slots=True)
class Served:
    """A target, with what was promised and its verdict, or an indicator that is served."""

    link: ProgramLink
    version: TargetVersion | None
    updating: bool


@dataclass(frozen=True, slots=True)
class ServedSeries:
    """The actuals of a served indicator in the region that is meant; None: in none yet."""

    indicator: Indicator
    region: Region | None
    series: Series

    @property
    def name(self) -> str:
        """The name of its figure and its table in an address."""
        region = "" if self.region is None else f"-{self.region.code}"
        return f"serves-{self.indicator.code}{region}"


def links() -> QuerySet[ProgramLink]:
    """Links with both of their ends and whether a verdict waits to be made anew; one query."""
    stale = StaleRequest.objects.filter(
        indicator=OuterRef("target__indicator"), region=OuterRef("target__region")
    )
    return ProgramLink.objects.annotate(stale=Exists(stale)).select_related(
        "target__document",
        "target__clause",
        "target__snapshot",
        "target__indicator__unit",
        "target__region",
        "indicator__unit",
        "clause__document",
    )


def detailed_links(known: Known) -> QuerySet[ProgramLink]:
    """As `links`, with the exact meaning of the targets; two queries."""
    current = known.versions().select_related("unit")
    return links().prefetch_related(Prefetch("target__versions", current, to_attr="current"))


def served_by(rows: Iterable[ProgramLink], known: Known) -> list[Served]:
    """The links whose end was there on the day: targets with a verdict, and indicators."""
    asked = list(rows)
    targets = [row.target for row in asked if row.target is not None]
    there = {target.pk for target in known.judged(targets)}
    return [_served(row, known) for row in asked if row.target_id is None or row.target_id in there]


def series_of(served: Sequence[Served], known: Known) -> list[ServedSeries]:
    """The series behind what is served, each once, in the order of the links; one query."""
    indicators = {_indicator(row).pk: _indicator(row) for row in served}
    if not indicators:
        return []
    found: defaultdict[int, dict[int, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    rows = (
        known.observations().of_indicators(indicators).select_related("indicator__unit", "region")
    )
    for row in known.ended(rows):
        found[row.indicator_id][row.region_id].append(row)
    shown: dict[tuple[int, int | None], ServedSeries] = {}
    for end in served:
        indicator = _indicator(end)
        region = end.link.target.region if end.link.target else _region(found[indicator.pk])
        key = (indicator.pk, None if region is None else region.pk)
        if key not in shown:
            actuals = [] if region is None else found[indicator.pk].get(region.pk, [])
            shown[key] = _series(indicator, region, actuals)
    return list(shown.values())


def _served(link: ProgramLink, known: Known) -> Served:
    version = None if link.target is None else next(iter(getattr(link.target, "current", ())), None)
    stale: bool = link.stale  # type: ignore[attr-defined]  # annotated in links
    return Served(link, version, stale and known.is_live)


def _indicator(row: Served) -> Indicator:
    found = row.link.indicator if row.link.target is None else row.link.target.indicator
    assert found is not None  # link_one_end
    return found


def _region(found: dict[int, list[Observation]]) -> Region | None:
    """Where an indicator is meant that no target places: the city, else where there are actuals."""
    regions = [rows[0].region for rows in found.values()]
    return min(
        regions, key=lambda region: (region.kind != Region.Kind.CITY, region.code), default=None
    )


def _series(
    indicator: Indicator, region: Region | None, actuals: Iterable[Observation]
) -> ServedSeries:
    ordered = sorted(actuals, key=lambda row: ReferencePeriod.parse(row.reference_period or ""))
    if region is None:
        blank = Series(name=str(indicator), region="", unit=str(indicator.unit))
        return ServedSeries(indicator, None, blank)
    return ServedSeries(indicator, region, chart_of(indicator, region, ordered, ()).series)
