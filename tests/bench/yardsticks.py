"""What recompute is measured against: one SQL statement, bare NumPy, and a loop over the ORM.

All three read the tables that recompute reads (goals and series of the read model; the loop the
record behind them) and write a row of all the columns of a snapshot for each goal: target_id,
version_id, as_of, status, light, promise_status, promise_light, attained, position, period, actual,
actual_qualifier, goal, baseline_period, baseline_value, completion, share_done, pace, expected_now,
gap, needed, actual_rate, required_rate, trend, flags, reasons, inputs, rule_version, digest,
computed_at. SQL and NumPy know one rule only (a level on a straight line, no parts, no flags but
two); the loop calls `evaluate` for each target, as a page of models would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from targets.models import ProgressSnapshot, Target, TargetVersion
from targets.models.verdicts import LIGHTS, STATUSES
from targets.progress import evaluate
from targets.recompute.binary import Ragged, Rows, Texts, encode
from targets.recompute.digest import digests, figure_words
from targets.recompute.reading import goal_of, observations_of, rules_in_force
from targets.recompute.writing import COLUMNS, digest_of, qualifier_of, snapshot_of
from tests.bench.data import AS_OF, COMPARATORS, NOW

S = {status: STATUSES.index(status) for status in STATUSES}
L = {light: LIGHTS.index(light) for light in LIGHTS}
LIGHT_OF = np.full(len(STATUSES), L["grey"], dtype=np.int16)
for _status, _light in (
    ("attained", "green"), ("on_track", "green"), ("lagging", "yellow"), ("off_track", "red"),
    ("regressing", "red"), ("missed", "red"),
):  # fmt: skip
    LIGHT_OF[S[_status]] = L[_light]
LAST = AS_OF.year - 1
NAMES = ", ".join(field.column for field in COLUMNS)


def _statement(source: str) -> str:
    """The statement over goals and figures as `source` joins them: g, n (now), b (base), p (before)."""
    return f"""
INSERT INTO bench_sql ({NAMES})
SELECT g.target_id, g.version_id, DATE '{AS_OF}', v.status, l.light, v.status, l.light,
    CASE WHEN n.v IS NOT NULL THEN v.attained END, 0, coalesce(n.y::text, ''), n.v,
    (n.v IS NOT NULL)::int, g.value, coalesce(b.y::text, ''), b.v, n.v / nullif(g.value, 0),
    w.share, v.pace, b.v + (g.value - b.v) * w.time, n.v - g.value,
    (g.value - n.v) / nullif(g.ends - n.y, 0), (n.v - b.v) / nullif(n.y - b.y, 0),
    (g.value - b.v) / nullif(g.ends - b.y, 0),
    CASE WHEN p.v IS NULL THEN 0 WHEN n.v > p.v THEN 1 WHEN n.v < p.v THEN 2 ELSE 3 END,
    coalesce(v.status = {S["attained"]} AND n.y < g.ends, false)::int
        + coalesce(n.y < {LAST}, false)::int * 64,
    CASE WHEN n.v IS NULL THEN 'no_actual' WHEN b.v IS NULL THEN 'no_baseline'
        WHEN v.attained THEN 'already_attained' ELSE '' END,
    coalesce(int8send(n.id), '') || coalesce(int8send(b.id), '') || coalesce(int8send(p.id), ''),
    1, hashtextextended(concat(g.version_id, v.status, n.v, b.v, v.pace), 0), TIMESTAMPTZ '{NOW}'
{source}
CROSS JOIN LATERAL (
    SELECT (n.v - b.v) / nullif(g.value - b.v, 0) AS share,
        (n.y - b.y)::float8 / nullif(g.ends - b.y, 0) AS time,
        CASE g.meaning >> 4 & 7 WHEN 0 THEN n.v > g.value WHEN 2 THEN n.v <= g.value
            WHEN 3 THEN n.v < g.value ELSE n.v >= g.value END AS attained
) w
CROSS JOIN LATERAL (
    SELECT w.attained, w.share / nullif(w.time, 0) AS pace,
        (CASE WHEN n.v IS NULL THEN {S["no_data"]} WHEN w.attained THEN {S["attained"]}
            WHEN n.y = g.ends THEN {S["missed"]}
            WHEN w.share / nullif(w.time, 0) IS NULL THEN {S["not_assessable"]}
            WHEN w.share / w.time < 0 THEN {S["regressing"]}
            WHEN w.share / w.time >= 0.95 THEN {S["on_track"]}
            WHEN w.share / w.time >= 0.6 THEN {S["lagging"]}
            ELSE {S["off_track"]} END)::smallint AS status
) v
CROSS JOIN LATERAL (
    SELECT (CASE WHEN v.status IN ({S["attained"]}, {S["on_track"]}) THEN {L["green"]}
        WHEN v.status = {S["lagging"]} THEN {L["yellow"]}
        WHEN v.status IN ({S["off_track"]}, {S["regressing"]}, {S["missed"]}) THEN {L["red"]}
        ELSE {L["grey"]} END)::smallint AS light
) l
"""


# The read model, as recompute reads it.
SQL = _statement(
    f"""
