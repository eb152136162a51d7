"""How a number is written on a page: one place, over `indicators.quantities`."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.models import Unit
from indicators.quantities import convert, display, format_quantity, grouped, plain

# Between a number and an English unit; the two never stand on different lines.
SPACE = "\u00a0"
HUNDRED = Decimal(100)
PER_CENT = Unit(
    code="percent", symbol="%", name_en="per cent", base="%", dimension=Unit.Dimension.PERCENT
)
_MULTIPLE_OF_TEN = re.compile(r"^(?:100 million|10 thousand|10,000|million|thousand) ")
_ENGLISH_WORDS = ((9, "billion"), (6, "million"))


def in_english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def exact(value: Decimal) -> str:
    """All digits with thousands separators: a stored figure is shown as it was stated."""
    return grouped(value)


def rounded(value: Decimal, *limits: Decimal) -> str:
    """A computed figure: no decimals from 1000 on, one from 100, else two.

    One that has two decimals or fewer is shown whole. More decimals where rounding would reach or cross a limit (the goal, a threshold).
    """
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2
    if len(plain(value).partition(".")[2]) <= max(decimals, 2):
        return grouped(value)
    return display(value, decimals, limits)


def percentage(share: Decimal, *limits: Decimal) -> str:
    """A share as a percentage, 0.965 as 96.5%; limits are shares too."""
    value = share * HUNDRED
    shown = (
        grouped(value)
        if len(plain(value).partition(".")[2]) <= 1
        else display(value, 1, [limit * HUNDRED for limit in limits])
    )
    return f"{shown}%"


def with_unit(number: str, unit: Unit) -> str:
    """A written number and its unit: 700亿元, 11%, 2 percentage points."""
    if unit.dimension == Unit.Dimension.PERCENT:
        return f"{number}%"
    if in_english():
        return f"{number}{SPACE}{unit.name_en}"
    return f"{number}{unit.symbol}"


def amount(value: Decimal, unit: Unit, *limits: Decimal, computed: bool = False) -> str:
    """A value in its unit; English has no 万 and 亿: 700亿元 is 70 billion yuan."""
    if in_english() and unit.exponent:
        plain_unit = _MULTIPLE_OF_TEN.sub("", unit.name_en)
        base = convert(value, unit.exponent, 0)
        for exponent, word in _ENGLISH_WORDS:
            scaled = convert(base, 0, exponent)
            if unit.dimension == Unit.Dimension.MONEY and abs(scaled) >= 1:
                scaled_limits = [convert(limit, unit.exponent, exponent) for limit in limits]
                shown = rounded(scaled, *scaled_limits) if computed else exact(scaled)
                return f"{shown}{SPACE}{word} {plain_unit}"
        base_limits = [convert(limit, unit.exponent, 0) for limit in limits]
        shown = rounded(base, *base_limits) if computed else exact(base)
        return f"{shown}{SPACE}{plain_unit}"
    return with_unit(rounded(value, *limits) if computed else exact(value), unit)


def difference(value: Decimal, unit: Unit) -> str:
    """A signed distance in a unit; between percentages it is in points, never in per cent."""
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    size = abs(value)
    if unit.dimension in (Unit.Dimension.PERCENT, Unit.Dimension.POINT):
        return _("%(number)s 个百分点") % {"number": sign + rounded(size, Decimal(0))}
    return sign + amount(size, unit, Decimal(0), computed=True)


def money(yuan: Decimal) -> str:
    """Yuan with all digits, in 亿元 from one 亿 and in 万元 from one 万: 5000000 is 500万元."""
    if in_english():
        for exponent, word in _ENGLISH_WORDS:
            if abs(yuan) >= Decimal(1).scaleb(exponent):
                return f"{exact(convert(yuan, 0, exponent))}{SPACE}{word} yuan"
        return f"{exact(yuan)}{SPACE}yuan"
    exponent = 8 if abs(yuan) >= 10**8 else 4 if abs(yuan) >= 10**4 else 0
    return format_quantity(yuan, "元", exponent)
