"""Tables of money to take along: CSV and XLSX that a spreadsheet opens without executing anything.

Sums are written in 元 with all their digits. A table that holds a recipient is not for this module:
what leaves here says nothing of whom.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from django.utils.translation import gettext as _

from indicators.exporting import BOM, neutral
from indicators.quantities import plain

Value = str | int | Decimal | date | None
"""None is not entered: an empty cell, never 0."""

EXACT_DIGITS = 15
"""What a spreadsheet's number holds; longer ones are written as text, so that no 分 is lost."""


class Kind(Enum):
    """What a column holds, which decides how a page and a file write it."""

    TEXT = "text"
    YEAR = "year"
    COUNT = "count"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what stands below it; money is in 元 in a file and in 万元 on a page."""

    label: str
    kind: Kind = Kind.TEXT

    @property
    def is_figure(self) -> bool:
        """Whether figures stand below it, which a page sets to the right."""
        return self.kind in (Kind.COUNT, Kind.MONEY)

    @property
    def heading(self) -> str:
        """The heading in a file, with the unit of the figures."""
        if self.kind is Kind.MONEY:
            return _("%(label)s（元）") % {"label": self.label}
        return self.label


@dataclass(frozen=True, slots=True)
class Table:
    """What a page shows and a file holds: one source for both. `notes` are source and day."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    notes: tuple[str, ...] = ()


def as_csv(table: Table) -> str:
    """The heading, a line a row, then title and notes below an empty line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(column.heading) for column in table.columns])
    writer.writerows([_text(value) for value in row] for row in table.rows)
    writer.writerow([])
    writer.writerows([neutral(line)] for line in (table.title, *table.notes))
    return BOM + out.getvalue()


def as_xlsx(table: Table) -> bytes:
    """A workbook of one sheet: heading, rows, then title and notes."""
    # Imported where it is used: openpyxl brings numpy along, and the web process starts without.
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = ILLEGAL_CHARACTERS_RE.sub("", table.name)[:31]
    lines: list[list[Value]] = [[neutral(column.heading) for column in table.columns]]
    lines += [[_cell(value) for value in row] for row in table.rows]
    lines.append([])
    lines += [[neutral(line)] for line in (table.title, *table.notes)]
    for line in lines:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", v) if isinstance(v, str) else v for v in line])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number in range(1, len(table.columns) + 1):
        letter = sheet.cell(1, number).column_letter
        sheet.column_dimensions[letter].width = 26 if number == 1 else 18
    sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(value: Value) -> str:
    """A cell of a CSV; a number is no text, so -3.5 stays -3.5."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int):
        return str(value)
    return neutral(value) if isinstance(value, str) else value.isoformat()


def _cell(value: Value) -> Value:
    """A cell of a sheet: numbers as numbers where they keep their digits."""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, Decimal) and len(plain(value).strip("-").replace(".", "")) > EXACT_DIGITS:
        return plain(value)
    return value
