"""What a check says: how grave it is, in words, with the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the value, a warning wants a reason, a hint only a look."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Issue:
    """One doubt: a code, how grave it is, a sentence in both languages, and the figures behind."""

    code: str
    severity: Severity
    zh: str
    en: str
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_reason(self) -> bool:
        """Whether the value may stand only with a reason beside it."""
        return self.severity is Severity.WARNING


@dataclass(frozen=True)
class Said:
    """What a rule saw, before the severity of its setting and its advice are added."""

    code: str
    zh: str
    en: str
    evidence: Mapping[str, str]
