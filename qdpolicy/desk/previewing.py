"""Which verdicts a set of rules would change, judged on today's data and stored nowhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from qdpolicy.dashboard.words import STATUSES, status_label
from targets.models import Target, TargetVersion
from targets.progress import Rules, Verdict, evaluate, evaluate_group
from targets.recompute import current_versions, goal_of, observations_of

COMPARED = 2000
"""Promises compared at most: what a page can judge twice while a person waits."""
SHOWN = 100
"""Changed verdicts listed at most; all that were compared are counted."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict as a light and a word."""

    status: str
    label: str
    light: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A target whose verdict would be another one."""

    version: TargetVersion
    before: Standing
    after: Standing
    pace: Decimal | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many promises have a status, by the rules of today and by the proposed ones."""

    before: Standing
    after: Standing
    number_before: int
    number_after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What changes: the first of the changed targets, and the promises by status."""

    changed: list[Changed]
    total_changed: int
    counts: list[Count]
    compared: int
    promises: int

    @property
    def complete(self) -> bool:
        """Whether every promise was compared."""
        return self.compared == self.promises


@dataclass(frozen=True, slots=True)
class Judged:
    """A target's own verdict by both sets of rules."""

    target: Target
    version: TargetVersion
    before: Verdict
    after: Verdict


def preview(present: Rules, proposed: Rules, *, as_of: date) -> Preview:
    """Both verdicts of a day for every promise in force, COMPARED promises at most.

    Five queries for each CHUNK of promises, nothing is written.
    """
    in_force = TargetVersion.objects.judgeable().filter(target__part_of=None)
    heads = list(in_force.order_by("target_id").values_list("target_id", flat=True)[:COMPARED])
    changed: list[Changed] = []
    total = 0
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for start in range(0, len(heads), CHUNK):
        for members in _promises(heads[start : start + CHUNK], present, proposed, as_of):
            before[_status([row.before for row in members])] += 1
            after[_status([row.after for row in members])] += 1
            rows = (_compared(row, present, proposed) for row in members)
            found = [row for row in rows if row is not None]
            total += len(found)
            changed += found[: SHOWN - len(changed)]
    return Preview(
        changed=changed,
        total_changed=total,
        counts=_counts(before, after, present, proposed),
        compared=len(heads),
        promises=len(heads) if len(heads) < COMPARED else in_force.count(),
    )


def _promises(
    heads: Sequence[int], present: Rules, proposed: Rules, as_of: date
) -> Iterator[list[Judged]]:
    """Whole promises, each with the own verdicts of its parts by both sets of rules."""
    rows = Target.objects.filter(Q(pk__in=heads) | Q(part_of__in=heads)).order_by("pk")
    shown = rows.select_related("indicator__unit", "document")
    targets = list(shown.defer("document__raw", "document__text", "document__offsets"))
    versions, observed = current_versions(targets), observations_of(targets)
    promises: dict[int, list[Judged]] = defaultdict(list)
    for target in targets:
        version = versions.get(target.pk)
        if version is None:
            continue
        version.target = target
        series, rates = observed.get((target.indicator_id, target.region_id), ({}, {}))
        goal = goal_of(target, version)
        promises[target.part_of_id or target.pk].append(
            Judged(
                target,
                version,
                evaluate(goal, series, as_of, present, rates=rates),
                evaluate(goal, series, as_of, proposed, rates=rates),
            )
        )
    yield from promises.values()


def _status(verdicts: Sequence[Verdict]) -> str:
    """The status of a whole promise."""
    return verdicts[0].status if len(verdicts) == 1 else evaluate_group(verdicts).status


def _compared(row: Judged, present: Rules, proposed: Rules) -> Changed | None:
    """A judged target as a row of the table; None where its verdict stays the same."""
    before = _standing(row.before.status, row.before.flags, present)
    after = _standing(row.after.status, row.after.flags, proposed)
    pace = row.after.pace if row.after.pace is not None else row.before.pace
    return None if before == after else Changed(row.version, before, after, pace)


def _standing(status: str, flags: Iterable[str], rules: Rules) -> Standing:
    return Standing(status, status_label(status, flags), rules.light_of(status))


def _counts(
    before: Counter[str], after: Counter[str], present: Rules, proposed: Rules
) -> list[Count]:
    """The statuses that occur, in the order of a sentence."""
    return [
        Count(
            _standing(status, (), present),
            _standing(status, (), proposed),
            before[status],
            after[status],
        )
        for status in STATUSES
        if before[status] or after[status]
    ]
