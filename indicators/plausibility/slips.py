"""Rules of slips: the wrong multiple of the unit, a fraction instead of a percentage."""

from __future__ import annotations

from decimal import Decimal

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import LEVELS, POINTS, Candidate, Context
from indicators.plausibility.ratios import near, ratio
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import convert, plain

_TWO = Decimal(2)
SLIPS = {4: "一万", 8: "一亿"}
"""The powers of ten between 元, 万元 and 亿元."""


def _unit(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value, last = stored_value(candidate), context.last
    if context.kind not in LEVELS or last is None or last == 0 or near(value, last, _TWO):
        return None
    for exponent, word in SLIPS.items():
        for shift, zh, en in ((exponent, "大", "larger"), (-exponent, "小", "smaller")):
            if near(value, convert(last, shift, 0), _TWO):
                return Said(
                    f"unit_slip_{'up' if shift > 0 else 'down'}_{exponent}",
                    f"上期{context.shown(last)}，本期{context.shown(value)}，约{zh}了{word}倍，"
                    "请检查单位是否填错（元、万元、亿元）。",
                    f"{context.shown(last)} before, {context.shown(value)} now: "
                    f"about 10^{exponent} times {en}; check the unit.",
                    {
                        "value": plain(value),
                        "last": plain(last),
                        "ratio": ratio(value, last),
                        "exponent": str(shift),
                    },
                )
    return None


def _fraction(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value, last = stored_value(candidate), context.last
    if context.kind not in POINTS or last is None or last == 0:
        return None
    for shift, zh, en in ((-2, "小", "smaller"), (2, "大", "larger")):
        if near(value, convert(last, shift, 0), _TWO):
            return Said(
                "percent_slip",
                f"上期{context.shown(last)}，本期{context.shown(value)}，约{zh}了一百倍，"
                "请检查是否把小数当成了百分数（0.29 应写成 29%）。",
                f"{context.shown(last)} before, {context.shown(value)} now: about 100 times {en}; "
                "was a fraction taken for a percentage (0.29 for 29 %)?",
                {"value": plain(value), "last": plain(last), "exponent": str(shift)},
            )
    return None


UNIT_SLIP = Rule(
    "unit_slip",
    "单位填错",
    "Unit slip",
    Severity.WARNING,
    "与上期相比没有差一万倍或一亿倍（元、万元、亿元填混）。",
    "The value is not ten thousand or a hundred million times the last one (a unit mixed up).",
    "属实的，写明原因。",
    "If it is right, give the reason.",
    _unit,
    speaks=tuple(f"unit_slip_{way}_{exponent}" for exponent in SLIPS for way in ("up", "down")),
)
PERCENT_SLIP = Rule(
    "percent_slip",
    "小数当百分数",
    "Fraction for percentage",
    Severity.WARNING,
    "百分数没有填成小数（0.29 与 29%）。",
    "A percentage was not entered as a fraction (0.29 for 29 %).",
    "属实的，写明原因。",
    "If it is right, give the reason.",
    _fraction,
    unless=("share_over_100",),
)
