"""The process that opens an upload: `python -m indicators.importing.child PATH EXTENSION SECONDS MIB`.

It limits its own memory and time before it looks at the file, knows no Django, no database and no
secret, writes nothing but frames to its standard output, and dies of whatever goes wrong; the
parent makes a sentence of it. A frame is four bytes of length and a marshalled tuple:

    ("open", kind, encoding, delimiter, [(name, cells, hidden, uncached), ...], external links?)
    ("rows", sheet, first row, marshalled rows, dated?, computed, errors, uncached)
    ("refused", zh, en)      ends the frames
    ("end",)                 ends the frames

Rows are provisional until "end": calamine's cells are counted as they go out, and the count is
compared with ours at the end of each sheet. Dates travel as ("date", "2024-05-01") tuples in the
chunks that say so, because marshal knows plain data only.
"""

from __future__ import annotations

import gc
import marshal
import resource
import sys
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice, repeat
from math import isfinite
from pathlib import Path
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from indicators.importing import csvtext, opening, parts, refusals
from indicators.importing.counting import (
    MAX_COLUMNS,
    MAX_ROWS,
    Count,
    Place,
    count_exactly,
    count_sheet,
)
from indicators.layout import a1

MAX_CELLS = 2_000_000
MAX_AREA = 8_000_000  # calamine keeps the whole rectangle between the first and the last cell
SMALL = 256 * 1024  # bytes of a sheet that is counted cell by cell before calamine opens it
ROWS = 2000
CHUNK_CELLS = 100_000
FORMAT = 2  # of marshal: without the search for repeated objects
# The doubles that are no number, as marshal writes them; found in a chunk, they are looked for.
NO_NUMBERS = tuple(bytes(6) + end for end in (b"\xf0\x7f", b"\xf0\xff", b"\xf8\x7f", b"\xf8\xff"))

Row = tuple[Any, ...]


def main(arguments: Sequence[str]) -> None:
    """Limit this process, read the file, write the frames."""
    path, extension, seconds, mib = arguments
    gc.disable()  # a million rows without a cycle among them: looking for one costs a fifth
    limit(int(seconds), int(mib))
    try:
        for frame in frames(Path(path), extension):
            send(frame)
        send(("end",))
    except refusals.Unreadable as refused:
        send(("refused", refused.zh, refused.en))


