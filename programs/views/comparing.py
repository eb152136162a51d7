"""Any two editions of a program, side by side and in words."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import reading
from programs.models import Program, ProgramEdition, SupportItem
from programs.sidebyside import changes_between, comparison_table, side_by_side
from programs.views.tables import FORMATS, table_response


@require_safe
@reading
def editions_compare(request: HttpRequest, key: str) -> HttpResponse:
    """Two editions, ?from= and ?to= by key; without them the latest and the one before it."""
    program = get_object_or_404(Program, key=key)
    editions = list(_editions(program))
    old, new = _asked(request, editions)
    context: dict[str, Any] = {
        "program": program,
        "editions": editions,
        "old": old,
        "new": new,
        "formats": FORMATS,
        "query": request.GET.urlencode(),
    }
    if old is not None and new is not None:
        context |= {"parts": side_by_side(old, new), "changes": changes_between(old, new)}
    return render(request, "programs/editions_compare.html", context)


@require_safe
@reading
def editions_compare_file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    editions = list(_editions(get_object_or_404(Program, key=key)))
    old, new = _asked(request, editions)
    if old is None or new is None:
        raise Http404(_("这个计划只有一个版本，没有可以对比的。"))
    return table_response(comparison_table(old, new), kind)


def _editions(program: Program) -> Any:
    """Every edition, the latest first; those that a correction took the place of come too."""
    items = SupportItem.objects.select_related("clause__document")
    return (
        ProgramEdition.objects.filter(program=program)
        .select_related("program", "document", "clause", "department")
        .prefetch_related(Prefetch("items", items))
        .order_by("-valid_from", "-pk")
    )


def _asked(
    request: HttpRequest, editions: list[ProgramEdition]
) -> tuple[ProgramEdition | None, ProgramEdition | None]:
    """The editions of an address; 404 for a key that is none of this program's."""
    by_key = {edition.key: edition for edition in editions}
    current = [edition for edition in editions if edition.superseded_at is None]
    sides = [*reversed(current[:2]), None, None] if len(current) > 1 else [None, *current[:1], None]
    found = []
    for name, default in zip(("from", "to"), sides, strict=False):
        asked = request.GET.get(name, "")
        if asked and asked not in by_key:
            raise Http404(_("这个计划没有这个版本。"))
        found.append(by_key[asked] if asked else default)
    return found[0], found[1]
