"""Measures: the qualitative commitments, each judged by a person with a reason."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import reading
from indicators.models import in_language
from qdpolicy.dashboard.known import known_for
from qdpolicy.dashboard.promises import one_of, page_of
from targets.models import Measure

UNSTATED = "none"
"""The value of ?department= for measures whose document names no department."""


@require_safe
@reading
def measure_list(request: HttpRequest) -> HttpResponse:
    """Every qualitative commitment, filtered by document, status and department."""
    documents, departments = _choices()
    asked = {name: request.GET.get(name, "") for name in ("document", "status", "department")}
    known = known_for(request)
    page = page_of(_filtered(known.measures(), asked, documents, departments), request.GET)
    page.object_list = known.as_judged(page.object_list)
    context = {
        "page": page,
        "asked": asked,
        "documents": documents.items(),
        "departments": departments.items(),
        "statuses": Measure.Status.choices,
        "unstated": UNSTATED,
    }
    return render(request, "dashboard/measures.html", context)


def _choices() -> tuple[dict[str, str], dict[str, str]]:
    """Documents and departments that have measures; one query."""
    documents: dict[str, str] = {}
    departments: dict[str, str] = {}
    rows = (
        Measure.objects.values_list(
            "document__key",
            "document__title",
            "document__title_en",
            "department__code",
            "department__name",
            "department__name_en",
        )
        .distinct()
        .order_by("document__key", "department__code")
    )
    for key, title, title_en, code, name, name_en in rows:
        documents[key] = in_language(title, title_en)
        if code is not None:
            departments[code] = in_language(name, name_en)
    return documents, departments


def _filtered(
    rows: QuerySet[Measure],
    asked: dict[str, str],
    documents: dict[str, str],
    departments: dict[str, str],
) -> QuerySet[Measure]:
    """The measures an address asks for; 404 in words for a value that is not offered."""
    rows = rows.select_related("document", "clause", "department", "judged_by")
    if asked["document"]:
        rows = rows.filter(document__key=one_of(asked["document"], documents))
    if asked["status"]:
        status = one_of(asked["status"], Measure.Status.values)
        rows = rows.filter(standing=status)  # type: ignore[misc]  # annotated by known
    if asked["department"] == UNSTATED:
        rows = rows.filter(department=None)
    elif asked["department"]:
        rows = rows.filter(department__code=one_of(asked["department"], departments))
    return rows.order_by("-document__issued", "document", "clause__start", "id")
