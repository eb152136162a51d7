"""Database to pure functions and back: stale rows in, snapshots out (TRUST.md 1 to 4)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from indicators.models import Indicator, Observation
from indicators.periods import ReferencePeriod
from indicators.quantities import convert
from targets.models import (
    ProgressSnapshot,
    RuleSet,
    StaleRequest,
    StatusChange,
    Target,
    TargetVersion,
)
from targets.progress import Actual, Baseline, Goal, Rules, Verdict, evaluate, evaluate_group

logger = logging.getLogger(__name__)

BATCH = 500  # queue rows a sweep takes at once
TRIES = 5  # then a row is parked until a person retries it
LOCK_SPACE = 0x7164  # the first half of our advisory locks on PostgreSQL
FIGURES = (
    "completion", "share_done", "pace", "expected_now", "gap", "needed", "actual_rate",
    "required_rate", "goal",
)  # fmt: skip
# Measures whose value is in the indicator's unit; the others are in per cent, points or times.
IN_INDICATOR_UNIT = frozenset({"level", "increment", "cumulative"})

Pair = tuple[int, int]
Series = dict[ReferencePeriod, Actual]


@dataclass(frozen=True)
class Sweep:
    """What one sweep did: rows of the queue that are done, and rows that failed."""

    done: int = 0
    failed: int = 0


def sweep(*, now: datetime | None = None, as_of: date | None = None) -> Sweep:
    """Drain the stale queue; idempotent, and harmless beside another sweep.

    The ids that are visible are read before any data; each pair of indicator and region is
    recomputed in a transaction of its own that deletes exactly those ids. A row that arrives
    meanwhile stays for the next sweep. A pair that fails keeps its rows, with the error, for a
    later try; after five it is parked and the others go on.
    """
    now = now or timezone.now()
    due = StaleRequest.objects.waiting().filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    rows_of: dict[Pair, list[int]] = defaultdict(list)
    for pk, indicator, region in due.order_by("pk").values_list("pk", "indicator", "region")[
        :BATCH
    ]:
        rows_of[indicator, region].append(pk)
    done = failed = 0
    for pair, rows in rows_of.items():
        try:
            with transaction.atomic():
                _recompute_pair(pair, as_of=as_of or timezone.localdate(), now=now)
                StaleRequest.objects.filter(pk__in=rows).delete()
            done += len(rows)
        except Exception as error:  # whatever a pair fails with, the others go on
            logger.exception("recompute of indicator %s in region %s failed", *pair)
            _set_aside(rows, error, now)
            failed += len(rows)
    return Sweep(done, failed)


def _set_aside(rows: Sequence[int], error: Exception, now: datetime) -> None:
    """Note the failure on the rows: a later try each, or parked after the fifth."""
    with transaction.atomic():
        queue = StaleRequest.objects.filter(pk__in=rows)
        queue.update(
            attempts=F("attempts") + 1,
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
        queue.filter(attempts__gte=TRIES).update(parked_at=now)
        for attempts in range(1, TRIES):
            queue.filter(attempts=attempts).update(next_try_at=now + timedelta(seconds=2**attempts))


def queue_open_targets(*, now: datetime | None = None) -> int:
    """The daily job: the calendar is an input, so every target is judged anew; the rows queued."""
    pairs = Target.objects.values_list("indicator_id", "region_id").distinct().order_by()
    now = now or timezone.now()
    rows = [
        StaleRequest(indicator_id=indicator, region_id=region, cause="calendar", queued_at=now)
        for indicator, region in sorted(pairs)
    ]
    StaleRequest.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _recompute_pair(pair: Pair, *, as_of: date, now: datetime) -> None:
    """The promises that a pair touches."""
    about = Q(indicator=pair[0], region=pair[1])
    heads = (
        Target.objects.promises()
        .filter(about | Q(parts__in=Target.objects.filter(about)))
        .distinct()
        .values_list("pk", flat=True)
    )
    recompute_promises(list(heads), as_of=as_of, now=now)


def recompute_promises(heads: Sequence[int], *, as_of: date, now: datetime) -> int:
    """Judge the promises of these heads under the locks of every indicator they read.

    Without the locks a slow run could write an old verdict over a newer one whose queue row is
    gone. Returns the number of snapshots written.
    """
    with transaction.atomic():
        promises = Target.objects.filter(Q(pk__in=heads) | Q(part_of__in=heads))
        _lock(set(promises.values_list("indicator_id", flat=True)))
        # Read anew: while we waited, a definition may have changed and its queue row be gone.
        targets = list(promises.select_related("indicator__unit"))
        return recompute(targets, as_of=as_of, now=now)


def _lock(indicators: Iterable[int]) -> None:
    """Advisory locks to the end of the transaction, in one order; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for indicator in sorted(indicators):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, indicator])


