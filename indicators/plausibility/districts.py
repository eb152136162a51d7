"""The rule of the districts: they add up to the city; functional zones overlap and do not count."""

from __future__ import annotations

from decimal import Decimal

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import EXACT, Candidate, Context
from indicators.plausibility.parameters import Parameter
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import plain


def _sum(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    if not context.sums_over_regions or not context.parts:
        return None
    total = stored_value(candidate) if context.total is None else context.total
    known = [part.value for part in context.parts if part.value is not None]
    missing = [part.name for part in context.parts if part.value is None]
    added = Decimal(0)
    for part in known:
        added = EXACT.add(added, part)
    over = EXACT.subtract(added, total)
    gap, tolerance = abs(over), EXACT.multiply(abs(total), setting.number("tolerance"))
    # With a district missing the sum can only be judged where it is too large already.
    if gap <= tolerance or (missing and (over < 0 or min(known, default=0) < 0)):
        return None
    zh_gap, en_gap = ("多", "more") if over > 0 else ("少", "less")
    return Said(
        "parts_do_not_add_up",
        f"各区市合计{context.shown(added)}，全市{context.shown(total)}，"
        f"合计{zh_gap}了{context.shown(gap)}。",
        f"The districts add up to {context.shown(added)}, the city has "
        f"{context.shown(total)}: {context.shown(gap)} {en_gap}.",
        {
            "sum": plain(added),
            "total": plain(total),
            "difference": plain(over),
            "missing": "、".join(missing),
        },
    )


PARTS_DO_NOT_ADD_UP = Rule(
    "parts_do_not_add_up",
    "各区市不等于全市",
    "Districts do not add up",
    Severity.WARNING,
    "可加总的指标，各区市之和等于全市（功能区与区市重叠，不计入）。",
    "Where an indicator adds up, the districts sum to the city (zones overlap and do not count).",
    "请核对是哪一个区市或全市数；口径不同的，写明原因。",
    "Find the district or the total that is wrong; where definitions differ, say so.",
    _sum,
    (
        # Figures of districts are published rounded; a thousandth of the total is no contradiction.
        Parameter("tolerance", "允许的相差（占全市数，0.001 即千分之一）",
                  "Tolerated gap, as a share of the total", Decimal("0.001"),
                  least=Decimal(0), most=Decimal(1)),
    ),
)  # fmt: skip
