"""Who owes what: chosen from what is promised, copied, given to others, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, requires
from accounts.models import Department
from indicators import actions
from indicators.actions import Owed
from indicators.errors import Refused
from indicators.forms.rounds import DutyForm, PickForm
from indicators.models import Duty, Indicator, Region, ReportingRound
from indicators.periods import ReferencePeriod
from qdpolicy.entry.cells import Gap, promised
from qdpolicy.entry.rounds.steps import posted, save, step, version_seen

MOST = 1500
"""Cells that one choice may hold: a form may send 2000 fields, and names the departments too."""


@require_http_methods(["GET", "POST"])
@requires("indicators.manage_round")
def round_duties(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything promised about the indicators of departments, to be asked for in this round."""
    round_ = get_object_or_404(ReportingRound, pk=pk)
    posting = request.method == "POST"
    texts = (request.POST if posting else request.GET).getlist("department")
    # PostgreSQL does not even look for a code with a NUL.
    chosen = {text for text in texts if "\0" not in text}
    of = Indicator.objects.filter(department__code__in=chosen).select_related("department")
    cells = _offered(round_, of) if chosen else []
    picked = posting and request.POST.get("then") == "pick"
    start: dict[str, object] = {"period": round_.reference_period}
    if cells:
        start["region"] = cells[0].region.region_code
    pick = PickForm(request.POST if picked else None, among=of, initial=start)
    if posting and _assigned(request, round_, _wanted(request, cells, pick)):
        return redirect("round", pk)
    context = {
        "round": round_,
        "departments": Department.objects.active(),
        "chosen": sorted(chosen),
        "cells": [(key_of(gap), gap) for gap in cells[:MOST]],
        "left_out": max(len(cells) - MOST, 0),
        "pick": pick if chosen else None,
        "earlier": ReportingRound.objects.exclude(pk=pk).filter(duties__isnull=False).distinct(),
    }
    return render(request, "rounds/duties.html", context)


def _wanted(request: HttpRequest, cells: list[Gap], pick: PickForm) -> list[Owed] | None:
    """The cells that were ticked or picked; None where the pick is not readable."""
    if pick.is_bound:
        return pick.owed() if pick.is_valid() else None
    ticked = set(request.POST.getlist("cell"))
    return _owed(gap for gap in cells if key_of(gap) in ticked)


def _assigned(request: HttpRequest, round_: ReportingRound, owed: list[Owed] | None) -> bool:
    """Whether the duties were added; a refusal is told on the page."""
    if owed is None:
        return False
    try:
        number = actions.assign_duties(by=acting_user(request), round_=round_, owed=owed)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    _tell_new(request, number)
    return True


def _offered(round_: ReportingRound, indicators: Iterable[Indicator]) -> list[Gap]:
    """What promises need of the round's period, and no duty of it asks for yet."""
    period = ReferencePeriod.parse(round_.reference_period)
    taken = set(round_.duties.values_list("indicator", "region", "reference_period"))
    return [
        gap
        for gap in promised(indicators, period.last_day + timedelta(days=1))
        # A half-year asks for no figure of the year before it.
        if period.first_day <= gap.period.first_day
        and (gap.indicator.pk, gap.region.region, str(gap.period)) not in taken
    ]


def key_of(gap: Gap) -> str:
    """A cell as the value of its box: indicator, region, period."""
    return f"{gap.indicator.code}|{gap.region.region_code}|{gap.period}"


def _owed(cells: Iterable[Gap]) -> list[Owed]:
    cells = list(cells)
    regions = Region.objects.in_bulk({gap.region.region for gap in cells})
    return [
        Owed(
            indicator=gap.indicator,
            region=regions[gap.region.region],
            period=str(gap.period),
            department=gap.indicator.department,
        )
        for gap in cells
    ]


def _tell_new(request: HttpRequest, number: int) -> None:
    words = ngettext("新增 %(number)d 项填报任务。", "新增 %(number)d 项填报任务。", number)
    messages.success(request, words % {"number": number})


@require_POST
@requires("indicators.manage_round")
def round_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for what an earlier round asked for, moved to this round's period."""
    user = acting_user(request)
    round_ = get_object_or_404(ReportingRound, pk=pk)
    text = request.POST.get("earlier", "")
    known = text.isascii() and text.isdigit() and len(text) < 10
    earlier = get_object_or_404(ReportingRound, pk=int(text) if known else 0)
    try:
        _tell_new(request, actions.copy_duties(by=user, round_=round_, earlier=earlier))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("round", pk)


@require_http_methods(["GET", "POST"])
@requires("indicators.manage_round")
def duty_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a duty to another department, or name a deputy."""
    user = acting_user(request)
    rows = Duty.objects.select_related("round", "indicator", "region", "department", "deputy")
    duty = get_object_or_404(rows, pk=pk)
    initial = {
        "department": duty.department, "deputy": duty.deputy, "version": duty.version,
    }  # fmt: skip
    form = DutyForm(request.POST if request.method == "POST" else None, initial=initial)

    def leave(_duty: Duty) -> HttpResponse:
        messages.success(request, _("填报任务已修改。"))
        return redirect("round", duty.round_id)

    return save(
        request,
        "rounds/duty.html",
        form,
        lambda: actions.change_duty(
            by=user,
            duty=duty,
            version=version_seen(form),
            department=form.cleaned_data["department"],
            deputy=form.cleaned_data["deputy"],
        ),
        leave,
        {"duty": duty, "round": duty.round},
    )


@require_POST
@requires("indicators.manage_round")
def duty_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a value no longer, with the reason."""
    user = acting_user(request)
    duty = get_object_or_404(Duty.objects.select_related("round", "indicator", "region"), pk=pk)
    version, reason = posted(request)
    return step(
        request,
        _("填报任务已取消。"),
        lambda: actions.drop_duty(by=user, duty=duty, version=version, reason=reason),
        "round",
        duty.round_id,
    )
