"""What documents make of one another's goals: the list of findings, and those of one indicator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import reading
from indicators.models import Indicator, Region
from qdpolicy.dashboard import words
from qdpolicy.dashboard.finding_rows import Row, document_of, findings_of, readings
from qdpolicy.dashboard.promises import one_of, page_of
from qdpolicy.knowledge import Knowledge, asked_by
from targets.findings import KINDS, kind_word
from targets.models import PolicyDocument

LIMIT = 2_000
"""Of more readings than that the page compares only what an indicator or a document picks out."""


@dataclass(frozen=True, slots=True)
class Options:
    """What can be picked out: (value, label) pairs."""

    documents: Sequence[tuple[str, str]]
    indicators: Sequence[tuple[str, str]]


@require_safe
@reading
def finding_list(request: HttpRequest) -> HttpResponse:
    """All findings, what does not fit first; filtered by the address."""
    knowledge = asked_by(request)
    large = readings(knowledge).count() > LIMIT
    asked = {name: request.GET.get(name, "") for name in ("kind", "document", "indicator")}
    rows = _picked(knowledge, asked) if large else findings_of(readings(knowledge), knowledge)
    options = _all_options() if large else _options_of(rows)
    _check(asked, options)
    shown = [row for row in rows if _wanted(row, asked)]
    context = {
        # A list is paged as a query is; the pager asks for a length and slices alone.
        "page": page_of(shown, request.GET),  # type: ignore[type-var]
        "asked": asked,
        "filtered": any(asked.values()),
        "too_many": large and not (asked["document"] or asked["indicator"]),
        "options": options,
        **_counted(rows),
    }
    return render(request, "dashboard/findings.html", context)


def _check(asked: Mapping[str, str], options: Options) -> None:
    """404 in words for a filter that is not offered."""
    allowed: dict[str, Iterable[str]] = {
        "kind": KINDS,
        "document": [value for value, _label in options.documents],
        "indicator": [value for value, _label in options.indicators],
    }
    for name, value in asked.items():
        if value:
            one_of(value, allowed[name])


def _counted(rows: Sequence[Row]) -> dict[str, Any]:
    """How many findings there are of each kind."""
    counts = Counter(row.kind for row in rows)
    return {
        "clashes": sum(row.clash for row in rows),
        "changes": sum(not row.clash for row in rows),
        "kinds": [(kind, kind_word(kind, words.language()), counts[kind]) for kind in KINDS],
    }


def history_of(
    indicator: Indicator, region: Region, knowledge: Knowledge | None = None
) -> list[Row]:
    """The findings about one indicator in one region, what does not fit first; four queries."""
    here = Q(target__indicator=indicator, target__region=region)
    taken_up = Q(target__successors__indicator=indicator, target__successors__region=region)
    rows = findings_of(readings(knowledge).filter(here | taken_up).distinct(), knowledge)
    return [row for row in rows if (row.indicator, row.region) == (indicator, region)]


def _picked(knowledge: Knowledge | None, asked: Mapping[str, str]) -> list[Row]:
    """The findings about one indicator, or about all that one document promises; else none."""
    if asked["indicator"]:
        about = Indicator.objects.filter(code=asked["indicator"])
    elif asked["document"]:
        about = Indicator.objects.filter(targets__document__key=asked["document"])
    else:
        return []
    near = Q(target__indicator__in=about) | Q(target__successors__indicator__in=about)
    return findings_of(readings(knowledge).filter(near).distinct(), knowledge)


def _options_of(rows: Iterable[Row]) -> Options:
    """The documents, the latest first, and the indicators that findings are about."""
    documents = {document_of(version) for row in rows for version in row.versions}
    return Options(
        [(d.key, str(d)) for d in sorted(documents, key=lambda d: d.issued, reverse=True)],
        sorted({(row.indicator.code, str(row.indicator)) for row in rows}),
    )


def _all_options() -> Options:
    """All documents and indicators with promises."""
    documents = PolicyDocument.objects.filter(targets__isnull=False).distinct()
    indicators = Indicator.objects.filter(targets__isnull=False).distinct()
    return Options(
        [(row.key, str(row)) for row in documents], [(row.code, str(row)) for row in indicators]
    )


def _wanted(row: Row, asked: Mapping[str, str]) -> bool:
    """Whether the filters let a finding through."""
    documents = {document_of(version).key for version in row.versions}
    return (
        asked["kind"] in ("", row.kind)
        and (not asked["document"] or asked["document"] in documents)
        and asked["indicator"] in ("", row.indicator.code)
    )
