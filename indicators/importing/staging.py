"""From an uploaded file to its staged cells: read in the child, compared here, written in chunks.

The chunks are committed as they come, so that the progress can be seen; they count only once the
upload is `staged`, and a second try begins anew. On PostgreSQL they go in by COPY.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from accounts.versions import Conflict
from indicators import layout as template
from indicators import uploadkinds
from indicators.actions import Seen, refuse_upload, staged
from indicators.importing import doubting
from indicators.importing.checking import COLUMNS, NO_WARNINGS, Checker, Staged
from indicators.importing.matching import Catalogue, as_text
from indicators.importing.naming import Rows
from indicators.importing.reading import Chunk, Reading, Unreadable, open_rows
from indicators.importing.tables import LOOKED_AT, Layout, recognise
from indicators.models import Observation, StagedCell, Upload
from indicators.uploadkinds import ACTUALS, Kind, Words

Beat = Callable[[int, int], None]
"""Called with the cells done and all cells of the file; may raise to end the work."""

_TABLE = StagedCell._meta.db_table
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_COPY = f"COPY {_TABLE} ({_NAMES}) FROM STDIN"
_INSERT = f"INSERT INTO {_TABLE} ({_NAMES}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608
_PLANNED = "upload_id, outcome, seen_open, indicator_id, region_id, reference_period"
# A note that stood there before explains nothing about the new value: the template brings it along.
_NOTE_THERE = f"""SELECT coalesce(max(o.note), '') FROM {Observation._meta.db_table} o
    WHERE o.id = CASE WHEN s.seen_open > 0 THEN s.seen_open ELSE s.seen_approved END"""  # noqa: S608
_LINE = "\t".join(["%s"] * len(COLUMNS)) + "\n"


def stage_upload(upload: Upload, *, beat: Beat = lambda done, total: None) -> None:
    """Read and compare a received file; ends in `staged`, or in `refused` with a sentence.

    An upload that is no longer waiting to be read is left alone.
    """
    if upload.state != Upload.State.RECEIVED:
        return
    _clear(upload)
    kind, words, found = ACTUALS, None, {}
    try:
        with _file_of(upload) as path:
            try:
                found = _read(upload, path, uploadkinds.kind(ACTUALS), beat)
            except _OfKind as other:
                kind = other.kind.code
                _clear(upload)
                found = _read(upload, path, other.kind, beat)
    except Unreadable as refusal:
        words = refusal.zh, refusal.en
    else:
        words = _not_taken(upload, uploadkinds.kind(kind), found)
    try:
        if words is not None:
            refuse_upload(upload=upload, zh=words[0], en=words[1], kind=kind)
        else:
            staged(upload=upload, found=found, kind=kind)
    except Conflict:
        # Dropped while it was read.
        _clear(upload)


def _read(upload: Upload, path: Path, kind: Kind, beat: Beat) -> dict[str, Any]:
    """What a file holds of a kind; raises `_OfKind` where it holds what another kind reads."""
    with open_rows(path, name=upload.name) as reading:
        return kind.stage(upload, reading, beat)


def _not_taken(upload: Upload, kind: Kind, found: Mapping[str, Any]) -> Words | None:
    """Why nothing is made of a file that could be read: no table, or not this person's to enter."""
    if found["tables"]:
        return None if upload.by.has_perm(kind.enter) else kind.not_entered
    wanted = [known.no_table for known in uploadkinds.enterable_by(upload.by)]
    return (
        "没有找到可识别的表头。" + "".join(zh for zh, _en in wanted),
        " ".join(["No table was recognised.", *(en for _zh, en in wanted)]),
    )


def _clear(upload: Upload) -> None:
    """Forget what an earlier try staged, whatever it took the file for."""
    for kind in uploadkinds.kinds():
        kind.clear(upload.pk)


@contextmanager
def _file_of(upload: Upload) -> Iterator[Path]:
    """The content in a file of its own, gone at the end."""
    with tempfile.NamedTemporaryFile(suffix=Path(upload.name).suffix[:10]) as file:
        file.write(bytes(upload.content))
        file.flush()
        yield Path(file.name)


