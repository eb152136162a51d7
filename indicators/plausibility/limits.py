"""Rules of what a value can be at all: its sign, a hundred per cent, set bounds, wholeness."""

from __future__ import annotations

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import EXACT, Candidate, Context, Kind
from indicators.plausibility.parameters import Parameter, Takes
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import convert, grouped, plain


def _negative(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value = stored_value(candidate)
    never_negative = (
        context.kind is Kind.COUNT
        or (context.kind is Kind.MONEY and context.stock)
        or (context.kind is Kind.SHARE and context.bounded)
    )
    if value >= 0 or not never_negative:
        return None
    return Said(
        "negative",
        f"{context.shown(value)}是负数，这个指标不能为负。",
        f"{context.shown(value)} is negative, which this indicator cannot be.",
        {"value": plain(value)},
    )


def _over_hundred(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value = stored_value(candidate)
    if context.kind is not Kind.SHARE or not context.bounded or value <= 100:
        return None
    return Said(
        "share_over_100",
        f"占比{grouped(value)}%超过了100%。",
        f"A share of {grouped(value)} % is more than 100 %.",
        {"value": plain(value), "limit": "100"},
    )


def _outside(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    value = stored_value(candidate)
    least, most = setting.optional("min"), setting.optional("max")
    if least is not None and value < least:
        limit, zh, en = least, "低于设定的下限", "below the lower bound of"
    elif most is not None and value > most:
        limit, zh, en = most, "高于设定的上限", "above the upper bound of"
    else:
        return None
    return Said(
        "out_of_bounds",
        f"{context.shown(value)}{zh}{context.shown(limit)}。",
        f"{context.shown(value)} is {en} {context.shown(limit)}.",
        {"value": plain(value), "limit": plain(limit)},
    )


def _not_whole(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value = stored_value(candidate)
    single = convert(value, context.exponent, 0)
    if context.kind is not Kind.COUNT or single == single.to_integral_value(context=EXACT):
        return None
    return Said(
        "not_whole",
        f"{context.shown(value)}不是整数个，计数指标只能是整数。",
        f"{context.shown(value)} is not a whole number, but the indicator is a count.",
        {"value": plain(value)},
    )


NEGATIVE = Rule(
    "negative",
    "负数",
    "Negative",
    Severity.ERROR,
    "个数、时点金额和占比不为负。",
    "Counts, stocks of money and shares are not negative.",
    "请核对正负号。",
    "Check the sign.",
    _negative,
)
SHARE_OVER_100 = Rule(
    "share_over_100",
    "占比超过100%",
    "Share over 100 %",
    Severity.ERROR,
    "占比不超过100%。",
    "A share is at most 100 %.",
    "请核对分子、分母和小数点。",
    "Check the numerator, the denominator and the decimal point.",
    _over_hundred,
)
OUT_OF_BOUNDS = Rule(
    "out_of_bounds",
    "超出上下限",
    "Out of bounds",
    Severity.ERROR,
    "数值在为指标设定的上下限之内；没有设定时不检查。",
    "The value lies within the bounds that were set for the indicator; without any, no check.",
    "请核对数值和单位；上下限有误的，请审核员修改规则。",
    "Check the value and the unit; a wrong bound is for a reviewer to change.",
    _outside,
    (
        Parameter("min", "下限（按指标的计量单位）", "Lower bound", None, Takes.OPTIONAL),
        Parameter("max", "上限（按指标的计量单位）", "Upper bound", None, Takes.OPTIONAL),
    ),
    unless=("negative", "share_over_100"),
    ordered=("min", "max"),
)
NOT_WHOLE = Rule(
    "not_whole",
    "不是整数",
    "Not whole",
    Severity.ERROR,
    "计数指标是整数。",
    "A count is a whole number.",
    "请核对小数点和单位。",
    "Check the decimal point and the unit.",
    _not_whole,
)
