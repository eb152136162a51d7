"""Promises: policy documents, their clauses, targets, measures, and what recompute makes of them."""

from __future__ import annotations

from targets.models.documents import Clause, PolicyDocument
from targets.models.promises import Measure, Target, TargetQuerySet, TargetVersion
from targets.models.verdicts import (
    ProgressSnapshot,
    RuleSet,
    StaleRequest,
    StaleRequestQuerySet,
    StatusChange,
)

__all__ = [
    "Clause",
    "Measure",
    "PolicyDocument",
    "ProgressSnapshot",
    "RuleSet",
    "StaleRequest",
    "StaleRequestQuerySet",
    "StatusChange",
    "Target",
    "TargetQuerySet",
    "TargetVersion",
]
