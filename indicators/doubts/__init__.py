"""What the tables know around cells, so that values can be held against it: few queries for many."""

from __future__ import annotations

from indicators.doubts.known import Known, doubts_of, kind_of, known_around, parse, steps_between
from indicators.doubts.settings import Overrides, rules_for
from indicators.doubts.stated import Stated, Telling, Where
from indicators.doubts.stored import (
    MOST_ROWS,
    Cell,
    Difference,
    Oddity,
    differences,
    oddities,
    stored_rows,
)

__all__ = [
    "MOST_ROWS",
    "Cell",
    "Difference",
    "Known",
    "Oddity",
    "Overrides",
    "Stated",
    "Telling",
    "Where",
    "differences",
    "doubts_of",
    "kind_of",
    "known_around",
    "oddities",
    "parse",
    "rules_for",
    "steps_between",
    "stored_rows",
]
