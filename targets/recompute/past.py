"""Verdicts of an earlier day, made anew from what was known then; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from targets.models import ProgressSnapshot, Target, TargetVersion
from targets.recompute.judging import judge
from targets.recompute.reading import observations_of, rules_in_force


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
    rows = judge(targets, versions, observed, rules, as_of=as_of, now=now)
    return {row.target_id: row for row in rows}


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
