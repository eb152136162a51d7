"""How the rules are set: by default, or as the table of rules says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from django.db.models import Q

from indicators.models import PlausibilityRule
from indicators.plausibility import DEFAULTS, RULES, ParameterError, Rules, Setting

Overrides: TypeAlias = Mapping[tuple[str, int | None], Setting]
"""Settings by (code, id of the indicator or None for all)."""


def rules_for(
    indicators: Iterable[int], instead: Overrides | None = None
) -> defaultdict[int, Rules]:
    """How the rules are set for each of these indicators (ids); one query.

    `instead` are settings that are tried: they stand in for the stored ones. A stored setting whose
    parameters the rule does not know any more counts as not set.
    """
    settings: dict[tuple[str, int | None], Setting] = {}
    stored = PlausibilityRule.objects.filter(Q(indicator=None) | Q(indicator__in=set(indicators)))
    for row in stored.order_by():
        rule = RULES.get(row.code)
        if rule is None:
            continue
        try:
            settings[row.code, row.indicator_id] = rule.setting(
                row.parameters, severity=row.severity, active=row.is_active
            )
        except ParameterError:
            continue
    settings |= instead or {}
    everywhere: Rules = DEFAULTS
    own: dict[int, dict[str, Setting]] = {}
    for (code, indicator), setting in settings.items():
        if indicator is None:
            everywhere = {**everywhere, code: setting}
        else:
            own.setdefault(indicator, {})[code] = setting
    found: defaultdict[int, Rules] = defaultdict(lambda: everywhere)
    found.update({indicator: {**everywhere, **changed} for indicator, changed in own.items()})
    return found
