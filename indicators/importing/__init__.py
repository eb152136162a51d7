"""Files that people upload: opened safely, read whole or refused in words.

`read_cells` and `open_rows` are the ways in (see `reading`). Nothing is imported until it is asked
for, because the child process that opens the file imports this package too and needs to be quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicators.importing.reading import Cell, Cells, Unreadable, open_rows, read_cells

__all__ = ["Cell", "Cells", "Unreadable", "open_rows", "read_cells"]


def __getattr__(name: str) -> object:
    """The names of `reading`, imported on first use."""
    if name in __all__:
        from indicators.importing import reading

        return getattr(reading, name)
    raise AttributeError(name)
