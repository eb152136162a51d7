"""The headings of a table of awards: which columns there are, in which unit sums stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from indicators.importing.matching import UNIT_IN_NAME, as_text, folded
from indicators.importing.refusals import Unreadable
from indicators.importing.tables import LOOKED_AT
from indicators.quantities import split_unit

LISTS_SHEET = "qdpolicy-lists"
"""The hidden sheet of our template that holds what its drop-downs offer; nothing is read of it."""

# The first of each is what the template writes.
NAMES: dict[str, tuple[str, ...]] = {
    "number": ("立项编号", "立项文号", "资助编号", "项目立项编号", "award number", "award no"),
    "project": ("项目名称", "项目", "课题名称", "项目（课题）名称", "project", "project name"),
    "project_code": ("项目编号", "项目代码", "课题编号", "project code", "project number"),
    "recipient": ("承担单位", "受助单位", "受助单位名称", "承担单位名称", "单位名称", "企业名称",
                  "牵头单位", "申报单位", "获奖补单位", "recipient", "recipient name"),
    "credit_code": ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码",
                    "credit code", "unified social credit code", "uscc"),
    "kind": ("单位类别", "单位性质", "主体类别", "受助类别", "kind of body", "recipient kind"),
    "program": ("计划", "计划名称", "计划类别", "所属计划", "program", "programme"),
    "item": ("支持事项", "事项", "支持类别", "资助类别", "支持方式", "support item", "item"),
    "year": ("年度", "立项年度", "年份", "计划年度", "year"),
    "decided_on": ("立项日期", "批复日期", "立项时间", "批准日期", "decided on", "decision date"),
    "amount": ("立项金额", "资助金额", "立项资金", "批准金额", "支持金额", "奖补金额", "资助经费",
               "amount", "approved amount"),
    "investment": ("申报投入", "项目总投入", "总投入", "项目投入", "总投资", "研发投入",
                   "investment", "declared investment"),
    "industry": ("产业", "所属产业", "产业领域", "产业链", "领域", "industry"),
    "region": ("区市", "所在区市", "实施区市", "所属区市", "地区", "district", "region"),
    "status": ("状态", "立项状态", "项目状态", "status"),
    "paid_on": ("拨付日期", "拨付时间", "paid on", "payment date"),
    "paid_amount": ("拨付金额", "拨付资金", "已拨付金额", "本次拨付", "paid amount", "payment"),
    "note": ("备注", "说明", "note", "remark", "remarks"),
}  # fmt: skip
MONEY = ("amount", "investment", "paid_amount")
REQUIRED = ("number", "project", "recipient", "program", "item", "decided_on", "amount")
TELLING = frozenset(
    {"number", "recipient", "credit_code", "program", "item", "decided_on", "amount", "investment"}
)
"""Headings that a table of actuals does not have; three of them make a table of awards."""
ENOUGH = 3

_FIELDS = {folded(word): name for name, words in NAMES.items() for word in words}
_UNIT_ABOVE = re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*([^\s，,；;）)]*元)")
_UNIT_BEHIND = re.compile(r"^(.+?)[\s:：_/-]*((?:[十百千]?[万亿]|千|百)?元)$")


@dataclass
class Table:
    """How one sheet is to be read: the row of the header and the first below it, from 1.

    `columns` are those (from 0) of each field, `exponents` the power of ten of the unit of each
    column of money, `unknown` the header cells that name nothing: column from 0, text.
    """

    header: int
    first: int
    columns: dict[str, int]
    exponents: dict[str, int]
    unknown: list[tuple[int, str]] = field(default_factory=list)


def headings(row: Sequence[Any]) -> dict[str, int]:
    """The fields that the cells of a row name, the first of each."""
    found: dict[str, int] = {}
    for column, raw in enumerate(row):
        name = _named(raw)[0]
        if name:
            found.setdefault(name, column)
    return found


def is_header(row: Sequence[Any]) -> bool:
    """Whether a row names enough of what only awards have."""
    return len(TELLING & headings(row).keys()) >= ENOUGH


def recognises(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether one of the first rows is the header of a table of awards."""
    return any(is_header(row) for row in rows[:LOOKED_AT])


def table_of(rows: Sequence[Sequence[Any]], first_row: int, sheet: str) -> Table | None:
    """The table of a sheet whose first rows these are, or None where there is none.

    Raises `Unreadable` where a column that is wanted, or the unit of a sum, is missing.
    """
    for at, row in enumerate(rows[:LOOKED_AT]):
        if not is_header(row):
            continue
        columns = headings(row)
        _require(columns, sheet)
        return Table(
            header=first_row + at,
            first=first_row + at + 1,
            columns=columns,
            exponents=_exponents(row, columns, _unit_above(rows[:at]), sheet),
            unknown=[
                (column, as_text(raw))
                for column, raw in enumerate(row)
                if raw != "" and column not in columns.values()
            ],
        )
    return None


def _named(raw: Any) -> tuple[str, str]:
    """The field that a header cell names, "" for none, and the unit that it names beside it."""
    if not isinstance(raw, str) or not raw.strip():
        return "", ""
    text = re.sub(r"[*＊:：\s]+$", "", raw.strip().lstrip("*＊"))
    if name := _FIELDS.get(folded(text)):
        return name, ""
    for pattern in (UNIT_IN_NAME, _UNIT_BEHIND):
        split = pattern.match(text)
        if split and (name := _FIELDS.get(folded(split[1]))):
            return name, split[2].strip()
    return "", ""


def _require(columns: dict[str, int], sheet: str) -> None:
    missing = [NAMES[name][0] for name in REQUIRED if name not in columns]
    if not {"credit_code", "kind"} & columns.keys():
        missing.append(NAMES["credit_code"][0])
    if not missing:
        return
    english = ", ".join(f"“{word}”" for word in missing)
    raise Unreadable(
        f"工作表“{sheet}”是立项资助的表，但缺少这些列：{'、'.join(missing)}。请补上后再上传。",
        f"Sheet “{sheet}” is a table of awards but lacks these columns: {english}.",
    )


def _unit_above(above: Sequence[Sequence[Any]]) -> str:
    """The unit that a row above the header states for the whole table: 单位：万元."""
    texts = " ".join(raw for row in above for raw in row if isinstance(raw, str))
    found = _UNIT_ABOVE.search(texts)
    return found[1] if found else ""


def _exponents(
    row: Sequence[Any], columns: dict[str, int], above: str, sheet: str
) -> dict[str, int]:
    """The power of ten of each column of money; raises `Unreadable` where nothing says it."""
    found = {}
    for name in MONEY:
        if name not in columns:
            continue
        heading = as_text(row[columns[name]])
        unit = _named(row[columns[name]])[1] or above
        exponent, base = split_unit(unit.removeprefix("人民币"))
        if base != "元":
            raise _no_unit(sheet, heading, unit)
        found[name] = exponent
    return found


def _no_unit(sheet: str, heading: str, unit: str) -> Unreadable:
    if unit:
        return Unreadable(
            f"工作表“{sheet}”的“{heading}”一列，单位“{unit}”不是元或万元。请改正表头后再上传。",
            f"Sheet “{sheet}”: the unit “{unit}” of column “{heading}” is neither yuan nor ten"
            " thousand yuan. Correct the heading.",
        )
    return Unreadable(
        f"工作表“{sheet}”的“{heading}”一列没有写明单位。请把表头写成“{heading}（万元）”或"
        f"“{heading}（元）”后再上传。",
        f"Sheet “{sheet}”: column “{heading}” states no unit. Write it behind the heading in"
        " brackets: yuan or ten thousand yuan.",
    )
