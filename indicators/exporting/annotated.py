"""A person's own file back with notes on the cells that need work.

A workbook is annotated in a process with limits (`notes`); a CSV, and a workbook too large for
that, comes back as a new workbook with the same cells, of a very large one the rows in question.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import PatternFill
from openpyxl.workbook.child import INVALID_TITLE_REGEX

from accounts.language import in_language
from indicators.exporting.template import note
from indicators.models import StagedCell
from indicators.uploadkinds import Note

AUTHOR = "qdpolicy-check"
"""Of our notes; those of the template, with the definitions, have another."""
PATIENCE = 20.0
"""Seconds; the process has its own, shorter limit of CPU time."""

_CHILD = Path(__file__).with_name("notes.py")
_RED, _AMBER, _VIOLET = "FBC9C4", "FDE3B0", "DCD3F0"


class TooHard(Exception):  # noqa: N818 - an answer, not a fault
    """The workbook cannot be annotated within the limits."""


def notes_of(cells: Iterable[StagedCell]) -> list[Note]:
    """The notes for cells in error, in conflict or with a warning; one a cell, in file order."""
    found: dict[tuple[int, int, int], Note] = {}
    for cell in cells:
        texts = [in_language(w["zh"], w.get("en", "")) for w in cell.warnings]
        stopped = cell.outcome in (StagedCell.Outcome.ERROR, StagedCell.Outcome.CONFLICT)
        if stopped:
            texts.insert(0, in_language(cell.sentence, cell.sentence_en))
        if texts:
            place = (cell.sheet, cell.row, cell.column)
            text = "\n".join([f"【{_heading(cell)}】", *filter(None, texts)])
            if place in found:
                text = f"{found[place].text}\n{text}"
            found[place] = Note(*place, text, _colour(cell))
    return list(found.values())


def _heading(cell: StagedCell) -> str:
    if cell.outcome in (StagedCell.Outcome.ERROR, StagedCell.Outcome.CONFLICT):
        return cell.get_outcome_display()
    return in_language("提示", "Warning")


def _colour(cell: StagedCell) -> str:
    colours = {StagedCell.Outcome.ERROR.value: _RED, StagedCell.Outcome.CONFLICT.value: _VIOLET}
    return colours.get(cell.outcome, _AMBER)


def annotated(content: bytes, notes: Sequence[Note]) -> bytes:
    """The same workbook with the notes; raises TooHard where the limits do not suffice."""
    head = {
        "author": AUTHOR,
        "notes": [[n.sheet, n.row, n.column, _clean(n.text), n.colour] for n in notes],
    }
    try:
        answer = subprocess.run(  # noqa: S603 - our own file, no shell
            [sys.executable, "-I", str(_CHILD)],
            input=json.dumps(head).encode() + b"\n" + content,
            capture_output=True,
            timeout=PATIENCE,
            env={"LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooHard from error
    if answer.returncode or not answer.stdout:
        raise TooHard
    return answer.stdout


def rebuilt(
    rows: Iterable[tuple[int, int, Sequence[Any]]],
    notes: Sequence[Note],
    names: Mapping[int, str],
) -> bytes:
    """A new workbook of these rows (sheet, row number, values) with the notes.

    Rows come in order and may leave out empty ones; `names` are those of the sheets, by number.
    """
    book = Workbook(write_only=True)
    fills = {
        colour: PatternFill("solid", start_color=colour, end_color=colour)
        for colour in {n.colour for n in notes}
    }
    said: dict[tuple[int, int], list[Note]] = {}
    for n in notes:
        said.setdefault((n.sheet, n.row), []).append(n)
    sheets: dict[int, Any] = {}
    last: dict[int, int] = {}
    for number, row, values in rows:
        if number not in sheets:
            sheets[number] = book.create_sheet(_titled(names.get(number, "")) or f"表{number}")
        for _empty in range(last.get(number, 0) + 1, row):
            sheets[number].append([])
        last[number] = row
        cells = [_written(sheets[number], value) for value in values]
        for n in said.get((number, row), ()):
            cells += [_written(sheets[number], None) for _missing in range(n.column - len(cells))]
            cells[n.column - 1].comment = note(n.text)
            cells[n.column - 1].fill = fills[n.colour]
        sheets[number].append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(sheet: Any, value: Any) -> Any:
    """A cell; a text stays a text whatever it begins with."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, _clean(value) or None)
        if value:
            cell.data_type = "s"
        return cell
    return WriteOnlyCell(sheet, value)


def _titled(name: str) -> str:
    """A sheet's name as a workbook may have it; that of a made-up file may be anything."""
    return str(INVALID_TITLE_REGEX.sub("_", _clean(name)))[:31]


def _clean(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))