def recompute(targets: Sequence[Target], *, as_of: date, now: datetime) -> int:
    """Judge whole promises (heads with their parts) and write the snapshots that changed.

    Two runs on the same data write nothing the second time. Returns the number of rows written.
    """
    rules, rule_version = rules_in_force(as_of)
    versions = current_versions(targets)
    observed = observations_of(targets)
    verdicts: dict[int, Verdict] = {}
    for target in targets:
        version = versions.get(target.pk)
        if version is not None:
            series, rates = observed.get((target.indicator_id, target.region_id), ({}, {}))
            goal = goal_of(target, version)
            verdicts[target.pk] = evaluate(goal, series, as_of, rules, rates=rates)
    parts: dict[int, list[Target]] = defaultdict(list)
    for target in targets:
        parts[target.part_of_id or target.pk].append(target)
    rows = []
    for members in parts.values():
        judged = [member for member in members if member.pk in verdicts]
        group = evaluate_group([verdicts[member.pk] for member in judged])
        for member in judged:
            verdict = verdicts[member.pk]
            promise = group if member.part_of_id is None and len(judged) > 1 else verdict
            row = _snapshot(
                member, verdict, (promise.status, promise.light), as_of, rule_version, now
            )
            row.version = versions[member.pk]
            row.actual_qualifier = _qualifier(
                verdict, observed.get((member.indicator_id, member.region_id), ({}, {}))
            )
            row.digest = _digest(row)
            rows.append(row)
    return _write(rows, as_of=as_of, now=now)


def rules_in_force(day: date) -> tuple[Rules, int]:
    """The thresholds of the day, and their version number; the built-in ones before any row."""
    row = RuleSet.objects.filter(in_force_from__lte=day).order_by("-version").first()
    if row is None:
        return Rules(), 1
    return (
        Rules(
            version=str(row.version),
            on_track=row.on_track,
            lagging=row.lagging,
            ahead=row.ahead,
            about_tolerance=row.about_tolerance,
            nearly_share=row.nearly_share,
        ),
        row.version,
    )


def current_versions(targets: Iterable[Target]) -> dict[int, TargetVersion]:
    """The reading in force of each target that has one."""
    rows = TargetVersion.objects.filter(
        target__in=targets,
        review_state=TargetVersion.ReviewState.APPROVED,
        superseded_at=None,
    ).select_related("unit")
    return {row.target_id: row for row in rows}


def observations_of(targets: Iterable[Target]) -> dict[Pair, tuple[Series, Series]]:
    """Approved actuals by indicator and region: the series, and the published growth rates."""
    targets = list(targets)
    indicators = {target.indicator_id for target in targets}
    level_of = dict(
        Indicator.objects.filter(rate_of__in=indicators).values_list("pk", "rate_of_id")
    )
    found: dict[Pair, tuple[Series, Series]] = defaultdict(lambda: ({}, {}))
    rows = (
        Observation.objects.approved()
        .of_indicators(indicators | set(level_of))
        .filter(region__in={target.region_id for target in targets})
    )
    for row in rows:
        actual = Actual(
            value=row.value,
            qualifier=row.qualifier,  # type: ignore[arg-type]  # the model's choices are the same
            obs_status=row.obs_status,  # type: ignore[arg-type]
            id=row.pk,
        )
        period = ReferencePeriod.parse(str(row.reference_period))
        if row.indicator_id in indicators:
            found[row.indicator_id, row.region_id][0][period] = actual
        if row.indicator_id in level_of:
            found[level_of[row.indicator_id], row.region_id][1][period] = actual
    return found


def goal_of(target: Target, version: TargetVersion) -> Goal:
    """The stored reading as the engine takes it, in the indicator's unit where it is a level."""
    own = target.indicator.unit.exponent
    theirs = version.unit.exponent if version.measure in IN_INDICATOR_UNIT else own

    def scaled(value: Decimal | None) -> Decimal | None:
        return None if value is None else convert(value, theirs, own)

    baseline = None
    if version.baseline_period:
        in_unit = version.measure in IN_INDICATOR_UNIT
        baseline = Baseline(
            period=ReferencePeriod.parse(version.baseline_period),
            value=scaled(version.baseline_value) if in_unit else version.baseline_value,
            provenance=version.baseline_provenance,  # type: ignore[arg-type]
        )
    return Goal(
        measure=version.measure,  # type: ignore[arg-type]
        comparator=version.comparator,  # type: ignore[arg-type]
        value=scaled(version.value),
        upper=scaled(version.upper),
        tolerance=scaled(version.tolerance),
        unit=version.unit.symbol,
        direction=version.direction,  # type: ignore[arg-type]
        accumulation=target.indicator.accumulation,  # type: ignore[arg-type]
        period_start=_period(version.period_start),
        period_end=_period(version.period_end),
        cadence=version.cadence,  # type: ignore[arg-type]
        path=version.path,  # type: ignore[arg-type]
        milestones=tuple(
            sorted(
                (ReferencePeriod.parse(period), convert(Decimal(str(value)), theirs, own))
                for period, value in version.milestones.items()
            )
        ),
        profile=tuple(Decimal(str(share)) for share in version.profile),
        baseline=baseline,
        commitment=version.commitment,  # type: ignore[arg-type]
        binding=version.binding,  # type: ignore[arg-type]
    )


