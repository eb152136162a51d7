"""My work: what the rounds ask of me, open values of my scope, and what is still missing."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import acting_user, requires
from indicators import actions
from indicators.models import Indicator, Observation
from qdpolicy.entry.cells import gaps
from qdpolicy.entry.rounds.mine import mine
from qdpolicy.entry.scope import page_of, submittable, workable

State = Observation.ReviewState
_STATES = {
    "open": None,
    "returned": State.RETURNED,
    "draft": State.DRAFT,
    "submitted": State.SUBMITTED,
}
# What came back wants an answer first; what was handed in lies with others.
_FIRST = Case(
    When(review_state=State.RETURNED, then=Value(0)),
    When(review_state=State.DRAFT, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@require_GET
@requires("indicators.view_draft")
def entry_list(request: HttpRequest) -> HttpResponse:
    """My work: rounds, reminders, returned values first, drafts, and what is still missing."""
    user = acting_user(request)
    state = request.GET.get("state", "open")
    if state not in _STATES:
        raise Http404(_("没有这种审核状态。"))
    rows = workable(user).in_progress().order_by(_FIRST, "-entered_at", "id")
    if _STATES[state] is not None:
        rows = rows.filter(review_state=_STATES[state])
    missing = []
    if user.has_perm("indicators.enter_observation"):
        own = Indicator.objects.enterable_by(user).select_related("department")
        missing = gaps(own, timezone.localdate())
    page = page_of(request, rows, 50)
    context = {
        "page": page,
        "submittable": submittable(user, page),
        "state": state,
        "states": [
            ("open", _("全部")),
            *((name.value, name.label) for name in _STATES.values() if name),
        ],
        "missing": missing,
        "mine": mine(user, timezone.now()),
    }
    return render(request, "entry/entry_list.html", context)


@require_POST
@requires("indicators.view_draft")
def reminders_read(request: HttpRequest) -> HttpResponse:
    """Mark my reminders as read."""
    actions.read_reminders(by=acting_user(request))
    return redirect("entry_list")
