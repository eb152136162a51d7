"""The envelope of a program for a year, and how far commitments go beyond it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from programs import errors
from programs.actions.entries import require_money, require_text, require_year
from programs.models import Budget, Program, YearTotal
from targets.models import Clause


def set_budget(
    *,
    by: User,
    program: Program,
    year: int,
    amount: Decimal,
    source_title: str,
    clause: Clause | None = None,
    note: str = "",
    version: int | None = None,
    reason: str = "",
) -> Budget:
    """Keep the envelope of a year, in 元, or change the one seen as `version`, with a reason.

    Less than is committed is kept, since the document says so; `over_commitment` tells by how much,
    and the trail has it. Raises Refused, and Conflict where it moved on or stands already.
    """
    require_year(year)
    require_money(_("预算"), amount, zero=True)
    require_text(Budget, "source_title", source_title)
    if version is not None and not reason.strip():
        raise errors.needs_reason()
    stated: dict[str, Any] = {
        "amount": amount, "source_title": source_title.strip(), "clause": clause,
        "note": note.strip(),
    }  # fmt: skip
    with audit.transaction():
        written = stated | {"set_by": by, "set_at": timezone.now()}
        before = None
        if version is None:
            budget = _new(program, year, written)
        else:
            found = Budget.objects.filter(program=program, year=year).first()
            if found is None:
                raise Conflict(None, written)
            budget, before = found, _facts(found)
            compare_and_set(Budget, budget.pk, version, **written)
            budget.refresh_from_db()
        audit.record(
            by=by, action="programs.set_budget", target=budget,
            label=f"{program.name} {year}", before=before,
            after=_facts(budget) | {"committed": _committed(program, year)},
            reason=reason.strip(),
        )  # fmt: skip
    return budget


def over_commitment(budget: Budget) -> Decimal | None:
    """By how much, in 元, more is committed than the envelope holds; None where it holds."""
    over = _committed(budget.program, budget.year) - budget.amount
    return over if over > 0 else None


def _committed(program: Program, year: int) -> Decimal:
    total = YearTotal.objects.filter(program=program, year=year).first()
    return Decimal(0) if total is None else total.committed


def _new(program: Program, year: int, written: dict[str, Any]) -> Budget:
    try:
        with transaction.atomic():
            return Budget.objects.create(program=program, year=year, **written)
    except IntegrityError as error:
        current = Budget.objects.filter(program=program, year=year).first()
        if current is None:
            raise
        raise Conflict(current, written) from error


def _facts(budget: Budget) -> dict[str, Any]:
    return {
        "program": budget.program.key, "year": budget.year, "amount": budget.amount,
        "source_title": budget.source_title, "clause": budget.clause_id, "note": budget.note,
    }  # fmt: skip