def _period(text: str) -> ReferencePeriod | None:
    return ReferencePeriod.parse(text) if text else None


def _snapshot(
    target: Target,
    verdict: Verdict,
    promise: tuple[str, str],
    as_of: date,
    rule_version: int,
    now: datetime,
) -> ProgressSnapshot:
    """A verdict as a row; the digest follows when the row is complete."""
    baseline = verdict.baseline
    return ProgressSnapshot(
        target=target,
        as_of=as_of,
        status=verdict.status,
        light=verdict.light,
        promise_status=promise[0],
        promise_light=promise[1],
        attained=verdict.attained,
        position=verdict.position or "",
        period=str(verdict.period) if verdict.period else "",
        actual=_storable(verdict.value),
        baseline_period=str(baseline.period) if baseline else "",
        baseline_value=_storable(baseline.value) if baseline else None,
        trend=verdict.trend or "",
        flags=list(verdict.flags),
        reasons=[reason.as_row() for reason in verdict.reasons],
        inputs=[pk for pk in verdict.inputs if isinstance(pk, int)],
        rule_version=rule_version,
        computed_at=now,
        **{name: _storable(getattr(verdict, name)) for name in FIGURES},
    )


def _qualifier(verdict: Verdict, observed: tuple[Series, Series]) -> str:
    """How the judged actual was stated ("突破395亿" is a lower bound); empty where it is derived."""
    for series in observed:
        actual = series.get(verdict.period) if verdict.period is not None else None
        if actual is not None and actual.value is not None and actual.value == verdict.value:
            return str(actual.qualifier)
    return ""


# What a database column and SQLite's decimals both hold: 15 significant digits, 25 before the point.
_STORED = Context(prec=15)
_LARGEST = Decimal(10) ** 24


def _storable(figure: Decimal | None) -> Decimal | None:
    """A figure as both databases keep it; None where no column could hold it."""
    if figure is None or not figure.is_finite() or abs(figure) >= _LARGEST:
        return None
    return _STORED.plus(figure)


def _digest(row: ProgressSnapshot) -> str:
    """SHA-256 over every column but the key, the moment and the digest itself."""
    facts: dict[str, Any] = {
        field.attname: getattr(row, field.attname)
        for field in ProgressSnapshot._meta.concrete_fields
        if field.name not in ("id", "computed_at", "digest")
    }
    for name, value in facts.items():
        if isinstance(value, Decimal):
            facts[name] = format(value.normalize(), "f")
    text = json.dumps(facts, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _write(rows: list[ProgressSnapshot], *, as_of: date, now: datetime) -> int:
    """Upsert what changed, in the order of the key, and note each status that moved."""
    standing = {
        row.target_id: row
        for row in ProgressSnapshot.objects.filter(target__in=[row.target_id for row in rows]).only(
            "target", "digest", "status", "promise_status"
        )
    }
    changed = sorted(
        (
            row
            for row in rows
            if row.target_id not in standing or standing[row.target_id].digest != row.digest
        ),
        key=lambda row: row.target_id,
    )
    updatable = [
        field.name
        for field in ProgressSnapshot._meta.concrete_fields
        if field.name not in ("id", "target")
    ]
    ProgressSnapshot.objects.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["target"],
        update_fields=updatable,
    )
    StatusChange.objects.bulk_create(
        StatusChange(
            target_id=row.target_id, before=before, after=after, as_of=as_of, changed_at=now
        )
        for row in changed
        if row.target_id in standing
        for before, after in _moved(standing[row.target_id], row)
    )
    return len(changed)


def _moved(before: ProgressSnapshot, after: ProgressSnapshot) -> list[tuple[str, str]]:
    """The status that moved: the promise's, else the target's own, which a grey promise hides."""
    if before.promise_status != after.promise_status:
        return [(before.promise_status, after.promise_status)]
    return [(before.status, after.status)] if before.status != after.status else []