def stage_actuals(upload: Upload, reading: Reading, beat: Beat) -> dict[str, Any]:
    """Compare all chunks, then the values among one another; what was found."""
    checker = Checker(upload.pk, upload.by, Catalogue(upload.by))
    checker.sheets = {sheet.number: sheet.name for sheet in reading.sheets}
    total = sum(sheet.cells for sheet in reading.sheets)
    sheets = _Sheets(checker, reading)
    done = 0
    beat(0, total)
    waiting: list[Staged] = []
    for chunk in _tokens_first(checker, reading):
        rows = sheets.prepare(chunk)
        waiting = write(waiting, meanwhile=partial(checker.compare, rows) if rows else list)
        done += _cells(chunk.rows)
        beat(min(done, total), total)
    write(waiting)
    update(upload.pk, doubting.findings(checker))
    unused = checker.unused
    for sheet in reading.sheets:
        if sheet.number not in sheets.layouts and sheet.name not in sheets.ours:
            unused.sheet(sheet.number, sheet.cells, sheet.name)
    kinds = {number: found.kind for number, found in sheets.layouts.items() if found is not None}
    if kinds and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Without figures of the new rows the merge is planned for none.
            cursor.execute(f"ANALYZE {_TABLE} ({_PLANNED})")
    return {
        "kind": next(iter(kinds.values()), ""),
        "file": reading.kind,
        "encoding": reading.encoding,
        "tables": len(kinds),
        "sheets": [
            {"number": s.number, "name": s.name, "cells": s.cells, "kind": kinds.get(s.number, "")}
            for s in reading.sheets
        ],
        "remarks": [{"zh": r.zh, "en": r.en} for r in reading.remarks],
        **unused.report(),
    }


class _Sheets:
    """Which layout each sheet has, found on its first rows; of others all cells are unused."""

    def __init__(self, checker: Checker, reading: Reading) -> None:
        self.checker = checker
        self.names = {sheet.number: sheet.name for sheet in reading.sheets}
        self.layouts: dict[int, Layout | None] = {}
        template_there = template.TOKEN_SHEET in self.names.values()
        # The sheets that the template writes itself hold nothing of the person's.
        self.ours = {template.TOKEN_SHEET, template.HELP_SHEET} if template_there else set()

    def prepare(self, chunk: Chunk) -> Rows | None:
        """The rows of a chunk, ready to be compared; None where there is no table."""
        name, unused = self.names[chunk.sheet], self.checker.unused
        if name in self.ours:
            unused.header += _cells(chunk.rows)
            return None
        layout = self.layouts.get(chunk.sheet)
        if layout is None:
            # A header stands near the top, below the empty rows at most.
            if chunk.sheet in self.layouts and chunk.first_row > LOOKED_AT:
                unused.sheet(chunk.sheet, _cells(chunk.rows), name)
                return None
            layout = recognise(chunk.rows, chunk.first_row, name, self.checker.names)
            self.layouts[chunk.sheet] = layout
            if layout is None:
                unused.sheet(chunk.sheet, _cells(chunk.rows), name)
                return None
            for _row, column, text in layout.unknown:
                unused.titles[chunk.sheet, column - 1] = text
        unused.header += _cells(chunk.rows[: max(layout.first - chunk.first_row, 0)])
        return self.checker.prepare(chunk, layout)


def _cells(rows: Iterable[Sequence[Any]]) -> int:
    return sum(len(row) - row.count("") for row in rows)


def _tokens_first(checker: Checker, reading: Reading) -> Iterator[Chunk]:
    """The chunks; where the file is our template, its tokens are read before its values.

    Raises Unreadable where the template is of another version.
    """
    number = next((s.number for s in reading.sheets if s.name == template.TOKEN_SHEET), None)
    waiting: list[Chunk] = []
    for chunk in _of_no_other_kind(reading):
        if number is None:
            yield chunk
            continue
        waiting.append(chunk)
        if chunk.sheet == number:
            _read_tokens(checker, chunk)
    yield from waiting


