"""督办单: the list, one order with its log, the steps on it, and the rules they go by."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import acting_user, requires
from indicators import actions
from indicators.actions import OrderLight
from indicators.forms.rounds import SupervisionRuleForm, initial_of_rule
from indicators.models import Duty, SupervisionEntry, SupervisionOrder, SupervisionRule
from qdpolicy.entry.rounds.progress import Stage
from qdpolicy.entry.rounds.scope import duties_of, orders_of
from qdpolicy.entry.rounds.steps import posted, save, step, version_seen
from qdpolicy.entry.scope import page_of

LIGHTS = {
    OrderLight.NONE: Stage("none", OrderLight.NONE.label, "○", ""),
    OrderLight.YELLOW: Stage("yellow", OrderLight.YELLOW.label, "▲", "submitted"),
    OrderLight.RED: Stage("red", OrderLight.RED.label, "■", "returned"),
    OrderLight.CLOSED: Stage("closed", OrderLight.CLOSED.label, "✓", "approved"),
}
"""The lights of orders: other words and other shapes than those of goals."""


@dataclass(frozen=True)
class Shown:
    """An order or a line of its log with its light."""

    row: SupervisionOrder | SupervisionEntry
    light: Stage


@require_GET
@requires("indicators.view_draft")
def supervision(request: HttpRequest) -> HttpResponse:
    """The orders of my scope that are open, or all; the latest first."""
    user = acting_user(request)
    which = request.GET.get("which", "open")
    if which not in ("open", "all"):
        raise Http404(_("没有这种督办单。"))
    rows = orders_of(user) if which == "all" else orders_of(user).filter(closed_at=None)
    last = SupervisionEntry.objects.filter(order=OuterRef("pk")).order_by("-pk")
    page = page_of(request, rows.annotate(shown=Subquery(last.values("light")[:1])), 50)
    context = {
        "page": page,
        "orders": [Shown(row, LIGHTS[OrderLight(row.shown or "none")]) for row in page],
        "which": which,
        "kinds": [("open", _("未销号")), ("all", _("全部"))],
    }
    return render(request, "rounds/supervision.html", context)


@require_GET
@requires("indicators.view_draft")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order with its whole log."""
    user = acting_user(request)
    row = get_object_or_404(orders_of(user), pk=pk)
    entries = list(row.entries.select_related("by").order_by("pk"))
    lines = [Shown(entry, LIGHTS[OrderLight(entry.light)]) for entry in entries]
    context = {
        "order": row,
        "lines": lines,
        "light": lines[-1].light if lines else LIGHTS[OrderLight.NONE],
    }
    return render(request, "rounds/order.html", context)


@require_http_methods(["GET", "POST"])
@requires("indicators.supervise")
def order_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an order for a duty by hand: asks for the reason."""
    user = acting_user(request)
    rows = duties_of(user).select_related("round", "indicator", "region", "department")
    duty: Duty = get_object_or_404(rows, pk=pk)
    if request.method == "GET":
        return render(request, "rounds/order_open.html", {"duty": duty})
    reason = request.POST.get("reason", "").replace("\0", "")[:2000]
    return step(
        request,
        _("督办单已开。"),
        lambda: actions.open_order(by=user, duty=duty, reason=reason),
        "round",
        duty.round_id,
    )


@require_POST
@requires("indicators.supervise")
def order_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a line into the log."""
    user = acting_user(request)
    row = get_object_or_404(orders_of(user), pk=pk)
    text = request.POST.get("text", "").replace("\0", "")[:2000]
    return step(
        request,
        _("已记入督办记录。"),
        lambda: actions.note_order(by=user, order=row, text=text),
        "order",
        pk,
    )


@require_POST
@requires("indicators.supervise")
def order_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an order by hand, with the reason."""
    user = acting_user(request)
    row = get_object_or_404(orders_of(user), pk=pk)
    version, reason = posted(request)
    return step(
        request,
        _("督办单已销号。"),
        lambda: actions.close_order(by=user, order=row, version=version, reason=reason),
        "order",
        pk,
    )


@require_http_methods(["GET", "POST"])
@requires("indicators.supervise")
def supervision_rules(request: HttpRequest) -> HttpResponse:
    """The rules of reminding and of 督办, every version, and a new one with its reason."""
    user = acting_user(request)
    standing = actions.rule_to_show()
    posting = request.method == "POST"
    form = SupervisionRuleForm(request.POST if posting else None, initial=initial_of_rule(standing))

    def leave(_rule: SupervisionRule) -> HttpResponse:
        messages.success(request, _("新的督办规则已启用；已开的督办单仍按开单时的规则。"))
        return redirect("supervision_rules")

    return save(
        request,
        "rounds/supervision_rules.html",
        form,
        lambda: actions.change_supervision_rule(
            by=user,
            version=version_seen(form),
            **{
                name: form.cleaned_data[name]
                for name in ("remind_days", "yellow_days", "red_days", "reason")
            },
        ),
        leave,
        {"standing": standing, "rules": SupervisionRule.objects.select_related("made_by")},
    )
