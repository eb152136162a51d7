"""The template of a workbook: its sheets, rows, columns and words, for who writes and who reads it.

Sheet `填报`: row 1 is the title, row 2 names the period above the first column of each group, row 3
names the columns, rows from 4 on are one indicator in one region each. Columns A to D are the
(hidden) key of the row `INDICATOR|REGION`, the indicator's name, the region's name and the unit;
from column E on every period has one group of the columns of `GROUP`, in that order.

The hidden sheet `qdpolicy` holds in A1 the mark, in B1 the version of the template; from row 3 on
one line for every cell of the sheet: key, canonical period, and the `Seen` token (as text, such as
`12.3.9`) of what stood in it when the template was made. So rows and columns may be moved.
"""

from __future__ import annotations

VERSION = 1
"""Of the template's shape; a file with another one is refused in words."""

MARK = "qdpolicy-template"
DATA_SHEET = "填报"
TOKEN_SHEET = "qdpolicy"  # noqa: S105 - the name of a sheet
HELP_SHEET = "说明"

TITLE_ROW, PERIOD_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
FIRST_TOKEN_ROW = 3
KEY_COLUMN, INDICATOR_COLUMN, REGION_COLUMN, UNIT_COLUMN, FIRST_GROUP_COLUMN = 1, 2, 3, 4, 5

KEY_HEADER = "键"
LEADING = (KEY_HEADER, "指标", "地区", "计量单位")

GROUP: tuple[tuple[str, str], ...] = (
    ("value", "数值"),
    ("qualifier", "限定"),
    ("status", "数据状态"),
    ("vintage", "数据批次"),
    ("source_title", "来源"),
    ("source_url", "来源链接"),
    ("source_date", "来源日期"),
    ("note", "说明"),
)
"""Field and header of the columns of one period."""

# Words of the drop-downs with the codes of Observation; the first of each is the default, which
# the template writes out for cells that hold a value and leaves empty for cells without one.
QUALIFIERS = {
    "确数": "exact",
    "下限（突破、超过）": "above",
    "上限（不足）": "below",
    "约数": "about",
}
STATUSES = {
    "正常": "A",
    "初步数": "P",
    "预计数": "E",
    "口径变动": "B",
    "未统计": "L",
    "不适用": "M",
    "保密": "Q",
}
MISSING = ("未统计", "不适用", "保密")
VINTAGES = {"预计": "forecast", "快报": "flash", "年报": "annual", "核实": "verified"}


def row_key(indicator: str, region: str) -> str:
    """The stable key of a row, of the codes of indicator and region."""
    return f"{indicator}|{region}"


def group_column(number: int, field: str) -> int:
    """The column (from 1) of a field in the group of the period `number` (from 0)."""
    names = [name for name, _header in GROUP]
    return FIRST_GROUP_COLUMN + number * len(GROUP) + names.index(field)


def letters(column: int) -> str:
    """The name of a spreadsheet's column, from 1: A, Z, AA."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def a1(row: int, column: int) -> str:
    """The name of a cell in a spreadsheet, such as B12; row and column from 1."""
    return f"{letters(column)}{row}"
