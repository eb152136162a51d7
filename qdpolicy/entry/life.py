"""The life of a value, and the steps of its workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import acting_user, requires
from accounts.models import AuditEvent
from accounts.versions import Conflict
from accounts.wording import action_name
from indicators import actions
from indicators.errors import Refused
from indicators.models import Indicator, Observation
from indicators.quantities import grouped
from qdpolicy.entry.cells import Cell, surroundings
from qdpolicy.entry.scope import enterable, workable

State = Observation.ReviewState


@require_GET
@requires("indicators.view_draft")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole life of a value: every version of its cell, who, when, from which source."""
    user = acting_user(request)
    observation = get_object_or_404(workable(user), pk=pk)
    versions = [observation]
    around = None
    if observation.reference_period is not None:
        cell = Cell(observation.indicator, observation.region, observation.reference_period)
        around = surroundings([cell])[0]
        versions = list(
            workable(user)
            .filter(indicator=cell.indicator, region=cell.region)
            .for_period(cell.period)
            .order_by("-id")
        )
    may_judge = observation.entered_by_id != user.pk or settings.SELF_APPROVAL
    context = {
        "observation": observation,
        "versions": versions,
        "steps": _history(versions),
        "around": around,
        "may_enter": user.has_perm("indicators.enter_observation")
        and Indicator.objects.enterable_by(user).filter(pk=observation.indicator_id).exists(),
        "may_review": user.has_perm("indicators.approve_observation")
        and may_judge
        and observation.review_state == State.SUBMITTED,
    }
    return render(request, "entry/entry.html", context)


@dataclass(frozen=True)
class Step:
    """One event in the life of a value, in words."""

    event: AuditEvent
    label: str
    value: str | None


def _history(versions: list[Observation]) -> list[Step]:
    """What was done to these rows, the latest first; one query."""
    events = AuditEvent.objects.filter(
        object_type=Observation._meta.label_lower,
        object_id__in=[str(row.pk) for row in versions],
    ).order_by("-id")
    return [
        Step(event, action_name(event.action), _stored_number((event.after or {}).get("value")))
        for event in events
    ]


def _stored_number(text: str | None) -> str | None:
    """A number of the trail for reading; the trail keeps the zeros of the column."""
    return None if text is None else grouped(Decimal(text))


def _posted(request: HttpRequest) -> tuple[int, str]:
    """The version that the person saw and the reason given; raises BadRequest without a version."""
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
    return int(version), request.POST.get("reason", "").replace("\0", "")


def _step(
    request: HttpRequest, observation: Observation, done: str, move: Callable[[], Observation]
) -> HttpResponse:
    """Take one step of the workflow; a refusal goes back in words, a conflict shows both values."""
    try:
        move()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("entry", observation.pk)
    except Conflict as conflict:
        current = workable(acting_user(request)).filter(pk=observation.pk).first()
        context = {
            "observation": current,
            "seen": request.POST.get("seen", "")[:60],
            "sentence": str(conflict),
        }
        return render(request, "entry/conflict.html", context, status=409)
    messages.success(request, done)
    return redirect("entry", observation.pk)


@require_POST
@requires("indicators.enter_observation")
def entry_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft to the reviewers."""
    user = acting_user(request)
    observation = get_object_or_404(enterable(user), pk=pk)
    version, _reason = _posted(request)
    return _step(
        request,
        observation,
        _("已提交，等待核定。"),
        lambda: actions.submit(by=user, observation=observation, version=version),
    )


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
    version, _reason = _posted(request)
    return _step(
        request,
        observation,
        _("已核定。相关目标的判定正在更新（更新中），稍后可在指标页查看。"),
        lambda: actions.approve(by=user, observation=observation, version=version),
    )
