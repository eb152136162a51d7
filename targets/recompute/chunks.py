"""A region's promises judged at once on SQLite: the same columns, read and written by chunks."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Q

from targets.models import ProgressSnapshot, StatusChange, Target
from targets.models.verdicts import STATUSES
from targets.progress import batch, evaluate
from targets.recompute.binary import Ragged, Texts
from targets.recompute.bulk import NOTHING, Columns, Judged, Keys, chosen
from targets.recompute.reading import current_versions, goal_of, observations_of, rules_in_force
from targets.recompute.writing import COLUMNS, moved, qualifier_of

CHUNK = 1000  # promises in one transaction: a save in between waits only for these

_NAMES = ", ".join(str(field.column) for field in COLUMNS)
_PLACES = ", ".join(["%s"] * len(COLUMNS))
_SET = ", ".join(f"{f.column} = excluded.{f.column}" for f in COLUMNS if not f.primary_key)
_UPSERT = (
    f"INSERT INTO targets_progresssnapshot ({_NAMES}) VALUES ({_PLACES})"  # noqa: S608
    f" ON CONFLICT (target_id) DO UPDATE SET {_SET}"
)


def recompute_regions(regions: Sequence[int], *, as_of: date, now: datetime) -> int:
    """Judge every promise whose home is one of these regions; the number of rows written.

    A transaction for each chunk; interrupted, what is left is judged the next time.
    """
    heads = list(
        Target.objects.promises()
        .filter(region__in=regions)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    written = 0
    for start in range(0, len(heads), CHUNK):
        with transaction.atomic():
            written += _chunk(heads[start : start + CHUNK], as_of=as_of, now=now)
    return written


def _chunk(heads: Sequence[int], *, as_of: date, now: datetime) -> int:
    rows = Target.objects.filter(Q(pk__in=heads) | Q(part_of__in=heads))
    everything = list(rows.select_related("indicator__unit").order_by("pk"))
    versions = current_versions(everything)
    observed = observations_of(everything)
    targets = [target for target in everything if target.pk in versions]
    pairs = [observed.get((t.indicator_id, t.region_id), ({}, {})) for t in targets]
    goals = [goal_of(target, versions[target.pk]) for target in targets]
    cases = [(goal, *pair) for goal, pair in zip(goals, pairs, strict=True)]
    standing = ProgressSnapshot.objects.only("digest", "status", "promise_status").in_bulk(
        [target.pk for target in targets]
    )
    keys = Keys(
        target=np.array([target.pk for target in targets], dtype=np.int64),
        version=np.array([versions[target.pk].pk for target in targets], dtype=np.int64),
        head=np.array([target.part_of_id or target.pk for target in targets], dtype=np.int64),
        digest=np.array(
            [standing[t.pk].digest if t.pk in standing else NOTHING for t in targets],
            dtype=np.int64,
        ),
    )
    rules, _version = rules_in_force(as_of)
    judged = Judged(batch.judge(*batch.tabulate(cases), as_of, rules))
    for place in judged.waiting.tolist():
        goal, series, rates = cases[place]
        verdict = evaluate(goal, series, as_of, rules, rates=rates)
        judged.put(place, verdict, qualifier_of(verdict, (series, rates)))
    columns = judged.columns(keys, as_of=as_of, rules=rules, now=now)
    idle = {target.pk for target in everything} - versions.keys()
    gone, _by_model = ProgressSnapshot.objects.filter(target__in=idle).delete()
    return gone + _write(keys, columns, standing, as_of=as_of, now=now)


def _write(
    keys: Keys,
    columns: Columns,
    standing: dict[int, ProgressSnapshot],
    *,
    as_of: date,
    now: datetime,
) -> int:
    """Upsert what is new or changed, and note each status that moved."""
    changed = columns["digest"] != keys.digest
    if not changed.any():
        return 0
    rows = chosen(columns, changed)
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, list(_rows(rows, as_of, now)))
    after = zip(
        *(rows[name].tolist() for name in ("target_id", "status", "promise_status")), strict=True
    )
    StatusChange.objects.bulk_create(
        StatusChange(target_id=pk, before=before, after=after, as_of=as_of, changed_at=now)
        for pk, status, promise in after
        if pk in standing
        for before, after in moved(standing[pk], STATUSES[status], STATUSES[promise])
    )
    return int(changed.sum())


def _rows(columns: Columns, as_of: date, now: datetime) -> Iterator[tuple[Any, ...]]:
    """The rows as the database's driver takes them."""
    days = {
        "as_of": connection.ops.adapt_datefield_value(as_of),
        "computed_at": connection.ops.adapt_datetimefield_value(now),
    }
    count = len(columns["digest"])
    values = [
        [days[name]] * count if name in days else _values(column)
        for name, column in columns.items()
    ]
    return zip(*values, strict=True)


def _values(column: Any) -> list[Any]:
    """A column's values one by one; NaN and a boolean below 0 are NULL."""
    if isinstance(column, Texts):
        return [column.texts[code] for code in column.codes.tolist()]
    if isinstance(column, Ragged):
        keys, ends = column.flat.tolist(), np.cumsum(column.counts).tolist()
        counts = column.counts.tolist()
        return [
            struct.pack(f">{n}q", *keys[end - n : end]) for n, end in zip(counts, ends, strict=True)
        ]
    if column.dtype == np.int8:
        return [None if value < 0 else bool(value) for value in column.tolist()]
    if column.dtype.kind == "f":
        return [None if value != value else value for value in column.tolist()]
    return list(column.tolist())
