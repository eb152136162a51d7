"""What is odd in the stored data, and what another setting of a rule would say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from indicators.doubts.known import known_around
from indicators.doubts.settings import Overrides
from indicators.doubts.stated import Stated
from indicators.models import (
    Indicator,
    Observation,
    ObservationQuerySet,
    PlausibilityRule,
    Region,
    in_language,
)
from indicators.plausibility import RULE_OF, RULES, Issue, Rule

MOST_ROWS = 10_000
"""Rows that one page looks through; about a second."""


@dataclass(frozen=True)
class Oddity:
    """A stored row and one doubt about it."""

    row: Observation
    issue: Issue

    @property
    def rule(self) -> Rule:
        """The rule that speaks."""
        return RULES[RULE_OF[self.issue.code]]

    @property
    def rule_name(self) -> str:
        """What the rule is called, in the reader's language."""
        return in_language(self.rule.name_zh, self.rule.name_en)

    @property
    def sentence(self) -> str:
        """What it says, in the reader's language."""
        return in_language(self.issue.zh, self.issue.en)

    @property
    def severity_label(self) -> str:
        """How grave it is, in words."""
        return str(PlausibilityRule.Severity(self.issue.severity).label)


@dataclass(frozen=True)
class Cell:
    """The cell of a stored row."""

    indicator: Indicator
    region: Region
    period: str


@dataclass(frozen=True)
class Difference:
    """What a rule says of a stored row as it is set, and as it would be; one of them may be None."""

    row: Observation
    now: Oddity | None
    then: Oddity | None

    @property
    def differs(self) -> bool:
        """Whether the other setting says anything else."""
        return (self.now and self.now.issue) != (self.then and self.then.issue)


def stored_rows(rows: ObservationQuerySet) -> list[Observation]:
    """The current numbers among these rows that have a period, at most MOST_ROWS; one query."""
    numbers = rows.current().filter(value__isnull=False, reference_period__isnull=False)
    return list(numbers.select_related("indicator__unit", "region")[:MOST_ROWS])


def oddities(
    rows: Iterable[Observation], today: date, instead: Overrides | None = None
) -> list[Oddity]:
    """Every doubt about these rows, in their order; five queries."""
    rows = list(rows)
    cells = [Cell(row.indicator, row.region, row.reference_period or "") for row in rows]
    known = known_around(cells, instead)
    return [
        Oddity(row, issue)
        for row, cell in zip(rows, cells, strict=True)
        for issue in known.doubts(Stated.of(cell, row), today)
    ]


def differences(
    rows: Iterable[Observation], code: str, instead: Overrides, today: date
) -> list[Difference]:
    """What the rule of this code says of these rows now and would say instead; ten queries.

    Rows of which neither speaks are left out; those that would change come first.
    """
    rows = list(rows)
    now, then = (
        {odd.row.pk: odd for odd in oddities(rows, today, setting) if odd.rule.code == code}
        for setting in (None, instead)
    )
    found = [
        Difference(row, now.get(row.pk), then.get(row.pk))
        for row in rows
        if row.pk in now or row.pk in then
    ]
    return sorted(found, key=lambda one: not one.differs)
