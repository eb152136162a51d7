"""Rules between indicators: new is at most total, and published growth fits the levels."""

from __future__ import annotations

from decimal import Decimal

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import EXACT, Candidate, Context
from indicators.plausibility.parameters import Pairs, Parameter, Takes
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import display, grouped, plain

PAIRS: Pairs = (
    ("HNTE_NEW", "HNTE"),
    ("HNTE_ABOVE", "HNTE"),
    ("HNTE_ADV_MFG", "HNTE"),
    ("PKL_NEW", "PKL"),
    ("RD_EXP_ENT", "RD_EXP"),
    ("MARINE_TECH_CONTRACT", "TECH_CONTRACT"),
    ("MARINE_TECH_CONTRACT_N", "TECH_CONTRACT_N"),
    ("RESULT_MATCHED", "RESULT_COLLECTED"),
)
"""Codes of the catalogue, (part, whole): new firms among all, enterprises' share of spending."""
_HUNDRED = Decimal(100)


def _part(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value = stored_value(candidate)
    for whole in context.wholes:
        if value > whole.value:
            return Said(
                "part_over_whole",
                f"{context.shown(value)}大于“{whole.name}”的{context.shown(whole.value)}，"
                "部分不应大于总体。",
                f"{context.shown(value)} is more than {whole.name_en}, "
                f"{context.shown(whole.value)}, of which it is a part.",
                {"value": plain(value), "other": plain(whole.value)},
            )
    for piece in context.pieces:
        if value < piece.value:
            return Said(
                "part_over_whole",
                f"{context.shown(value)}小于“{piece.name}”的{context.shown(piece.value)}，"
                "总体不应小于部分。",
                f"{context.shown(value)} is less than {piece.name_en}, "
                f"{context.shown(piece.value)}, which is a part of it.",
                {"value": plain(value), "other": plain(piece.value)},
            )
    return None


def _growth(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    value = stored_value(candidate)
    if context.levels is not None:
        rate, (now, before) = value, context.levels
    elif context.rate is not None and context.last_year is not None:
        rate, now, before = context.rate, value, context.last_year
    else:
        return None
    if before <= 0:
        return None
    computed = (EXACT.divide(now, before) - 1) * _HUNDRED
    tolerance = setting.number("tolerance")
    gap = abs(EXACT.subtract(computed, rate))
    if gap <= tolerance:
        return None
    shown = display(computed, 2)
    return Said(
        "growth_against_levels",
        f"公布的增速是{plain(rate)}%，按上年{grouped(before)}、本年{grouped(now)}计算是{shown}%，"
        f"相差{display(gap, 2, (tolerance,))}个百分点。",
        f"The published growth is {plain(rate)} %; from {grouped(before)} to {grouped(now)} it is "
        f"{shown} %, {display(gap, 2, (tolerance,))} points apart.",
        {
            "value": plain(value),
            "rate": plain(rate),
            "before": plain(before),
            "now": plain(now),
            "computed": shown,
        },
    )


PART_OVER_WHOLE = Rule(
    "part_over_whole",
    "部分大于总体",
    "Part over whole",
    Severity.WARNING,
    "部分不大于总体（新增不大于累计，企业投入不大于全社会投入）。",
    "A part is at most the whole (new firms among all, enterprises' among all spending).",
    "请核对两个指标的口径和报告期。",
    "Check the definitions and the periods of both.",
    _part,
    (Parameter("pairs", "成对的指标代码（部分 <= 总体，每行一对）",
               "Pairs of indicator codes (part <= whole, one a line)", PAIRS, Takes.PAIRS),),
)  # fmt: skip
GROWTH_AGAINST_LEVELS = Rule(
    "growth_against_levels",
    "增速与数值不符",
    "Growth against levels",
    Severity.WARNING,
    "公布的增速与两年的数值相符。",
    "The published growth fits the levels of the two years.",
    "请核对；按可比价计算或上年数已修订的，写明原因。",
    "Check; if it is in constant prices or last year was revised, say so.",
    _growth,
    (Parameter("tolerance", "允许的相差（百分点）", "Tolerated gap (points)", Decimal(5),
               least=Decimal(0), most=Decimal(1000)),),
)  # fmt: skip
