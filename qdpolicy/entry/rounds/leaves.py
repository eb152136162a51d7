"""Leave to enter outside of a round's hours."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, requires
from indicators import actions
from indicators.forms.rounds import LeaveForm
from indicators.models import LockException, ReportingRound
from qdpolicy.entry.rounds.steps import posted, save, step


@require_http_methods(["GET", "POST"])
@requires("indicators.lift_lock")
def exception_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a department enter although the round is shut: why, and until when."""
    user = acting_user(request)
    round_ = get_object_or_404(ReportingRound, pk=pk)
    form = LeaveForm(request.POST if request.method == "POST" else None, round_=round_)

    def leave(_row: LockException) -> HttpResponse:
        messages.success(request, _("例外许可已批准，到期自动失效。"))
        return redirect("round", pk)

    return save(
        request,
        "rounds/leave_form.html",
        form,
        lambda: actions.grant_exception(
            by=user,
            round_=round_,
            **{
                name: form.cleaned_data[name]
                for name in ("department", "indicator", "reason", "ends_at")
            },
        ),
        leave,
        {"round": round_},
    )


@require_POST
@requires("indicators.lift_lock")
def exception_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a leave at once."""
    user = acting_user(request)
    rows = LockException.objects.select_related("round", "department", "indicator")
    row = get_object_or_404(rows, pk=pk)
    version, _reason = posted(request)
    return step(
        request,
        _("例外许可已收回。"),
        lambda: actions.revoke_exception(by=user, leave=row, version=version),
        "round",
        row.round_id,
    )
