# ruff: noqa: S608 - the texts are ours: names of tables and columns, never a value
"""The statements that put an upload's staged cells into the actuals, and take them out again.

Set-based: a hundred thousand cells are three statements in the caller's transaction. The same SQL
for both databases but for one expression. What an upload writes are the cells `_WRITTEN`: new ones,
changed ones, and the conflicts for which the person chose the own value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from indicators.layout import letters
from indicators.models import Evidence, Observation, StagedCell, Upload

_O, _S = Observation._meta.db_table, StagedCell._meta.db_table
_COLUMNS = tuple(str(field.column) for field in Observation._meta.concrete_fields)
_OPEN = (
    "review_state IN ('draft', 'submitted', 'returned') AND superseded_at IS NULL AND key IS NULL"
)
_APPROVED = "review_state = 'approved' AND superseded_at IS NULL"
_WRITTEN = (
    "s.upload_id = %s AND (s.outcome IN ('new', 'changed') OR s.outcome = 'conflict' AND s.chosen)"
)
_SAME_CELL = """{0}.indicator_id = s.indicator_id AND {0}.region_id = s.region_id
    AND {0}.reference_period = s.reference_period"""
# What a change of a draft takes from the file; the rest of the row stays with it.
_STATED = (
    "value", "qualifier", "obs_status", "vintage", "source_title", "source_url", "source_date",
    "note", "explanation",
)  # fmt: skip
# What comes back when the change is undone.
_RESTORED = (
    *_STATED, "entered_text", "reason", "supersedes_id", "doubts", "origin", "origin_place",
    "upload_id", "review_state", "entered_by_id", "entered_at", "reliability",
)  # fmt: skip


def lock(upload: int) -> None:
    """Take the drafts that are about to change, in the order of their cells, until the end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '32MB'")
        _run(
            f"""SELECT count(*) FROM (SELECT o.id FROM {_O} o JOIN {_S} s ON o.id = s.seen_open
            WHERE {_WRITTEN} AND s.seen_open > 0
            ORDER BY o.indicator_id, o.region_id, o.reference_period FOR UPDATE OF o) t""",
            [upload],
        )


def moved(upload: int) -> list[int]:
    """The staged cells (keys) in which something else stands now than was seen."""
    return [
        key
        for (key,) in _rows(
            f"""SELECT s.id FROM {_S} s
            LEFT JOIN {_O} o ON {_SAME_CELL.format("o")} AND o.{_OPEN.replace(" AND ", " AND o.")}
            LEFT JOIN {_O} a ON {_SAME_CELL.format("a")}
                AND a.{_APPROVED.replace(" AND ", " AND a.")}
            WHERE {_WRITTEN} AND (coalesce(o.id, 0) <> s.seen_open
                OR coalesce(o.version, 0) <> s.seen_open_version
                OR coalesce(a.id, 0) <> s.seen_approved
                OR o.review_state = 'submitted')
            ORDER BY s.id""",
            [upload],
        )
    ]


def keep_copies(upload: int, now: datetime) -> int:
    """What the drafts say that are about to change, as rows of the past; how many."""
    return _copy_drafts(
        f"FROM {_O} o JOIN {_S} s ON o.id = s.seen_open WHERE {_WRITTEN} AND s.seen_open > 0",
        now,
        [upload],
    )


def amend_drafts(upload: Upload, now: datetime) -> int:
    """Put the file's content into the drafts that stood in its cells; how many."""
    stated = ", ".join(f"{name} = s.{name}" for name in _STATED)
    places, arguments = _places(upload.pk, upload.found)
    return _run(
        f"""UPDATE {_O} AS o SET {stated}, entered_text = s.text, doubts = {_codes()},
            reason = CASE WHEN %s = '' THEN o.reason ELSE %s END,
            supersedes_id = nullif(s.seen_approved, 0), origin = 'workbook',
            origin_place = p.prefix || s.row, upload_id = s.upload_id, review_state = 'draft',
            entered_by_id = %s, entered_at = %s, version = o.version + 1
        FROM {_S} s JOIN {places} ON p.sheet = s.sheet AND p.col = s."column"
        WHERE o.id = s.seen_open AND o.version = s.seen_open_version AND {_WRITTEN}""",
        [upload.reason, upload.reason, upload.by_id, _at(now), *arguments, upload.pk],
    )


def enter_drafts(upload: Upload, now: datetime) -> int:
    """New drafts in the cells without one, corrections where a value is approved; how many."""
    places, arguments = _places(upload.pk, upload.found)
    given = {
        "indicator_id": "s.indicator_id",
        "region_id": "s.region_id",
        "reference_period": "s.reference_period",
        **{name: f"s.{name}" for name in _STATED},
        "entered_text": "s.text",
        "reliability": "''",
        "reason": "%s",
        "doubts": _codes(),
        "origin": "'workbook'",
        "origin_place": "p.prefix || s.row",
        "upload_id": "s.upload_id",
        "review_state": "'draft'",
        "entered_by_id": "%s",
        "entered_at": "%s",
        "return_reason": "''",
        "self_approved": _false(),
        "supersedes_id": "nullif(s.seen_approved, 0)",
        "withdraw_reason": "''",
        "version": "1",
    }
    if connection.vendor == "postgresql":
        for name in ("reason", "entered_by_id", "entered_at"):
            kind = {"reason": "text", "entered_by_id": "bigint", "entered_at": "timestamptz"}[name]
            given[name] = f"%s::{kind}"
    return _run(
        f"""INSERT INTO {_O} ({", ".join(given)}) SELECT {", ".join(given.values())}
        FROM {_S} s JOIN {places} ON p.sheet = s.sheet AND p.col = s."column"
        WHERE {_WRITTEN} AND s.seen_open = 0
        ORDER BY s.indicator_id, s.region_id, s.reference_period""",
        [upload.reason, upload.by_id, _at(now), *arguments, upload.pk],
    )


