"""What was known on an earlier day: rows as they stood, and verdicts made anew from them.

Not all is kept as it was. Documents, measures, programs, indicators and regions carry no history:
they are shown as they are today. Of a measure only the last judgement is kept; one made later than
the day counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, TextField, Value, When
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Observation, ObservationQuerySet
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.dashboard.census import Census, Standing, cell_of, choices_of
from qdpolicy.dashboard.present import Lights, in_need, readings_of
from qdpolicy.dashboard.promises import LONG_TEXTS, RANKS, SHOWN, Choices, Scope, by_head
from qdpolicy.knowledge import Knowledge
from targets.models import (
    Measure,
    PolicyDocument,
    ProgressSnapshot,
    StatusChange,
    Target,
    TargetVersion,
)
from targets.recompute.past import verdicts_known_on

R = TypeVar("R", Target, TargetVersion)

LIMIT = 5_000
"""Targets that one page judges anew at most: about a millisecond each."""
LOOKED_PAST = 200
"""Later periods that a list of the latest actuals may hold before those of the day."""


@dataclass(slots=True)
class Then:
    """What was known on one day, judged as of another; no verdict waits for anything."""

    knowledge: Knowledge
    is_live: bool = field(default=False, init=False)
    _verdicts: dict[int, ProgressSnapshot | None] = field(default_factory=dict, init=False)
    _heads: dict[Scope, list[TargetVersion]] = field(default_factory=dict, init=False)

    @property
    def as_of(self) -> date:
        """The day whose verdicts are asked for."""
        return self.knowledge.as_of

    def begins(self) -> date | None:
        """The day of the first approval of a reading."""
        first = TargetVersion.objects.aggregate(first=Min("approved_at"))["first"]
        return None if first is None else timezone.localdate(first)

    def observations(self) -> ObservationQuerySet:
        """Approved by then and not yet superseded."""
        return Observation.objects.known_on(self.knowledge.known_on)

    def held(self) -> ObservationQuerySet:
        """Those that counted: what was under way then is not kept."""
        return self.observations()

    def ended(self, rows: Iterable[Observation]) -> list[Observation]:
        """Those whose period had ended: a later one is no part of a verdict of the day."""
        return [row for row in rows if _ended(row.reference_period or "", self.as_of)]

    def first(self, rows: QuerySet[Observation], number: int) -> list[Observation]:
        """Found among the first rows of a query: periods are ordered by their end only here."""
        return self.ended(rows[: number + LOOKED_PAST])[:number]

    def versions(self) -> QuerySet[TargetVersion]:
        """The readings in force then."""
        return TargetVersion.objects.in_force_on(self.as_of, self.knowledge.known_on)

    def in_scope(self, scope: Scope) -> QuerySet[TargetVersion]:
        """A light and a status are those of the promise then."""
        rows = self.versions().filter(scope.without_light.condition())
        if scope == scope.without_light:
            return rows
        return rows.filter(target__in=[row.target_id for row in self.listed(scope, "light")])

    def replaced(self) -> QuerySet[TargetVersion]:
        """Those replaced by then."""
        return TargetVersion.objects.replaced().filter(superseded_at__lt=self.knowledge.end)

    def readings(self, target: Target) -> tuple[list[TargetVersion], TargetVersion | None]:
        """Those approved by then, as they stood; two queries."""
        end = self.knowledge.end
        rows = list(readings_of(target).filter(approved_at__lt=end))
        counting = self.versions().filter(target=target).values_list("pk", flat=True).first()
        for row in rows:
            if row.superseded_at is not None and row.superseded_at >= end:
                row.superseded_at = None
            if row.effective_at is not None and row.effective_at >= end:
                row.effective_at = None
        return rows, next((row for row in rows if row.pk == counting), None)

    def judged(self, targets: Iterable[Target]) -> list[Target]:
        """Those that had a reading, each with its verdict; five queries for all not yet judged."""
        asked = list(targets)
        heads = {row.part_of_id or row.pk for row in asked if row.pk not in self._verdicts}
        if heads:
            members = Target.objects.filter(Q(pk__in=heads) | Q(part_of__in=heads))
            rows = _bounded(members.select_related("indicator__unit"))
            self._verdicts |= dict.fromkeys(row.pk for row in rows)
            self._verdicts |= verdicts_known_on(
                rows, known_on=self.knowledge.known_on, as_of=self.as_of, now=timezone.now()
            )
        for target in asked:
            # A target without a verdict holds None, so that the page does not read today's.
            Target.snapshot.related.set_cached_value(target, self._verdicts.get(target.pk))
        return [row for row in asked if self._verdicts.get(row.pk) is not None]

    def census(self) -> PastCensus:
        """The filters at once, the counts when a scope is asked for."""
        return PastCensus(self)

    def heads(self, scope: Scope) -> list[TargetVersion]:
        """The promises of a scope, its light and status aside, with all that a list shows."""
        place = scope.without_light
        if place not in self._heads:
            rows = _standing(self.versions()).filter(target__part_of=None)
            self._heads[place] = self._detailed(rows, place.condition())
        return self._heads[place]

    def listed(self, scope: Scope, sort: str) -> Sequence[TargetVersion]:
        """Filtered and sorted here, as no table holds these verdicts."""
        rows = [row for row in self.heads(scope) if _fits(row.target.snapshot, scope)]
        return _ordered(rows, sort)

    def of_document(self, document: PolicyDocument) -> list[TargetVersion]:
        """With its parts."""
        return _ordered(self._detailed(self.versions(), Q(target__document=document)), "document")

    def parts_of(self, rows: Iterable[TargetVersion]) -> dict[int, list[TargetVersion]]:
        """The parts that had a reading."""
        heads = [row.target_id for row in rows]
        parts = self._detailed(_standing(self.versions()), Q(target__part_of__in=heads))
        return by_head(sorted(parts, key=lambda row: row.target_id))

    def missing(self, scope: Scope, number: int) -> list[TargetVersion]:
        """By the verdicts of then."""
        rows = _bounded(in_need(_standing(self.versions()).filter(scope.condition())))
        self.judged(row.target for row in rows)
        return [row for row in rows if row.target.snapshot.status == "no_data"][:number]

    def lights_of(self, documents: Iterable[PolicyDocument]) -> Lights:
        """By the verdicts of then."""
        found: Lights = {document.pk: {} for document in documents}
        rows = _standing(self.versions()).filter(target__document__in=list(found))
        heads = _bounded(rows.filter(target__part_of=None).select_related("target"))
        self.judged(row.target for row in heads)
        for row in heads:
            counts = found[row.target.document_id]
            light = row.target.snapshot.promise_light
            counts[light] = counts.get(light, 0) + 1
        return found

    def changes(self) -> QuerySet[StatusChange]:
        """Those noted by then, about days up to the one asked for."""
        rows = StatusChange.objects.filter(changed_at__lt=self.knowledge.end, as_of__lte=self.as_of)
        return rows.select_related("target__document")

    def measures(self) -> QuerySet[Measure]:
        """A judgement made later is none."""
        later = When(judged_at__gte=self.knowledge.end, then=Value(Measure.Status.UNJUDGED))
        standing = Case(later, default=F("status"), output_field=TextField())
        return Measure.objects.annotate(standing=standing)

    def as_judged(self, rows: Iterable[Measure]) -> list[Measure]:
        """Without the judgements of later days."""
        found = list(rows)
        for row in found:
            if row.judged_at is not None and row.judged_at >= self.knowledge.end:
                row.status, row.reason = Measure.Status.UNJUDGED, ""
                row.judged_at = row.judged_by = None
        return found

    def _detailed(self, rows: QuerySet[TargetVersion], where: Q) -> list[TargetVersion]:
        """Readings with all that a list shows of them, their verdicts among it."""
        parts = Exists(Target.objects.filter(part_of=OuterRef("target")))
        chosen = rows.filter(where).select_related(*SHOWN).defer(*LONG_TEXTS)
        chosen = chosen.annotate(has_parts=parts)
        found = _bounded(chosen.order_by("target_id"))
        self.judged(row.target for row in found)
        return found


@dataclass(frozen=True, slots=True)
class PastCensus:
    """The promises of a day, counted."""

    known: Then

    @property
    def choices(self) -> Choices:
        """What was there to filter by; one query."""
        return choices_of(_standing(self.known.versions()))

    def standing(self, scope: Scope) -> Standing:
        """Counts by status and light of a scope, its own light and status aside."""
        cells = tuple(cell_of(row) for row in self.known.heads(scope))
        return Census(cells).standing(scope)


def _standing(rows: QuerySet[TargetVersion]) -> QuerySet[TargetVersion]:
    """Readings without those that withdraw a promise."""
    return rows.exclude(change=TargetVersion.Change.WITHDRAWN)


def _bounded(rows: QuerySet[R]) -> list[R]:
    """The rows, or 404 in words where judging them all anew would take too long."""
    found = list(rows[: LIMIT + 1])
    if len(found) > LIMIT:
        raise Http404(
            _("这里的目标超过 %(limit)s 项，逐项重算过去的判定太久；请先按文件或地区筛选。")
            % {"limit": LIMIT}
        )
    return found


def _ended(period: str, day: date) -> bool:
    try:
        return ReferencePeriod.parse(period).last_day <= day
    except PeriodError:  # approved rows have one; nothing is shown without its period
        return False


def _fits(snapshot: ProgressSnapshot, scope: Scope) -> bool:
    """Whether a verdict has the light and the status of a scope."""
    light, status = snapshot.promise_light, snapshot.promise_status
    return scope.light in ("", light) and scope.status in ("", status)


def _ordered(rows: Iterable[TargetVersion], sort: str) -> list[TargetVersion]:
    """The rows in one of promises.SORTS; a later sort keeps the order of the earlier ones."""
    found = sorted(rows, key=lambda row: row.target_id)
    if sort == "completion":
        return sorted(found, key=_completion)
    if sort == "deadline":
        return sorted(found, key=lambda row: (row.period_end, _rank(row)))
    if sort == "document":
        found.sort(key=lambda row: row.target.document.key)
    found.sort(key=lambda row: row.target.document.issued, reverse=True)
    return found if sort == "document" else sorted(found, key=_rank)


def _completion(row: TargetVersion) -> tuple[bool, object]:
    share = row.target.snapshot.completion
    return share is None, share or 0


def _rank(row: TargetVersion) -> int:
    """Worst first; a withdrawn promise of a document's page comes last."""
    snapshot = getattr(row.target, "snapshot", None)
    return len(RANKS) if snapshot is None else RANKS.index(snapshot.promise_status)
