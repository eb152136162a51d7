"""Verdicts as rows: what changed is written, what did not is left alone."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from targets.models import ProgressSnapshot, StatusChange, Target
from targets.progress import Verdict
from targets.recompute.reading import Series

BATCH = 500
FIGURES = (
    "completion", "share_done", "pace", "expected_now", "gap", "needed", "actual_rate",
    "required_rate", "goal",
)  # fmt: skip
# What a database column and SQLite's decimals both hold: 15 significant digits, 25 before the point.
_STORED = Context(prec=15)
_LARGEST = Decimal(10) ** 24


def snapshot_of(
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


def qualifier_of(verdict: Verdict, observed: tuple[Series, Series]) -> str:
    """How the judged actual was stated ("突破395亿" is a lower bound); empty where it is derived."""
    for series in observed:
        actual = series.get(verdict.period) if verdict.period is not None else None
        if actual is not None and actual.value is not None and actual.value == verdict.value:
            return str(actual.qualifier)
    return ""


def _storable(figure: Decimal | None) -> Decimal | None:
    """A figure as both databases keep it; None where no column could hold it."""
    if figure is None or not figure.is_finite() or abs(figure) >= _LARGEST:
        return None
    return _STORED.plus(figure)


def digest_of(row: ProgressSnapshot) -> str:
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


def write(rows: list[ProgressSnapshot], *, as_of: date, now: datetime) -> int:
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
