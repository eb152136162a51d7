"""Draws the template: a protected workbook of a person's cells, with what is known filled in.

Where everything stands is told by `indicators.layout`; only the cells of input are unlocked.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from indicators import layout
from indicators.actions import Seen, Standing
from indicators.exporting import helpsheet, looks
from indicators.exporting.planning import Plan
from indicators.models import Indicator, Observation, Region
from indicators.quantities import plain

DIGITS = 15
"""A spreadsheet keeps no more of a number; a longer one is written as text."""

_LISTS = {
    "qualifier": tuple(layout.QUALIFIERS),
    "status": tuple(layout.STATUSES),
    "vintage": tuple(layout.VINTAGES),
}
_WORDS = {
    name: {code: word for word, code in words.items()}
    for name, words in (
        ("qualifier", layout.QUALIFIERS),
        ("status", layout.STATUSES),
        ("vintage", layout.VINTAGES),
    )
}
_WIDTHS = {
    "value": 15, "qualifier": 11, "status": 10, "vintage": 9, "source_title": 22,
    "source_url": 18, "source_date": 12, "note": 20,
}  # fmt: skip
_HINTS = {
    "value": "只写数字时按本行的计量单位读；也可写 1.2万、3亿元。没有数值时留空，并在“数据状态”里选原因。",
    "qualifier": "来源写“突破”“超过”选下限，写“不足”选上限，写“约”选约数；不选按确数。",
    "status": "未统计、不适用、保密表示没有数值，这时数值留空，并在“说明”里写明原因。",
    "vintage": "预计 → 快报 → 年报 → 核实；不选按年报。",
    "source_title": "公报、年鉴或文件的名称。",
    "source_url": "以 http:// 或 https:// 开头。",
    "source_date": "如 2026-03 或 2026-03-15。",
    "note": "没有数值的原因、对提示的说明，以及其他要让审核员知道的事。",
}


def template(plan: Plan, *, title: str, now: datetime) -> bytes:
    """The workbook of a plan, as the bytes of an .xlsx file."""
    book = Workbook()
    looks.wardrobe(book)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = layout.DATA_SHEET
    _head(sheet, plan, title, now)
    groups = {str(period): number for number, period in enumerate(plan.periods)}
    for row, (indicator, region) in enumerate(plan.rows, layout.FIRST_ROW):
        _leading(sheet, row, indicator, region)
        for period, number in groups.items():
            _cell(sheet, row, number, plan, (indicator.pk, region.pk, period))
    _lists(sheet, len(plan.rows), len(plan.periods))
    _page(sheet, len(plan.rows), len(plan.periods))
    helpsheet.write(book.create_sheet(layout.HELP_SHEET), plan, now)
    _tokens(book.create_sheet(layout.TOKEN_SHEET), plan)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(cell: Cell, value: str | Decimal | int | None) -> None:
    """A number as a number, a text as a text whatever it begins with (TRUST.md, 12)."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = value


def as_number(cell: Cell, value: Decimal) -> None:
    """A value with thousands separators and just its decimals; a very long one as text."""
    digits = plain(value)
    if len(digits.replace(".", "").replace("-", "").strip("0")) > DIGITS:
        put(cell, digits)
        return
    put(cell, Decimal(digits))
    decimals = len(digits.partition(".")[2])
    cell.number_format = "#,##0" + ("." + "0" * decimals if decimals else "")


def note(text: str) -> Comment:
    """A note on a cell, as large as its text."""
    made = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), "qdpolicy")
    made.width, made.height = 320, 40 + 20 * (1 + len(text) // 22 + text.count("\n"))
    return made


def _head(sheet: Worksheet, plan: Plan, title: str, now: datetime) -> None:
    """Title, periods and column names."""
    put(sheet.cell(layout.TITLE_ROW, layout.INDICATOR_COLUMN), f"{title}（{now:%Y-%m-%d %H:%M}）")
    sheet.cell(layout.TITLE_ROW, layout.INDICATOR_COLUMN).font = looks.TITLE
    for column, words in enumerate(layout.LEADING, 1):
        cell = sheet.cell(layout.HEADER_ROW, column)
        put(cell, words)
        cell.style = looks.HEADER
    for number, period in enumerate(plan.periods):
        first = layout.group_column(number, layout.GROUP[0][0])
        put(sheet.cell(layout.PERIOD_ROW, first), period.label_zh)
        for offset, (field, words) in enumerate(layout.GROUP):
            sheet.cell(layout.PERIOD_ROW, first + offset).style = looks.PERIOD
            cell = sheet.cell(layout.HEADER_ROW, first + offset)
            put(cell, words)
            cell.style = looks.HEADER
            if number == 0:
                cell.comment = note(_HINTS[field])


def _leading(sheet: Worksheet, row: int, indicator: Indicator, region: Region) -> None:
    """Key, names and unit of a row; the definition is a note on the name."""
    texts = (
        layout.row_key(indicator.code, region.code),
        indicator.name,
        region.name,
        indicator.unit.symbol,
    )
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column)
        put(cell, text)
        cell.style = looks.LEADING
    source = f"\n数据来源：{indicator.source}" if indicator.source else ""
    named = sheet.cell(row, layout.INDICATOR_COLUMN)
    named.comment = note(f"{indicator.code}\n口径：{indicator.definition}{source}")