FROM (
    SELECT *, (nullif(meaning >> 27 & 511, 0) + 1899)::int AS ends,
        (nullif(meaning >> 36 & 511, 0) + 1899)::int AS starts
    FROM targets_goalrow
) g
LEFT JOIN indicators_series s ON s.indicator_id = g.indicator_id AND s.region_id = g.region_id
LEFT JOIN LATERAL (
    SELECT u.v, (u.r >> 8 & 511) + 1900 AS y, u.r >> 17 AS id
    FROM unnest(s.vals, s.refs) AS u (v, r)
    WHERE u.v <> 'NaN' AND (u.r >> 8 & 511) + 1900 <= least(g.ends, {LAST})
    ORDER BY u.r >> 8 & 511 DESC LIMIT 1
) n ON true
LEFT JOIN LATERAL (
    SELECT u.v, (u.r >> 8 & 511) + 1900 AS y, u.r >> 17 AS id
    FROM unnest(s.vals, s.refs) AS u (v, r)
    WHERE u.v <> 'NaN' AND (u.r >> 8 & 511) + 1900 = g.starts LIMIT 1
) b ON true
LEFT JOIN LATERAL (
    SELECT u.v, u.r >> 17 AS id FROM unnest(s.vals, s.refs) AS u (v, r)
    WHERE u.v <> 'NaN' AND (u.r >> 8 & 511) + 1900 = n.y - 1 LIMIT 1
) p ON true
"""
)
# The record itself, as one would without a read model.
_OBSERVED = """
    SELECT o.value::float8 AS v, o.reference_period::int AS y, o.id FROM indicators_observation o
    WHERE o.indicator_id = g.indicator_id AND o.region_id = g.region_id AND o.value IS NOT NULL
        AND o.review_state = 'approved' AND o.superseded_at IS NULL
        AND length(o.reference_period) = 4
"""
SQL_OF_RECORD = _statement(
    f"""
