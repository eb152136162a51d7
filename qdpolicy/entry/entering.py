"""Entering, changing and correcting a value; whatever refuses brings the filled form back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import acting_user, requires
from accounts.versions import Clash, Conflict, clashes
from indicators import actions
from indicators.errors import Refused
from indicators.forms import EntryForm, initial_of
from indicators.models import Indicator, Observation, Region
from indicators.periods import PeriodError, read_period
from indicators.plausibility import Issue
from indicators.quantities import grouped
from qdpolicy.entry.cells import Cell, surroundings
from qdpolicy.entry.scope import doubts_about, enterable

State = Observation.ReviewState
M = TypeVar("M", bound=Model)


@require_http_methods(["GET", "POST"])
@requires("indicators.enter_observation")
def entry_new(request: HttpRequest) -> HttpResponse:
    """A new value of a cell; ?indicator=&region=&period= fill the form."""
    user = acting_user(request)
    asked = request.POST if request.method == "POST" else request.GET
    code = asked.get("indicator")
    if code and _of_code(Indicator.objects.enterable_by(user), code) is None:
        raise Http404(_("没有这个指标，或它不由您的部门负责。"))
    if request.method == "GET":
        initial = {name: asked[name] for name in ("indicator", "region", "period") if name in asked}
        return _form_page(request, EntryForm(user=user, initial=initial))

    def keep(form: EntryForm) -> Observation:
        return actions.enter(by=user, entry=form.entry(), reason=form.cleaned_data["reason"])

    return _save(request, EntryForm(request.POST, user=user), keep)


@require_http_methods(["GET", "POST"])
@requires("indicators.enter_observation")
def entry_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or a returned value, or correct an approved one within its cell."""
    user = acting_user(request)
    observation = get_object_or_404(enterable(user), pk=pk)
    correcting = observation.review_state == State.APPROVED
    if observation.review_state == State.SUBMITTED or observation.superseded_at is not None:
        messages.error(request, _("这条数值正在等待核定或已被取代，现在不能修改。"))
        return redirect("entry", observation.pk)
    fixed = ("indicator", "region", "period") if correcting else ("indicator", "region")
    initial = initial_of(observation)
    if request.method == "GET":
        form = EntryForm(user=user, initial=initial, fixed=fixed)
        return _form_page(request, form, observation=observation)

    def keep(form: EntryForm) -> Observation:
        entry, reason = form.entry(), form.cleaned_data["reason"]
        if correcting:
            return actions.correct(by=user, observation=observation, entry=entry, reason=reason)
        version = form.cleaned_data["version"] or 0
        return actions.amend(
            by=user, observation=observation, version=version, entry=entry, reason=reason
        )

    form = EntryForm(request.POST, user=user, initial=initial, fixed=fixed)
    return _save(request, form, keep, observation=observation)


def _save(
    request: HttpRequest,
    form: EntryForm,
    keep: Callable[[EntryForm], Observation],
    observation: Observation | None = None,
) -> HttpResponse:
    """Check, doubt, keep and perhaps submit; whatever refuses brings the filled form back."""
    issues: list[Issue] = []
    if form.is_valid():
        data = form.cleaned_data
        around = surroundings([Cell(data["indicator"], data["region"], data["period"])])[0]
        issues = doubts_about(around, form.entry())
        if form.accepts(issues):
            try:
                with audit.transaction():
                    row = keep(form)
                    if request.POST.get("then") == "submit":
                        actions.submit(by=row.entered_by, observation=row, version=row.version)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            except Conflict as conflict:
                return _conflict_page(request, form, conflict, observation)
            else:
                submitted = request.POST.get("then") == "submit"
                messages.success(
                    request,
                    _("已保存并提交，等待核定。") if submitted else _("草稿已保存，还没有提交。"),
                )
                return redirect("entry", row.pk)
    return _form_page(request, form, observation=observation, issues=issues)


def _conflict_page(
    request: HttpRequest, form: EntryForm, conflict: Conflict, observation: Observation | None
) -> HttpResponse:
    """409: the other person's values beside mine; saving once more chooses mine knowingly."""
    names = {**dict.fromkeys(form.fields), "reference_period": None}
    differing = [_in_words(clash) for clash in clashes(conflict) if clash.field in names]
    form.data = {name: form.data[name] for name in form.data}
    form.data["version"] = str(getattr(conflict.current, "version", ""))
    form.add_error(None, str(conflict))
    return _form_page(request, form, observation=observation, differing=differing, status=409)


def _in_words(clash: Clash) -> Clash:
    """A clash with codes as labels and numbers for reading."""
    choices = dict(Observation._meta.get_field(clash.field).flatchoices)  # type: ignore[union-attr]
    current, attempted = (
        grouped(value) if isinstance(value, Decimal) else str(choices.get(value, value or "—"))
        for value in (clash.current, clash.attempted)
    )
    return Clash(clash.field, clash.label, current, attempted)


def _form_page(
    request: HttpRequest,
    form: EntryForm,
    *,
    observation: Observation | None = None,
    issues: list[Issue] | None = None,
    differing: list[Clash] | None = None,
    status: int = 200,
) -> HttpResponse:
    cell = _cell(form)
    context = {
        "form": form,
        "observation": observation,
        "around": surroundings([cell])[0] if cell is not None else None,
        "issues": issues or [],
        "token": form.token(issues) if issues else "",
        "clashes": differing or [],
    }
    return render(request, "entry/entry_form.html", context, status=status)


def _of_code(rows: QuerySet[M], code: str) -> M | None:
    """The row of a code as it was sent; PostgreSQL does not even look for one with a NUL."""
    return None if "\0" in code else rows.filter(code=code).first()


def _cell(form: EntryForm) -> Cell | None:
    """The cell that the form is about so far, or None where a part of it is not readable yet."""
    indicators = form.fields["indicator"].queryset  # type: ignore[attr-defined]
    indicator = _of_code(indicators, str(form["indicator"].value() or ""))
    region = _of_code(Region.objects.all(), str(form["region"].value() or ""))
    try:
        period = str(read_period(str(form["period"].value() or "")))
    except PeriodError:
        return None
    return Cell(indicator, region, period) if indicator and region else None
