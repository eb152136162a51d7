"""All rules in their order, their defaults, and the check that asks each of them once."""

from __future__ import annotations

from types import MappingProxyType

from indicators.plausibility.districts import PARTS_DO_NOT_ADD_UP
from indicators.plausibility.issues import Issue, Severity
from indicators.plausibility.jumps import JUMP, JUMP_IN_POINTS
from indicators.plausibility.known import Candidate, Context
from indicators.plausibility.limits import NEGATIVE, NOT_WHOLE, OUT_OF_BOUNDS, SHARE_OVER_100
from indicators.plausibility.relatives import GROWTH_AGAINST_LEVELS, PART_OVER_WHOLE
from indicators.plausibility.repeats import NEAR_REPEAT, SAME_AS_LAST_YEAR
from indicators.plausibility.revisions import EARLIER_VALUE_CHANGED
from indicators.plausibility.rules import Rules, by_code
from indicators.plausibility.slips import PERCENT_SLIP, UNIT_SLIP
from indicators.plausibility.statements import SAME_SOURCE_DIFFERS, TWO_VALUES
from indicators.plausibility.timing import PERIOD_IN_FUTURE, PERIOD_NOT_OVER
from indicators.quantities import storable

RULES = by_code(
    (
        PERIOD_IN_FUTURE,
        PERIOD_NOT_OVER,
        NEGATIVE,
        SHARE_OVER_100,
        OUT_OF_BOUNDS,
        NOT_WHOLE,
        UNIT_SLIP,
        PERCENT_SLIP,
        JUMP,
        JUMP_IN_POINTS,
        EARLIER_VALUE_CHANGED,
        SAME_AS_LAST_YEAR,
        NEAR_REPEAT,
        PARTS_DO_NOT_ADD_UP,
        PART_OVER_WHOLE,
        GROWTH_AGAINST_LEVELS,
        SAME_SOURCE_DIFFERS,
        TWO_VALUES,
    )
)
"""Every rule by code; a rule stands after those it is silent for."""

DEFAULTS: Rules = MappingProxyType({code: rule.setting() for code, rule in RULES.items()})
"""How the rules are set where nobody has set them otherwise."""

RULE_OF = {code: rule.code for rule in RULES.values() for code in rule.codes}
"""The rule that raises an issue, by the code of the issue."""

_ORDER = list(Severity)


def check(candidate: Candidate, context: Context, rules: Rules = DEFAULTS) -> list[Issue]:
    """All issues of a candidate, errors first, each cause named once.

    Raises QuantityError where the candidate is NaN, infinite or too long to be stored.
    """
    if candidate.value is not None:
        storable(candidate.value)
    issues: list[Issue] = []
    spoken: set[str] = set()
    for code, rule in RULES.items():
        setting = rules[code]
        asked = setting.active and (rule.always or candidate.value is not None)
        if not asked or not spoken.isdisjoint(rule.unless):
            continue
        said = rule.speak(candidate, context, setting)
        if said is not None:
            spoken.add(code)
            zh, en = said.zh + rule.advice_zh, f"{said.en} {rule.advice_en}".rstrip()
            issues.append(Issue(said.code, setting.severity, zh, en, said.evidence))
    return sorted(issues, key=lambda issue: _ORDER.index(issue.severity))
