"""The cells of an uploaded file, or a sentence that says why not.

`read_cells(path)` gives every non-empty cell of a small file, exact and named. `open_rows(path)`
gives the same cells as rows, in chunks, at the speed of calamine, for tables of 100,000 rows:

    with open_rows(path, name="上报.xlsx") as reading:
        reading.kind, reading.encoding, reading.sheets   # known before the first row
        for chunk in reading:
            for number, row in enumerate(chunk.rows, chunk.first_row):
                row[0]            # column A; "" is an empty cell; a number is a float
                chunk.computed    # {(row, column)}: the value is a formula's stored result
                chunk.errors      # {(row, column)}: the value is the text of an error, "#N/A"
                chunk.uncached    # {(row, column)}: a formula without a stored result: reads ""

Both raise `Unreadable`, whose `zh` and `en` are sentences for the person who uploaded. `open_rows`
may raise it on entering or in the middle of the rows (the child's count is compared at the end of
each sheet, see `child`): rows count only once the loop has ended, so stage them in a transaction
or drop what was staged when it raises. Whatever happens, leaving the `with` ends the child.

A number is the file's float; `exact(value)` makes the Decimal of it that a person sees in Excel
(15 significant digits). A cell of a CSV is always text. Rows and columns count from 1 in every
coordinate, sheets from 1; a row may be shorter than another and then ends in empty cells; stretches
of empty rows are left out. `remarks` are sentences about what was left aside and must be shown.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path, PurePath
from time import monotonic
from typing import Any, overload

from indicators.importing import refusals
from indicators.importing.refusals import Unreadable

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 9  # of waiting for the child, and of its CPU
MIB = 512  # of address space for the child
LONGEST_FRAME = 64 * 1024 * 1024
AT_ONCE = 1024 * 1024

Scalar = str | float | bool | date | datetime | time | timedelta
Value = Decimal | str | bool | date | datetime | time | timedelta

__all__ = ["Cell", "Cells", "Chunk", "Reading", "Remark", "Sheet", "Unreadable", "exact", "open_rows",
           "read_cells"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the file: number from 1, its name ("" of a CSV), its non-empty cells.

    `uncached` is the number of its formulas without a stored result, which are none of `cells`.
    """

    number: int
    name: str
    cells: int
    hidden: bool = False
    uncached: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about what was left aside."""

    zh: str
    en: str


EXTERNAL_LINKS = Remark(
    "文件中有指向其他工作簿的链接。系统不打开链接，只取文件中已保存的结果。",
    "The file points to other workbooks. These are not opened; the stored results are taken.",
)


def _without_result(sheet: Sheet) -> Remark:
    return Remark(
        f"工作表“{sheet.name}”中有 {sheet.uncached} 个公式没有保存计算结果，读作空格。"
        "请用 WPS 或 Excel 打开文件，保存一次后再上传。",
        f'Sheet "{sheet.name}" has {sheet.uncached} formulas without a stored result, which read as'
        " empty. Please open the file in a spreadsheet program, save it and upload it again.",
    )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a sheet that follow one another; row `first_row + i` is `rows[i]`."""

    sheet: int
    first_row: int
    rows: list[tuple[Scalar, ...]]
    computed: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    uncached: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """A non-empty cell; `text` is the value as a person would type it."""

    sheet: str
    sheet_number: int
    row: int
    column: int
    value: Value
    text: str
    computed: bool = False
    error: bool = False


class Reading:
    """An open file: what it is, its sheets, and its rows when iterated (once).

    `kind` is "xlsx" or "csv"; `encoding` is "utf-8", "gb18030" or "utf-16" of a CSV, else "";
    `delimiter` is that of a CSV, else "". Chart sheets are listed, with no cells.
    """

    def __init__(self, frames: Iterator[tuple[Any, ...]]) -> None:
        self._frames = frames
        _open, kind, encoding, delimiter, sheets, links = next(frames)
        self.kind: str = kind
        self.encoding: str = encoding
        self.delimiter: str = delimiter
        self.sheets = tuple(Sheet(number, *sheet) for number, sheet in enumerate(sheets, 1))
        self.remarks = (EXTERNAL_LINKS,) * links + tuple(
            _without_result(sheet) for sheet in self.sheets if sheet.uncached
        )

    def __iter__(self) -> Iterator[Chunk]:
        """The chunks, sheet by sheet; raises `Unreadable` when the child gives up."""
        for _rows, sheet, first, blob, dated, computed, errors, uncached in self._frames:
            rows = marshal.loads(blob)  # noqa: S302 - written by our own child
            if dated:
                rows = [tuple(map(_unpacked, row)) for row in rows]
            yield Chunk(
                sheet, first, rows, frozenset(computed), frozenset(errors), frozenset(uncached)
            )


