"""The account of a file's cells: used, header, or not used, with the place; none disappears."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from indicators.importing.matching import as_text
from indicators.layout import a1

LISTED = 300
"""Places that are listed; more are only counted."""

_WHY = {
    "note": ("表后的说明", "A remark below the table"),
    "blank": ("这一行没有数值", "There is no value in this row"),
    "header": ("重复的表头", "The header once more"),
    "column": ("不认识的列", "A column that is not known"),
    "sheet": ("没有识别出表格", "No table was recognised"),
}


@dataclass
class _Column:
    first: int
    last: int
    cells: int
    text: str


@dataclass
class Unused:
    """Counts all non-empty cells and lists those that nothing was made of."""

    used: int = 0
    header: int = 0
    cells: int = 0
    places: list[dict[str, Any]] = field(default_factory=list)
    titles: dict[tuple[int, int], str] = field(default_factory=dict)
    _columns: dict[tuple[int, int], _Column] = field(default_factory=dict)

    def row(
        self, sheet: int, row: int, columns: Sequence[Sequence[Any]], index: int, why: str
    ) -> None:
        """One row of which nothing is used; an empty one is no matter."""
        there = [number for number, column in enumerate(columns) if column[index] != ""]
        if there:
            text = as_text(columns[there[0]][index])
            span = _span((row, there[0] + 1), (row, there[-1] + 1))
            self._add(sheet, span, text, len(there), why)

    def count(
        self,
        sheet: int,
        first: int,
        columns: Sequence[Sequence[Any]],
        read: Collection[int],
        dropped: Collection[int],
    ) -> None:
        """The non-empty cells of a chunk but for its dropped rows."""
        for number, column in enumerate(columns):
            cells = len(column) - column.count("")
            cells -= sum(column[index] != "" for index in dropped)
            if number in read:
                self.used += cells
            elif cells:
                rows = [i for i, raw in enumerate(column) if raw != "" and i not in dropped]
                known = self._columns.setdefault(
                    (sheet, number),
                    _Column(first + rows[0], 0, 0, self.titles.get((sheet, number), "")),
                )
                known.last, known.cells = first + rows[-1], known.cells + cells

    def sheet(self, sheet: int, cells: int, text: str = "") -> None:
        """A sheet in which no table was recognised."""
        if cells:
            self._add(sheet, "", text, cells, "sheet")

    def _add(self, sheet: int, place: str, text: str, cells: int, why: str) -> None:
        self.cells += cells
        if len(self.places) < LISTED:
            zh, en = _WHY[why]
            self.places.append(
                {"sheet": sheet, "place": place, "text": text[:60], "cells": cells, "why": why,
                 "zh": zh, "en": en}
            )  # fmt: skip

    def report(self) -> dict[str, Any]:
        """For the page: the list of places and the counts."""
        for (sheet, number), column in sorted(self._columns.items()):
            span = _span((column.first, number + 1), (column.last, number + 1))
            self._add(sheet, span, column.text, column.cells, "column")
        self._columns.clear()
        return {
            "unused": self.places,
            "cells": {"used": self.used, "header": self.header, "unused": self.cells},
        }


def _span(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Places of a block: F3, or F3:F1000."""
    one, other = (a1(row, column) for row, column in (first, last))
    return one if one == other else f"{one}:{other}"