FROM (
    SELECT t.id AS target_id, v.id AS version_id, t.indicator_id, t.region_id,
        v.value::float8 AS value, left(v.period_end, 4)::int AS ends,
        nullif(left(v.baseline_period, 4), '')::int AS starts,
        (array_position(ARRAY{list(COMPARATORS)}, v.comparator::text) - 1) << 4 AS meaning
    FROM targets_target t JOIN targets_targetversion v ON v.target_id = t.id
    WHERE v.review_state = 'approved' AND v.superseded_at IS NULL
) g
LEFT JOIN LATERAL (
    {_OBSERVED} AND o.reference_period <= least(g.ends, {LAST})::text
    ORDER BY o.reference_period DESC LIMIT 1
) n ON true
LEFT JOIN LATERAL ({_OBSERVED} AND o.reference_period = g.starts::text) b ON true
LEFT JOIN LATERAL ({_OBSERVED} AND o.reference_period = (n.y - 1)::text) p ON true
"""
)

READ = """
COPY (
    SELECT g.target_id, g.version_id, g.meaning, g.value,
        coalesce(s.vals, '{}'), coalesce(s.refs, '{}')
    FROM targets_goalrow g
    LEFT JOIN indicators_series s ON s.indicator_id = g.indicator_id AND s.region_id = g.region_id
        AND s.region_id = ANY(%(homes)s)
    WHERE g.home_id = ANY(%(homes)s)
) TO STDOUT (FORMAT BINARY)
"""
FIXED = [
    ("target_id", ">i8"), ("version_id", ">i8"), ("meaning", ">i8"), ("value", ">f8"),
]  # fmt: skip


def tables() -> None:
    """Empty tables like that of the snapshots, with its index."""
    with connection.cursor() as cursor:
        for name in ("bench_sql", "bench_numpy"):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TABLE {name} (LIKE targets_progresssnapshot INCLUDING ALL)")


def one_statement(statement: str = SQL) -> None:
    """The whole recompute as one INSERT … SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def bare_numpy(shares: Sequence[Sequence[int]]) -> None:
    """COPY BINARY out, columns, COPY BINARY in, share by share as recompute takes them."""
    for regions in shares:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
            with cursor.copy(READ, {"homes": list(regions)}) as copy:
                rows = Rows(list(copy), FIXED)
            columns = _columns(rows)
            with cursor.copy(f"COPY bench_numpy ({NAMES}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(encode(columns))


def _table(values: Ragged, refs: Ragged) -> tuple[int, np.ndarray, np.ndarray]:
    year = (refs.flat >> 8 & 511) + 1900
    first = int(year.min(initial=LAST, where=refs.flat & 64 == 0))
    shape = (len(refs.counts), LAST - first + 1)
    table, ids = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    there = (year <= LAST) & (refs.flat & 64 == 0)
    rows, places = refs.rows[there], year[there] - first
    table[rows, places] = values.flat[there]
    ids[rows, places] = refs.flat[there] >> 17
    return first, table, ids


def _columns(rows: Rows) -> list[Any]:
    """The one rule, over columns."""
    target, version = rows.column("target_id"), rows.column("version_id")
    meaning, value = rows.column("meaning"), rows.column("value")
    comparator = meaning >> 4 & 7
    end, start = ((meaning >> shift & 511) for shift in (27, 36))
    end, start = ((years + 1899) * (years > 0) for years in (end, start))
    first, table, ids = _table(rows.array(">f8"), rows.array(">i8"))
    n, width = table.shape
    every = np.arange(n)
    known = ~np.isnan(table) & (
        np.arange(first, first + width) <= np.where(end, end, LAST)[:, None]
    )
    there = known.any(axis=1)
    at = width - 1 - np.argmax(known[:, ::-1], axis=1)
    year = np.where(there, at + first, 0)
    actual = np.where(there, table[every, at], np.nan)
    begun = (start >= first) & (start <= LAST)
    base_at = np.where(begun, start - first, 0)
    base = np.where(begun, table[every, base_at], np.nan)
    before = np.where(at > 0, table[every, np.maximum(at - 1, 0)], np.nan)
    with np.errstate(all="ignore"):
        share = (actual - base) / (value - base)
        time = (year - start) / (end - start)
        pace = share / time
        met = np.select(
            [comparator == 0, comparator == 2, comparator == 3],
            [actual > value, actual <= value, actual < value],
            actual >= value,
        )
        status = np.select(
            [~there, met, year == end, np.isnan(pace), pace < 0, pace >= 0.95, pace >= 0.6],
            [S["no_data"], S["attained"], S["missed"], S["not_assessable"], S["regressing"],
             S["on_track"], S["lagging"]],
            S["off_track"],
        ).astype(np.int16)  # fmt: skip
        trend = np.select(
            [np.isnan(before), actual > before, actual < before], [0, 1, 2], 3
        ).astype(np.int16)
        flags = ((met & (year < end)) + (year < LAST) * 64).astype(np.int16)
        figures = (
            actual / value, share, pace, base + (value - base) * time, actual - value,
            (value - actual) / (end - year), (actual - base) / (year - start),
            (value - base) / (end - start),
        )  # fmt: skip
    light = LIGHT_OF[status]
    used = np.stack([ids[every, at], ids[every, base_at], ids[every, np.maximum(at - 1, 0)]], 1)
    kept = np.stack([there, ~np.isnan(base), ~np.isnan(before)], 1)
    reasons = np.select([~there, np.isnan(base), met], [1, 2, 3], 0)
    years = ["", *(str(y) for y in range(first, LAST + 1))]
    digest = digests([version, status, figure_words(actual), figure_words(pace)], n)
    zero = np.zeros(n, dtype=np.int16)
    period = Texts(np.where(there, at + 1, 0), years)
    base_period = Texts(np.where(np.isnan(base), 0, base_at + 1), years)
    said = Texts(reasons, ["", "no_actual", "no_baseline", "already_attained"])
    inputs = Ragged(kept.sum(1), used[kept])
    return [
        target, version, np.full(n, 9251, np.int32), status, light, status, light,
        np.where(there, met, -1).astype(np.int8), zero, period, actual, there.astype(np.int16),
        value, base_period, base, *figures, trend, flags, said, inputs,
        np.ones(n, np.int32), digest, np.full(n, 799_300_800_000_000),
    ]  # fmt: skip


def orm_loop(keys: Sequence[int]) -> None:
    """One target after the other through the models, as a page or a command would do it."""
    for key in keys:
        target = Target.objects.select_related("indicator__unit").get(pk=key)
        version = TargetVersion.objects.judgeable().select_related("unit").get(target=target)
        pair = observations_of([target])[target.indicator_id, target.region_id]
        rules, _version = rules_in_force(AS_OF)
        verdict = evaluate(goal_of(target, version), pair[0], AS_OF, rules, rates=pair[1])
        row = snapshot_of(target, verdict, verdict.status, AS_OF, rules, NOW)
        row.version, row.actual_qualifier = version, qualifier_of(verdict, pair)
        row.digest = digest_of(row)
        fields = {f.attname: getattr(row, f.attname) for f in COLUMNS if not f.primary_key}
        ProgressSnapshot.objects.update_or_create(target_id=key, defaults=fields)
