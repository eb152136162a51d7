"""The first page: how the promises stand, what is behind, what changed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import reading
from accounts.models import Department
from indicators.models import Observation
from qdpolicy.dashboard import words
from qdpolicy.dashboard.census import Standing
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.promises import (
    NO_DEADLINE,
    PAGE_SIZE,
    Scope,
    ends_in,
    page_of,
    read_scope,
)
from targets.models import Measure, StatusChange, TargetVersion

SHOWN = 6
LOOKED_THROUGH = 50
"""Rows of the first query in which what needs attention is sought, more than a page shows."""
MISSING_SHOWN = 60


@require_safe
@reading
def overview(request: HttpRequest) -> HttpResponse:
    """How the promises of a scope stand, for those who have five seconds."""
    known = known_for(request)
    promises = known.census()
    scope = read_scope(request.GET, promises.choices)
    counts = promises.standing(scope)
    rows = known.listed(scope, "light")
    page = page_of(rows, request.GET, counts.number(scope))
    behind: list[TargetVersion] = []
    if page.number == 1:
        first = list(rows[:LOOKED_THROUGH])
        page.object_list, behind = first[:PAGE_SIZE], _behind(first)
    context = {
        "scope": scope,
        "choices": promises.choices,
        "standing": counts,
        "sentence": headline(scope, counts),
        "page": page,
        "behind": behind,
        "changes": _changes(known, scope),
        "actuals": _latest_actuals(known, scope),
        "missing": _missing(known, scope),
        "measures": _measures(known, scope),
        "begins": None if counts.total else known.begins(),
    }
    return render(request, "dashboard/overview.html", context)


def headline(scope: Scope, counts: Standing) -> str:
    """The first line of the page: 2024年 16 项目标：9 项已完成，3 项符合预期。"""
    if not counts.total:
        return _("这里还没有目标。")
    when = _when(scope)
    number = ngettext("%(number)s 项目标", "%(number)s 项目标", counts.total) % {
        "number": counts.total
    }
    parts = [
        _("%(number)s 项%(status)s") % {"number": n, "status": words.status_label(status)}
        for status, n in counts.by_status.items()
    ]
    sentence = _("%(when)s %(number)s：%(parts)s。") % {
        "when": when,
        "number": number,
        "parts": _("，").join(parts),
    }
    # A number and its classifier never stand on different lines.
    return sentence.replace(" 项", "\u00a0项")


def _when(scope: Scope) -> str:
    """The scope's years in words."""
    if scope.year == NO_DEADLINE:
        return _("未注明期限的")
    if scope.year:
        return _("%(year)s年") % {"year": scope.year}
    return _("全部年份")


def _behind(rows: Iterable[TargetVersion]) -> list[TargetVersion]:
    """The worst of the promises that come first by light.

    A promise whose own figure lags is among them even while a part of it cannot be judged.
    """
    found = [
        row
        for row in rows
        if hasattr(row.target, "snapshot")
        and {row.target.snapshot.promise_light, row.target.snapshot.light} & {"red", "yellow"}
    ]
    return found[:SHOWN]


def _changes(known: Known, scope: Scope) -> Sequence[StatusChange]:
    """The latest verdicts that moved in the scope."""
    changes = known.changes()
    if not scope.is_everything:
        changes = changes.filter(target__in=known.in_scope(scope).values("target"))
    return list(changes[:SHOWN])


def _latest_actuals(known: Known, scope: Scope) -> Sequence[Observation]:
    """What was approved last about the indicators and regions of the scope."""
    versions = known.in_scope(scope)
    actuals = (
        known.observations()
        .filter(
            indicator__in=versions.values("target__indicator"),
            region__in=versions.values("target__region"),
        )
        .select_related("indicator__unit", "region")
        .order_by("-approved_at", "-reference_period", "-pk")
    )
    return known.first(actuals, SHOWN)


def _missing(known: Known, scope: Scope) -> list[tuple[Department, list[TargetVersion]]]:
    """Targets and parts without an actual, by the department that can fill it."""
    rows = known.missing(scope.without_light, MISSING_SHOWN)
    groups: dict[int, tuple[Department, list[TargetVersion]]] = {}
    for row in rows:
        department = row.target.department or row.target.indicator.department
        groups.setdefault(department.pk, (department, []))[1].append(row)
    return list(groups.values())


def _measures(known: Known, scope: Scope) -> list[tuple[str, str, int]]:
    """Qualitative commitments of the scope by status: code, label, number."""
    condition = Q()
    if scope.year == NO_DEADLINE:
        condition &= Q(period_end="")
    elif scope.year:
        condition &= ends_in(scope.year)
    if scope.document:
        condition &= Q(document__key=scope.document)
    if scope.region:
        condition &= Q(document__region__code=scope.region)
    if scope.department:
        condition &= Q(department__code=scope.department)
    numbers = dict(
        known.measures()
        .filter(condition)
        .values_list("standing")  # type: ignore[misc]  # annotated by known
        .annotate(number=Count("pk"))
        .order_by()
    )
    return [
        (code, str(label), numbers[code])
        for code, label in Measure.Status.choices
        if numbers.get(code)
    ]
