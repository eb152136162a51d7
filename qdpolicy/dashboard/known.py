"""What a page knows: everything up to now, or what was known on an earlier day. One seam for both.

A view asks `known_for(request)` once and reads through it. `present.Now` answers by the tables as
they stand, with the verdicts that are stored; `past.Then` by the same tables as they stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.models import Observation, ObservationQuerySet
from qdpolicy.dashboard.census import Standing
from qdpolicy.dashboard.past import Then
from qdpolicy.dashboard.present import NOW
from qdpolicy.dashboard.promises import Choices, Scope
from qdpolicy.knowledge import asked_by
from targets.models import Measure, PolicyDocument, StatusChange, Target, TargetVersion


class Counted(Protocol):
    """Promises counted by what the pages filter by."""

    @property
    def choices(self) -> Choices:
        """What the filters offer."""

    def standing(self, scope: Scope) -> Standing:
        """Counts by status and light of a scope, its own light and status aside."""


class Known(Protocol):
    """What a reading page may ask; every row comes with `target.snapshot`, or without a verdict."""

    @property
    def as_of(self) -> date:
        """The day the verdicts speak of."""

    @property
    def is_live(self) -> bool:
        """Whether a verdict can wait to be made anew."""

    def begins(self) -> date | None:
        """The day before which nothing is known; None where that cannot be asked."""

    def observations(self) -> ObservationQuerySet:
        """The actuals that count."""

    def held(self) -> ObservationQuerySet:
        """The actuals that count, and those that somebody works on."""

    def ended(self, rows: Iterable[Observation]) -> list[Observation]:
        """Those of the actuals whose period a page of this day shows."""

    def first(self, rows: QuerySet[Observation], number: int) -> list[Observation]:
        """Up to so many of the actuals that a page of this day shows, in their order."""

    def versions(self) -> QuerySet[TargetVersion]:
        """The readings in force, the withdrawn ones among them; no verdict hangs on them."""

    def in_scope(self, scope: Scope) -> QuerySet[TargetVersion]:
        """The readings of a scope, its light and status among it."""

    def replaced(self) -> QuerySet[TargetVersion]:
        """The readings that another had taken the place of."""

    def readings(self, target: Target) -> tuple[list[TargetVersion], TargetVersion | None]:
        """Every reading of a target that was ever approved, in order; the one that counts."""

    def judged(self, targets: Iterable[Target]) -> list[Target]:
        """The targets that are there, each with its verdict."""

    def census(self) -> Counted:
        """All promises, counted."""

    def listed(self, scope: Scope, sort: str) -> QuerySet[TargetVersion] | Sequence[TargetVersion]:
        """The promises of a scope in one of promises.SORTS."""

    def of_document(self, document: PolicyDocument) -> list[TargetVersion]:
        """The promises and parts of a document."""

    def parts_of(self, rows: Iterable[TargetVersion]) -> dict[int, list[TargetVersion]]:
        """The parts of these promises by the head's id."""

    def missing(self, scope: Scope, number: int) -> list[TargetVersion]:
        """Up to so many targets and parts of a scope without an actual, by department."""

    def lights_of(self, documents: Iterable[PolicyDocument]) -> dict[int, dict[str, int]]:
        """How many promises of each document (primary key) have which light."""

    def changes(self) -> QuerySet[StatusChange]:
        """The verdicts that moved, the latest first."""

    def measures(self) -> QuerySet[Measure]:
        """Measures with their judgement's code as `standing`."""

    def as_judged(self, rows: Iterable[Measure]) -> list[Measure]:
        """Measures with the judgement that was there."""


def known_for(request: HttpRequest) -> Known:
    """What the page of a request knows: its address says on which day."""
    knowledge = asked_by(request)
    return NOW if knowledge is None else Then(knowledge)
