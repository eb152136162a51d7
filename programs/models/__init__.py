"""Programs with their editions and items, the drafts of editions, awards, payments and budgets."""

from __future__ import annotations

from programs.models.awards import (
    Award,
    AwardQuerySet,
    Budget,
    Payment,
    Recipient,
    StagedAward,
    YearTotal,
)
from programs.models.definitions import (
    Program,
    ProgramEdition,
    ProgramEditionQuerySet,
    ProgramLink,
    ProgramQuerySet,
    SupportItem,
)
from programs.models.drafts import DraftSave, EditionDraft, EditionDraftQuerySet

__all__ = [
    "Award",
    "AwardQuerySet",
    "Budget",
    "DraftSave",
    "EditionDraft",
    "EditionDraftQuerySet",
    "Payment",
    "Program",
    "ProgramEdition",
    "ProgramEditionQuerySet",
    "ProgramLink",
    "ProgramQuerySet",
    "Recipient",
    "StagedAward",
    "SupportItem",
    "YearTotal",
]
