"""The page of what is odd in the stored data, by the rules as they are set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from indicators.doubts import MOST_ROWS, Oddity, oddities, stored_rows
from indicators.models import Indicator, Observation, in_language
from indicators.plausibility import RULES

PAGE = 50


@dataclass(frozen=True)
class Choice:
    """A value of a filter, its name, and how many doubts it leaves."""

    code: str
    name: str
    count: int


@require_GET
@requires("indicators.view_draft")
def doubts(request: HttpRequest) -> HttpResponse:
    """Everything odd in the stored data that I may see; ?rule=&indicator= narrow it."""
    user = acting_user(request)
    rule, code = request.GET.get("rule", ""), request.GET.get("indicator", "")
    rows = Observation.objects.visible_to(user).order_by(
        "indicator__code", "region__code", "reference_period", "id"
    )
    looked = stored_rows(rows.filter(indicator__code=code) if code else rows)
    found = oddities(looked, timezone.localdate())
    shown = [odd for odd in found if rule in ("", odd.rule.code)]
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "rules": _rules(found),
        "indicators": _indicators(found, code),
        "rule": rule,
        "indicator": code,
        "looked": len(looked),
        "not_all": len(looked) == MOST_ROWS,
    }
    return render(request, "doubts/doubts.html", context)


def _rules(found: list[Oddity]) -> list[Choice]:
    counted = Counter(odd.rule.code for odd in found)
    return [
        Choice(code, in_language(rule.name_zh, rule.name_en), counted[code])
        for code, rule in RULES.items()
        if counted[code]
    ]


def _indicators(found: list[Oddity], chosen: str) -> list[Choice]:
    """All indicators once one is chosen, else those with doubts."""
    counted = Counter(odd.row.indicator.code for odd in found)
    named = Indicator.objects.values_list("code", "name", "name_en").order_by("code")
    return [
        Choice(code, in_language(name, name_en), counted[code])
        for code, name, name_en in named
        if chosen or counted[code]
    ]
