"""Reading a block of cells that somebody copied from a spreadsheet or a web table."""

from __future__ import annotations
