"""Money as it adds up: per program and year from the read model, per share from the awards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.language import in_language
from programs.models import Award, Budget, Payment, Program, YearTotal
from programs.sums import bound, in_fen, yuan

_MONEY: DecimalField[Any, Any] = DecimalField(max_digits=18, decimal_places=2)
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Day:
    """An earlier day: awards and payments up to `as_of`, of what had been entered before `end`."""

    as_of: date
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Money of a program and a year, or of several; None is not entered, which is no zero.

    All in 元. `left` is budget less committed where both are known, `outstanding` committed less
    paid, `distance` what the awards with a ceiling fall short of their ceilings.
    """

    awards: int | None = None
    budget: Decimal | None = None
    committed: Decimal | None = None
    paid: Decimal | None = None
    left: Decimal | None = None
    outstanding: Decimal | None = None
    distance: Decimal | None = None
    at_ceiling: int | None = None
    overridden: int | None = None

    @property
    def overspent(self) -> bool:
        """Whether more is committed than the budget holds."""
        return self.left is not None and self.left < 0


NOTHING = Sums()

YearSums = dict[tuple[int, int], Sums]
"""By program id and year."""


@dataclass(frozen=True, slots=True)
class Share:
    """What an industry or a district got, all years together; an empty name is not stated."""

    name: str
    awards: int
    committed: Decimal
    paid: Decimal


def added(rows: Iterable[Sums]) -> Sums:
    """The rows added up; what no row knows stays unknown."""
    held = list(rows)
    sums: dict[str, Any] = {}
    for field in fields(Sums):
        known = [value for row in held if (value := getattr(row, field.name)) is not None]
        sums[field.name] = sum(known[1:], known[0]) if known else None
    return Sums(**sums)


def sums_by_year(programs: Iterable[int] | None = None) -> YearSums:
    """The sums of these programs (ids), or of all, as they stand now; two queries.

    Awards are read from the read model alone: the cost does not grow with their number.
    """
    totals = YearTotal.objects.order_by("program", "year")
    budgets = Budget.objects.order_by("program", "year")
    if programs is not None:
        ids = list(programs)
        totals, budgets = totals.filter(program__in=ids), budgets.filter(program__in=ids)
    return _joined(
        totals.values(
            "program_id", "year", "awards", "committed", "paid", "capped", "ceilings",
            "at_ceiling", "overridden",
        ),
        budgets.values_list("program_id", "year", "amount"),
    )  # fmt: skip


def sums_on(program: Program, day: Day) -> YearSums:
    """The sums of one program as they had been entered on an earlier day; two queries.

    Of an award and a budget only the amount of today is kept; what came later is left out.
    """
    ceiling = Q(ceiling__isnull=False)
    rows = (
        _entered(program, day)
        .order_by()
        .values("program_id", "year")
        .annotate(
            number=Count("pk"),
            bound=in_fen("binding"),
            spent=in_fen("paid_then"),
            under=in_fen("binding", filter=ceiling),
            limits=in_fen("ceiling"),
            full=Count("pk", filter=ceiling & Q(binding__gte=F("ceiling"))),
            over=Count("pk", filter=~Q(override_reason="")),
        )
    )
    budgets = Budget.objects.filter(program=program, set_at__lt=day.end)
    named = (
        {
            "program_id": row["program_id"],
            "year": row["year"],
            "awards": row["number"],
            "committed": yuan(row["bound"]),
            "paid": yuan(row["spent"]),
            "capped": yuan(row["under"]),
            "ceilings": yuan(row["limits"]),
            "at_ceiling": row["full"],
            "overridden": row["over"],
        }
        for row in rows
    )
    return _joined(named, budgets.values_list("program_id", "year", "amount"))


def shares_by(program: Program, by: str, day: Day | None = None) -> list[Share]:
    """What each `industry` or `region` got of a program, the most first; one grouped query."""
    awards = _standing(program) if day is None else _entered(program, day)
    spent = "paid" if day is None else "paid_then"
    keys = ("industry",) if by == "industry" else ("region__name", "region__name_en")
    rows = (
        awards.order_by()
        .values(*keys)
        .annotate(number=Count("pk"), bound=in_fen("binding"), spent=in_fen(spent))
    )
    shares = [
        Share(
            _name([row[key] for key in keys]),
            row["number"],
            yuan(row["bound"]),
            yuan(row["spent"]),
        )
        for row in rows
    ]
    return sorted(shares, key=lambda share: (-share.committed, share.name))


def _name(texts: list[str | None]) -> str:
    if not texts[0]:
        return _("未注明")
    return in_language(texts[0], texts[-1] if len(texts) > 1 and texts[-1] else "")


def _standing(program: Program) -> QuerySet[Award]:
    """The awards that bind money, with `binding`: of a terminated one what was paid."""
    return Award.objects.counting().filter(program=program).annotate(binding=bound())


def _entered(program: Program, day: Day) -> QuerySet[Award]:
    """The awards decided and entered by a day, with `paid_then` and `binding`."""
    paid = (
        Payment.objects.filter(
            Q(voided_at=None) | Q(voided_at__gte=day.end),
            award=OuterRef("pk"),
            paid_on__lte=day.as_of,
            entered_at__lt=day.end,
        )
        .order_by()
        .values("award")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    then = Coalesce(Subquery(paid, output_field=_MONEY), ZERO, output_field=_MONEY)
    ended = When(status=Award.Status.TERMINATED, then=F("paid_then"))
    return (
        Award.objects.counting()
        .filter(program=program, decided_on__lte=day.as_of, entered_at__lt=day.end)
        .annotate(paid_then=then)
        .annotate(binding=Case(ended, default=F("amount"), output_field=_MONEY))
    )


def _joined(
    totals: Iterable[Mapping[str, Any]], budgets: Iterable[tuple[int, int, Decimal]]
) -> YearSums:
    """Totals and envelopes side by side; one without the other stands alone."""
    envelopes = {(program, year): amount for program, year, amount in budgets}
    found = {key: Sums(budget=amount) for key, amount in envelopes.items()}
    for row in totals:
        key = (row["program_id"], row["year"])
        found[key] = _sums(row, envelopes.get(key))
    return found


def _sums(row: Mapping[str, Any], budget: Decimal | None) -> Sums:
    committed, paid = row["committed"], row["paid"]
    return Sums(
        awards=row["awards"],
        budget=budget,
        committed=committed,
        paid=paid,
        left=None if budget is None else budget - committed,
        outstanding=committed - paid,
        # Without a ceiling there is nothing to be far from.
        distance=row["ceilings"] - row["capped"] if row["ceilings"] else None,
        at_ceiling=row["at_ceiling"],
        overridden=row["overridden"],
    )
