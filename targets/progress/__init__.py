"""Progress of a promise: a goal, its actuals and a day give a verdict (PROGRESS.md)."""

from __future__ import annotations

from targets.progress.evaluate import evaluate
from targets.progress.goal import Actual, Baseline, Goal
from targets.progress.group import evaluate_group
from targets.progress.reasons import Reason
from targets.progress.rules import DEFAULT_RULES, Rules
from targets.progress.verdict import BaselineUsed, GroupVerdict, Verdict, light_of

__all__ = [
    "DEFAULT_RULES",
    "Actual",
    "Baseline",
    "BaselineUsed",
    "Goal",
    "GroupVerdict",
    "Reason",
    "Rules",
    "Verdict",
    "evaluate",
    "evaluate_group",
    "light_of",
]
