"""Statistics: units, regions, indicators, their observations (the actuals), and their collecting."""

from __future__ import annotations

from accounts.language import in_language
from indicators.models.catalogue import Indicator, IndicatorQuerySet, Region, Unit, subtree_of
from indicators.models.doubts import PlausibilityRule
from indicators.models.evidence import Evidence
from indicators.models.observations import (
    DECIMAL_PLACES,
    MAX_DIGITS,
    Observation,
    ObservationQuerySet,
    Place,
)
from indicators.models.rounds import (
    Duty,
    DutyQuerySet,
    LockException,
    Reminder,
    ReportingRound,
    SupervisionEntry,
    SupervisionOrder,
    SupervisionRule,
)
from indicators.models.uploads import StagedCell, Upload

__all__ = [
    "DECIMAL_PLACES",
    "MAX_DIGITS",
    "Duty",
    "DutyQuerySet",
    "Evidence",
    "Indicator",
    "IndicatorQuerySet",
    "LockException",
    "Observation",
    "ObservationQuerySet",
    "Place",
    "PlausibilityRule",
    "Region",
    "Reminder",
    "ReportingRound",
    "StagedCell",
    "SupervisionEntry",
    "SupervisionOrder",
    "SupervisionRule",
    "Unit",
    "Upload",
    "in_language",
    "subtree_of",
]
