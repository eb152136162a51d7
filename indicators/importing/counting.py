"""An independent count of a sheet's non-empty cells, straight from its XML (TRUST.md 9).

`count_exactly` runs expat over the sheet and knows every cell's place. `count_quickly` counts a
large sheet with regular expressions over its bytes, 30 MB in a tenth of a second, and only where
every cell has one of the few plain forms that programs write: the cells with a value, those
without and all of them must add up in every block, else it answers None and expat does the work.
Should calamine's number differ from a quick count, the exact one decides (`child.compare`).

A cell has a value if its `v` or its text (a shared one, or its `is`) is not empty; phonetic runs
are no text, blanks are. A formula's result may be an empty text, which is no value. A formula without a stored result
is not a value: its place is told in `uncached`.
"""

from __future__ import annotations

import re
import zipfile
from typing import IO

from indicators.importing import refusals
from indicators.importing.parts import (
    MAIN,
    NUL,
    STRICT,
    Attributes,
    Blanks,
    Text,
    check_text,
    parse,
)

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
BLOCK = 1024 * 1024
LONGEST_ROW = 8 * 1024 * 1024

Place = tuple[int, int]
TEXTS = frozenset({"str", "inlineStr"})


class Count:
    """What a sheet holds: places are (row, column) from 1.

    `filled` is None after a quick count, and `last_row` and `last_column` are 0. `texts` has what
    calamine leaves empty: the names of errors (their places are in `errors`) and texts of blanks.
    """

    def __init__(self, filled: set[Place] | None = None) -> None:
        self.cells = 0
        self.filled = filled
        self.computed: set[Place] = set()
        self.uncached: set[Place] = set()
        self.errors: set[Place] = set()
        self.texts: dict[Place, str] = {}
        self.last_row = 0
        self.last_column = 0


def place(reference: str) -> Place:
    """(row, column) of "B12"; raises `ValueError` for anything else."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(reference)
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column


ROW, CELL, VALUE, FORMULA_OF, INLINE = (f"{MAIN} {local}" for local in ("row", "c", "v", "f", "is"))


class _Sheet:
    """The handlers of expat over one sheet; the quickest tests come first."""

    def __init__(self, blank_texts: Blanks) -> None:
        self.filled: set[Place] = set()
        self.count = Count(self.filled)
        self.blank_texts = blank_texts
        self.ranges: list[tuple[Place, Place]] = []
        self.columns: dict[str, int] = {}
        self.row = self.column = 0
        self.kind = ""
        self.formula = self.inside = False
        self.value: list[str] = []
        self.inline: Text | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self.inline is not None:
            self.inline.start(name, attributes)
        elif name == CELL:
            self._start_cell(attributes)
        elif name == VALUE:
            self.inside = True
        elif name == INLINE:
            self.inline = Text()
        elif name == ROW:
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif name == FORMULA_OF:
            self._start_formula(attributes)
        elif name.startswith(STRICT):
            raise refusals.strict()

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r", "")
        digits = str(self.row)
        letters = reference.removesuffix(digits)
        if letters in self.columns and len(letters) + len(digits) == len(reference):
            self.column = self.columns[letters]
        elif reference:
            self.row, self.column = place(reference)
            self.columns[reference.rstrip("0123456789")] = self.column
        else:
            self.column += 1
        self.kind = attributes.get("t", "n")
        self.formula = False
        self.value.clear()

    def _start_formula(self, attributes: Attributes) -> None:
        self.formula = True
        if attributes.get("t") in {"array", "dataTable"} and "ref" in attributes:
            first, _colon, last = attributes["ref"].partition(":")
            self.ranges.append((place(first), place(last or first)))

    def text(self, data: str) -> None:
        """Characters."""
        if self.inside:
            self.value.append(data)
        elif self.inline is not None:
            self.inline.text(data)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == VALUE:
            self.inside = False
        elif name == CELL:
            self._end_cell()
        elif name == INLINE:
            if self.inline is not None:
                self.value.append(self.inline.found)
            self.inline = None
        elif self.inline is not None:
            self.inline.end(name)

    def _end_cell(self) -> None:
        at = (self.row, self.column)
        value = "".join(self.value)
        if self.kind == "s" and value:
            value = self.blank_texts.get(int(value), value)
        elif self.kind not in TEXTS:
            value = value.strip()
        if not value:
            if self.formula and self.kind != "str":
                self.count.uncached.add(at)
            return
        if self.kind in TEXTS:
            check_text(value)
        self.count.cells += 1
        self.filled.add(at)
        if self.formula:
            self.count.computed.add(at)
        if self.kind == "e":
            self.count.errors.add(at)
        if self.kind == "e" or value.isspace():
            self.count.texts[at] = value

    def done(self) -> Count:
        """The count, with the cells of array formulas marked as computed."""
        for (top, left), (bottom, right) in self.ranges:
            self.count.computed |= {
                at for at in self.filled if top <= at[0] <= bottom and left <= at[1] <= right
            }
        self.count.last_row = max((row for row, _ in self.filled), default=0)
        self.count.last_column = max((column for _, column in self.filled), default=0)
        return self.count


def count_exactly(stream: IO[bytes], blank_texts: Blanks) -> Count:
    """Every cell of the sheet with its place.

    Raises `Unreadable`, `expat.ExpatError` for what is no XML and `ValueError` for a reference
    that names no cell.
    """
    sheet = _Sheet(blank_texts)
    parse(stream, sheet.start, sheet.end, sheet.text)
    return sheet.done()


FORMULA = rb"<f(?: [^>]*)?(?:/>|>[^<]*</f>)"
VALUED = rb"<(?:v|is><t(?: xml:space=\"preserve\")?)>[^<\s]"
PLAIN = re.compile(rb"<c [^>]*>" + VALUED)
FILLED = re.compile(rb"<c [^>]*[^>/]>(?:" + FORMULA + rb")?" + VALUED)
EMPTY = re.compile(rb"<c [^>]*(?:/>|></c>)")
UNCACHED = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: [^>]*)?)>' + FORMULA + rb"(?:<v ?/>|<v></v>)?</c>"
)
COMPUTED = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"[^>]*><f[ />]')
ERROR = re.compile(
    rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^>]* t="e"[^>]*>(?:'
    + FORMULA
    + rb")?<v>([^<\s][^<]*)</v>"
)
SHARED = re.compile(rb' t="s"[^>]*><v>([0-9]+)</v>')
ROOT = re.compile(
    rb'\s*(?:<\?xml [^>]*\?>\s*)?<worksheet(?: [^>]*)? ?xmlns="' + MAIN.encode() + b'"'
)
OTHER_ENCODING = re.compile(rb'<\?xml [^>]*encoding=["\'](?!utf-8["\'])', re.IGNORECASE)


def count_quickly(stream: IO[bytes], blank_texts: Blanks) -> Count | None:
    """The sheet's count without places, or None where the sheet is not written plainly."""
    count = Count()
    rest = stream.read(BLOCK)
    if not ROOT.match(rest) or OTHER_ENCODING.match(rest[:200]):
        return None
    names = 0
    while True:
        block = stream.read(BLOCK)
        rest += block
        cut = rest.rfind(b"<row ") if block else len(rest)
        if cut < 1:
            if len(rest) > LONGEST_ROW:
                return None
            continue
        piece, rest = rest[:cut], rest[cut:]
        names += piece.count(MAIN.encode())
        if NUL.encode() in piece:
            raise refusals.null_in_text()
        if names > 1 or b"AlternateContent" in piece or (b"!" in piece and b"<!" in piece):
            return None
        if not _add(count, piece, blank_texts):
            return None
        if not block:
            return count if piece.rstrip().endswith(b"</worksheet>") else None


