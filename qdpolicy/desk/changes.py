"""Changes of targets: proposed, compared with what is in force, submitted and approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import acting_user, requires
from accounts.versions import Clash, Conflict
from qdpolicy.dashboard.promises import page_of
from qdpolicy.dashboard.versions import Difference, differences, shown
from qdpolicy.desk.forms import ChangeForm, initial_of, story_of
from qdpolicy.desk.outcomes import Effect, effect_of
from qdpolicy.desk.scope import changeable, editable, visible
from targets import actions
from targets.errors import Refused
from targets.models import Target, TargetVersion
from targets.models.versions import MEANING

State = TargetVersion.ReviewState
OPEN = (State.DRAFT, State.RETURNED)
_ORDER = (State.SUBMITTED, State.RETURNED, State.DRAFT)


@require_GET
@requires("targets.view_change")
def change_list(request: HttpRequest) -> HttpResponse:
    """What somebody still has to act on, the longest waiting first, then what waits for its day."""
    user = acting_user(request)
    ranks = [When(review_state=state, then=Value(rank)) for rank, state in enumerate(_ORDER)]
    rank = Case(*ranks, default=Value(len(_ORDER)), output_field=IntegerField())
    rows = visible(user)
    waiting = (rows.in_progress() | rows.scheduled()).annotate(rank=rank)
    page = page_of(waiting.order_by("rank", "submitted_at", "pk"), request.GET)
    items = [(row, _against(row)) for row in page.object_list]
    return render(request, "desk/changes.html", {"page": page, "items": items})


def _against(row: TargetVersion) -> list[Difference]:
    """What a change differs in from the version it was drawn against."""
    return [] if row.supersedes is None else differences(row.supersedes, row)


@require_GET
@requires("targets.view_change")
def change_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what differs, what the verdict would be, and the steps that are open."""
    user = acting_user(request)
    draft = get_object_or_404(visible(user), pk=pk)
    own = draft.entered_by_id == user.pk and not settings.SELF_APPROVAL
    may_write = draft.review_state in OPEN and user.has_perm("targets.propose_version")
    context = {
        "draft": draft,
        "target": draft.target,
        "differences": _against(draft),
        "effect": _effect(draft),
        "today": timezone.localdate(),
        "may_edit": may_write and editable(user).filter(pk=pk).exists(),
        "submitted": draft.review_state == State.SUBMITTED,
        "may_judge": user.has_perm("targets.approve_version") and not own,
    }
    return render(request, "desk/change.html", context)


def _effect(draft: TargetVersion) -> Effect | None:
    """What a change that does not count yet would do to the verdict of today."""
    settled = draft.effective_at is not None or draft.review_state == State.DROPPED
    if settled or draft.supersedes is None:
        return None
    return effect_of(draft.target, draft.supersedes, draft, as_of=timezone.localdate())


@require_http_methods(["GET", "POST"])
@requires("targets.propose_version")
def change_new(request: HttpRequest, document_key: str, key: str) -> HttpResponse:
    """Draw up a change of a target; the form states what is in force."""
    user = acting_user(request)
    target = get_object_or_404(changeable(user), document__key=document_key, key=key)
    under_way = target.versions.in_progress().first()
    if under_way is not None:
        messages.info(request, _("这个目标已有一份在办的变更，请先处理那一份。"))
        return redirect("change", under_way.pk)
    standing = _standing(target)
    form = ChangeForm(
        request.POST or None, initial=initial_of(standing), target=target, standing=standing
    )

    def keep() -> TargetVersion:
        return actions.propose_version(by=user, target=target, proposal=form.proposal())

    return _save(request, form, target, keep)


@require_http_methods(["GET", "POST"])
@requires("targets.propose_version")
def change_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rewrite a draft or a returned change, on the version that was read."""
    user = acting_user(request)
    draft = get_object_or_404(editable(user), pk=pk)
    if draft.review_state not in OPEN:
        messages.error(request, _("这份变更正在等待核定或已经办结，现在不能修改。"))
        return redirect("change", pk)
    target, standing = draft.target, _standing(draft.target)
    initial = initial_of(draft) | story_of(draft)
    form = ChangeForm(request.POST or None, initial=initial, target=target, standing=standing)

    def keep() -> TargetVersion:
        version = form.cleaned_data["version"] or 0
        return actions.amend_version(
            by=user, draft=draft, version=version, proposal=form.proposal()
        )

    return _save(request, form, target, keep, draft=draft)


def _standing(target: Target) -> TargetVersion:
    """The version in force, else 404."""
    rows = target.versions.in_force().select_related("unit", "target__indicator__unit")
    return get_object_or_404(rows)


def _save(
    request: HttpRequest,
    form: ChangeForm,
    target: Target,
    keep: Callable[[], TargetVersion],
    draft: TargetVersion | None = None,
) -> HttpResponse:
    """Keep the draft and show what it would change; whatever refuses brings the form back."""
    context: dict[str, Any] = {"form": form, "target": target, "draft": draft}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            row = keep()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except Conflict as conflict:
            context["clashes"] = _clashes(conflict)
            form.data = {name: form.data[name] for name in form.data}
            form.data["version"] = str(getattr(conflict.current, "version", ""))
            form.add_error(None, str(conflict))
            status = 409
        else:
            messages.success(request, _("草稿已保存，还没有提交；请核对下面的差别。"))
            return redirect("change", row.pk)
    return render(request, "desk/change_form.html", context, status=status)


def _clashes(conflict: Conflict) -> list[Clash]:
    """The fields in which the stored change and mine differ, in words."""
    current = conflict.current
    if not isinstance(current, TargetVersion):
        return []
    names = (*MEANING, "change", "reason", "basis", "basis_note", "valid_from")
    stated = {name: value for name, value in conflict.attempted.items() if name in names}
    mine = TargetVersion(
        target=current.target, **{name: getattr(current, name) for name in MEANING}
    )
    found = []
    for name, value in stated.items():
        if getattr(current, name) != value:
            setattr(mine, name, value)
            label = str(TargetVersion._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append(Clash(name, label, shown(current, name), shown(mine, name)))
    return found
