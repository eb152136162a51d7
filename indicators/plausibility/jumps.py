"""Rules of the change since the last value, held against how the series itself has moved before."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context as Arithmetic
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import EXACT, LEVELS, POINTS, Candidate, Context, Past
from indicators.plausibility.parameters import Parameter, Takes
from indicators.plausibility.ratios import median, near, ratio
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import display, plain

LOGS = Arithmetic(prec=28)
MAD_TO_DEVIATION = Decimal("1.4826")
"""Of normal changes the median absolute deviation times this is the standard deviation."""
_HUNDRED = Decimal(100)


def growths(history: Sequence[Past]) -> list[Decimal]:
    """The relative changes a period as logarithms; only between values of one sign."""
    found = []
    for before, after in pairwise(history):
        if before.value * after.value > 0:
            found.append(_growth(after.value, before.value, after.steps))
    return found


@lru_cache(65_536)  # the cells of one series share their history
def _growth(value: Decimal, last: Decimal, steps: int) -> Decimal:
    return LOGS.divide(LOGS.ln(LOGS.divide(value, last)), Decimal(steps))


def band(changes: Sequence[Decimal], setting: Setting) -> tuple[Decimal, Decimal]:
    """The lowest and highest usual change: the median, and around it what the series varies by."""
    middle = median(changes)
    deviation = median([abs(change - middle) for change in changes])
    usual = LOGS.multiply(setting.number("spread") * MAD_TO_DEVIATION, deviation)
    width = max(usual, LOGS.ln(1 + setting.number("least")))
    return middle - width, middle + width


def _jump(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    value, last = stored_value(candidate), context.last
    # From zero there is no ratio: the first value of something new is no jump.
    if context.kind not in LEVELS or last is None or last == 0:
        return None
    changes = growths(context.history)
    if len(changes) >= setting.number("known") and value * last > 0:
        return _unlike_history(value, last, context, band(changes, setting))
    factor = setting.number("factor") ** min(context.steps, int(setting.number("longest")))
    if near(value, last, factor):
        return None
    shown = ratio(value, last, EXACT.divide(Decimal(1), factor), factor)
    change = f"上期{context.shown(last)}，本期{context.shown(value)}"
    was = f"{context.shown(last)} before, {context.shown(value)} now"
    other_sign = value * last < 0
    return Said(
        "jump",
        # A ratio says nothing between a value and one of the other sign.
        f"{change}，正负号变了。" if other_sign else f"{change}，是上期的{shown}倍，变化过大。",
        f"{was}: the sign has changed."
        if other_sign
        else f"{was}: {shown} times the last value is a large change.",
        {"value": plain(value), "last": plain(last), "ratio": shown},
    )


def _unlike_history(
    value: Decimal, last: Decimal, context: Context, usual: tuple[Decimal, Decimal]
) -> Said | None:
    change = _growth(value, last, context.steps)
    if usual[0] <= change <= usual[1]:
        return None
    now, low, high = (_per_cent(number) for number in (change, *usual))
    each_zh, each_en = ("平均每期", " a period") if context.steps > 1 else ("", "")
    return Said(
        "jump",
        f"上期{context.shown(last)}，本期{context.shown(value)}，{each_zh}变化{now}；"
        f"按本系列以往的变化，通常在{low}到{high}之间。",
        f"{context.shown(last)} before, {context.shown(value)} now: {now}{each_en}, "
        f"where this series usually changes by {low} to {high}.",
        {
            "value": plain(value),
            "last": plain(last),
            "ratio": ratio(value, last),
            "change": now,
            "low": low,
            "high": high,
        },
    )


def _per_cent(growth: Decimal) -> str:
    """A logarithm as a change in per cent, to one decimal, with its sign."""
    change = LOGS.multiply(LOGS.exp(growth) - 1, _HUNDRED)
    return f"{'+' if change > 0 else ''}{display(change, 1)}%"


def point_changes(history: Sequence[Past]) -> list[Decimal]:
    """The sizes of the changes a period, in points."""
    return [
        EXACT.divide(abs(after.value - before.value), Decimal(after.steps))
        for before, after in pairwise(history)
    ]


def _points(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    value, last = stored_value(candidate), context.last
    changes = point_changes(context.history)
    if context.kind not in POINTS or last is None or len(changes) < setting.number("known"):
        return None
    moved = EXACT.subtract(value, last)
    typical = median(changes)
    allowed = EXACT.multiply(typical * setting.number("times"), Decimal(context.steps))
    if abs(moved) <= max(setting.number("least"), allowed):
        return None
    each = display(EXACT.divide(abs(moved), Decimal(context.steps)), 2)
    since = f"（{context.last_period}）" if context.last_period else ""
    since_en = f" ({context.last_period})" if context.last_period else ""
    zh, en = ("上升", "up") if moved > 0 else ("下降", "down")
    size, usual = plain(abs(moved)), display(typical, 2)
    return Said(
        "jump_in_points",
        f"上期{since}{context.shown(last)}，本期{context.shown(value)}，{zh}了{size}个百分点，"
        f"平均每期{each}个；以往每期变化的中位数是{usual}个。",
        f"{context.shown(last)} before{since_en}, {context.shown(value)} now: {en} by {size} "
        f"points, {each} a period, where the median change was {usual}.",
        {
            "value": plain(value),
            "last": plain(last),
            "change": plain(moved),
            "steps": str(context.steps),
            "typical": usual,
        },
    )


JUMP = Rule(
    "jump",
    "突变",
    "Jump",
    Severity.WARNING,
    "与上期相比没有突变：已知的变化够多时按本系列以往的变化判断，否则看倍数。",
    "No jump since the last value: against the series' own changes where enough are known, "
    "else by a factor.",
    "请核对；属实的，写明变化的原因。",
    "Check it; if it is right, say why it changed.",
    _jump,
    (
        Parameter("factor", "每期不超过上期的倍数", "Factor a period", Decimal(2),
                  least=Decimal("1.01"), most=Decimal(1000)),
        Parameter("longest", "间隔最多按几期计", "Periods that count at most", Decimal(5),
                  Takes.WHOLE, Decimal(1), Decimal(20)),
        Parameter("known", "按自身历史判断至少需要的已知变化数", "Known changes needed", Decimal(4),
                  Takes.WHOLE, Decimal(2), Decimal(50)),
        Parameter("spread", "允许偏离中位数的标准差倍数", "Deviations from the median", Decimal(5),
                  least=Decimal(1), most=Decimal(50)),
        Parameter("least", "至少允许的偏离（0.25 即 25%）", "Least tolerated deviation (0.25 is 25 %)",
                  Decimal("0.25"), least=Decimal("0.01"), most=Decimal(10)),
    ),
    unless=("unit_slip",),
)  # fmt: skip
JUMP_IN_POINTS = Rule(
    "jump_in_points",
    "百分点突变",
    "Jump in points",
    Severity.WARNING,
    "占比和增速的变化（百分点）与本系列以往的变化相称。",
    "The change of a share or a rate, in points, is like the series' own changes before.",
    "请核对口径是否变动；变动的，把数据状态改为“口径变动”并写明。",
    "Check whether the definition changed; if so, mark the break and say which.",
    _points,
    (
        Parameter("known", "至少需要的已知变化数", "Known changes needed", Decimal(2),
                  Takes.WHOLE, Decimal(1), Decimal(50)),
        Parameter("times", "不超过以往变化中位数的倍数", "Times the median change", Decimal(4),
                  least=Decimal(1), most=Decimal(100)),
        Parameter("least", "至少允许的变化（百分点）", "Least tolerated change (points)", Decimal(3),
                  least=Decimal(0), most=Decimal(1000)),
    ),
    unless=("percent_slip", "share_over_100"),
)  # fmt: skip
