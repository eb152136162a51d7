"""Entering, changing and correcting a value; whatever refuses brings the filled form back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from indicators.actions import Entry, Seen
from indicators.errors import Refused
from indicators.forms.entry import EntryForm, enterable_indicators, initial_of
from indicators.models import Observation, Region
from indicators.periods import PeriodError, read_period
from indicators.plausibility import Issue
from indicators.quantities import grouped
from qdpolicy.entry.cells import Cell, surroundings
from qdpolicy.entry.evidence import attach_files
from qdpolicy.entry.scope import doubts_about, enterable

State = Observation.ReviewState
M = TypeVar("M", bound=Model)
_COMPARED = (
    "value", "qualifier", "obs_status", "vintage", "source_title", "source_url", "source_date",
    "note", "explanation",
)  # fmt: skip


@dataclass(frozen=True)
class Saving:
    """How a form is kept: by this action, over this row where there is one."""

    keep: Callable[[Entry, str], Observation]
    observation: Observation | None = None


@require_http_methods(["GET", "POST"])
@requires("indicators.enter_observation")
def entry_new(request: HttpRequest) -> HttpResponse:
    """A new value of a cell; ?indicator=&region=&period= fill the form."""
    user = acting_user(request)
    asked = request.POST if request.method == "POST" else request.GET
    code = asked.get("indicator")
    if code and _of_code(enterable_indicators(user), code) is None:
        raise Http404(_("没有这个指标，或它不由您的部门负责。"))
    if request.method == "GET":
        initial = {name: asked[name] for name in ("indicator", "region", "period") if name in asked}
        return _form_page(request, EntryForm(user=user, initial=initial))
    form = EntryForm(request.POST, user=user)

    def keep(entry: Entry, reason: str) -> Observation:
        # Whoever typed the cell into an empty form has seen nothing of it.
        seen = form.seen_here() or Seen()
        return actions.keep(by=user, entry=entry, seen=seen, reason=reason)

    return _save(request, form, Saving(keep))


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
    form = EntryForm(request.POST, user=user, initial=initial, fixed=fixed)

    def keep(entry: Entry, reason: str) -> Observation:
        if correcting:
            seen = form.seen_here() or Seen(approved=observation.pk)
            return actions.keep(by=user, entry=entry, seen=seen, reason=reason)
        version = form.cleaned_data["version"] or 0
        return actions.amend(
            by=user, observation=observation, version=version, entry=entry, reason=reason
        )

    return _save(request, form, Saving(keep, observation))


def _save(request: HttpRequest, form: EntryForm, saving: Saving) -> HttpResponse:
    """Check, doubt, keep and perhaps submit; whatever refuses brings the filled form back."""
    issues: list[Issue] = []
    if form.is_valid():
        data = form.cleaned_data
        around = surroundings([Cell(data["indicator"], data["region"], data["period"])])[0]
        issues = doubts_about(around, form.entry())
        if form.accepts(issues):
            try:
                row = _kept(request, form, issues, saving)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            except Conflict as conflict:
                return _conflict_page(request, form, conflict, saving.observation)
            else:
                submitted = row.review_state == State.SUBMITTED
                messages.success(
                    request,
                    _("已保存并提交，等待核定。") if submitted else _("草稿已保存，还没有提交。"),
                )
                return redirect("entry", row.pk)
    return _form_page(request, form, observation=saving.observation, issues=issues)


def _kept(
    request: HttpRequest, form: EntryForm, issues: list[Issue], saving: Saving
) -> Observation:
    """The value, its files and perhaps its submission, in one transaction."""
    user = acting_user(request)
    with audit.transaction():
        row = saving.keep(form.entry(issues), form.cleaned_data["reason"])
        attach_files(request, row)
        if request.POST.get("then") == "submit":
            actions.submit(by=user, observation=row, version=row.version)
    return row


def _conflict_page(
    request: HttpRequest, form: EntryForm, conflict: Conflict, observation: Observation | None
) -> HttpResponse:
    """409: the other person's value, name and time beside mine; saving again chooses mine."""
    data, current = form.cleaned_data, conflict.current
    standing = actions.standing_in(data["indicator"].pk, data["region"].pk, data["period"])
    if observation is None or observation.review_state == State.APPROVED:
        current = standing.latest
    assert current is None or isinstance(current, Observation)
    entry = form.entry()
    stated = Conflict(current, {name: getattr(entry, name) for name in _COMPARED})
    posted = request.POST.copy()
    posted["version"] = str(getattr(current, "version", ""))
    form.data = posted
    form.add_error(None, str(conflict))
    return _form_page(
        request,
        form,
        observation=observation,
        standing=standing,
        differing=[_in_words(clash) for clash in clashes(stated)],
        theirs=current,
        status=409,
    )


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
    standing: actions.Standing | None = None,
    differing: list[Clash] | None = None,
    theirs: Observation | None = None,
    status: int = 200,
) -> HttpResponse:
    cell = _cell(form)
    told = standing is not None
    if standing is None and cell is not None:
        standing = actions.standing_in(cell.indicator.pk, cell.region.pk, cell.period)
    token = ""
    if cell is not None and standing is not None:
        place = "|".join((cell.indicator.code, cell.region.code, cell.period))
        token, sent = f"{place}:{standing.seen}", str(form["seen"].value() or "")
        # Sent back as it came while it is about this cell: what was seen first counts.
        if sent.startswith(f"{place}:") and not told:
            token = sent
    context = {
        "form": form,
        "observation": observation,
        "around": surroundings([cell])[0] if cell is not None else None,
        "standing": standing,
        "seen": token,
        "theirs": theirs,
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
