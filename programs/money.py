"""Sums of money: what can be stored exactly on every database, and how they are said."""

from __future__ import annotations

from decimal import Decimal

from indicators.quantities import format_quantity, grouped

FEN = Decimal("0.01")
_MILLION = Decimal(1_000_000)
LARGEST = Decimal("9999999999999.99")
"""In 元: fifteen digits, which is what a column of SQLite keeps exactly."""


def fault(amount: Decimal) -> str | None:
    """Why a sum cannot be kept: "number", "large" or "fen" (parts of a 分); None where it can."""
    if not amount.is_finite():
        return "number"
    if abs(amount) > LARGEST:
        return "large"
    return "fen" if amount % FEN else None


def in_wan(yuan: Decimal) -> str:
    """A sum in 万元 without loss: 5000000 is "500万元", one 分 is "0.000001万元"."""
    return format_quantity(yuan, "元", 4)


def in_english(yuan: Decimal) -> str:
    """A sum without loss in a language that has no 万: "5 million yuan", "12,345.6 yuan"."""
    if abs(yuan) >= _MILLION:
        return f"{grouped(yuan.scaleb(-6))} million yuan"
    return f"{grouped(yuan)} yuan"
