"""Reading a block of cells that somebody copied from a spreadsheet or a web table."""

from __future__ import annotations

from indicators.pasting.blocks import Note
from indicators.pasting.headings import ColumnHead, RowHead
from indicators.pasting.placing import MOST_CELLS, Pasted, PastedCell, read_block

__all__ = [
    "MOST_CELLS",
    "ColumnHead",
    "Note",
    "Pasted",
    "PastedCell",
    "RowHead",
    "read_block",
]
