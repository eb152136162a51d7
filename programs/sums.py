"""Sums of money over rows, exact on every database: added up as whole 分."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import (
    BigIntegerField,
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Round

from programs.money import FEN

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=2)


def bound() -> Case:
    """What an award binds, in 元: its amount; what was paid of a terminated one; else nothing."""
    return Case(
        When(status="withdrawn", then=Value(Decimal(0))),
        When(status="terminated", then=F("paid")),
        default=F("amount"),
        output_field=_MONEY,
    )


def in_fen(
    money: str | Combinable,
    filter: Q | None = None,  # noqa: A002 - as Django's own aggregates call it
) -> Coalesce:
    """The sum of a column or expression of money in whole 分, 0 for no rows.

    `filter` narrows the rows. SQLite keeps decimals as binary fractions, whose sum would drift; whole 分 do not.
    """
    column = F(money) if isinstance(money, str) else money
    hundredfold = Round(
        ExpressionWrapper(column * Value(100), output_field=_MONEY), output_field=_MONEY
    )
    return Coalesce(Sum(Cast(hundredfold, BigIntegerField()), filter=filter), 0)


def yuan(fen: int) -> Decimal:
    """元 with two places of a whole number of 分."""
    return (Decimal(fen) * FEN).quantize(FEN)
