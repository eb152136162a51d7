"""The list of awards, filtered, with the sums of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import acting_user, requires
from accounts.models import User
from programs.forms.awardfilter import AwardFilter
from programs.models import Award, AwardQuerySet
from programs.sums import bound, in_fen, yuan
from programs.views.sight import (
    ENTER,
    OPEN_NAMES,
    Named,
    named,
    page_of,
    visible_awards,
    visible_programs,
)

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An award with its recipient as the person may know it."""

    award: Award
    who: Named


@dataclass(frozen=True, slots=True)
class Sums:
    """What a set of awards adds up to, in 元; of a terminated one what was paid, as in YearTotal."""

    number: int
    withdrawn: int
    terminated: int
    committed: Decimal
    paid: Decimal

    @property
    def unpaid(self) -> Decimal:
        """Committed and not paid yet."""
        return self.committed - self.paid


def asked(request: HttpRequest, user: User) -> tuple[AwardFilter, AwardQuerySet]:
    """The filters of the address and the awards they leave, in no order yet."""
    form = AwardFilter(
        request.GET,
        programs=list(visible_programs(user)),
        names=user.has_perm(OPEN_NAMES),
    )
    return form, form.chosen(visible_awards(user))


def sums_of(rows: AwardQuerySet) -> Sums:
    """The sums of a set of awards, exact; one query."""
    found = rows.annotate(binds=bound()).aggregate(
        number=Count("pk"),
        withdrawn=Count("pk", filter=Q(status=Award.Status.WITHDRAWN)),
        terminated=Count("pk", filter=Q(status=Award.Status.TERMINATED)),
        committed=in_fen("binds"),
        paid_fen=in_fen("paid", filter=~Q(status=Award.Status.WITHDRAWN)),
    )
    return Sums(
        number=found["number"],
        withdrawn=found["withdrawn"],
        terminated=found["terminated"],
        committed=yuan(found["committed"]),
        paid=yuan(found["paid_fen"]),
    )


def with_names(rows: AwardQuerySet) -> AwardQuerySet:
    """The awards with everything a line names."""
    return rows.select_related("recipient", "program", "item", "region")


@requires("programs.view_award")
@never_cache
@require_safe
def award_list(request: HttpRequest) -> HttpResponse:
    """The awards that I may see; the filters are the address."""
    user = acting_user(request)
    form, rows = asked(request, user)
    sums = sums_of(rows)
    # The keys of the page first: sorting all rows with all that a line names takes ten times as long.
    keys = rows.order_by(*form.order()).values_list("pk", flat=True)
    page = page_of(request, keys, PAGE, sums.number)
    awards = with_names(Award.objects.filter(pk__in=list(page))).order_by(*form.order())
    context = {
        "form": form,
        "sums": sums,
        "page": page,
        "lines": [Line(award, named(award.recipient, user)) for award in awards],
        "may_enter": user.has_perm(ENTER),
        "names_open": user.has_perm(OPEN_NAMES),
    }
    return render(request, "programs/awards.html", context)
