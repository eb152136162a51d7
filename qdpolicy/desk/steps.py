"""The steps of a change: submitted, given up, returned, approved."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import acting_user, requires
from accounts.versions import Conflict
from qdpolicy.dashboard.versions import NOTHING
from qdpolicy.desk.scope import editable, visible
from targets import actions
from targets.errors import Refused
from targets.models import TargetVersion


def _posted(request: HttpRequest) -> tuple[int, str]:
    """The version that the person saw and the reason given; raises BadRequest without a version."""
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
    return int(version), request.POST.get("reason", "").replace("\0", "")[:2000]


def _step(
    request: HttpRequest, draft: TargetVersion, done: str, move: Callable[[], TargetVersion]
) -> HttpResponse:
    """Take one step of the workflow; a refusal goes back in words, a conflict shows both values."""
    try:
        move()
    except Refused as refusal:
        messages.error(request, str(refusal))
    except Conflict as conflict:
        context = {
            "draft": visible(acting_user(request)).filter(pk=draft.pk).first(),
            "seen": request.POST.get("seen", "")[:200] or NOTHING,
            "sentence": str(conflict),
        }
        return render(request, "desk/conflict.html", context, status=409)
    else:
        messages.success(request, done)
    return redirect("change", draft.pk)


@require_POST
@requires("targets.propose_version")
def change_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft to the reviewers."""
    user = acting_user(request)
    draft = get_object_or_404(editable(user), pk=pk)
    version, _reason = _posted(request)
    return _step(
        request,
        draft,
        _("已提交，等待核定。"),
        lambda: actions.submit_version(by=user, draft=draft, version=version),
    )


@require_POST
@requires("targets.propose_version")
def change_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a draft with a reason."""
    user = acting_user(request)
    draft = get_object_or_404(editable(user), pk=pk)
    version, reason = _posted(request)
    return _step(
        request,
        draft,
        _("已撤下。"),
        lambda: actions.drop_version(by=user, draft=draft, version=version, reason=reason),
    )


@require_POST
@requires("targets.approve_version")
def change_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a submitted change back with a reason."""
    user = acting_user(request)
    draft = get_object_or_404(visible(user), pk=pk)
    version, reason = _posted(request)
    return _step(
        request,
        draft,
        _("已退回。"),
        lambda: actions.return_version(by=user, draft=draft, version=version, reason=reason),
    )


@require_POST
@requires("targets.approve_version")
def change_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a submitted change; the verdict follows within seconds, or on its day."""
    user = acting_user(request)
    draft = get_object_or_404(visible(user), pk=pk)
    version, _reason = _posted(request)
    return _step(
        request,
        draft,
        _("已核定。到生效日期即按新的读法判定，判定随后更新。"),
        lambda: actions.approve_version(by=user, draft=draft, version=version),
    )
