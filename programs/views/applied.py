"""What applied on a day: every program with its items in force then, as a page and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import reading
from programs.editiontables import applied_table
from programs.forms.editions import DayForm
from programs.models import ProgramEdition, SupportItem
from programs.views.tables import FORMATS, table_response


@dataclass(frozen=True, slots=True)
class Asked:
    """The day that is asked for, and the day whose knowledge answers; None is today's."""

    day: date
    known_on: date | None


@require_safe
@reading
def applied(request: HttpRequest) -> HttpResponse:
    """Choose a day: ?day=&known_on= leads to the page of that day, a bare address to today."""
    form = DayForm(request.GET if "day" in request.GET else {"day": _today().isoformat()})
    if not form.is_valid():
        return render(request, "programs/applied.html", {"form": form}, status=400)
    known_on = form.cleaned_data["known_on"]
    address = reverse("applied_on", args=[form.cleaned_data["day"].isoformat()])
    query = f"?{urlencode({'known_on': known_on.isoformat()})}" if known_on else ""
    return redirect(address + query)


@require_safe
@reading
def applied_on(request: HttpRequest, day: str) -> HttpResponse:
    """All programs and items in force on a day, with their words."""
    asked = _asked(request, day)
    editions = list(_in_force(asked))
    initial = {"day": asked.day, "known_on": asked.known_on}
    context = {
        "form": DayForm(initial=initial),
        "asked": asked,
        "editions": editions,
        "items": sum(len(edition.items.all()) for edition in editions),
        "formats": FORMATS,
        "query": request.GET.urlencode(),
    }
    return render(request, "programs/applied.html", context)


@require_safe
@reading
def applied_file(request: HttpRequest, day: str, kind: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    asked = _asked(request, day)
    table = applied_table(_in_force(asked), day=asked.day, known_on=asked.known_on)
    return table_response(table, kind)


def _asked(request: HttpRequest, day: str) -> Asked:
    """The days of an address; 404 in words for a text that is none."""
    form = DayForm({"day": day, "known_on": request.GET.get("known_on", "")})
    if not form.is_valid():
        raise Http404(_first_error(form))
    return Asked(form.cleaned_data["day"], form.cleaned_data["known_on"])


def _first_error(form: DayForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _in_force(asked: Asked) -> Any:
    """The editions of the day with all that a page shows of them: three queries."""
    items = SupportItem.objects.select_related("clause__document")
    return (
        ProgramEdition.objects.in_force_on(asked.day, known_on=asked.known_on)
        .select_related("program__department", "department", "document", "clause")
        .prefetch_related(Prefetch("items", items))
        .order_by("program_id")
    )


def _today() -> date:
    return timezone.localdate()
