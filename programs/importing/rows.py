"""One row of a table of awards as read: what it states, field by field, or why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from programs.importing.headings import MONEY, NAMES, REQUIRED, Table
from programs.importing.scalars import Fault, Words, code_of, day_of, money_of, text_of, year_of

CODES = ("number", "project_code", "credit_code")
DAYS = ("decided_on", "paid_on")
_LONGEST = 300
"""Characters of a cell that are kept to show; a note is kept whole."""


@dataclass
class Row:
    """The cells of a row by field: `texts` as they stand, `values` as read (None: left empty).

    `faults` are sentences with the field that they are about; a field with a fault has no value.
    """

    sheet: int
    number: int
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, Words]] = field(default_factory=list)

    def fault(self, name: str, words: Words) -> None:
        """Note why a field cannot be taken."""
        self.values.pop(name, None)
        self.faults.append((name, words))

    def text(self, name: str) -> str:
        """A text, "" where it is empty or its column is not there."""
        return str(self.values.get(name) or "")

    def money(self, name: str) -> Decimal | None:
        """A sum in 元."""
        found: Decimal | None = self.values.get(name)
        return found

    def day(self, name: str) -> date | None:
        """A day."""
        found: date | None = self.values.get(name)
        return found


def read_row(
    table: Table, sheet: int, number: int, cells: Mapping[int, Any], odd: Mapping[int, Words]
) -> Row:
    """Read the cells of one row by column (from 0); `odd` are cells that hold no value of their own."""
    row = Row(sheet, number)
    for name, column in table.columns.items():
        raw, heading = cells.get(column, ""), NAMES[name][0]
        row.texts[name] = text_of(raw) if name == "note" else text_of(raw)[:_LONGEST]
        if column in odd:
            row.fault(name, odd[column])
            continue
        if raw == "" or not text_of(raw):
            row.values[name] = None
            if name in REQUIRED:
                row.fault(name, (f"没有填写“{heading}”。", f"“{heading}” is empty."))
            continue
        try:
            row.values[name] = _value(name, raw, heading, table)
        except Fault as fault:
            row.fault(name, fault.words)
    return row


def _value(name: str, raw: Any, heading: str, table: Table) -> Any:
    if name in CODES:
        return code_of(raw, heading)
    if name in MONEY:
        return money_of(raw, heading, table.exponents[name])
    if name in DAYS:
        return day_of(raw, heading)
    if name == "year":
        return year_of(raw, heading)
    return text_of(raw)
