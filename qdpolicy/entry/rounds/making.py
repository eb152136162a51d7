"""Making, changing and publishing a round."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import acting_user, requires
from accounts.versions import Conflict
from indicators import actions
from indicators.errors import Refused
from indicators.forms.rounds import RoundForm, initial_of
from indicators.models import ReportingRound
from qdpolicy.entry.rounds.steps import posted, save, version_seen


@require_http_methods(["GET", "POST"])
@requires("indicators.manage_round")
def round_new(request: HttpRequest) -> HttpResponse:
    """A new round; its duties are chosen on the next page."""
    user = acting_user(request)
    form = RoundForm(request.POST if request.method == "POST" else None)
    del form.fields["reason"]  # nobody has seen other hours yet

    def leave(row: ReportingRound) -> HttpResponse:
        messages.success(request, _("填报轮次已建立，请选择填报任务。"))
        return redirect("round_duties", row.pk)

    return save(
        request,
        "rounds/round_form.html",
        form,
        lambda: actions.make_round(by=user, facts=form.facts()),
        leave,
        {"round": None},
    )


@require_http_methods(["GET", "POST"])
@requires("indicators.manage_round")
def round_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the hours, the name or the words of a round that is not out."""
    user = acting_user(request)
    row = get_object_or_404(ReportingRound, pk=pk)
    posting = request.method == "POST"
    form = RoundForm(request.POST if posting else None, initial=initial_of(row))

    def leave(_row: ReportingRound) -> HttpResponse:
        messages.success(request, _("填报轮次已修改。"))
        return redirect("round", pk)

    return save(
        request,
        "rounds/round_form.html",
        form,
        lambda: actions.change_round(
            by=user,
            round_=row,
            version=version_seen(form),
            facts=form.facts(),
            reason=form.cleaned_data["reason"],
        ),
        leave,
        {"round": row},
    )


@require_http_methods(["GET", "POST"])
@requires("indicators.manage_round")
def round_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be published and what is open; then publish the round as a whole."""
    user = acting_user(request)
    row = get_object_or_404(ReportingRound, pk=pk)
    status = 200
    if request.method == "POST":
        version, reason = posted(request)
        try:
            _round, number = actions.publish_round(
                by=user, round_=row, version=version, reason=reason
            )
        except (Refused, Conflict) as refusal:
            messages.error(request, str(refusal))
            status = 409 if isinstance(refusal, Conflict) else 200
            row.refresh_from_db()
        else:
            words = ngettext("已发布 %(number)d 个数值。", "已发布 %(number)d 个数值。", number)
            messages.success(request, words % {"number": number})
            return redirect("round", pk)
    gaps = actions.unapproved(row)
    context = {
        "round": row,
        "gaps": gaps,
        "total": row.duties.count(),
        "may_publish": not gaps or row.closes_at <= timezone.now(),
    }
    return render(request, "rounds/publish.html", context, status=status)
