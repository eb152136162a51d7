"""Rows as the pages show them: cards of support items, editions on a day, and sums of money."""

from __future__ import annotations

from programs.reading.cards import (
    Card,
    EditionCards,
    Phases,
    card_of,
    cards_of,
    industries_of,
    names_of_items,
    phases_of,
)
from programs.reading.sums import (
    NOTHING,
    Day,
    Share,
    Sums,
    added,
    shares_by,
    sums_by_year,
    sums_on,
)

__all__ = [
    "NOTHING",
    "Card",
    "Day",
    "EditionCards",
    "Phases",
    "Share",
    "Sums",
    "added",
    "card_of",
    "cards_of",
    "industries_of",
    "names_of_items",
    "phases_of",
    "shares_by",
    "sums_by_year",
    "sums_on",
]
