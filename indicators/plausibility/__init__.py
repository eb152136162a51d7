"""Is a value plausible beside what is already known? Issues in words, with evidence. No Django.

One rule, one place: each module holds the rules of one subject, `checking` asks them in order, and
`batch` says in bulk which values need to be asked at all. An error stops the value, a warning
asks for a reason, a hint for a look. Comparisons are exact, only evidence is rounded.
"""

from __future__ import annotations

from indicators.plausibility.checking import DEFAULTS, RULE_OF, RULES, check
from indicators.plausibility.issues import Issue, Severity
from indicators.plausibility.known import (
    Candidate,
    Context,
    Kind,
    Part,
    Past,
    Relative,
    Statement,
)
from indicators.plausibility.parameters import Parameter, ParameterError, Takes
from indicators.plausibility.rules import Rule, Rules, Setting

__all__ = [
    "DEFAULTS",
    "RULES",
    "RULE_OF",
    "Candidate",
    "Context",
    "Issue",
    "Kind",
    "Parameter",
    "ParameterError",
    "Part",
    "Past",
    "Relative",
    "Rule",
    "Rules",
    "Setting",
    "Severity",
    "Statement",
    "Takes",
    "check",
]