def _of_no_other_kind(reading: Reading) -> Iterator[Chunk]:
    """The chunks; raises `_OfKind` at the first sheet whose headings another kind knows."""
    others = [kind for kind in uploadkinds.kinds() if kind.code != ACTUALS]
    seen: set[int] = set()
    for chunk in reading:
        if chunk.sheet not in seen:
            seen.add(chunk.sheet)
            for kind in others:
                if kind.recognises(chunk.rows[:LOOKED_AT]):
                    raise _OfKind(kind)
        yield chunk


class _OfKind(Exception):  # noqa: N818 - the file is read again, nothing is wrong
    """The file holds what another kind reads."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind


def _read_tokens(checker: Checker, chunk: Chunk) -> None:
    for row, cells in enumerate(chunk.rows, chunk.first_row):
        texts = [as_text(raw) for raw in cells]
        if row == 1 and texts[:1] == [template.MARK] and texts[1:2] != [str(template.VERSION)]:
            raise Unreadable(
                "这个模板是旧版本的，请下载新的模板，把数值填到新模板中。",
                "This template is of another version; download a new one and fill that in.",
            )
        if row >= template.FIRST_TOKEN_ROW and len(texts) >= 3:
            try:
                checker.tokens[texts[0], texts[1]] = Seen.parse(texts[2])
            except ValueError:
                continue  # a damaged token protects nothing: the cell is compared without one


def write(rows: Sequence[Staged], *, meanwhile: Callable[[], list[Staged]] = list) -> list[Staged]:
    """Put staged rows into their table, in a transaction of their own.

    PostgreSQL takes them in while `meanwhile` works (it must ask no query); its result is handed on.
    """
    if not rows:
        return meanwhile()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A crash loses at most what is staged anew in any case.
            cursor.execute("SET LOCAL synchronous_commit = off")
            with cursor.copy(_COPY) as copy:
                copy.write(lines(rows))
                return meanwhile()
        cursor.executemany(_INSERT, rows)
        return meanwhile()


def lines(rows: Sequence[Staged]) -> str:
    r"""Rows in the text format of COPY: tabs between, \N for none."""
    text = "".join([_LINE % row for row in rows])
    plain = (
        text.count("\t") == len(rows) * (len(COLUMNS) - 1)
        and text.count("\n") == len(rows)
        and not any(odd in text for odd in ("\\", "\r", "None"))
    )
    return text if plain else "".join("\t".join(map(_field, row)) + "\n" for row in rows)


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    text = str(value).replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")


def update(upload: int, findings: Iterable[doubting.Finding]) -> None:
    """Change rows that are staged already: errors found later, and doubts with their numbers."""
    found = sorted(findings)
    if not found:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE doubted (sheet integer, row_ integer, col integer, "
            "outcome text, warnings text, zh text, en text)"
        )
        cursor.executemany("INSERT INTO doubted VALUES (%s, %s, %s, %s, %s, %s, %s)", found)
        json = "CAST(d.warnings AS jsonb)" if connection.vendor == "postgresql" else "d.warnings"
        cursor.execute(
            f"""UPDATE {_TABLE} AS s SET
                outcome = CASE WHEN d.outcome = '' THEN s.outcome ELSE d.outcome END,
                warnings = {json},
                explanation = CASE WHEN d.warnings = '{NO_WARNINGS}' OR s.note = ({_NOTE_THERE})
                    THEN '' ELSE s.note END,
                sentence = CASE WHEN d.zh = '' THEN s.sentence ELSE d.zh END,
                sentence_en = CASE WHEN d.zh = '' THEN s.sentence_en ELSE d.en END
            FROM doubted d WHERE s.upload_id = %s AND s.sheet = d.sheet AND s."row" = d.row_
                AND s."column" = d.col""",  # noqa: S608
            [upload],
        )
        cursor.execute("DROP TABLE doubted")
