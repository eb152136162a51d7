"""Who received money: the list, one of them, and correcting what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user, requires
from accounts.models import User
from accounts.versions import Conflict
from programs import actions, creditcode
from programs.errors import Refused
from programs.forms.recipients import RecipientFilter, RecipientForm, initial_of
from programs.models import Award, Recipient
from programs.sums import bound, in_fen, yuan
from programs.views.clashing import both_sides
from programs.views.sight import ENTER, page_of, visible_awards, visible_recipients
from programs.views.standing import binding_awards, got_by, pairs, rooms, seen_of
from programs.views.trail import history_of

PAGE = 50
AWARDS = 50
"""Awards on the page of a recipient; the list of awards shows all."""
SEE = "programs.view_recipient"


@dataclass(frozen=True, slots=True)
class Line:
    """A recipient with the awards that the person sees, in 元."""

    recipient: Recipient
    number: int
    committed: Decimal
    paid: Decimal


@requires(SEE)
@never_cache
@require_safe
def recipient_list(request: HttpRequest) -> HttpResponse:
    """Who received something under the programs that I see; ?q= looks by name or code."""
    user = acting_user(request)
    form = RecipientFilter(request.GET)
    form.is_valid()  # what is no choice is said on the form and narrows nothing
    rows = visible_recipients(user).select_related("region")
    if form.cleaned_data.get("kind"):
        rows = rows.filter(kind=form.cleaned_data["kind"])
    if text := form.cleaned_data.get("q"):
        code = creditcode.normalise(text)
        rows = rows.filter(Q(name__icontains=text) | Q(credit_code=code))
    page = page_of(request, rows.order_by("name", "pk"), PAGE)
    context = {"form": form, "page": page, "lines": _lines(list(page), user)}
    return render(request, "programs/recipients.html", context)


def _lines(recipients: list[Recipient], user: User) -> list[Line]:
    """The recipients of a page with their sums; one query."""
    counting = ~Q(status=Award.Status.WITHDRAWN)
    rows = (
        visible_awards(user)
        .filter(recipient__in=recipients)
        .order_by()
        .annotate(binds=bound())
        .values("recipient")
        .annotate(
            number=Count("pk", filter=counting),
            committed=in_fen("binds"),
            paid_fen=in_fen("paid", filter=counting),
        )
    )
    sums = {row["recipient"]: row for row in rows}
    nothing = {"number": 0, "committed": 0, "paid_fen": 0}
    return [
        Line(found, row["number"], yuan(row["committed"]), yuan(row["paid_fen"]))
        for found in recipients
        for row in (sums.get(found.pk, nothing),)
    ]


@requires(SEE)
@never_cache
@require_safe
def recipient(request: HttpRequest, pk: int) -> HttpResponse:
    """What one body got, by year and program, what is left under today's caps, what clashes."""
    user = acting_user(request)
    found = get_object_or_404(visible_recipients(user).select_related("region"), pk=pk)
    seen = visible_awards(user).filter(recipient=found)
    binding = binding_awards(found)
    context = {
        "recipient": found,
        "got": got_by(seen),
        "awards": list(
            seen.select_related("program", "item").order_by("-decided_on", "-pk")[:AWARDS]
        ),
        "rooms": rooms(found, user, binding, timezone.localdate()),
        "pairs": pairs(binding),
        "may_open": seen_of(binding, user),
        "may_change": user.has_perm(ENTER),
        "history": history_of(found, user),
    }
    return render(request, "programs/recipient.html", context)


@requires(ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def recipient_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is stored, with the reason; 409 with both values where another was faster."""
    user = acting_user(request)
    found = get_object_or_404(visible_recipients(user), pk=pk)
    form = RecipientForm(request.POST or None, initial=initial_of(found))
    context: dict[str, Any] = {"form": form, "recipient": found}
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.save_recipient(by=user, recipient=found, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            except Conflict as conflict:
                data = request.POST.copy()
                data["version"] = str(getattr(conflict.current, "version", ""))
                context |= {"form": RecipientForm(data), "clashes": both_sides(conflict, user)}
                status = 409
            else:
                messages.success(request, _("已保存。"))
                return redirect("recipient", pk)
    return render(request, "programs/recipient_form.html", context, status=status)
