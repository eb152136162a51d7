"""Writes notes into a workbook: a process of its own with limits, without Django.

Run by path (`annotated.annotate` does), so that nothing of the package is imported. Standard
input: one line of JSON, `{"notes": [[sheet, row, column, text, colour], …], "author": …}`, then the
bytes of the workbook. Standard output: the workbook with the notes. Ends with 1 where it fails.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 10
RULE = "\n————————\n"
"""Between a person's own note and ours below it."""
NOTE_WIDTH = 320
"""Pixels: a sentence of forty characters takes two lines."""


def limit() -> None:
    """Take from this process what a hostile file would use."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def noted(content: bytes, notes: list[list[Any]], author: str) -> bytes:
    """The workbook with a note and a colour on each cell named by sheet number, row and column.

    A note that stood there stays above ours, and ours of an earlier time go, with their colours;
    whatever openpyxl knows of the file is kept.
    """
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(io.BytesIO(content))
    fills = {
        colour: PatternFill("solid", start_color=colour, end_color=colour)
        for colour in {note[4] for note in notes}
    }
    for sheet in book.worksheets:
        _without_ours(sheet, author)
    for sheet_number, row, column, text, colour in notes:
        cell = _reached(book[book.sheetnames[sheet_number - 1]], row, column)
        before = f"{cell.comment.text}{RULE}" if cell.comment and cell.comment.text else ""
        note = Comment(f"{before}{text}", author)
        note.width = NOTE_WIDTH
        note.height = 40 + 20 * (1 + len(note.text) // 22 + note.text.count("\n"))
        cell.comment = note
        cell.fill = fills[colour]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _without_ours(sheet: Any, author: str) -> None:
    """Take away what an earlier round noted."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    # Not iter_rows: that would make a cell of every empty place up to the last one.
    for cell in list(sheet._cells.values()):
        if cell.comment is not None and cell.comment.author == author:
            own, rule, _ours = cell.comment.text.partition(RULE)
            cell.comment = Comment(own, "") if rule else None
            cell.fill = PatternFill()


def _reached(sheet: Any, row: int, column: int) -> Any:
    """The cell, or the first of the merged ones of which it is a part."""
    cell = sheet.cell(row, column)
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return cell


def main() -> None:
    """Read what to do, do it within the limits, answer."""
    limit()
    head = json.loads(sys.stdin.buffer.readline())
    answer = noted(sys.stdin.buffer.read(), head["notes"], head["author"])
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
