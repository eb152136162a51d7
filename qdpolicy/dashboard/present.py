"""What is known now: the rows in force and the stored verdicts, each list in one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from indicators.models import Observation, ObservationQuerySet
from qdpolicy.dashboard import promises
from qdpolicy.dashboard.census import Census, census
from qdpolicy.dashboard.promises import Scope
from targets.models import Measure, PolicyDocument, StatusChange, Target, TargetVersion

Lights = dict[int, dict[str, int]]


class Now:
    """All that is known: the rows in force and the stored verdicts."""

    @property
    def as_of(self) -> date:
        """Today."""
        return timezone.localdate()

    @property
    def is_live(self) -> bool:
        """An approval of this moment reaches its verdicts within a second or two."""
        return True

    def begins(self) -> date | None:
        """Nothing lies before the present."""
        return None

    def observations(self) -> ObservationQuerySet:
        """Approved and not superseded."""
        return Observation.objects.approved()

    def held(self) -> ObservationQuerySet:
        """Not superseded, approved or not."""
        return Observation.objects.current()

    def ended(self, rows: Iterable[Observation]) -> list[Observation]:
        """All of them."""
        return list(rows)

    def first(self, rows: QuerySet[Observation], number: int) -> list[Observation]:
        """One query."""
        return list(rows[:number])

    def versions(self) -> QuerySet[TargetVersion]:
        """The readings in force."""
        return promises.current_versions()

    def in_scope(self, scope: Scope) -> QuerySet[TargetVersion]:
        """By the stored verdicts."""
        return self.versions().filter(scope.condition())

    def replaced(self) -> QuerySet[TargetVersion]:
        """All of them."""
        return TargetVersion.objects.replaced()

    def readings(self, target: Target) -> tuple[list[TargetVersion], TargetVersion | None]:
        """From one query."""
        rows = [row for row in readings_of(target) if row.approved_at is not None]
        return rows, next((row for row in reversed(rows) if row.is_in_force), None)

    def judged(self, targets: Iterable[Target]) -> list[Target]:
        """As they are: whoever reads them joins the stored verdicts in the same query."""
        return list(targets)

    def census(self) -> Census:
        """One query."""
        return census()

    def listed(self, scope: Scope, sort: str) -> QuerySet[TargetVersion]:
        """One query a page."""
        return promises.ordered(promises.listed().filter(scope.condition()), sort)

    def of_document(self, document: PolicyDocument) -> list[TargetVersion]:
        """One query."""
        rows = promises.detailed().filter(target__document=document)
        return list(promises.ordered(rows, "document"))

    def parts_of(self, rows: Iterable[TargetVersion]) -> dict[int, list[TargetVersion]]:
        """One query."""
        return promises.parts_of(rows)

    def missing(self, scope: Scope, number: int) -> list[TargetVersion]:
        """One query."""
        rows = self.versions().filter(scope.condition(), target__snapshot__status="no_data")
        return list(in_need(rows)[:number])

    def lights_of(self, documents: Iterable[PolicyDocument]) -> Lights:
        """One query."""
        found: Lights = {document.pk: {} for document in documents}
        rows = (
            TargetVersion.objects.judgeable()
            .filter(target__part_of=None, target__document__in=list(found))
            .values_list("target__document", "target__snapshot__promise_light")
            .annotate(number=Count("pk"))
            .order_by()
        )
        for document, light, number in rows:
            counts = found[document]
            counts[light or "grey"] = counts.get(light or "grey", 0) + number
        return found

    def changes(self) -> QuerySet[StatusChange]:
        """All of them."""
        return StatusChange.objects.select_related("target__document")

    def measures(self) -> QuerySet[Measure]:
        """As they are judged."""
        return Measure.objects.annotate(standing=F("status"))

    def as_judged(self, rows: Iterable[Measure]) -> list[Measure]:
        """As they are."""
        return list(rows)


NOW = Now()


def readings_of(target: Target) -> QuerySet[TargetVersion]:
    """The versions of a target with their people, unit and source."""
    return target.versions.select_related("unit", "entered_by", "approved_by", "basis__document")


def in_need(rows: QuerySet[TargetVersion]) -> QuerySet[TargetVersion]:
    """Readings with all that the list of missing figures shows, by department."""
    return rows.select_related(
        "unit",
        "target__document",
        "target__region",
        "target__department",
        "target__indicator__department",
    ).order_by("target__indicator__department__code", "target_id")