def limit(seconds: int, mib: int) -> None:
    """At most these seconds of CPU and MiB of memory; no core dump, no file written."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (mib * opening.MIB, mib * opening.MIB))


def send(frame: tuple[Any, ...]) -> None:
    """One frame to the parent."""
    blob = marshal.dumps(frame, FORMAT)
    out = sys.stdout.buffer
    out.write(len(blob).to_bytes(4, "big"))
    out.write(blob)
    out.flush()


def frames(path: Path, extension: str) -> Iterator[tuple[Any, ...]]:
    """The frames of the file but the last; raises `Unreadable`."""
    if opening.kind_of(path) == opening.TEXT:
        opening.check_extension(extension, opening.TEXT)
        yield from text_frames(path)
        return
    try:
        with opening.open_archive(path) as archive:
            opening.check_extension(extension, opening.WORKBOOK)
            yield from workbook_frames(path, archive)
    except PasswordError:
        raise refusals.with_password() from None
    except (CalamineError, *opening.BROKEN):
        raise refusals.damaged("内容不合格式", "its content breaks the format") from None


def text_frames(path: Path) -> Iterator[tuple[Any, ...]]:
    """A CSV: read once to count and to prove it whole, and once more to hand it out."""
    text, encoding = csvtext.decode(path.read_bytes())
    if not text.strip():
        raise refusals.empty()
    delimiter = csvtext.delimiter_of(text)
    cells = rows = width = 0
    for record in csvtext.records(text, delimiter):
        rows += 1
        width = max(width, len(record))
        cells += len(record) - record.count("")
    check_size("", cells, rows, width)
    yield "open", "csv", encoding, delimiter, [("", cells, False, 0)], False
    records = map(tuple, csvtext.records(text, delimiter))
    for first, chunk in chunks(records, 1, width):
        yield "rows", 1, first, marshal.dumps(chunk, FORMAT), False, [], [], []


def workbook_frames(path: Path, archive: zipfile.ZipFile) -> Iterator[tuple[Any, ...]]:
    """A workbook: small sheets counted first, large ones while calamine reads the first."""
    book = parts.read_book(archive)
    sheets = [(number, part) for number, (_, part) in enumerate(book.sheets, 1) if part]
    counts: dict[int, Count] = {}

    def count_all(wanted: Iterable[tuple[int, parts.Part]]) -> None:
        for number, part in wanted:
            counts[number] = counted(archive, part, book.blank_texts)

    count_all(s for s in sheets if s[1].member.file_size <= SMALL)
    large = Worker(lambda: count_all([s for s in sheets if s[0] not in counts]))
    workbook = CalamineWorkbook.from_path(str(path))
    if workbook.sheet_names != [title for title, _ in book.sheets]:
        raise refusals.damaged("工作表目录有歧义", "its list of sheets can be read in two ways")
    first = workbook.get_sheet_by_index(sheets[0][0] - 1) if sheets else None
    large.result()
    if sum(count.cells for count in counts.values()) > MAX_CELLS:
        raise refusals.too_wide("", f"非空单元格超过 {MAX_CELLS} 个", f"has over {MAX_CELLS} cells")
    listed = [
        (title, counts[number].cells, part.hidden, len(counts[number].uncached))
        if part
        else (title, 0, False, 0)
        for number, (title, part) in enumerate(book.sheets, 1)
    ]
    yield "open", "xlsx", "", "", listed, book.links
    for number, part in sheets:
        sheet = first or workbook.get_sheet_by_index(number - 1)
        first = None
        yield from sheet_frames(archive, book, number, part, sheet, counts[number])


class Worker:
    """A thread whose exception is raised where its result is asked for."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._error = error

    def result(self) -> None:
        """Wait; raise what the work raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error


def counted(archive: zipfile.ZipFile, part: parts.Part, blank_texts: parts.Blanks) -> Count:
    """Our count of a sheet, its size checked; raises `Unreadable`."""
    try:
        count = count_sheet(archive, part.member, blank_texts, small=SMALL)
    except (expat.ExpatError, ValueError):
        raise refusals.damaged(
            f"工作表“{part.name}”不是有效的 XML", f'sheet "{part.name}" is no valid XML'
        ) from None
    check_size(part.name, count.cells, count.last_row, count.last_column)
    return count


def check_size(sheet: str, cells: int, rows: int, columns: int) -> None:
    """Refuse what no sheet can hold, and rectangles that memory cannot."""
    if columns > MAX_COLUMNS:
        raise refusals.too_wide(sheet, f"超过 {MAX_COLUMNS} 列", f"has over {MAX_COLUMNS} columns")
    if rows > MAX_ROWS:
        raise refusals.too_wide(sheet, f"超过 {MAX_ROWS} 行", f"has over {MAX_ROWS} rows")
    if cells > MAX_CELLS:
        raise refusals.too_wide(
            sheet, f"非空单元格超过 {MAX_CELLS} 个", f"has over {MAX_CELLS} cells"
        )
    if sheet and rows * columns > MAX_AREA:
        raise refusals.too_wide(
            sheet,
            f"的数据一直延伸到 {a1(rows, columns)}",
            f"extends to cell {a1(rows, columns)}",
        )


def sheet_frames(
    archive: zipfile.ZipFile,
    book: parts.Book,
    number: int,
    part: parts.Part,
    sheet: CalamineSheet,
    count: Count,
) -> Iterator[tuple[Any, ...]]:
    """The rows of one sheet; raises `Unreadable` at its end where the counts differ."""
    _top, left = sheet.start or (0, 0)
    bottom, right = sheet.end or (-1, 0)
    marks = Marks(count)
    check_size(part.name, 0, max(bottom + 1, marks.last_row), right + 1)
    # Calamine's rectangle ends at its last value; a mark may lie below it.
    below = repeat((), max(0, marks.last_row - bottom - 1))
    found = 0
    for first, chunk in chunks(chain(padded(sheet, left), below), 1, right + 1):
        last = first + len(chunk) - 1
        patch(chunk, first, marks.texts(first, last), count.texts)
        uncached = marks.uncached(first, last)
        filled = sum([len(row) - row.count("") for row in chunk])
        if not filled and not uncached:
            continue
        found += filled
        blob, dated = plain(chunk)
        if any(pattern in blob for pattern in NO_NUMBERS):
            check_numbers(part.name, first, chunk)
        yield (
            "rows", number, first, blob, dated,
            marks.computed(first, last), marks.errors(first, last), uncached,
        )  # fmt: skip
    if found != count.cells or count.filled is not None:
        compare(archive, book, part, sheet, count, found)


class Marks:
    """The marked places of a sheet, cut to the rows of a chunk."""

    def __init__(self, count: Count) -> None:
        self.computed = self._cutter(count.computed)
        self.uncached = self._cutter(count.uncached)
        self.errors = self._cutter(count.errors)
        self.texts = self._cutter(count.texts)
        self.last_row = max((row for row, _ in (*count.texts, *count.uncached)), default=0)

    @staticmethod
    def _cutter(places: Iterable[Place]) -> Callable[[int, int], list[Place]]:
        waiting = sorted(places, reverse=True)

        def cut(_first: int, last: int) -> list[Place]:
            found = []
            while waiting and waiting[-1][0] <= last:
                found.append(waiting.pop())
            return found

        return cut


def padded(sheet: CalamineSheet, left: int) -> Iterator[Row]:
    """The sheet's rows from row 1 as tuples from column A; calamine leaves out empty columns."""
    if not left:
        return map(tuple, sheet.iter_rows())
    before = ("",) * left
    return (before + tuple(row) for row in sheet.iter_rows())


