"""What promises about one thing say of one another: changes, and what does not fit (pure)."""

from __future__ import annotations

from targets.findings.finding import CHANGES, CLASHES, KINDS, Base, Finding, Kind, Note, Promise
from targets.findings.gathering import Actuals, find
from targets.findings.relation import Relation, Step, relation
from targets.findings.wording import KIND_WORDS, Voice, kind_word, sentences

__all__ = [
    "CHANGES",
    "CLASHES",
    "KINDS",
    "KIND_WORDS",
    "Actuals",
    "Base",
    "Finding",
    "Kind",
    "Note",
    "Promise",
    "Relation",
    "Step",
    "Voice",
    "find",
    "kind_word",
    "relation",
    "sentences",
]
