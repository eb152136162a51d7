"""The life of a value, and the steps of its workflow."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import acting_user, requires
from accounts.models import User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import Seen
from indicators.errors import Refused
from indicators.models import Evidence, Observation, in_language
from indicators.plausibility import Severity
from qdpolicy.entry.cells import Cell, surroundings
from qdpolicy.entry.reviewing import stopped
from qdpolicy.entry.scope import doubts_about, enterable, workable
from qdpolicy.entry.timeline import life_of

State = Observation.ReviewState
_PEOPLE = ("submitted_by", "returned_by", "withdrawn_by")


@require_GET
@requires("indicators.view_draft")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole life of a value: every version of its cell, who, when, why, from where."""
    user = acting_user(request)
    rows = workable(user).select_related("upload", *_PEOPLE).defer("upload__content")
    observation = get_object_or_404(rows, pk=pk)
    around, issues, of_cell = None, [], [observation]
    if observation.reference_period is not None:
        cell = Cell(observation.indicator, observation.region, observation.reference_period)
        around = surroundings([cell])[0]
        issues = doubts_about(around, observation) if observation.superseded_at is None else []
        of_cell = list(
            rows.filter(indicator=cell.indicator, region=cell.region).for_period(cell.period)
        )
    files = list(
        Evidence.objects.filter(observation__in=of_cell)
        .defer("content")
        .select_related("attached_by", "removed_by")
    )
    context = {
        "observation": observation,
        "life": life_of(of_cell, files),
        "files": [file for file in files if file.removed_at is None],
        "around": around,
        "issues": issues,
        "seen": actions.Standing(*_standing(of_cell)).seen,
        **_allowed(user, observation),
    }
    return render(request, "entry/entry.html", context)


def _standing(rows: list[Observation]) -> tuple[Observation | None, Observation | None]:
    """The open and the approved row of a cell, as `actions.standings` finds them."""
    now = [row for row in rows if row.superseded_at is None]
    approved = [row for row in now if row.review_state == State.APPROVED]
    opened = [row for row in now if row.review_state != State.APPROVED and row.key is None]
    return next(iter(opened), None), next(iter(approved), None)


def _allowed(user: User, observation: Observation) -> dict[str, bool]:
    """What this person may do with the value now."""
    open_draft = observation.superseded_at is None and observation.review_state in (
        State.DRAFT,
        State.RETURNED,
    )
    may_enter = (
        user.has_perm("indicators.enter_observation")
        and Observation.objects.enterable_by(user).filter(pk=observation.pk).exists()
    )
    may_judge = observation.entered_by_id != user.pk or settings.SELF_APPROVAL
    return {
        "may_enter": may_enter,
        "may_change": may_enter and open_draft,
        "may_correct": may_enter
        and observation.superseded_at is None
        and observation.review_state == State.APPROVED,
        "may_review": user.has_perm("indicators.approve_observation")
        and may_judge
        and observation.superseded_at is None
        and observation.review_state == State.SUBMITTED,
    }


def _posted(request: HttpRequest) -> tuple[int, str]:
    """The version that the person saw and the reason given; raises BadRequest without a version."""
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
    return int(version), _reason(request)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\0", "")[:2000]


def _step(
    request: HttpRequest, observation: Observation, done: str, move: Callable[[], Observation]
) -> HttpResponse:
    """Take one step of the workflow; a refusal goes back in words, a conflict shows both values."""
    try:
        row = move()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("entry", observation.pk)
    except Conflict as conflict:
        found = getattr(conflict.current, "pk", observation.pk)
        context = {
            "observation": workable(acting_user(request)).filter(pk=found).first(),
            "seen": request.POST.get("seen_value", request.POST.get("seen", ""))[:60],
            "sentence": str(conflict),
        }
        return render(request, "entry/conflict.html", context, status=409)
    messages.success(request, done)
    return redirect("entry", row.pk)


@require_POST
@requires("indicators.enter_observation")
def entry_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft to the reviewers."""
    user = acting_user(request)
    observation = get_object_or_404(enterable(user), pk=pk)
    version, _unused = _posted(request)
    return _step(
        request,
        observation,
        _("已提交，等待核定。"),
        lambda: _submit(user, observation, version),
    )


@require_POST
@requires("indicators.enter_observation")
def entry_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft or a returned value out of the way, with a reason; it stays on record."""
    user = acting_user(request)
    observation = get_object_or_404(enterable(user), pk=pk)
    version, reason = _posted(request)
    return _step(
        request,
        observation,
        _("已撤回；这一稿仍然留在记录里。"),
        lambda: actions.withdraw(by=user, observation=observation, version=version, reason=reason),
    )


@require_POST
@requires("indicators.enter_observation")
def entry_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """State what a past version says once more, as a draft of today."""
    user = acting_user(request)
    row = get_object_or_404(enterable(user), pk=pk)
    try:
        seen = Seen.parse(request.POST.get("seen", ""))
    except ValueError as error:
        raise BadRequest(_("请求中没有版本号，请重新打开页面。")) from error

    def back() -> Observation:
        return actions.bring_back(
            by=user, row=row, seen=seen, reason=_reason(request), doubts=_warnings_today(row)
        )

    return _step(request, row, _("已恢复为新的草稿，提交并核定后生效。"), back)


def _warnings_today(row: Observation) -> list[str]:
    """The codes of what is doubted about a row today.

    Raises Refused, in words, where it would be an error if it were typed today.
    """
    if row.reference_period is None:
        return []
    cell = Cell(row.indicator, row.region, row.reference_period)
    issues = doubts_about(surroundings([cell])[0], actions.restated(row))
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    if errors:
        raise Refused(" ".join(in_language(issue.zh, issue.en) for issue in errors))
    return [issue.code for issue in issues if issue.needs_reason]


def _submit(user: User, observation: Observation, version: int) -> Observation:
    if observation.review_state in (State.DRAFT, State.RETURNED):
        for words in stopped([observation]).values():
            raise Refused(words)
    return actions.submit(by=user, observation=observation, version=version)


@require_POST
@requires("indicators.approve_observation")
def entry_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a submitted value back with a reason."""
    user = acting_user(request)
    observation = get_object_or_404(workable(user), pk=pk)
    version, reason = _posted(request)
    return _step(
        request,
        observation,
        _("已退回。"),
        lambda: actions.return_(by=user, observation=observation, version=version, reason=reason),
    )


@require_POST
@requires("indicators.approve_observation")
def entry_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a submitted value count; the verdicts follow within seconds."""
    user = acting_user(request)
    observation = get_object_or_404(workable(user), pk=pk)
    version, _unused = _posted(request)
    return _step(
        request,
        observation,
        _("已核定。相关目标的判定正在更新（更新中），稍后可在指标页查看。"),
        lambda: actions.approve(by=user, observation=observation, version=version),
    )
