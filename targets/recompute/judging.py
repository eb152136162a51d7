"""Whole promises judged and written, under the locks of what they read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from targets.models import ProgressSnapshot, Target, TargetVersion
from targets.progress import Rules, Verdict, evaluate, evaluate_group
from targets.recompute import read_model
from targets.recompute.reading import (
    Pair,
    Series,
    current_versions,
    goal_of,
    observations_of,
    rates_of,
    rules_in_force,
)
from targets.recompute.writing import digest_of, qualifier_of, snapshot_of, write

# The first halves of our advisory locks on PostgreSQL.
REGIONS, INDICATORS = 0x7165, 0x7164


def recompute_promises(heads: Sequence[int], *, as_of: date, now: datetime) -> int:
    """Judge the promises of these heads under the locks of all that they read.

    Without the locks a slow run could write an old verdict over a newer one whose queue row is
    gone. Returns the number of snapshots written.
    """
    with transaction.atomic(savepoint=False):
        promises = Target.objects.filter(Q(pk__in=heads) | Q(part_of__in=heads)).order_by("pk")
        reads = list(promises.values_list("part_of", "region", "indicator"))
        _lock(
            homes={region for part_of, region, _indicator in reads if part_of is None},
            indicators={indicator for *_rest, indicator in reads},
        )
        # Read anew: while we waited, a definition may have changed and its queue row be gone.
        targets = list(promises.select_related("indicator__unit"))
        return recompute(targets, as_of=as_of, now=now)


def _lock(*, homes: Iterable[int], indicators: Iterable[int]) -> None:
    """Advisory locks to the end of the transaction, in one order; SQLite has one writer anyway.

    The home regions are shared with other sweeps and keep off the bulk path, which takes them
    whole; the indicators keep off other sweeps.
    """
    locks = [("pg_advisory_xact_lock_shared", REGIONS, region) for region in sorted(homes)]
    locks += [("pg_advisory_xact_lock", INDICATORS, indicator) for indicator in sorted(indicators)]
    if connection.vendor == "postgresql" and locks:
        calls = ", ".join(f"{lock}(%s, %s)" for lock, _space, _key in locks)
        with connection.cursor() as cursor:
            # The expressions of one SELECT are worked out in their order.
            cursor.execute(f"SELECT {calls}", [part for _lock, *key in locks for part in key])


def recompute(targets: Sequence[Target], *, as_of: date, now: datetime) -> int:
    """Judge whole promises (heads with their parts) and write the snapshots that changed.

    Two runs on the same data write nothing the second time. Returns the number of rows written.
    """
    rules, _version = rules_in_force(as_of)
    versions, rate_of = current_versions(targets), rates_of(targets)
    read_model.refresh(targets, versions, rate_of)
    observed = observations_of(targets, rate_of=rate_of)
    rows = judge(targets, versions, observed, rules, as_of=as_of, now=now)
    return write(rows, judged=[target.pk for target in targets], as_of=as_of, now=now)


def judge(
    targets: Sequence[Target],
    versions: Mapping[int, TargetVersion],
    observed: Mapping[Pair, tuple[Series, Series]],
    rules: Rules,
    *,
    as_of: date,
    now: datetime,
) -> list[ProgressSnapshot]:
    """The verdicts of whole promises as unsaved rows; targets without a version have none."""
    verdicts: dict[int, Verdict] = {}
    promises: dict[int, list[Target]] = defaultdict(list)
    for target in targets:
        if target.pk in versions:
            series, rates = observed.get((target.indicator_id, target.region_id), ({}, {}))
            goal = goal_of(target, versions[target.pk])
            verdicts[target.pk] = evaluate(goal, series, as_of, rules, rates=rates)
            promises[target.part_of_id or target.pk].append(target)
    rows = []
    for members in promises.values():
        group = evaluate_group([verdicts[member.pk] for member in members])
        for member in members:
            verdict = verdicts[member.pk]
            promise = group if member.part_of_id is None and len(members) > 1 else verdict
            row = snapshot_of(member, verdict, promise.status, as_of, rules, now)
            row.version = versions[member.pk]
            row.actual_qualifier = qualifier_of(
                verdict, observed.get((member.indicator_id, member.region_id), ({}, {}))
            )
            row.digest = digest_of(row)
            rows.append(row)
    return rows
