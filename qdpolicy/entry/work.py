"""What waits for me: open values of my scope, and what is still missing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from indicators.models import Indicator, Observation
from qdpolicy.entry.cells import gaps
from qdpolicy.entry.scope import page_of, workable

State = Observation.ReviewState
_STATES = {
    "open": None,
    "draft": State.DRAFT,
    "returned": State.RETURNED,
    "submitted": State.SUBMITTED,
}


@require_GET
@requires("indicators.view_draft")
def entry_list(request: HttpRequest) -> HttpResponse:
    """My work: drafts, returned and submitted values of my scope, and what is still missing."""
    user = acting_user(request)
    state = request.GET.get("state", "open")
    if state not in _STATES:
        raise Http404(_("没有这种审核状态。"))
    rows = workable(user).in_progress().order_by("review_state", "-entered_at", "id")
    if _STATES[state] is not None:
        rows = rows.filter(review_state=_STATES[state])
    missing = []
    if user.has_perm("indicators.enter_observation"):
        mine = Indicator.objects.enterable_by(user).select_related("department")
        missing = gaps(mine, timezone.localdate())
    context = {
        "page": page_of(request, rows, 50),
        "state": state,
        "states": [
            ("open", _("全部")),
            *((name.value, name.label) for name in _STATES.values() if name),
        ],
        "missing": missing,
    }
    return render(request, "entry/entry_list.html", context)