def todo(upload: int) -> tuple[int, int]:
    """How many cells the upload would amend and how many it would enter."""
    ((amended, entered),) = _rows(
        f"""SELECT coalesce(sum(CASE WHEN s.seen_open > 0 THEN 1 ELSE 0 END), 0),
            coalesce(sum(CASE WHEN s.seen_open = 0 THEN 1 ELSE 0 END), 0)
        FROM {_S} s WHERE {_WRITTEN}""",
        [upload],
    )
    return int(amended), int(entered)


# --- undoing ----------------------------------------------------------------------------------

# The row that the upload left in a cell, as long as nobody touched it since.
_AS_LEFT = f"""{_SAME_CELL.format("o")} AND o.upload_id = s.upload_id AND o.superseded_at IS NULL
    AND o.review_state = 'draft' AND o.key IS NULL
    AND CASE WHEN s.seen_open > 0 THEN o.id = s.seen_open AND o.version = s.seen_open_version + 1
        ELSE o.version = 1 END"""
_PROVEN = f"""EXISTS (SELECT 1 FROM {Evidence._meta.db_table} e
    WHERE e.observation_id = o.id AND e.removed_at IS NULL)"""


def lock_as_left(upload: int) -> None:
    """Take the rows that the upload left, in the order of their cells, until the end."""
    if connection.vendor == "postgresql":
        _run(
            f"""SELECT count(*) FROM (SELECT o.id FROM {_O} o JOIN {_S} s ON {_AS_LEFT}
            WHERE {_WRITTEN} ORDER BY o.indicator_id, o.region_id, o.reference_period
            FOR UPDATE OF o) t""",
            [upload],
        )


def built_upon(upload: int) -> list[tuple[int, bool]]:
    """The staged cells on which somebody built, and whether it is by evidence alone."""
    return [
        (int(key), found is not None)
        for key, found in _rows(
            f"""SELECT s.id, o.id FROM {_S} s LEFT JOIN {_O} o ON {_AS_LEFT}
            WHERE {_WRITTEN} AND (o.id IS NULL OR {_PROVEN}) ORDER BY s.id""",
            [upload],
        )
    ]


def keep_undone_copies(upload: int, now: datetime) -> int:
    """What the upload wrote into drafts, as rows of the past; how many."""
    return _copy_drafts(
        f"FROM {_O} o JOIN {_S} s ON {_AS_LEFT} WHERE {_WRITTEN} AND s.seen_open > 0", now, [upload]
    )


def restore_drafts(upload: int) -> int:
    """Give changed drafts the content that they had before the upload, as a new version."""
    restored = ", ".join(f"{name} = c.{name}" for name in _RESTORED)
    return _run(
        f"""UPDATE {_O} AS o SET {restored}, version = o.version + 1
        FROM {_S} s JOIN {_O} c ON c.copy_of_id = s.seen_open AND c.version = s.seen_open_version
        WHERE {_AS_LEFT} AND {_WRITTEN} AND s.seen_open > 0""",
        [upload],
    )


def withdraw_drafts(upload: int, *, by: int, reason: str, now: datetime) -> int:
    """Take the drafts that the upload made out of the way; how many."""
    return _run(
        f"""UPDATE {_O} AS o SET superseded_at = %s, withdrawn_by_id = %s, withdraw_reason = %s,
            version = o.version + 1
        FROM {_S} s WHERE {_AS_LEFT} AND {_WRITTEN} AND s.seen_open = 0""",
        [_at(now), by, reason, upload],
    )


# --- words of SQL -----------------------------------------------------------------------------


def _copy_drafts(source: str, now: datetime, arguments: list[Any]) -> int:
    """Rows of the past that say what the drafts `o` of a FROM clause say now."""
    own = {"key": "NULL", "copy_of_id": "o.id", "superseded_at": "%s"}
    if connection.vendor == "postgresql":
        own["superseded_at"] = "%s::timestamptz"
    names = [name for name in _COLUMNS if name != "id"]
    said = ", ".join(own.get(name, f"o.{name}") for name in names)
    return _run(
        f"INSERT INTO {_O} ({', '.join(names)}) SELECT {said} {source}", [_at(now), *arguments]
    )


def _places(upload: int, found: dict[str, Any]) -> tuple[str, list[Any]]:
    """A table `p` of how the columns of the file are called: sheet, column, "填报 D"."""
    names = {int(sheet["number"]): str(sheet["name"]) for sheet in found.get("sheets", ())}
    pairs = StagedCell.objects.filter(upload=upload).order_by("sheet", "column")
    rows = [
        (sheet, column, f"{names.get(sheet, '')[:45]} {letters(column)}".strip())
        for sheet, column in pairs.values_list("sheet", "column").distinct()
    ] or [(0, 0, "")]
    one = "SELECT %s AS sheet, %s AS col, %s AS prefix"
    if connection.vendor == "postgresql":
        one = "SELECT %s::int AS sheet, %s::int AS col, %s::text AS prefix"
    return f"({' UNION ALL '.join([one] * len(rows))}) p", [part for row in rows for part in row]


def _codes() -> str:
    """The codes of the warnings of `s` as a JSON list."""
    if connection.vendor == "postgresql":
        return "jsonb_path_query_array(s.warnings, '$[*].code')"
    return "(SELECT json_group_array(json_extract(w.value, '$.code')) FROM json_each(s.warnings) w)"


def _false() -> str:
    return "false" if connection.vendor == "postgresql" else "0"


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _run(statement: str, arguments: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.rowcount)


def _rows(statement: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())