def _add(count: Count, piece: bytes, blank_texts: Blanks) -> bool:
    """Add the cells of whole rows; False where their forms do not add up."""
    # One letter is found ten times as quickly as a word; only with it is the word looked for.
    formulas = b"f" in piece and b"<f" in piece
    if formulas and (b't="array"' in piece or b't="dataTable"' in piece):
        return False
    filled = len((FILLED if formulas else PLAIN).findall(piece))
    everything = piece.count(b"<c ")
    if filled != everything:
        uncached = _uncached(count, piece) if formulas else 0
        if filled + uncached + len(EMPTY.findall(piece)) != everything:
            return False
    count.cells += filled
    if formulas and not _computed(count, piece):
        return False
    if (errors := piece.count(b' t="e"')) and not _errors(count, piece, errors):
        return False
    if blank_texts and (texts := piece.count(b' t="s"')):
        numbers = [int(number) for number in SHARED.findall(piece)]
        if len(numbers) != texts or any(blank_texts.get(number) for number in numbers):
            return False  # a text of blanks is a value, and its place must be known
        count.cells -= sum(number in blank_texts for number in numbers)
    return True


def _uncached(count: Count, piece: bytes) -> int:
    found = 0
    for letters, row, attributes in UNCACHED.findall(piece):
        found += 1
        if b't="str"' not in attributes:
            count.uncached.add((int(row), place(letters.decode() + "1")[1]))
    return found


def _computed(count: Count, piece: bytes) -> bool:
    columns: dict[bytes, int] = {}
    found = COMPUTED.findall(piece)
    for letters, row in found:
        if letters not in columns:
            columns[letters] = place(letters.decode() + "1")[1]
        count.computed.add((int(row), columns[letters]))
    return len(found) == piece.count(b"<f>") + piece.count(b"<f ") + piece.count(b"<f/>")


def _errors(count: Count, piece: bytes, expected: int) -> bool:
    found = ERROR.findall(piece)
    for reference, text in found:
        at = place(reference.decode())
        count.errors.add(at)
        count.texts[at] = text.decode()
    return len(found) == expected


def count_sheet(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, blank_texts: Blanks, *, small: int
) -> Count:
    """The member's count: with every place up to `small` bytes, quickly above where that is sure."""
    if member.file_size > small:
        with archive.open(member) as stream:
            quick = count_quickly(stream, blank_texts)
        if quick is not None:
            quick.computed -= quick.uncached
            return quick
    with archive.open(member) as stream:
        return count_exactly(stream, blank_texts)
