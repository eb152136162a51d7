"""A block from a spreadsheet or a web table, laid onto the rows and columns of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from indicators.models import Region, in_language
from indicators.pasting import ColumnHead, RowHead, read_block
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.entry.grid.rows import Reach, Row
from qdpolicy.jsonbody import BadBody, text_in

MOST_CELLS = 20_000
_LONGEST = 2000


@dataclass
class Pasted:
    """The cells that a block fills, as a script would send them; the notes say what was left out.

    `origin` tells by key where in the block a cell stood, `refused` the cells of other people.
    """

    cells: Any
    notes: list[str] = field(default_factory=list)
    origin: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)


def read_pasted(body: dict[str, Any], reach: Reach, regions: dict[str, Region]) -> Pasted:
    """Lay the block of a body onto its rows and columns; BadBody where there is no such block."""
    rows = [_row(key, reach, regions) for key in _texts(body, "rows")]
    columns = [_period(text) for text in _texts(body, "columns")]
    pasted = read_block(
        _block(body),
        rows=_row_heads(rows),
        columns=[_column_head(period) for period in columns],
        anchor=_anchor(body, len(rows), len(columns)),
    )
    row_of = {row.key: row for row in rows}
    found = Pasted([], [in_language(note.zh, note.en) for note in pasted.notes])
    for cell in pasted.cells:
        key = f"{cell.key}|{cell.period}"
        row = row_of[cell.key]
        found.origin[key] = {"source_row": cell.source_row, "source_column": cell.source_column}
        if reach.holds((row.indicator.pk, row.region.pk, cell.period)):
            found.cells.append({"key": key, "text": cell.text})
        else:
            sentence = _("这一格不由您的部门填报。")
            found.refused.append({"key": key, "text": cell.text, "ok": False, "error": sentence})
    return found


def _row(key: str, reach: Reach, regions: dict[str, Region]) -> Row:
    code, _bar, region = key.partition("|")
    if code not in reach.indicators or region not in regions:
        raise Http404(_("没有这个指标，或它不由您的部门负责。"))
    return Row(reach.indicators[code], regions[region], key)


def _period(text: str) -> ReferencePeriod:
    try:
        return ReferencePeriod.parse(text)
    except PeriodError as error:
        raise BadBody(in_language(error.zh, error.en)) from error


def _row_heads(rows: Sequence[Row]) -> list[RowHead]:
    """How a block may name the rows: by region where they are all of one indicator."""
    by_region = len({row.indicator.pk for row in rows}) == 1 and len(rows) > 1
    return [
        RowHead(
            row.key,
            (row.region.code, row.region.name, row.region.name_en)
            if by_region
            else (
                row.indicator.code,
                row.indicator.name,
                row.indicator.name_en,
                *row.indicator.aliases,
            ),
            row.indicator.unit.symbol,
        )
        for row in rows
    ]


def _column_head(period: ReferencePeriod) -> ColumnHead:
    return ColumnHead(str(period), (period.label_zh, period.label_en))


def _texts(body: dict[str, Any], name: str) -> list[str]:
    """A list of texts in a body; BadBody for anything else."""
    found = body.get(name)
    if not isinstance(found, list) or not found or len(found) > MOST_CELLS:
        raise BadBody(_("请求中没有表的行或列。"))
    return [text_in({name: text}, name, 100) for text in found]


def _block(body: dict[str, Any]) -> list[list[str]]:
    block = body["block"]
    if not isinstance(block, list) or not all(isinstance(line, list) for line in block):
        raise BadBody(_("粘贴的内容须为一张表。"))
    # Counted as a rectangle: short lines are filled up.
    if len(block) * max(map(len, block), default=0) > MOST_CELLS:
        raise BadBody(_("一次最多粘贴 %(most)s 格。") % {"most": MOST_CELLS})
    return [
        [text_in({"block": text}, "block", _LONGEST, free=True) for text in line] for line in block
    ]


def _anchor(body: dict[str, Any], rows: int, columns: int) -> tuple[int, int]:
    anchor = body.get("anchor")
    if not isinstance(anchor, dict):
        raise BadBody(_("请求中没有粘贴的位置。"))
    row, column = anchor.get("row"), anchor.get("column")
    if type(row) is not int or type(column) is not int:
        raise BadBody(_("请求中没有粘贴的位置。"))
    if not (0 <= row < rows and 0 <= column < columns):
        raise BadBody(_("粘贴的位置不在表内。"))
    return row, column
