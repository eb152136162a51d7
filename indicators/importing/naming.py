"""What the rows of a chunk name: indicator, region, period; which rows say nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, TypeVar

from indicators.importing.matching import About, Catalogue, Place, Unknown, When, as_text, folded
from indicators.importing.reading import Chunk
from indicators.importing.statements import Statements
from indicators.importing.tables import HEADERS, Layout, is_note
from indicators.importing.unused import Unused

Found = TypeVar("Found", About, Place)
_OTHER = {
    "code": "indicator", "indicator": "code", "region_code": "region", "region": "region_code",
}  # fmt: skip


class Rows:
    """The data rows of a chunk, turned into columns of equal length; the first is row `first`.

    `abouts`, `regions` and `whens` say for each row what it names (None where it does not),
    `dropped` are the rows of which nothing is used, `carried` those that take a name from above.
    """

    def __init__(self, chunk: Chunk, layout: Layout) -> None:
        skipped = max(layout.first - chunk.first_row, 0)
        rows = chunk.rows[skipped:]
        self.chunk, self.layout = chunk, layout
        self.sheet, self.first, self.length = chunk.sheet, chunk.first_row + skipped, len(rows)
        self.columns: list[tuple[Any, ...]] = list(zip_longest(*rows, fillvalue=""))
        width = max(layout.columns) + 1
        self.columns += [("",) * len(rows)] * (width - len(self.columns))
        self.abouts: list[About | Unknown | None] = []
        self.regions: list[Place | Unknown | None] = []
        self.whens: list[When | Unknown | None] = []
        self.dropped: set[int] = set()
        self.carried: set[int] = set()

    @property
    def units(self) -> Sequence[Any] | None:
        """The column of units, where there is one."""
        column = self.layout.rows.get("unit")
        return None if column is None else self.columns[column]

    def resolve(
        self, names: Catalogue, statements: Statements, unused: Unused, carried: dict[str, Any]
    ) -> None:
        """Look up what the rows name; `carried` are the names of merged cells from chunk to chunk."""
        layout = self.layout
        named = self._filled(carried)
        if "key" in named:
            keys = [as_text(raw) for raw in named["key"]]
            named["code"] = [key.partition("|")[0] for key in keys]
            named["region_code"] = [key.partition("|")[2] for key in keys]
        self.abouts = (
            _resolved([named[n] for n in self._naming("code", "indicator", named)], names.indicator)
            or [layout.about] * self.length
        )
        self.regions = (
            _resolved(
                [named[n] for n in self._naming("region_code", "region", named)], names.region
            )
            or [layout.place] * self.length
        )
        if "period" in named:
            known = {raw: names.period(raw) for raw in set(named["period"]) if raw != ""}
            self.whens = [known.get(raw) for raw in named["period"]]
        else:
            self.whens = [layout.when] * self.length
        self._drop(statements, unused)

    def _naming(self, first: str, second: str, named: dict[str, Any]) -> list[str]:
        """The columns that name one thing; in our template the hidden key alone does."""
        if self.layout.kind == "template" and first in named:
            return [first]
        return [name for name in (first, second) if name in named]

    def _filled(self, carried: dict[str, Any]) -> dict[str, Sequence[Any]]:
        """The naming columns; where cells are merged, a name counts for the rows below it too."""
        named: dict[str, Sequence[Any]] = {
            name: self.columns[column]
            for name, column in self.layout.rows.items()
            if name != "unit"
        }
        if self.layout.kind == "template":
            return named
        for name, column in list(named.items()):
            if "" not in column:
                carried[name] = column[-1]
                continue
            other = named.get(_OTHER.get(name, ""))
            last, filled = carried.get(name, ""), []
            for index, raw in enumerate(column):
                if raw != "":
                    last = raw
                elif all(cells[index] == "" for cells in self.columns):
                    last = ""
                lone = raw == "" and (other is None or other[index] == "")
                takes = lone and last != "" and self._has_value(index)
                filled.append(last if takes else raw)
                if takes:
                    self.carried.add(index)
            carried[name], named[name] = last, filled
        return named

    def _has_value(self, index: int) -> bool:
        return any(
            self.columns[block.columns["value"]][index] != "" for block in self.layout.blocks
        )

    def _drop(self, statements: Statements, unused: Unused) -> None:
        """Put rows without a value, remarks and repeated headers aside, into the account."""
        blocks = self.layout.blocks
        values = [self.columns[block.columns["value"]] for block in blocks]
        names = list(self.layout.rows.values())
        for index, row in enumerate(zip(*values, strict=True)):
            if type(row[0]) is float and type(self.abouts[index]) is About:
                continue
            why = ""
            if all(raw == "" for raw in row):
                if not self._says_why(statements, index):
                    why = "note" if is_note([c[index] for c in self.columns]) else "blank"
            elif not isinstance(self.abouts[index], About) or all(
                isinstance(raw, str) for raw in row
            ):
                cells = [column[index] for column in self.columns]
                if any(isinstance(c, str) and folded(c) in HEADERS for c in row) and any(
                    isinstance(cells[n], str) and folded(cells[n]) in HEADERS for n in names
                ):
                    why = "header"
                elif is_note(cells) and not any(isinstance(raw, int | float) for raw in row):
                    why = "note"
            if why:
                self.dropped.add(index)
                unused.row(self.sheet, self.first + index, self.columns, index, why)

    def _says_why(self, statements: Statements, index: int) -> bool:
        """Whether a row without a value says something all the same."""
        layout, columns = self.layout, self.columns
        if layout.kind == "template" and isinstance(self.abouts[index], About):
            return True
        if self.chunk.uncached and any(
            (self.first + index, block.columns["value"] + 1) in self.chunk.uncached
            for block in layout.blocks
        ):
            return True
        return any(
            "status" in block.columns
            and statements.missing(columns[block.columns["status"]][index])
            for block in layout.blocks
        )


def _resolved(
    columns: Sequence[Sequence[Any]], look_up: Callable[[Any], Found | Unknown]
) -> list[Found | Unknown | None]:
    """What each row of these columns (a code, a name) means; the first that is filled counts."""
    if not columns:
        return []
    if len(columns) == 1:
        known = {raw: look_up(raw) for raw in set(columns[0]) if raw != ""}
        return [known.get(raw) for raw in columns[0]]
    pairs = list(zip(*columns, strict=True))
    both = {pair: _agreeing(pair, look_up) for pair in set(pairs)}
    return [both[pair] for pair in pairs]


def _agreeing(
    pair: tuple[Any, ...], look_up: Callable[[Any], Found | Unknown]
) -> Found | Unknown | None:
    """What a code and a name mean together; where they mean two things, neither."""
    found = [look_up(raw) for raw in pair if raw != ""]
    if not found:
        return None
    if len(found) == 2 and found[0] != found[1] and not isinstance(found[1], Unknown):
        if isinstance(found[0], Unknown):
            return found[0]
        code, name = as_text(pair[0])[:40], as_text(pair[1])[:40]
        return Unknown(
            f"代码“{code}”与名称“{name}”不是同一个，请改正其中之一。",
            f"The code “{code}” and the name “{name}” mean two things; correct one of them.",
        )
    return found[0]