def chunks(rows: Iterator[Row], first: int, width: int) -> Iterator[tuple[int, list[Row]]]:
    """(first row, rows) of so many rows that a chunk stays small."""
    size = max(1, min(ROWS, CHUNK_CELLS // max(width, 1)))
    while chunk := list(islice(rows, size)):
        yield first, chunk
        first += len(chunk)


def patch(chunk: list[Row], first: int, places: Iterable[Place], texts: dict[Place, str]) -> None:
    """Put the names of errors and the texts of blanks where calamine gives an empty cell."""
    for row, column in places:
        old = chunk[row - first]
        before = old[: column - 1] + ("",) * (column - 1 - len(old))
        chunk[row - first] = (*before, texts[row, column], *old[column:])


def plain(chunk: list[Row]) -> tuple[bytes, bool]:
    """The chunk marshalled, and whether it has dates, which travel as ("date", text)."""
    try:
        return marshal.dumps(chunk, FORMAT), False
    except ValueError:
        dated = [tuple(packed(value) for value in row) for row in chunk]
        return marshal.dumps(dated, FORMAT), True


def packed(value: object) -> object:
    """A date or a time as a pair of plain values, everything else as it is."""
    if isinstance(value, datetime | date | time):
        return type(value).__name__, value.isoformat()
    if isinstance(value, timedelta):
        return "timedelta", value / timedelta(microseconds=1)
    return value


def check_numbers(sheet: str, first: int, chunk: list[Row]) -> None:
    """Refuse NaN and infinity, which no cell can show."""
    for row_number, row in enumerate(chunk, first):
        for column, value in enumerate(row, 1):
            if isinstance(value, float) and not isfinite(value):
                raise refusals.bad_number(sheet, a1(row_number, column))


def compare(
    archive: zipfile.ZipFile,
    book: parts.Book,
    part: parts.Part,
    sheet: CalamineSheet,
    count: Count,
    found: int,
) -> None:
    """Refuse a sheet of which two readers see different cells, with the first such cell."""
    if count.filled is None:
        with archive.open(part.member) as stream:
            count = count_exactly(stream, book.blank_texts)
    _top, left = sheet.start or (0, 0)
    theirs = {
        (row, column)
        for row, values in enumerate(sheet.iter_rows(), 1)
        for column, value in enumerate(values, left + 1)
        if value != ""
    } | set(count.texts)
    different = (count.filled or set()) ^ theirs
    if different or found != count.cells:
        first = a1(*min(different)) if different else ""
        raise refusals.counts_differ(part.name, count.cells, len(theirs), first)


if __name__ == "__main__":
    main(sys.argv[1:])
