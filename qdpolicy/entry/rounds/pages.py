"""Reporting rounds to read: the list, and one round with its departments, duties and notes."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from accounts.models import User
from indicators.actions import rule_to_show
from indicators.delivery import Delivered, Delivery, annotated, delivered_rows, tallies
from indicators.models import LockException, ReportingRound, SupervisionOrder
from qdpolicy.entry.rounds.asked import Asked, asked_notes
from qdpolicy.entry.rounds.progress import (
    Progress,
    Stage,
    by_round,
    round_state,
    shares_of,
)
from qdpolicy.entry.rounds.scope import duties_of, notable_by, rounds_of, sees_all
from qdpolicy.entry.scope import page_of

DUTIES = 100
"""Duties of a page."""


@dataclass(frozen=True)
class Line:
    """A round in the list: where it stands, and how far it is."""

    round: ReportingRound
    state: Stage
    progress: Progress


@require_GET
@requires("indicators.view_draft")
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of my scope, the one that closes last first."""
    user = acting_user(request)
    now = timezone.now()
    page = page_of(request, rounds_of(user), 20)
    numbers = by_round(tallies(duties_of(user).filter(round__in=[row.pk for row in page])))
    lines = [Line(row, round_state(row, now), numbers.get(row.pk, Progress())) for row in page]
    return render(request, "rounds/rounds.html", {"page": page, "lines": lines})


@require_GET
@requires("indicators.view_draft")
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: by department how far it is, duty by duty where it stands, what is locked."""
    user = acting_user(request)
    round_ = get_object_or_404(rounds_of(user).select_related("made_by", "published_by"), pk=pk)
    now, state = timezone.now(), request.GET.get("state", "")
    if state and state not in Delivery.values:
        raise Http404(_("没有这种填报状态。"))
    mine = duties_of(user).filter(round=round_)
    numbers = tallies(mine)
    rows = annotated(mine).filter(delivery=state) if state else annotated(mine)
    page = Paginator(rows, DUTIES).get_page(request.GET.get("page"))
    asked = asked_notes(mine)
    standing, leaves = round_state(round_, now), _leaves(round_, user)
    context = {
        "round": round_,
        "standing": standing,
        "fillable": standing.code == "open"
        or any(row.revoked_at is None and row.ends_at > now for row in leaves),
        "progress": by_round(numbers).get(round_.pk, Progress()),
        "shares": shares_of(numbers, round_, rule_to_show(), now),
        "page": page,
        "duties": _with_orders(delivered_rows(page)),
        "state": state,
        "states": [("", _("全部")), *Delivery.choices],
        "leaves": leaves,
        "now": now,
        "asked": asked,
        "notable": _notable(asked, user),
    }
    return render(request, "rounds/round.html", context)


def _with_orders(rows: list[Delivered]) -> list[tuple[Delivered, int | None]]:
    """Duties, each with its open order; one query."""
    orders = SupervisionOrder.objects.filter(closed_at=None, duty__in=[row.duty.pk for row in rows])
    order_of = dict(orders.values_list("duty", "pk"))
    return [(row, order_of.get(row.duty.pk)) for row in rows]


def _notable(asked: list[Asked], user: User) -> set[int]:
    """The promises among these that a person may explain."""
    if not user.has_perm("targets.write_note"):
        return set()
    mine = notable_by(user).filter(pk__in=[item.target.pk for item in asked])
    return set(mine.values_list("pk", flat=True))


def _leaves(round_: ReportingRound, user: User) -> list[LockException]:
    """The leaves of a round in my scope, those of the past too: who, why, until when."""
    rows = LockException.objects.filter(round=round_)
    if not sees_all(user):
        rows = rows.filter(department__in=duties_of(user).filter(round=round_).values("department"))
    return list(rows.select_related("department", "indicator", "granted_by"))
