"""A region's promises judged at once on PostgreSQL: COPY in, columns, COPY out (PROGRESS.md 7)."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import connection, transaction

from indicators import series
from targets.models.verdicts import STATUSES, ProgressSnapshot
from targets.progress import batch
from targets.recompute.binary import Ints, Rows, encode
from targets.recompute.bulk import NOTHING, Columns, Judged, Keys, chosen
from targets.recompute.judging import REGIONS
from targets.recompute.read_model import NUMBERS, unpacked
from targets.recompute.reading import rules_in_force
from targets.recompute.single import judge_singly
from targets.recompute.writing import COLUMNS

WIDTH = 64  # years of a series that are judged as columns; what is longer is judged by itself

_RATES, _COUNTED = ("growth", "average_growth"), ("increment", "cumulative", "average_growth")
_EACH_YEAR = batch.CADENCES.index("each_year")
_FIXED = [
    *((name, ">i8") for name in ("target_id", "version_id", "meaning")),
    *((name, ">f8") for name in NUMBERS),
]
_ARRAYS = "coalesce({0}.vals, '{{}}'), coalesce({0}.refs, '{{}}')"
_JOIN = "s.indicator_id = g.{0} AND s.region_id = g.region_id"
# Few columns, since what a row costs is the number of its columns: the rest is asked for the few
# goals that have it. `areas` are the regions that the goals are about; without them every share
# would go through the series of all regions.
_READ = f"""
COPY (
    SELECT g.target_id, g.version_id, g.meaning, {", ".join(f"g.{name}" for name in NUMBERS)},
        {_ARRAYS.format("s")}
    FROM targets_goalrow g
    LEFT JOIN indicators_series s ON {_JOIN.format("indicator_id")} AND s.region_id = ANY(%(areas)s)
    WHERE g.home_id = ANY(%(homes)s)
) TO STDOUT (FORMAT BINARY)
"""  # noqa: S608 - our own names
_READ_RATES = f"""
COPY (
    SELECT g.target_id, {_ARRAYS.format("s")}
    FROM targets_goalrow g JOIN indicators_series s ON {_JOIN.format("rate_id")}
    WHERE g.home_id = ANY(%(homes)s) AND s.region_id = ANY(%(areas)s) AND g.rate_id <> 0
) TO STDOUT (FORMAT BINARY)
"""  # noqa: S608 - our own names
_READ_DIGESTS = """
COPY (
    SELECT target_id, digest FROM targets_progresssnapshot WHERE target_id = ANY(%(targets)s)
) TO STDOUT (FORMAT BINARY)
"""
_READ_AREAS = "SELECT DISTINCT region_id FROM targets_goalrow WHERE home_id = ANY(%s)"
_READ_PARTS = """
SELECT target_id, head_id FROM targets_goalrow WHERE home_id = ANY(%s) AND head_id <> target_id
"""
_NAMES = ", ".join(str(field.column) for field in COLUMNS)
_SET = ", ".join(f"{f.column} = s.{f.column}" for f in COLUMNS if not f.primary_key)
_UPDATE = f"""
UPDATE targets_progresssnapshot p SET {_SET} FROM staged s WHERE p.target_id = s.target_id
"""  # noqa: S608 - our own names
# The promise's status, else the target's own, which a grey promise hides.
_NOTE_MOVES = """
INSERT INTO targets_statuschange (target_id, before, after, as_of, changed_at)
SELECT s.target_id, (%s::text[])[m.before + 1], (%s::text[])[m.after + 1], s.as_of, s.computed_at
FROM staged s JOIN targets_progresssnapshot p ON p.target_id = s.target_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.promise_status <> s.promise_status THEN p.promise_status ELSE p.status END,
        CASE WHEN p.promise_status <> s.promise_status THEN s.promise_status ELSE s.status END
) AS m (before, after)
WHERE m.before <> m.after ORDER BY s.target_id
"""


def recompute_regions(regions: Sequence[int], *, as_of: date, now: datetime) -> int:
    """Judge every promise whose home is one of these regions; the number of rows written.

    One transaction under the whole locks of the regions: a sweep that works on one of their
    promises is waited for, and waits. Interrupted, it leaves nothing behind.
    """
    with _collecting_later(), transaction.atomic(), connection.cursor() as cursor:
        # A function in the list of a scan is called row by row, so in the order of the keys.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, r) FROM unnest(%s::int[]) AS r",
            [REGIONS, sorted(regions)],
        )
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_READ_AREAS, [list(regions)])
        given = {"homes": list(regions), "areas": [area for (area,) in cursor.fetchall()]}
        rows = _read(cursor, _READ, given, _FIXED)
        if not rows.count:
            return 0
        rules, _version = rules_in_force(as_of)
        keys = _keys(cursor, rows, regions)
        goals, levels, rates = _tables(cursor, rows, keys.target, given, as_of)
        judged = Judged(batch.judge(goals, levels, rates, as_of, rules))
        for place, (verdict, qualifier) in judge_singly(judged.waiting, goals, keys, as_of, rules):
            judged.put(place, verdict, qualifier)
        columns = judged.columns(keys, as_of=as_of, rules=rules, now=now)
        return _write(cursor, columns, keys.digest)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Without the collector of cycles: a share's many small objects have none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(cursor: Any, statement: str, given: Mapping[str, Any], fixed: Any) -> Rows:
    with cursor.copy(statement, given) as copy:
        return Rows(list(copy), fixed)


def _keys(cursor: Any, rows: Rows, regions: Sequence[int]) -> Keys:
    target = rows.column("target_id")
    cursor.execute(_READ_PARTS, [list(regions)])
    parts = cursor.fetchall()
    head = target.copy()
    head[_where(target, [part for part, _head in parts])] = [head for _part, head in parts]
    held = _read(
        cursor,
        _READ_DIGESTS,
        {"targets": np.sort(target).tolist()},
        [("target_id", ">i8"), ("digest", ">i8")],
    )
    digest = np.full(len(target), NOTHING, dtype=np.int64)
    digest[_where(target, held.column("target_id"))] = held.column("digest")
    return Keys(target, rows.column("version_id"), head, digest)


def _where(targets: Ints, wanted: Any) -> Ints:
    """The places of these targets among all."""
    order = np.argsort(targets)
    return order[np.searchsorted(targets, np.asarray(wanted, dtype=np.int64), sorter=order)]


def _tables(
    cursor: Any, rows: Rows, targets: Ints, given: Mapping[str, Any], as_of: date
) -> tuple[batch.Goals, batch.Series, batch.Series]:
    """The goals, the levels and the published rates as the batch takes them."""
    codes = unpacked(rows.column("meaning"))
    goals = batch.Goals(
        **codes,
        **{name: rows.column(name) for name in NUMBERS},
        **_milestones(cursor, codes["path"], targets),
    )
    levels = _series(np.arange(rows.count), rows, goals, as_of)
    held = _read(cursor, _READ_RATES, given, [("target_id", ">i8")])
    rates = _series(_where(targets, held.column("target_id")), held, goals, as_of)
    return goals, levels, rates


def _milestones(cursor: Any, path: Any, targets: Ints) -> dict[str, Any]:
    """The milestones of the few goals that have some, a column for each."""
    along = np.flatnonzero(path == batch.PATHS.index("milestones"))
    cursor.execute(
        "SELECT target_id, milestone_years, milestone_values FROM targets_goalrow"
        " WHERE target_id = ANY(%s)",
        [targets[along].tolist()],
    )
    held = {target: (years, values) for target, years, values in cursor.fetchall()}
    width = max((len(years) for years, _values in held.values()), default=0)
    years = np.zeros((len(targets), width), dtype=np.int16)
    values = np.full((len(targets), width), np.nan)
    for place in along.tolist():
        own_years, own_values = held[int(targets[place])]
        years[place, : len(own_years)] = own_years
        values[place, : len(own_values)] = own_values
    return {"milestone_years": years, "milestone_values": values}


def _series(places: Ints, rows: Rows, goals: batch.Goals, as_of: date) -> batch.Series:
    """Series as a table of years, those of these places; regular where the years say it all."""
    values, refs = rows.array(">f8"), rows.array(">i8")
    years = (refs.flat >> series.YEAR_SHIFT & series.YEAR_MASK) + series.FIRST_YEAR
    marks = refs.flat & series.MARK_MASK
    longer = refs.flat == series.LONGER
    part = ~longer & (marks & series.PART != 0)
    withheld = part & (marks != series.PART)
    last = int(years.max(initial=series.FIRST_YEAR, where=~longer))
    first = max(int(years.min(initial=last, where=~longer)), last - WIDTH + 1)
    fits = ~longer & (years >= first)
    at = places[refs.rows], years - first
    shape = (len(goals.value), last - first + 1)

    def table(kind: Any, empty: Any, held: Any, where: Any) -> Any:
        found = np.full(shape, empty, dtype=kind)
        found[at[0][where], at[1][where]] = held[where]
        return found

    whole = fits & ~part
    levels = table(np.float64, np.nan, values.flat, whole)
    parts = table(np.bool_, False, part, fits & part)
    regular = np.ones(shape[0], dtype=bool)
    regular[at[0][~fits | withheld]] = False
    return batch.Series(
        first_year=first,
        values=levels,
        marks=table(np.uint8, 0, marks, whole),
        ids=table(np.int64, 0, refs.flat >> series.KEY_SHIFT, whole),
        regular=regular & ~_matters(parts, ~np.isnan(levels), goals, first, as_of),
    )


def _matters(parts: Any, whole: Any, goals: batch.Goals, first: int, as_of: date) -> Any:
    """Where a figure of part of a year can matter beside the years' own.

    It cannot after the goal's end, nor in a year whose own figure is known: that is later, or
    reaches over more days. Only of a stock it may still be the reading before the last one, from
    which the arrow points, or stand in for a missing baseline; and a rate may be known of it
    alone, or be looked for last in it.
    """
    found = np.zeros(len(parts), dtype=bool)
    rows = np.flatnonzero(parts.any(axis=1))
    years = np.arange(first, first + parts.shape[1])
    over = as_of.year - (as_of < date(as_of.year, 12, 31))
    end, base = goals.end[rows, None], _bases(goals)[rows, None]
    in_time = (end == 0) | (years <= end)
    known = whole[rows] & (years <= over)
    last = np.where(known & in_time, years, 0).max(axis=1, initial=0)[:, None]
    substituted = (base > 0) & ~(known & (years == base)).any(axis=1)[:, None]
    of_stock = ~goals.is_flow[rows, None] & ((years == last) | (substituted & (years > base)))
    growth, average = (goals.measure == batch.MEASURES.index(m) for m in _RATES)
    open_ended = (growth | average) & ((goals.end == 0) | (goals.cadence == _EACH_YEAR))
    of_rate = open_ended[rows, None] | (growth[rows, None] & (years == end))
    matters = in_time & (~known | of_stock | of_rate)
    found[rows] = (parts[rows] & matters).any(axis=1)
    return found


def _bases(goals: batch.Goals) -> Any:
    """The years of the baselines, 0 for none; what is counted from its start has one before it."""
    counted = np.isin(goals.measure, [batch.MEASURES.index(m) for m in _COUNTED])
    begun = np.where(goals.start > 0, goals.start, goals.end)
    return np.where((goals.base == 0) & counted & (begun > 0), begun - 1, goals.base)


def _write(cursor: Any, columns: Columns, standing: Ints) -> int:
    """New snapshots straight into the table, changed ones through a staging table."""
    new = standing == NOTHING
    changed = ~new & (columns["digest"] != standing)
    if new.any():
        _copy(cursor, ProgressSnapshot._meta.db_table, chosen(columns, new))
    if changed.any():
        cursor.execute("CREATE TEMP TABLE staged (LIKE targets_progresssnapshot) ON COMMIT DROP")
        _copy(cursor, "staged", chosen(columns, changed))
        cursor.execute(_NOTE_MOVES, [list(STATUSES), list(STATUSES)])
        cursor.execute(_UPDATE)
        cursor.execute("DROP TABLE staged")
    return int(new.sum() + changed.sum())


def _copy(cursor: Any, table: str, columns: Columns) -> None:
    with cursor.copy(f"COPY {table} ({_NAMES}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(encode(list(columns.values())))
