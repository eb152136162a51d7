"""The read model of actuals: one row of float8 a series, on PostgreSQL alone (PROGRESS.md 7).

The observations are the record; a row here can be deleted and made again. It holds the whole
years of the approved actuals: `vals` (NaN where a figure is withheld or missing) and, in the same
order, `refs`, which pack the observation's key, the year and marks: `key << 17 | (year - 1900)
<< 8 | marks`. What is shorter than a year stands there without its value, marked PART (and withheld
where it is), under the year in which it ends; what is longer has the ref LONGER.
The rows of a region stand together, since a region is what is judged at once.
Whoever changes the actuals queues the pair; recompute refreshes the row under its locks.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

FIRST_YEAR = 1900
YEAR_SHIFT, KEY_SHIFT = 8, 17
YEAR_MASK, MARK_MASK = 0x1FF, 0xFF
PART, LONGER = 64, -1

# The marks: certainty in two bits (exact, about, above, below), then one bit each for
# provisional, a break, confidential, not applicable.
_MARKS = """
CASE WHEN o.value IS NULL THEN 0 WHEN o.qualifier = 'about' THEN 1
  WHEN o.qualifier = 'above' THEN 2 WHEN o.qualifier = 'below' THEN 3 ELSE 0 END
+ CASE o.obs_status WHEN 'P' THEN 4 WHEN 'E' THEN 4 WHEN 'B' THEN 8 WHEN 'Q' THEN 16
  WHEN 'M' THEN 32 ELSE 0 END
"""
_WITHHELD = "CASE o.obs_status WHEN 'Q' THEN 16 WHEN 'M' THEN 32 ELSE 0 END"
_YEARLY = "length(o.reference_period) = 4"
_REF = f"""(o.id << {KEY_SHIFT})
        + ((right(split_part(o.reference_period, '-', 1), 4)::bigint - {FIRST_YEAR}) << {YEAR_SHIFT})"""
_COLUMNS = f"""
coalesce(array_agg(CASE WHEN {_YEARLY} THEN coalesce(o.value::float8, 'NaN') ELSE 'NaN' END)
    FILTER (WHERE o.id IS NOT NULL), '{{}}'),
coalesce(array_agg(CASE WHEN {_YEARLY} THEN {_REF} + ({_MARKS})
        WHEN o.reference_period LIKE '%%/%%' THEN {LONGER} ELSE {_REF} + {PART} + ({_WITHHELD}) END)
    FILTER (WHERE o.id IS NOT NULL), '{{}}')
"""
_APPROVED = "o.review_state = 'approved' AND o.superseded_at IS NULL"
_REFRESH = f"""
INSERT INTO indicators_series (indicator_id, region_id, vals, refs)
SELECT p.indicator_id, p.region_id, {_COLUMNS}
FROM unnest(%s::bigint[], %s::bigint[]) AS p (indicator_id, region_id)
LEFT JOIN indicators_observation o
  ON o.indicator_id = p.indicator_id AND o.region_id = p.region_id AND {_APPROVED}
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (region_id, indicator_id)
DO UPDATE SET vals = excluded.vals, refs = excluded.refs
WHERE (indicators_series.refs, indicators_series.vals)
  IS DISTINCT FROM (excluded.refs, excluded.vals)
"""  # noqa: S608
_REBUILD = f"""
INSERT INTO indicators_series (indicator_id, region_id, vals, refs)
SELECT o.indicator_id, o.region_id, {_COLUMNS}
FROM indicators_observation o WHERE {_APPROVED} GROUP BY 1, 2 ORDER BY 2, 1
"""  # noqa: S608


def refresh(pairs: Iterable[tuple[int, int]]) -> None:
    """Make the rows of these indicators and regions anew; nothing on other databases.

    Call it under the locks of the pairs, with a fresh snapshot of the data: one statement.
    """
    wanted = sorted(set(pairs))
    if connection.vendor != "postgresql" or not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, [list(column) for column in zip(*wanted, strict=True)])


def rebuild() -> None:
    """Make every row anew; nothing on other databases."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE indicators_series")
        cursor.execute(_REBUILD, [])