@contextmanager
def open_rows(
    path: Path | str, *, name: str = "", seconds: int = SECONDS, mib: int = MIB
) -> Iterator[Reading]:
    """The rows of a file as they are read by a child process; raises `Unreadable`.

    `name` is the name under which the file was uploaded, where the path has another; its
    extension must fit the content. Time and memory of the child are bounded by `seconds` (of its
    CPU, and of waiting for it; what the caller does between two chunks does not count) and `mib`.
    """
    try:
        full = Path(path).resolve()
    except (ValueError, OSError):
        raise refusals.absent() from None
    child = subprocess.Popen(  # noqa: S603 - our own module; the path is one argument
        [sys.executable, "-E", "-s", "-m", "indicators.importing.child",
         str(full), _extension(name or full.name), str(seconds), str(mib)],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Reading(_frames(child, seconds))
    finally:
        child.kill()
        if child.stdout is not None:
            child.stdout.close()
        child.wait()


def _extension(name: str) -> str:
    """The extension of a file's name; "" where it is not plain ASCII and so none that we know."""
    extension = PurePath(name).suffix.lower()
    return extension if extension.isascii() and extension.isprintable() else ""


def _frames(child: subprocess.Popen[bytes], seconds: float) -> Iterator[tuple[Any, ...]]:
    """The child's frames up to "end"; raises `Unreadable` for a refusal, a death or an overrun."""
    pipe = _Pipe(child, seconds)
    while True:
        length = int.from_bytes(pipe.read(4), "big")
        if length > LONGEST_FRAME:
            raise refusals.too_much_memory()
        frame: tuple[Any, ...] = marshal.loads(pipe.read(length))  # noqa: S302 - our own child
        if frame[0] == "end":
            return
        if frame[0] == "refused":
            raise Unreadable(*frame[1:])
        yield frame


class _Pipe:
    """The child's standard output, read with a budget of waiting."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        assert child.stdout is not None
        self._child = child
        self._number = child.stdout.fileno()
        self._left = seconds
        self._ready = select.poll()
        self._ready.register(self._number, select.POLLIN | select.POLLHUP)
        self._buffer = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly this many bytes; raises `Unreadable` when the child dies or takes too long."""
        while len(self._buffer) < size:
            self._buffer += self._more()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _more(self) -> bytes:
        start = monotonic()
        ready = self._ready.poll(max(0.0, self._left) * 1000)
        self._left -= monotonic() - start
        if not ready:
            raise refusals.too_long()
        data = os.read(self._number, AT_ONCE)
        if not data:
            raise self._death()
        return data

    def _death(self) -> Unreadable:
        """Why the child ended without a last frame."""
        code = self._child.wait()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return refusals.too_long()
        return refusals.too_much_memory()


KINDS: dict[str, type[date] | type[time]] = {"date": date, "datetime": datetime, "time": time}


def _unpacked(value: object) -> object:
    """A date from its pair, everything else as it is; see `child.packed`."""
    if not isinstance(value, tuple):
        return value
    kind, text = value
    if kind == "timedelta":
        return timedelta(microseconds=text)
    return KINDS[kind].fromisoformat(text)


def exact(value: float) -> Decimal:
    """The number of a cell as Excel shows it: 15 significant digits, integers as such."""
    if float(value).is_integer() and abs(value) < 1e18:
        return Decimal(int(value))
    return Decimal(f"{value:.15g}")


@dataclass(frozen=True, slots=True)
class Cells(Sequence[Cell]):
    """All non-empty cells of a file, by sheet, row and column; `len()` counts them.

    `remarks` say what was left aside, and `uncached` is where a formula has no stored result, as
    (sheet number, row, column).
    """

    cells: tuple[Cell, ...]
    remarks: tuple[Remark, ...] = ()
    uncached: tuple[tuple[int, int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, index: int) -> Cell: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Cell]: ...

    def __getitem__(self, index: int | slice) -> Cell | Sequence[Cell]:
        return self.cells[index]


def read_cells(path: Path | str, *, name: str = "") -> Cells:
    """All non-empty cells of the file; raises `Unreadable`. `name` as in `open_rows`."""
    cells: list[Cell] = []
    uncached: list[tuple[int, int, int]] = []
    with open_rows(path, name=name) as reading:
        for chunk in reading:
            cells.extend(_cells(chunk, reading.sheets[chunk.sheet - 1].name))
            uncached.extend((chunk.sheet, *at) for at in sorted(chunk.uncached))
        return Cells(tuple(cells), reading.remarks, tuple(uncached))


def _cells(chunk: Chunk, title: str) -> Iterator[Cell]:
    for number, row in enumerate(chunk.rows, chunk.first_row):
        for column, scalar in enumerate(row, 1):
            if scalar == "":
                continue
            at = (number, column)
            if isinstance(scalar, float | int) and not isinstance(scalar, bool):
                value: Value = exact(scalar)
            else:
                value = scalar
            yield Cell(
                title, chunk.sheet, number, column, value, _text(value),
                at in chunk.computed, at in chunk.errors,
            )  # fmt: skip


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
