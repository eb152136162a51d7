"""Data in two languages: which of the two a reader gets."""

from __future__ import annotations

from django.utils.translation import get_language


def in_language(chinese: str, english: str) -> str:
    """The text in the reader's language; Chinese where the English is empty."""
    return english if english and (get_language() or "").startswith("en") else chinese
