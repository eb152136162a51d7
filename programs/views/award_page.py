"""The page of one award, and the steps on it: instalments, taking one back, the status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, requires
from accounts.models import User
from accounts.versions import Conflict
from programs import actions
from programs.errors import Refused
from programs.forms.awards import PayForm, StatusForm, VoidForm
from programs.models import Award, Payment
from programs.views.sight import ENTER, named, visible_awards
from programs.views.trail import history_of

_CLOSED = (Award.Status.TERMINATED, Award.Status.WITHDRAWN)
_NAMES = (
    "recipient__region",
    "program",
    "item__edition__document",
    "item__clause__document",
    "region",
    "entered_by",
    "overridden_by",
)


@requires("programs.view_award")
@never_cache
@require_safe
def award(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of an award: what was decided by which words, paid, changed, by whom and why."""
    return _show(request, get_object_or_404(_seen(request), pk=pk))


@requires(ENTER)
@never_cache
@require_POST
def award_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep an instalment."""
    found = _own(request, pk)
    form = PayForm(request.POST)

    def pay() -> None:
        actions.pay(by=acting_user(request), award=found, **form.cleaned_data)

    return _step(request, found, "pay", form, pay, _("已登记拨付。"))


@requires(ENTER)
@never_cache
@require_POST
def payment_void(request: HttpRequest, pk: int, payment: int) -> HttpResponse:
    """Take an instalment back; it stays on record."""
    found = _own(request, pk)
    row = get_object_or_404(Payment.objects.filter(award=found), pk=payment)
    form = VoidForm(request.POST)

    def void() -> None:
        actions.void_payment(
            by=acting_user(request), payment=row, reason=form.cleaned_data["reason"]
        )

    return _step(request, found, "void", form, void, _("已撤回这笔拨付，记录仍然保留。"), row)


@requires(ENTER)
@never_cache
@require_POST
def award_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Complete, terminate, withdraw or bring back an award."""
    found = _own(request, pk)
    form = StatusForm(request.POST, award=found, override=_may_override(request))

    def close() -> None:
        actions.close_award(by=acting_user(request), award=found, **form.cleaned_data)

    return _step(request, found, "step", form, close, _("已更新状态。"))


def _seen(request: HttpRequest) -> Any:
    return visible_awards(acting_user(request)).select_related(*_NAMES)


def _own(request: HttpRequest, pk: int) -> Award:
    """An award of a program that the acting person answers for; any other is 404."""
    rows = Award.objects.enterable_by(acting_user(request)).select_related(*_NAMES)
    return get_object_or_404(rows, pk=pk)


def _may_override(request: HttpRequest) -> bool:
    return request.user.has_perm("programs.override_cap")


def _step(
    request: HttpRequest,
    found: Award,
    name: str,
    form: forms.Form,
    act: Callable[[], None],
    done: str,
    row: Payment | None = None,
) -> HttpResponse:
    """Take a step; what is wrong, refused or overtaken brings the page back with what was typed."""
    status = 400
    if form.is_valid():
        try:
            act()
        except (Refused, Conflict) as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, done)
            return redirect("award", found.pk)
    fresh = get_object_or_404(_seen(request), pk=found.pk)
    return _show(request, fresh, status, **{name: form}, void_of=row.pk if row else None)


def _show(request: HttpRequest, found: Award, status: int = 200, **forms_: Any) -> HttpResponse:
    """The page, with forms as typed where a step was refused."""
    user = acting_user(request)
    payments = list(found.payments.select_related("entered_by", "voided_by"))
    context = {
        "award": found,
        "who": named(found.recipient, user),
        "payments": payments,
        "unpaid": found.amount - found.paid,
        "closed": found.status in _CLOSED,
        "may_change": _may_change(user, found),
        "pay": PayForm(initial={"version": found.version, "paid_on": timezone.localdate()}),
        "void": VoidForm(),
        "step": StatusForm(
            initial={"version": found.version}, award=found, override=_may_override(request)
        ),
        "history": history_of(found, user),
        **forms_,
    }
    return render(request, "programs/award.html", context, status=status)


def _may_change(user: User, found: Award) -> bool:
    """Whether this person enters awards of the program."""
    return user.has_perm(ENTER) and Award.objects.enterable_by(user).filter(pk=found.pk).exists()
