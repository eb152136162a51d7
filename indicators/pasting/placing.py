"""Where each figure of a pasted block belongs.

A block says where it belongs by its own headings, or lies where it was pasted. Nothing is made
up: what has no place, or more than one, is left out and told in a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indicators.pasting.blocks import (
    Lines,
    Note,
    rectangle,
    trimmed,
    turned,
    without_foot,
    without_title,
    without_unit_line,
)
from indicators.pasting.headings import (
    ColumnHead,
    Heads,
    RowHead,
    folded,
    is_figure,
    is_number,
    unit_word,
    unmarked,
    with_unit,
)

MOST_CELLS = 20_000
HEADING_ROWS = 8
STACKED_ROWS = 3
NAME_COLUMNS = 4

_UNIT_HEADS = {"单位", "计量单位", "unit", "units"}
_CORNERS = re.compile(
    r"(?i)(?:主要|统计)?(?:指标|名称|项目|年份|年度|时间|地区|区域|区市|单位|计量单位"
    r"|indicators?|names?|items?|regions?|years?|units?|periods?)(?:名称)?"
)
_BARE_YEAR = re.compile("[0-9０-９]{4}")


@dataclass(frozen=True)
class PastedCell:
    """A text for a cell of the grid, and where it stood in what was pasted (from 0)."""

    key: str
    period: str
    text: str
    source_row: int
    source_column: int


@dataclass(frozen=True)
class Pasted:
    """What a block says for the grid; each cell at most once."""

    cells: list[PastedCell]
    notes: list[Note]
    transposed: bool = False


def read_block(
    block: Sequence[Sequence[str]],
    *,
    rows: Sequence[RowHead],
    columns: Sequence[ColumnHead],
    anchor: tuple[int, int],
) -> Pasted:
    """Which texts of a copied block belong in which cells of the grid.

    Headings in the block win over `anchor` (row and column where it was pasted). Texts stay as
    they were, but for footnote marks, and for the unit that a heading or a line states. A blank
    cell changes nothing.
    """
    heads = Heads.of(rows, columns)
    notes: list[Note] = []
    if sum(map(len, block)) > MOST_CELLS:
        return Pasted([], [Note(
            f"一次最多粘贴{MOST_CELLS:,}格，请分几次粘贴，或上传工作簿。",
            f"At most {MOST_CELLS:,} cells at once: paste in parts, or upload the workbook.",
        )])  # fmt: skip
    lines, unit = without_unit_line(without_foot(rectangle(block), notes), notes)
    lines = trimmed(without_foot(lines, notes))
    if not lines:
        return Pasted(
            [], [*notes, Note("粘贴的内容里没有数据。", "What was pasted holds no data.")]
        )
    parts = [part for part in (lines, without_title(lines)) if part]
    ways = [(part, way) for part in parts[: 1 + (parts[-1] != lines)] for way in (False, True)]
    layouts = [_layout(turned(part) if way else part, heads) for part, way in ways]
    best = max(range(len(ways)), key=lambda way: layouts[way].score)
    lines, transposed = ways[best]
    if _either_year_or_value(layouts[best], heads):
        first = next(text for text in lines[0][1] if text)
        return Pasted([], [*notes, Note(
            f"“{first}”分不清是年份还是数值，没有采用。是年份请写成“{first}年”；是数值请直接填进单元格。",
            f'"{first}" may be a year or a value, so nothing was taken. Write "{first}年" for a'
            " year, or type a value into its cell.",
        )])  # fmt: skip
    placing = _Placing(
        layout=layouts[best], heads=heads, anchor=anchor, unit=unit,
        turned=[number for number, _line in lines] if transposed else None, notes=notes,
    )  # fmt: skip
    return Pasted(placing.cells(), notes, transposed)


@dataclass
class _Layout:
    """Where the headings of a block stand; `data` are the lines below the headings."""

    data: Lines
    name_column: int | None
    periods: dict[int, tuple[str, str]]
    labels: list[str]
    unit_column: int | None
    names: int

    @property
    def score(self) -> int:
        """How many headings were understood."""
        return self.names + len({period for period, _unit in self.periods.values()})


@dataclass
class _Placing:
    """Puts the texts of a laid-out block into the cells of the grid, and tells what is left.

    `turned` are the numbers of the pasted rows that are columns here, if rows and columns were
    swapped.
    """

    layout: _Layout
    heads: Heads
    anchor: tuple[int, int]
    unit: str
    turned: list[int] | None
    notes: list[Note]
    found: dict[tuple[str, str], list[PastedCell]] = field(default_factory=dict)
    blanks: int = 0
    marks: int = 0
    outside: set[tuple[str, int]] = field(default_factory=set)

    def cells(self) -> list[PastedCell]:
        """One cell for each place that exactly one text is for."""
        columns = self._columns()
        for offset, (number, texts) in enumerate(self.layout.data):
            values = {column: texts[column] for column in columns if texts[column]}
            self.blanks += len(columns) - len(values) if values else 0
            target = self._row(offset, number, texts, bool(values))
            if target is None:
                continue
            for column, text in values.items():
                period, column_unit = columns[column]
                unit = target[1] or column_unit or self._unit_beside(texts) or self.unit
                self._put(target[0], period, text, unit, number, column)
        self._tell()
        return [cells[0] for cells in self.found.values() if self._agreed(cells)]

    def _number(self, column: int) -> int:
        """Where a column stood in what was pasted: there it was a row if it was turned."""
        return column if self.turned is None else self.turned[column]

    def _columns(self) -> dict[int, tuple[str, str]]:
        """The period and the unit of each column that holds values."""
        layout, heads = self.layout, self.heads
        width = len(layout.data[0][1]) if layout.data else 0
        if not layout.periods:
            start = 0 if layout.name_column is None else layout.name_column + 1
            free = [column for column in range(start, width) if column != layout.unit_column]
            placed = {}
            for offset, column in enumerate(free, start=self.anchor[1]):
                if offset < len(heads.columns):
                    placed[column] = (heads.columns[offset].period, "")
                elif any(texts[column] for _number, texts in layout.data):
                    self.outside.add(("column", self._number(column) + 1))
            return placed
        known = {head.period for head in heads.columns}
        placed = {column: it for column, it in layout.periods.items() if it[0] in known}
        for column in range(width):
            if column in placed or column in (layout.name_column, layout.unit_column):
                continue
            if layout.name_column is not None and column < layout.name_column:
                continue
            if layout.labels[column] and any(is_number(t[column]) for _n, t in layout.data):
                self._left_out(layout.labels[column])
        return placed

    def _row(
        self, offset: int, number: int, texts: list[str], has_values: bool
    ) -> tuple[RowHead, str] | None:
        """The row of the grid that a line is for and the unit that its name states."""
        layout, rows = self.layout, self.heads.rows
        if layout.name_column is None:
            # Names that the grid does not know are no reason to count lines instead.
            label = next((texts[c] for c in self._label_columns() if texts[c]), "")
            if label:
                if has_values:
                    self._left_out(label)
                return None
            if self.anchor[0] + offset < len(rows):
                return rows[self.anchor[0] + offset], ""
            if has_values:
                self.outside.add(("row", number + 1))
            return None
        text = texts[layout.name_column]
        is_name, row, unit = self.heads.name(text)
        if row is not None:
            return row, unit
        if has_values and is_name:
            self.notes.append(Note(
                f"“{text}”在表格里不止一行，分不清是哪一行，没有采用。",
                f'"{text}" names more than one row of the grid and was left out.',
            ))  # fmt: skip
        elif has_values:
            self._left_out(text or "—")
        return None

    def _label_columns(self) -> Iterable[int]:
        """Columns of words to the left of the values, under a heading of periods."""
        layout = self.layout
        first = min(layout.periods, default=0)
        return (
            column
            for column in range(first)
            if column != layout.unit_column
            and not any(is_number(texts[column]) for _number, texts in layout.data)
        )

    def _unit_beside(self, texts: list[str]) -> str:
        column = self.layout.unit_column
        return "" if column is None else unit_word(texts[column])

    def _put(
        self, row: RowHead, period: str, text: str, unit: str, number: int, column: int
    ) -> None:
        bare = unmarked(text)
        if bare != text and is_number(bare):
            text, self.marks = bare, self.marks + 1
        place = (number, self._number(column))
        if self.turned is not None:
            place = (place[1], place[0])
        cell = PastedCell(row.key, period, with_unit(text, unit, row.unit), *place)
        self.found.setdefault((row.key, period), []).append(cell)

    def _agreed(self, cells: list[PastedCell]) -> bool:
        """Whether all texts for one place are the same; tells where not."""
        texts = list(dict.fromkeys(cell.text for cell in cells))
        if len(texts) > 1:
            self.notes.append(Note(
                f"{cells[0].period} 的同一格有不同的内容（{'、'.join(texts)}），没有采用。",
                f"Different texts for one cell of {cells[0].period} ({', '.join(texts)}):"
                " left out.",
            ))  # fmt: skip
        return len(texts) == 1

    def _left_out(self, text: str) -> None:
        note = Note(
            f"“{text}”不在表格里，没有采用。", f'"{text}" is not in the grid and was left out.'
        )
        if note not in self.notes:
            self.notes.append(note)

    def _tell(self) -> None:
        """What was turned, dropped or did not fit."""
        tell = self.notes.append
        if self.turned is not None:
            tell(Note("粘贴的内容行列对调后读取。", "Rows and columns were swapped."))
        if self.marks:
            tell(Note(
                f"去掉了{self.marks}处脚注符号。", f"Footnote marks removed: {self.marks}."
            ))  # fmt: skip
        if self.blanks:
            tell(Note(
                f"{self.blanks}个空白格没有改动原来的数值。",
                f"Blank cells that changed nothing: {self.blanks}.",
            ))  # fmt: skip
        for kind, zh, en in (("row", "行", "rows"), ("column", "列", "columns")):
            numbers = sorted(number for what, number in self.outside if what == kind)
            if self.turned is not None:
                zh, en = ("列", "columns") if kind == "row" else ("行", "rows")
            if numbers:
                tell(Note(
                    f"粘贴内容的第{_ranges(numbers)}{zh}超出表格，没有采用。",
                    f"Left out because the grid ends: {en} {_ranges(numbers)} of what was pasted.",
                ))  # fmt: skip


def _layout(lines: Lines, heads: Heads) -> _Layout:
    """Find the column of names and the line of periods, where the block has them."""
    width = len(lines[0][1])
    counts = [sum(heads.name(texts[c])[0] for _n, texts in lines) for c in range(width)]
    names = max(counts[:NAME_COLUMNS], default=0)
    name_column = counts.index(names) if names else None
    end, periods, labels = _heading(lines, heads, name_column)
    data = lines[end:]
    unit_column = next(
        (
            c
            for c in range(width)
            if c != name_column and c not in periods and _is_unit_column(c, labels, data, heads)
        ),
        None,
    )
    return _Layout(data, name_column, periods, labels, unit_column, names)


def _heading(
    lines: Lines, heads: Heads, name_column: int | None
) -> tuple[int, dict[int, tuple[str, str]], list[str]]:
    """How many lines are headings, the period and unit of each column, and all labels."""
    best: tuple[tuple[int, int, int], int, dict[int, tuple[str, str]], list[str]] | None = None
    for last in range(min(len(lines) - 1, HEADING_ROWS)):
        texts = lines[last][1]
        if name_column is not None and heads.name(texts[name_column])[0]:
            break
        for first in range(last, max(-1, last - STACKED_ROWS), -1):
            labels = _stacked([texts for _number, texts in lines[first : last + 1]])
            periods = {
                c: found for c, text in enumerate(labels) if (found := heads.period(text))[0]
            }
            if not periods or not _may_be_heading(texts, labels, periods, heads, name_column):
                continue
            unique = len({period for period, _unit in periods.values()})
            rank = (unique - (len(periods) - unique), first - last, -last)
            if best is None or rank > best[0]:
                best = (rank, last + 1, periods, labels)
    return (0, {}, [""] * len(lines[0][1])) if best is None else best[1:]


def _may_be_heading(
    texts: list[str],
    labels: list[str],
    periods: dict[int, tuple[str, str]],
    heads: Heads,
    name_column: int | None,
) -> bool:
    """Whether a line with periods is a heading and no line of numbers such as 2039 and 2053."""
    others = [text for c, text in enumerate(texts) if text and c not in periods]
    if any(is_figure(text) for text in others):
        return False
    if not all(_BARE_YEAR.fullmatch(labels[c]) for c in periods):
        return True
    years = [int(labels[c]) for c in sorted(periods)]
    in_grid = {head.period for head in heads.columns} & {period for period, _ in periods.values()}
    steps = {later - earlier for earlier, later in pairwise(years)}
    known_corner = bool(others) and all(_CORNERS.fullmatch(folded(t)) for t in others)
    over_names = None if name_column is None else folded(texts[name_column])
    labelled = known_corner or over_names == "" or bool(_CORNERS.fullmatch(over_names or ""))
    return bool(in_grid) and (labelled or steps in ({1}, {-1}))


def _either_year_or_value(layout: _Layout, heads: Heads) -> bool:
    """Whether the block is a bare year of the grid and something below or beside it."""
    if layout.periods or layout.names or not layout.data:
        return False
    texts = [text for _number, line in layout.data for text in line]
    narrow = len(layout.data[0][1]) == 1 or (len(layout.data) == 1 and len(texts) == 2)
    years = [bool(_BARE_YEAR.fullmatch(text)) and heads.period(text)[0] != "" for text in texts]
    in_grid = heads.period(texts[0])[0] in {head.period for head in heads.columns}
    return narrow and len(texts) > 1 and years[0] and in_grid and not any(years[1:])


def _is_unit_column(column: int, labels: list[str], data: Lines, heads: Heads) -> bool:
    """Whether a column is headed "unit", or has no heading and holds only units."""
    if labels[column]:
        return folded(labels[column]) in _UNIT_HEADS
    texts = [unit_word(line[column]) for _number, line in data if line[column]]
    return bool(texts) and all(map(heads.is_unit, texts))


def _stacked(lines: list[list[str]]) -> list[str]:
    """The labels of some heading lines together: 2024年 above 上半年, the former merged or not."""
    joined = lines[-1]
    for line in reversed(lines[:-1]):
        above, filled = "", []
        for text in line:
            above = text or above
            filled.append(above)
        # What is merged downwards arrives in both lines.
        joined = [upper + t if upper != t else t for upper, t in zip(filled, joined, strict=True)]
    return joined


def _ranges(numbers: list[int]) -> str:
    """1, 2, 3, 7 as 1–3、7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)
