"""The rule of earlier periods: what later growth rates rest on does not change unnoticed."""

from __future__ import annotations

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import Candidate, Context
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import plain


def _revised(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value, stored = stored_value(candidate), context.stored
    if stored is None or stored == value or not context.later_periods:
        return None
    return Said(
        "earlier_value_changed",
        f"改动了以往的数据：原为{context.shown(stored)}，"
        f"现为{context.shown(value)}，以后各期的增速也会变。",
        f"An earlier value changes from {context.shown(stored)} "
        f"to {context.shown(value)}; later growth rates change with it.",
        {"value": plain(value), "stored": plain(stored)},
    )


EARLIER_VALUE_CHANGED = Rule(
    "earlier_value_changed",
    "改动以往数据",
    "Earlier value changed",
    Severity.WARNING,
    "已有以后各期的数据时，不改动以往的数据。",
    "A value with later periods behind it does not change.",
    "确需更正的，写明依据。",
    "If it must be corrected, say on what ground.",
    _revised,
)
