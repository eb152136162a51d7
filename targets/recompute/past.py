"""Verdicts of an earlier day, made anew from what was known then; nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from targets.models import ProgressSnapshot, Target, TargetVersion
from targets.progress import Verdict, evaluate, evaluate_group
from targets.recompute.reading import Pair, Series, goal_of, observations_of, rules_in_force
from targets.recompute.writing import digest_of, qualifier_of, snapshot_of


def verdicts_known_on(
    targets: Sequence[Target], *, known_on: date, as_of: date, now: datetime
) -> dict[int, ProgressSnapshot]:
    """The verdicts of whole promises (heads with their parts) by target id, as unsaved rows.

    `known_on`: the actuals approved, the readings approved and the rules approved by the end of
    that day here. `as_of`: only periods that had ended by it count, and the readings and rules in
    force on it (PROGRESS.md 3). Each row's `version` is the reading it was judged by, with its
    unit; a target without a reading then, or with a withdrawn one, has no row. Targets come with
    `indicator__unit`. Four queries, however many there are.

    Actuals, readings and rules are kept as they were. Definitions are not: the accumulation and
    unit of an indicator, and which targets are parts of which, are those of today.
    """
    rules, _version = rules_in_force(as_of, known_on)
    versions = versions_known_on(targets, known_on=known_on, as_of=as_of)
    observed = observations_of(targets, known_on)
    verdicts: dict[int, Verdict] = {}
    for target in targets:
        if target.pk in versions:
            series, rates = _series(observed, target)
            goal = goal_of(target, versions[target.pk])
            verdicts[target.pk] = evaluate(goal, series, as_of, rules, rates=rates)
    promises: dict[int, list[Target]] = defaultdict(list)
    for target in targets:
        if target.pk in verdicts:
            promises[target.part_of_id or target.pk].append(target)
    found: dict[int, ProgressSnapshot] = {}
    for members in promises.values():
        group = evaluate_group([verdicts[member.pk] for member in members])
        for member in members:
            verdict = verdicts[member.pk]
            whole = group if member.part_of_id is None and len(members) > 1 else verdict
            row = snapshot_of(member, verdict, whole.status, as_of, rules, now)
            row.version = versions[member.pk]
            row.actual_qualifier = qualifier_of(verdict, _series(observed, member))
            row.digest = digest_of(row)
            found[member.pk] = row
    return found


def versions_known_on(
    targets: Sequence[Target], *, known_on: date, as_of: date
) -> dict[int, TargetVersion]:
    """The reading by which each target was judged on a day; one query."""
    rows = (
        TargetVersion.objects.in_force_on(as_of, known_on)
        .exclude(change=TargetVersion.Change.WITHDRAWN)
        .filter(target__in=targets)
        .select_related("unit")
    )
    return {row.target_id: row for row in rows}


def _series(observed: dict[Pair, tuple[Series, Series]], target: Target) -> tuple[Series, Series]:
    """The actuals and the published rates of a target's indicator in its region."""
    return observed.get((target.indicator_id, target.region_id), ({}, {}))
