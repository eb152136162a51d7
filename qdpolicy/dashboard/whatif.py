"""What if: another actual, goal or path, and the verdict it would get. Nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import reading
from indicators.models import Unit
from qdpolicy.dashboard.needed import needed, smallest
from qdpolicy.dashboard.whatif_form import WhatIfForm
from qdpolicy.dashboard.whatif_words import Judged, changes, lines, needed_words, outcome
from qdpolicy.knowledge import Knowledge, asked_by
from targets.models import ProgressSnapshot, Target, TargetVersion
from targets.progress import Rules, Verdict, evaluate, evaluate_group
from targets.recompute import current_versions, goal_of, observations_of, rules_in_force
from targets.recompute.past import versions_known_on
from targets.recompute.reading import Pair, Series
from targets.recompute.writing import qualifier_of, snapshot_of


@dataclass(frozen=True, slots=True)
class Case:
    """A promise with its parts, and all that it is judged by."""

    members: tuple[Target, ...]
    versions: Mapping[int, TargetVersion]
    observed: Mapping[Pair, tuple[Series, Series]]
    rules: Rules
    as_of: date

    def of(self, target: Target) -> tuple[Series, Series]:
        """The actuals and the published growth rates that a target is judged by."""
        return self.observed.get((target.indicator_id, target.region_id), ({}, {}))


@require_safe
@reading
def whatif_page(request: HttpRequest, document_key: str, key: str) -> HttpResponse:
    """The verdict as it is, and as it would be if the fields of the form were so."""
    rows = Target.objects.select_related("document", "clause", "region", "indicator__unit")
    target = get_object_or_404(rows, document__key=document_key, key=key)
    case = _case_of(target, asked_by(request))
    version = case.versions.get(target.pk)
    if version is None:
        raise Http404(_("这项目标没有可以试算的读法。"))
    version.target = target
    now = _judged(case, target)
    form = WhatIfForm(target, version, case.of(target), case.as_of, request.GET)
    context: dict[str, Any] = {"target": target, "version": version, "form": form, "now": now}
    if form.is_valid():
        asked = _asked(case, target, form)
        then = _judged(asked, target)
        context |= {
            "then": then,
            "lines": lines(now, then),
            "changes": changes(now, then),
            "outcome": outcome(now, then),
        }
        if "solve" in request.GET:
            context |= _solved(asked, target, request)
    return render(request, "dashboard/whatif.html", context)


def _case_of(target: Target, knowledge: Knowledge | None) -> Case:
    """What the whole promise of a target is judged by, now or as known on an earlier day."""
    head = target.part_of_id or target.pk
    promise = Target.objects.filter(Q(pk=head) | Q(part_of=head))
    members = tuple(promise.select_related("indicator__unit").order_by("pk"))
    if knowledge is None:
        day, known_on = timezone.localdate(), None
        versions = current_versions(members)
    else:
        day, known_on = knowledge.as_of, knowledge.known_on
        versions = versions_known_on(members, known_on=known_on, as_of=day)
    rules, _version = rules_in_force(day, known_on)
    return Case(members, versions, observations_of(members, known_on), rules, day)


def _asked(case: Case, target: Target, form: WhatIfForm) -> Case:
    """The case with the reading, the actuals and the day of the form.

    A part that is judged by the same series is judged by the changed one.
    """
    version = form.version()
    version.target = target
    place = target.indicator_id, target.region_id
    return replace(
        case,
        versions={**case.versions, target.pk: version},
        observed={**case.observed, place: (form.series, form.rates)},
        as_of=form.cleaned_data["as_of"],
    )


def _verdicts(case: Case) -> dict[int, Verdict]:
    """The verdict of each part that has a reading."""
    found = {}
    for member in case.members:
        version = case.versions.get(member.pk)
        if version is not None:
            series, rates = case.of(member)
            goal = goal_of(member, version)
            found[member.pk] = evaluate(goal, series, case.as_of, case.rules, rates=rates)
    return found


def _judged(case: Case, target: Target) -> Judged:
    """The verdict of a target, with that of its whole promise; an unsaved row."""
    verdicts = _verdicts(case)
    verdict = verdicts[target.pk]
    whole = evaluate_group(list(verdicts.values())) if len(verdicts) > 1 else verdict
    row: ProgressSnapshot = snapshot_of(
        target, verdict, whole.status, case.as_of, case.rules, timezone.now()
    )
    row.actual_qualifier = qualifier_of(verdict, case.of(target))
    series, rates = case.of(target)
    return Judged(case.versions[target.pk], row, series, rates, case.rules, case.as_of)


def _solved(case: Case, target: Target, request: HttpRequest) -> dict[str, Any]:
    """What it takes to attain the goal, and the address that fills it in where one figure does."""
    version = case.versions[target.pk]
    goal = goal_of(target, version)
    bounds = needed(goal, _verdicts(case)[target.pk], case.rules)
    if bounds is None:
        return {"unsolved": True}
    found: dict[str, Any] = {"needed": needed_words(bounds, _judged(case, target))}
    value = smallest(bounds, _step(target.indicator.unit))
    end = goal.period_end
    if value is None or end is None or goal.measure in ("growth", "increment", "cumulative"):
        return found
    query = request.GET.copy()
    query[f"actual-{end}"] = format(value, "f")
    query[f"actual-{end}-qualifier"] = "exact"
    query["as_of"] = max(case.as_of, end.last_day).isoformat()
    query.pop("solve", None)
    return {**found, "fill_in": f"?{query.urlencode()}"}


def _step(unit: Unit) -> Decimal:
    """Things are counted whole; other amounts to two decimals."""
    whole = unit.dimension == Unit.Dimension.COUNT and unit.exponent == 0
    return Decimal(1) if whole else Decimal("0.01")
