"""The envelopes of a program by year: what is set, what is bound, what is paid, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user, requires
from accounts.versions import Conflict
from programs import actions
from programs.errors import Refused
from programs.forms.budgets import BudgetForm, initial_of
from programs.models import Budget, Program, YearTotal
from programs.views.clashing import both_sides
from programs.views.sight import visible_programs

SET = "programs.set_budget"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A year of a program, in 元; without a budget it is not known what remains."""

    year: int
    budget: Budget | None
    awards: int
    committed: Decimal
    paid: Decimal

    @property
    def left(self) -> Decimal | None:
        """Budget less what is bound; negative where more was granted; None without a budget."""
        return None if self.budget is None else self.budget.amount - self.committed

    @property
    def over(self) -> Decimal | None:
        """By how much the awards exceed the budget; None where they do not."""
        left = self.left
        return -left if left is not None and left < 0 else None

    @property
    def unpaid(self) -> Decimal:
        """Bound and not paid yet."""
        return self.committed - self.paid


def envelopes(program: Program) -> list[Envelope]:
    """Every year with a budget or an award, the latest first; two queries."""
    budgets = program.budgets.select_related("clause__document", "set_by")
    by_year = {budget.year: budget for budget in budgets}
    totals = {total.year: total for total in program.totals.all()}
    return [
        _envelope(year, by_year.get(year), totals.get(year))
        for year in sorted({*by_year, *totals}, reverse=True)
    ]


def _envelope(year: int, budget: Budget | None, total: YearTotal | None) -> Envelope:
    if total is None:
        return Envelope(year, budget, 0, Decimal(0), Decimal(0))
    return Envelope(year, budget, total.awards, total.committed, total.paid)


@requires("programs.view_award")
@never_cache
@require_safe
def budget_list(request: HttpRequest, key: str) -> HttpResponse:
    """The envelopes of one program, year by year."""
    user = acting_user(request)
    program = get_object_or_404(visible_programs(user), key=key)
    rows = envelopes(program)
    context = {
        "program": program,
        "rows": rows,
        "over": [row for row in rows if row.over is not None],
        "may_set": user.has_perm(SET) and _settable(request, key) is not None,
    }
    return render(request, "programs/budgets.html", context)


@requires(SET)
@never_cache
@require_http_methods(["GET", "POST"])
def budget_new(request: HttpRequest, key: str) -> HttpResponse:
    """Set the envelope of a year that has none; ?year= fills the year in."""
    program = _own(request, key)
    asked = request.GET.get("year", "")
    this_year = timezone.localdate().year
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this_year
    form = BudgetForm(
        request.POST if request.method == "POST" else None,
        changing=False,
        initial={"year": year},
    )
    return _handle(request, program, form, None)


@requires(SET)
@never_cache
@require_http_methods(["GET", "POST"])
def budget_edit(request: HttpRequest, key: str, year: int) -> HttpResponse:
    """Change an envelope, with the reason; 409 with both values where another was faster."""
    program = _own(request, key)
    budget = get_object_or_404(program.budgets.select_related("clause__document"), year=year)
    form = BudgetForm(
        request.POST if request.method == "POST" else None,
        changing=True,
        initial=initial_of(budget),
    )
    return _handle(request, program, form, budget)


def _own(request: HttpRequest, key: str) -> Program:
    """A program of the acting person; any other is 404."""
    program = _settable(request, key)
    if program is None:
        raise Http404(_("没有这个计划，或它不由您的部门负责。"))
    return program


def _settable(request: HttpRequest, key: str) -> Program | None:
    return Program.objects.editable_by(acting_user(request)).filter(key=key).first()


def _handle(
    request: HttpRequest, program: Program, form: BudgetForm, budget: Budget | None
) -> HttpResponse:
    """Show the form, or set what it says; refusals and conflicts bring it back as typed."""
    context: dict[str, Any] = {"form": form, "program": program, "budget": budget}
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _set(request, program, form)
                return redirect("budgets", program.key)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            except Conflict as conflict:
                context |= {
                    "clashes": both_sides(conflict, acting_user(request)),
                    "form": _again(request, conflict),
                    "standing": conflict.current,
                }
                status = 409
    return render(request, "programs/budget_form.html", context, status=status)


def _set(request: HttpRequest, program: Program, form: BudgetForm) -> None:
    """Set the envelope; more bound than there is in it is said, not refused."""
    budget = actions.set_budget(by=acting_user(request), program=program, **form.cleaned_data)
    total = program.totals.filter(year=budget.year).first()
    row = _envelope(budget.year, budget, total)
    if row.over is None:
        messages.success(request, _("已登记 %(year)s 年预算。") % {"year": budget.year})
    else:
        words = _("已登记 %(year)s 年预算；已立项的金额超过了它，请核对。")
        messages.warning(request, words % {"year": budget.year})


def _again(request: HttpRequest, conflict: Conflict) -> BudgetForm:
    """What was typed, on the version that is stored now: saving again is done with open eyes."""
    data = request.POST.copy()
    current = conflict.current
    data["version"] = str(getattr(current, "version", ""))
    initial = initial_of(current) if isinstance(current, Budget) else {}
    return BudgetForm(data, changing=current is not None, initial=initial)
