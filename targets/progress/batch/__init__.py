"""The rule book over columns: a million goals in whole calendar years, with NumPy.

`evaluate` is the definition; what stands here gives the same verdicts, or leaves them to it.
"""

from __future__ import annotations

from targets.progress.batch.columns import (
    ABOUT,
    ABOVE,
    BELOW,
    BROKEN,
    CADENCES,
    COMPARATORS,
    CONFIDENTIAL,
    DIRECTIONS,
    EXACT,
    FLOW,
    MEASURES,
    NOT_APPLICABLE,
    PATHS,
    PROVENANCES,
    PROVISIONAL,
    STATUSES,
    STOCK,
    Goals,
    Series,
)
from targets.progress.batch.judge import judge, promise_status
from targets.progress.batch.restored import goal_at
from targets.progress.batch.tabulate import evaluate_many, tabulate
from targets.progress.batch.verdicts import POSITIONS, QUALIFIERS, TRENDS, Verdicts

__all__ = [
    "ABOUT",
    "ABOVE",
    "BELOW",
    "BROKEN",
    "CADENCES",
    "COMPARATORS",
    "CONFIDENTIAL",
    "DIRECTIONS",
    "EXACT",
    "FLOW",
    "MEASURES",
    "NOT_APPLICABLE",
    "PATHS",
    "POSITIONS",
    "PROVENANCES",
    "PROVISIONAL",
    "QUALIFIERS",
    "STATUSES",
    "STOCK",
    "TRENDS",
    "Goals",
    "Series",
    "Verdicts",
    "evaluate_many",
    "goal_at",
    "judge",
    "promise_status",
    "tabulate",
]
