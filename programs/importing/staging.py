"""From an uploaded table of awards to its staged rows; the pages of uploads call it by its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from django.db import transaction

from indicators.importing.matching import as_text, folded
from indicators.importing.reading import Chunk, Reading
from indicators.importing.refusals import Unreadable
from indicators.importing.tables import LOOKED_AT, is_note
from indicators.importing.unused import Unused
from indicators.models import Upload
from indicators.uploadkinds import Beat
from programs.importing.comparing import Comparer
from programs.importing.headings import LISTS_SHEET, MONEY, Table, is_header, table_of
from programs.importing.names import Names
from programs.importing.rows import Row, read_row
from programs.importing.scalars import Words
from programs.models import StagedAward

MOST_ROWS = 2000
"""Of one file: all are written in one transaction, which on SQLite makes other writers wait."""
AT_ONCE = 100

_TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "sum"})
_UNCACHED: Words = (
    "公式没有保存计算结果，请在表格软件中打开并保存，或改填数值。",
    "The formula has no stored result; open and save the file, or type the value.",
)


def stage_awards(upload: Upload, reading: Reading, beat: Beat) -> dict[str, Any]:
    """Compare the rows of a file and keep them; what was found. Raises `Unreadable`."""
    sheets = {sheet.number: sheet.name for sheet in reading.sheets}
    found = _Sheets(reading, sheets)
    comparer = Comparer(upload.pk, upload.by, Names(upload.by), sheets)
    total, done = sum(sheet.cells for sheet in reading.sheets), 0
    waiting: list[Row] = []
    count = 0
    beat(0, total)
    for chunk in reading:
        for row in found.rows(chunk):
            count += 1
            if count > MOST_ROWS:
                raise _too_many()
            waiting.append(row)
            if len(waiting) == AT_ONCE:
                _keep(comparer, waiting)
                beat(min(done, total), total)
        done += sum(len(row) - row.count("") for row in chunk.rows)
        beat(min(done, total), total)
    _keep(comparer, waiting)
    return {
        "kind": "awards",
        "file": reading.kind,
        "encoding": reading.encoding,
        "tables": len(found.tables),
        "sheets": [
            {"number": s.number, "name": s.name, "cells": s.cells,
             "kind": "awards" if s.number in found.tables else "",
             "columns": {n: c + 1 for n, c in found.columns(s.number).items()}}
            for s in reading.sheets
        ],
        "remarks": [{"zh": r.zh, "en": r.en} for r in reading.remarks],
        **found.report(),
    }  # fmt: skip


def _keep(comparer: Comparer, waiting: list[Row]) -> None:
    """Compare the rows that wait, and store them."""
    if waiting:
        rows = comparer.compare(waiting)
        with transaction.atomic():
            StagedAward.objects.bulk_create(rows, batch_size=200)
        waiting.clear()


class _Sheets:
    """The table of each sheet, found on its first rows, and the account of what was not used."""

    def __init__(self, reading: Reading, names: dict[int, str]) -> None:
        self.tables: dict[int, Table] = {}
        self.unused = Unused()
        self._names = names
        self._cells = {sheet.number: sheet.cells for sheet in reading.sheets}
        self._seen: set[int] = set()

    def columns(self, sheet: int) -> dict[str, int]:
        """The columns (from 0) of a sheet's fields; none where it has no table."""
        return self.tables[sheet].columns if sheet in self.tables else {}

    def rows(self, chunk: Chunk) -> Iterator[Row]:
        """The rows of a chunk that state something."""
        table = self._table(chunk)
        if table is None:
            return
        skipped = max(table.first - chunk.first_row, 0)
        self.unused.header += sum(len(row) - row.count("") for row in chunk.rows[:skipped])
        rows = chunk.rows[skipped:]
        first = chunk.first_row + skipped
        columns = list(zip_longest(*rows, fillvalue=""))
        dropped: set[int] = set()
        odd = _odd(chunk)
        for index, row in enumerate(rows):
            if why := _no_row(row, table):
                dropped.add(index)
                self.unused.row(chunk.sheet, first + index, columns, index, why)
                continue
            number = first + index
            yield read_row(table, chunk.sheet, number, dict(enumerate(row)), odd.get(number, {}))
        self.unused.count(chunk.sheet, first, columns, set(table.columns.values()), dropped)

    def _table(self, chunk: Chunk) -> Table | None:
        if self._names[chunk.sheet] == LISTS_SHEET:
            self.unused.header += sum(len(row) - row.count("") for row in chunk.rows)
            return None
        if chunk.sheet not in self.tables and (
            chunk.sheet not in self._seen or chunk.first_row <= LOOKED_AT
        ):
            self._seen.add(chunk.sheet)
            table = table_of(chunk.rows, chunk.first_row, self._names[chunk.sheet])
            if table is not None:
                self.tables[chunk.sheet] = table
                for column, text in table.unknown:
                    self.unused.titles[chunk.sheet, column] = text
        return self.tables.get(chunk.sheet)

    def report(self) -> dict[str, Any]:
        """For the page: what of the file was not used."""
        for sheet, cells in self._cells.items():
            if sheet not in self.tables and self._names[sheet] != LISTS_SHEET:
                self.unused.sheet(sheet, cells, self._names[sheet])
        return self.unused.report()


def _no_row(row: Sequence[Any], table: Table) -> str:
    """Why nothing is made of a row below the header, "" where it states an award."""
    read = {column: row[column] for column in table.columns.values() if column < len(row)}
    if all(raw == "" for raw in read.values()):
        return "note" if is_note(row) else "blank"
    if is_header(row):
        return "header"
    first = next(raw for raw in row if raw != "")
    if isinstance(first, str) and folded(first) in _TOTALS:
        return "note"
    there = {name for name, column in table.columns.items() if read.get(column, "") != ""}
    if is_note(row) and not there & {"credit_code", "program", "item", *MONEY}:
        return "note"
    return ""


def _odd(chunk: Chunk) -> dict[int, dict[int, Words]]:
    """By row, the cells (columns from 0) that hold an error, or a formula without its result."""
    found: dict[int, dict[int, Words]] = defaultdict(dict)
    for row, column in chunk.uncached:
        found[row][column - 1] = _UNCACHED
    for row, column in chunk.errors:
        shown = as_text(chunk.rows[row - chunk.first_row][column - 1])
        found[row][column - 1] = (
            f"单元格是公式错误“{shown}”。", f"The cell shows the error “{shown}”.",
        )  # fmt: skip
    return found


def _too_many() -> Unreadable:
    return Unreadable(
        f"一个文件最多登记 {MOST_ROWS} 笔立项，请拆分后再上传。",
        f"A file may hold {MOST_ROWS} awards at most; please split it.",
    )
