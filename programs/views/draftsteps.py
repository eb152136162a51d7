"""The steps of a draft: undone and redone, handed in, sent back, approved, given up; and its review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import acting_user, requires
from accounts.models import User
from accounts.versions import Conflict
from programs import actions
from programs.actions.fitting import obstacles
from programs.drafting.content import Content
from programs.errors import Refused
from programs.models import EditionDraft
from programs.views.drafting import posted_reason, posted_version
from programs.views.draftscope import (
    APPROVE,
    State,
    may_write,
    visible_drafts,
    writable_drafts,
)
from programs.views.previewing import panel_of


@require_GET
@requires("programs.view_edition_change")
def edition_review(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft to be judged: what differs, what stands in its way, how it will look, the steps."""
    user = acting_user(request)
    draft = get_object_or_404(visible_drafts(user), pk=pk)
    return render(request, "programs/edition_review.html", _review(user, draft))


def _review(user: User, draft: EditionDraft) -> dict[str, Any]:
    under_way = draft.review_state not in (State.APPROVED, State.DROPPED)
    may_judge = user.has_perm(APPROVE) and draft.review_state == State.SUBMITTED
    return {
        "draft": draft,
        "program": draft.program,
        "panel": panel_of(draft, Content.from_json(draft.content)),
        "obstacles": obstacles(draft) if under_way else [],
        "under_way": under_way,
        "may_write": may_write(user, draft),
        "may_judge": may_judge and not _is_own(user, draft),
        "is_own": may_judge and _is_own(user, draft),
        "submitted": draft.review_state == State.SUBMITTED,
    }


def _is_own(user: User, draft: EditionDraft) -> bool:
    """Whether the person wrote any of it and the office is not too small for a second one."""
    wrote = draft.entered_by_id == user.pk or draft.saves.filter(by=user).exists()
    return wrote and not settings.SELF_APPROVAL


def _step(
    request: HttpRequest, draft: EditionDraft, done: str, move: Callable[[], object], to: str
) -> HttpResponse:
    """Take one step; a refusal goes back in words, a conflict shows what stands there now."""
    try:
        move()
    except Refused as refusal:
        messages.error(request, str(refusal))
    except Conflict as conflict:
        now = EditionDraft.objects.select_related("program", "entered_by").get(pk=draft.pk)
        context = {
            "draft": now,
            "panel": panel_of(now, Content.from_json(now.content)),
            "seen": request.POST.get("version", ""),
            "reason": posted_reason(request),
            "sentence": str(conflict),
        }
        return render(request, "programs/draft_conflict.html", context, status=409)
    else:
        messages.success(request, done)
    return redirect(to, draft.pk)


@require_POST
@requires("programs.propose_edition")
def edition_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back what the save before the last one said."""
    user = acting_user(request)
    draft = get_object_or_404(writable_drafts(user), pk=pk)
    version = posted_version(request)
    return _step(
        request,
        draft,
        _("已撤销上一次保存的改动。"),
        lambda: actions.undo_draft(by=user, draft=draft, version=version),
        "edition_draft",
    )


@require_POST
@requires("programs.propose_edition")
def edition_redo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last undo back."""
    user = acting_user(request)
    draft = get_object_or_404(writable_drafts(user), pk=pk)
    version = posted_version(request)
    return _step(
        request,
        draft,
        _("已重做。"),
        lambda: actions.redo_draft(by=user, draft=draft, version=version),
        "edition_draft",
    )


@require_POST
@requires("programs.propose_edition")
def edition_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft to the reviewers."""
    user = acting_user(request)
    draft = get_object_or_404(writable_drafts(user), pk=pk)
    version = posted_version(request)
    return _step(
        request,
        draft,
        _("已提交，等待另一人核定。"),
        lambda: actions.submit_draft(by=user, draft=draft, version=version),
        "edition_review",
    )


@require_POST
@requires("programs.propose_edition")
def edition_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a draft with a reason."""
    user = acting_user(request)
    draft = get_object_or_404(writable_drafts(user), pk=pk)
    version, reason = posted_version(request), posted_reason(request)
    return _step(
        request,
        draft,
        _("已撤下。"),
        lambda: actions.drop_draft(by=user, draft=draft, version=version, reason=reason),
        "edition_review",
    )


@require_POST
@requires("programs.approve_edition")
def edition_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a submitted draft back with a reason."""
    user = acting_user(request)
    draft = get_object_or_404(visible_drafts(user), pk=pk)
    version, reason = posted_version(request), posted_reason(request)
    return _step(
        request,
        draft,
        _("已退回。"),
        lambda: actions.return_draft(by=user, draft=draft, version=version, reason=reason),
        "edition_review",
    )


@require_POST
@requires("programs.approve_edition")
def edition_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a submitted draft: it becomes an edition from its first day on."""
    user = acting_user(request)
    draft = get_object_or_404(visible_drafts(user), pk=pk)
    version = posted_version(request)
    return _step(
        request,
        draft,
        _("已核定。新版本自其开始日期起适用。"),
        lambda: actions.approve_draft(by=user, draft=draft, version=version),
        "edition_review",
    )