def _cell(sheet: Worksheet, row: int, number: int, plan: Plan, place: tuple[int, int, str]) -> None:
    """The group of one cell: open for input, shown but locked, or not of this template."""
    lock = plan.locks.get(place)
    shape = looks.CLOSED if place not in plan.cells or lock else looks.INPUT
    first = layout.group_column(number, layout.GROUP[0][0])
    cells = {
        field: sheet.cell(row, first + offset) for offset, (field, _h) in enumerate(layout.GROUP)
    }
    for cell in cells.values():
        cell.style = shape
    if lock is not None:
        cells["value"].comment = note(f"{lock.zh}{lock.who_zh}")
    known = plan.standing.get(place, Standing()).latest
    if known is not None and place in plan.cells:
        _known(cells, known)


def _known(cells: dict[str, Cell], row: Observation) -> None:
    """What stands in a cell already."""
    if row.value is not None:
        as_number(cells["value"], row.value)
    for field, code in (
        ("qualifier", row.qualifier),
        ("status", row.obs_status),
        ("vintage", row.vintage),
    ):
        put(cells[field], _WORDS[field][code])
    for field in ("source_title", "source_url", "source_date", "note"):
        if text := getattr(row, field):
            put(cells[field], text)


def _lists(sheet: Worksheet, rows: int, periods: int) -> None:
    """The drop-downs of every group; one list a kind, over all its columns."""
    last = layout.FIRST_ROW + rows - 1
    for field, words in _LISTS.items():
        check = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        check.showErrorMessage = True
        check.errorTitle, check.error = "请从列表中选择", "请选择列表中的一项，或留空。"
        for number in range(periods):
            letter = get_column_letter(layout.group_column(number, field))
            check.add(f"{letter}{layout.FIRST_ROW}:{letter}{last}")
        sheet.add_data_validation(check)


def _page(sheet: Worksheet, rows: int, periods: int) -> None:
    """Widths, frozen panes, protection, and A4: a page across for each period."""
    sheet.freeze_panes = sheet.cell(layout.FIRST_ROW, layout.FIRST_GROUP_COLUMN)
    sheet.column_dimensions["A"].hidden = True
    for letter, width in (("B", 30), ("C", 12), ("D", 10)):
        sheet.column_dimensions[letter].width = width
    size = len(layout.GROUP)
    for number in range(periods):
        for field, _header in layout.GROUP:
            letter = get_column_letter(layout.group_column(number, field))
            sheet.column_dimensions[letter].width = _WIDTHS[field]
        if number + 1 < periods:
            last = layout.FIRST_GROUP_COLUMN + (number + 1) * size - 1
            sheet.col_breaks.append(Break(id=last))
    looks.protect(sheet)
    looks.paper(sheet)
    sheet.print_title_rows = f"{layout.TITLE_ROW}:{layout.HEADER_ROW}"
    sheet.print_title_cols = "B:D"
    end = get_column_letter(layout.FIRST_GROUP_COLUMN + periods * size - 1)
    sheet.print_area = f"B1:{end}{layout.FIRST_ROW + rows - 1}"


def _tokens(sheet: Worksheet, plan: Plan) -> None:
    """The mark, the version, and what stood in every cell when the template was made."""
    sheet.sheet_state = "hidden"
    put(sheet.cell(1, 1), layout.MARK)
    put(sheet.cell(1, 2), layout.VERSION)
    for row, texts in enumerate(_seen(plan), layout.FIRST_TOKEN_ROW):
        for column, text in enumerate(texts, 1):
            put(sheet.cell(row, column), text)
    looks.protect(sheet)


def _seen(plan: Plan) -> Iterable[tuple[str, str, str]]:
    """Key, period and token of every cell."""
    nothing = str(Seen())
    for indicator, region in plan.rows:
        key = layout.row_key(indicator.code, region.code)
        for period in map(str, plan.periods):
            place = (indicator.pk, region.pk, period)
            if place in plan.cells:
                standing = plan.standing.get(place)
                yield key, period, str(standing.seen) if standing else nothing
