"""The indicators: the list, and the page of one with its chart, its actuals and its promises."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import reading
from accounts.models import Department, User
from indicators.exporting import observations_csv
from indicators.models import Indicator, Observation, Region
from indicators.periods import ReferencePeriod
from qdpolicy.dashboard import indicator_series as series
from qdpolicy.dashboard.findings import history_of
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.projections import outlook_of
from qdpolicy.dashboard.promises import one_of, page_of
from qdpolicy.dashboard.words import LIGHTS
from qdpolicy.knowledge import asked_by
from qdpolicy.madeup import home_region
from targets.charts import figure, headline, subtitle, summary
from targets.models import Target


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list: the city's latest figure and how many promises have which light."""

    indicator: Indicator
    latest: Observation | None
    promises: int
    lights: tuple[tuple[str, int], ...]


@reading
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """All indicators, by department and kind, those with the most promises first."""
    department, kind = request.GET.get("department", ""), request.GET.get("kind", "")
    departments = list(Department.objects.filter(indicator__isnull=False).distinct())
    chosen = Indicator.objects.annotate(
        promises=Count(Coalesce("targets__part_of", "targets"), distinct=True)
    )
    if department:
        one_of(department, [row.code for row in departments])
        chosen = chosen.filter(department__code=department)
    if kind:
        chosen = chosen.filter(kind=one_of(kind, Indicator.Kind.values))
    ordered = chosen.select_related("unit", "department").order_by("-promises", "code")
    page = page_of(ordered, request.GET)
    context = {
        "page": page,
        "rows": _list_rows(page.object_list, known_for(request)),
        "departments": departments,
        "kinds": Indicator.Kind.choices,
        "department": department,
        "kind": kind,
    }
    return render(request, "dashboard/indicators.html", context)


@reading
@require_safe
def indicator_page(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator in one region: figure, table of actuals, and every promise ever made."""
    known = known_for(request)
    indicator = _indicator(code)
    regions = series.regions_of(indicator, known)
    region = _region(request, regions)
    context = {
        "indicator": indicator,
        "regions": regions,
        "region": region,
        "updating": known.is_live and series.is_updating(indicator, region),
        "history": history_of(indicator, region, asked_by(request)),
        **_shown(indicator, region, request.user, known),
    }
    return render(request, "dashboard/indicator.html", context)


def _shown(
    indicator: Indicator, region: Region, reader: User | AnonymousUser, known: Known
) -> dict[str, Any]:
    """The chart's sentences and the tables behind it."""
    held = series.held_of(indicator, region, known)
    promises = series.promises_of(indicator, region, known)
    outlook = outlook_of(indicator, region, known)
    chart = series.chart_of(indicator, region, held.actuals, promises)
    chart = replace(chart, ahead=outlook.ahead)
    today = known.as_of
    return {
        "rows": held.rows,
        "with_rates": any(row.rate is not None for row in held.rows),
        "drafts": _workable(held.drafts, reader),
        "promises": promises,
        "promise_count": len({row.target.part_of_id or row.target.pk for row in promises}),
        "missing": series.missing_years(held.actuals, promises, today),
        "headline": headline(chart, series.apart(indicator.unit)),
        "subtitle": subtitle(chart, today),
        "summary": summary(chart),
        "drawable": chart.drawable,
        "outlook": outlook,
    }


def _workable(drafts: Sequence[Observation], reader: User | AnonymousUser) -> list[Observation]:
    """Those of the rows that the reader may work with: the scope of the work pages, no wider."""
    if not drafts or not isinstance(reader, User):
        return []
    mine = Observation.objects.visible_to(reader).filter(pk__in=[row.pk for row in drafts])
    seen = set(mine.values_list("pk", flat=True))
    return [row for row in drafts if row.pk in seen]


@reading
@require_safe
@cache_control(private=True, no_cache=True)
def indicator_chart(request: HttpRequest, code: str) -> HttpResponse:
    """The Plotly figure as JSON; 304 while no actual, promise or verdict behind it changed."""
    indicator = _indicator(code)
    known = known_for(request)
    region = _region(request, series.regions_of(indicator, known))
    actuals = series.actuals_of(indicator, region, known)
    promises = series.promises_of(indicator, region, known)
    outlook = outlook_of(indicator, region, known)
    etag = series.digest(indicator, actuals, promises, outlook.digest)
    same = HttpResponse(headers={"ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=same)
    if answer is not None and answer is not same:
        return answer
    chart = series.chart_of(indicator, region, actuals, promises)
    spec = figure(replace(chart, ahead=outlook.ahead))
    return JsonResponse(spec, headers={"ETag": etag}, json_dumps_params={"ensure_ascii": False})


@reading
@require_safe
def indicator_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The approved actuals of the region as CSV."""
    indicator = _indicator(code)
    known = known_for(request)
    region = _region(request, series.regions_of(indicator, known))
    text = observations_csv(series.actuals_of(indicator, region, known))
    name = f"{indicator.code}-{region.code}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _indicator(code: str) -> Indicator:
    rows = Indicator.objects.select_related("unit", "department", "rate_of", "rate")
    return get_object_or_404(rows, code=code)


def _region(request: HttpRequest, regions: Sequence[Region]) -> Region:
    """The region asked for, else the city, else the first; the city where there is nothing yet."""
    by_code = {region.code: region for region in regions}
    wanted = request.GET.get("region")
    if wanted:
        if wanted not in by_code:
            raise Http404(_("这个指标在该地区没有实绩，也没有目标。"))
        return by_code[wanted]
    if by_code:
        return by_code.get(home_region(), regions[0])
    return get_object_or_404(Region, code=home_region())


def _list_rows(indicators: Iterable[Indicator], known: Known) -> list[ListRow]:
    """The lines of one page; two queries however many there are."""
    shown = list(indicators)
    latest: dict[int, Observation] = {}
    actuals = known.observations().of_indicators(row.pk for row in shown)
    of_city = actuals.filter(region__code=home_region()).select_related("indicator__unit")
    for actual in known.ended(of_city):
        held = latest.get(actual.indicator_id)
        if held is None or _order(held) < _order(actual):
            latest[actual.indicator_id] = actual
    # Parts of one promise about one indicator count once, with the light of the promise.
    promises: defaultdict[int, dict[int, str]] = defaultdict(dict)
    targets = Target.objects.filter(indicator__in=shown).select_related("snapshot")
    for target in known.judged(targets):
        snapshot = getattr(target, "snapshot", None)
        light = "grey" if snapshot is None else snapshot.promise_light
        promises[target.indicator_id][target.part_of_id or target.pk] = light
    return [
        _list_row(indicator, latest.get(indicator.pk), promises[indicator.pk].values())
        for indicator in shown
    ]


def _list_row(indicator: Indicator, latest: Observation | None, lights: Collection[str]) -> ListRow:
    counts = Counter(lights)
    shown = tuple((light, counts[light]) for light in LIGHTS if counts[light])
    return ListRow(indicator, latest, len(lights), shown)


def _order(row: Observation) -> ReferencePeriod:
    return ReferencePeriod.parse(row.reference_period or "")
