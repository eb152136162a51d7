"""Promises: policy documents, their clauses, targets, measures, and what recompute makes of them."""

from __future__ import annotations

from targets.models.documents import Clause, PolicyDocument
from targets.models.notes import TargetNote
from targets.models.projections import ProjectedYear, Projection, ProjectionQuerySet
from targets.models.promises import Measure, Target, TargetQuerySet
from targets.models.rules import RuleSet, RuleSetQuerySet
from targets.models.verdicts import (
    ProgressSnapshot,
    RecomputeShare,
    StaleRequest,
    StaleRequestQuerySet,
    StatusChange,
)
from targets.models.versions import TargetVersion, TargetVersionQuerySet

__all__ = [
    "Clause",
    "Measure",
    "PolicyDocument",
    "ProgressSnapshot",
    "ProjectedYear",
    "Projection",
    "ProjectionQuerySet",
    "RecomputeShare",
    "RuleSet",
    "RuleSetQuerySet",
    "StaleRequest",
    "StaleRequestQuerySet",
    "StatusChange",
    "Target",
    "TargetNote",
    "TargetQuerySet",
    "TargetVersion",
    "TargetVersionQuerySet",
]
