"""Rules of the same number again: last year's exactly, or a neighbour's up to rounding."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import EXACT, Candidate, Context
from indicators.plausibility.parameters import Parameter, Takes
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import plain


def _same(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value = stored_value(candidate)
    # Zero or a full 100 % may well stand for years.
    if value != context.last_year or value == 0 or (context.bounded and value == 100):
        return None
    return Said(
        "same_as_last_year",
        f"{context.shown(value)}与上年同期完全相同，请确认不是照抄。",
        f"{context.shown(value)} is exactly last year's value; was it copied?",
        {"value": plain(value), "last_year": plain(value)},
    )


def _near(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    value = stored_value(candidate)
    neighbours = (
        (context.last, context.last_period, "上期", "the last value"),
        (context.following, context.following_period, "下期", "the next value"),
    )
    for other, period, zh, en in neighbours:
        if other is not None and is_rounded(value, other, int(setting.number("digits"))):
            of = f"（{period}）" if period else ""
            of_en = f" ({period})" if period else ""
            return Said(
                "near_repeat",
                f"{context.shown(value)}与{zh}{of}的{context.shown(other)}四舍五入后相同，"
                "可能是同一个数写到了两期。",
                f"{context.shown(value)} is {en}{of_en}, {context.shown(other)}, up to rounding: "
                "the same number may stand in two periods.",
                {"value": plain(value), "other": plain(other), "period": period},
            )
    return None


def is_rounded(one: Decimal, two: Decimal, digits: int) -> bool:
    """Whether two different numbers agree once the finer is rounded to the decimals of the other.

    The coarser must have that many significant digits: 3 says little about 2.8.
    """
    fine, coarse = sorted((one, two), key=_decimals, reverse=True)
    decimals = _decimals(coarse)
    if _decimals(fine) == decimals or len(plain(abs(coarse)).replace(".", "").lstrip("0")) < digits:
        return False
    place = Decimal(1).scaleb(-decimals)
    return fine.quantize(place, rounding=ROUND_HALF_UP, context=EXACT) == coarse


def _decimals(value: Decimal) -> int:
    return len(plain(value).partition(".")[2])


SAME_AS_LAST_YEAR = Rule(
    "same_as_last_year",
    "与上年相同",
    "Same as last year",
    Severity.HINT,
    "与上年同期不完全相同。",
    "The value is not exactly last year's.",
    "",
    "",
    _same,
)
NEAR_REPEAT = Rule(
    "near_repeat",
    "与相邻一期近似重复",
    "Near repeat",
    Severity.WARNING,
    "与相邻一期不只是四舍五入的差别（286.4 与 286）。",
    "The value is not a neighbour's up to rounding (286.4 and 286).",
    "请核对来源所指的年份；属实的，写明原因。",
    "Check which year the source means; if it is right, give the reason.",
    _near,
    (
        Parameter("digits", "较粗的数至少有几位有效数字", "Significant digits of the coarser number",
                  Decimal(3), Takes.WHOLE, Decimal(1), Decimal(15)),
    ),
)  # fmt: skip
