"""What the difference says about a cell, in both languages, with the numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from indicators.actions.moving import MISSING
from indicators.importing.amounts import Amount
from indicators.importing.matching import About, Unknown
from indicators.importing.present import Row, Standing
from indicators.importing.statements import Attributes
from indicators.layout import a1
from indicators.quantities import plain

Words = tuple[str, str]

NOT_YOURS: Words = (
    "这个单元格不在您的填报范围内。", "This cell is not among those that you may enter.",
)  # fmt: skip
UNCACHED: Words = (
    "公式没有保存计算结果，请在表格软件中打开并保存，或改填数值。",
    "The formula has no stored result; open and save the file, or type the number.",
)
COMPUTED: Words = ("（取公式的计算结果。）", "(The result of a formula.)")
CARRIED: Words = (
    "（名称或报告期取自上面的单元格。）",
    "(Its name or period is taken from the cell above.)",
)
NO_VALUE: Words = (
    "没有填写数值；没有数据时请在“数据状态”选择未统计、不适用或保密。",
    "There is no value; where there is none, choose why in the column of the status.",
)
SUBMITTED: Words = (
    "这个数值已经提交，正在等待核定，现在不能修改。",
    "This value has been submitted and waits for review; it cannot be changed now.",
)
UNCHANGED: Words = ("与现有数值相同。", "The same as what stands there.")
_NAMES = {
    "indicator": ("没有写明是哪个指标。", "No indicator is named."),
    "region": ("没有写明是哪个地区，请加一列“地区”。", "No region is named; add a column for it."),
    "period": ("没有写明报告期。", "No period is named."),
}


def unknown(*named: Any) -> Words | None:
    """Which of indicator, region and period is missing or not understood."""
    words = [
        (found.zh, found.en) if isinstance(found, Unknown) else _NAMES[name]
        for name, found in zip(_NAMES, named, strict=True)
        if found is None or isinstance(found, Unknown)
    ]
    return ("".join(zh for zh, _en in words), " ".join(en for _zh, en in words)) if words else None


def remarks(*found: Words | None) -> Words | None:
    """Remarks that stop nothing, as one."""
    words = [remark for remark in found if remark is not None]
    if not words:
        return None
    return "".join(zh for zh, _en in words), " ".join(en for _zh, en in words)


def no_cell(*, mine: bool, raw: Any, uncached: bool, error: bool) -> Words | None:
    """Why a cell is not even read."""
    if not mine:
        return NOT_YOURS
    if uncached:
        return UNCACHED
    if error:
        return (
            f"单元格是公式错误“{raw}”，不是数值。",
            f"The cell shows the error “{raw}”, no number.",
        )
    return None


def contradiction(amount: Amount, attributes: Attributes, blank: bool) -> Words | None:
    """A number beside a status that says there is none, or two reasons why there is none."""
    if blank or not attributes.missing:
        return None
    if amount.status and amount.status == attributes.status:
        return None
    return (
        "数据状态选择了没有数值，请清空数值，或改选其他状态。",
        "The status says that there is no value; empty the cell or choose another status.",
    )


def said(value: Decimal | None, status: str) -> Words:
    """A value, or why there is none."""
    return MISSING.get(status, ("—", "—")) if value is None else (plain(value),) * 2


def new(value: Decimal | None, status: str, about: About) -> Words:
    """A cell in which nothing stood."""
    zh, en = said(value, status)
    if value is None:
        return f"新增{zh}。", f"New: {en}."
    return f"新增{zh}{about.symbol}。", f"New: {en} {about.symbol_en}."


def changed(
    latest: Row, value: Decimal | None, status: str, about: About, standing: Standing | None
) -> Words:
    """A cell whose content the file changes; says where it corrects what is approved."""
    old, now = said(latest.value, latest.status), said(value, status)
    approved = standing is not None and standing.open is None
    where = ("更正已核定的数值：", "Corrects an approved value: ") if approved else ("", "")
    if old == now:
        return (
            f"{where[0]}数值{now[0]}不变，限定、状态、批次、来源或说明有改动。",
            f"{where[1]}{now[1]} stays; its qualifier, status, vintage, source or note changes.",
        )
    unit = (about.symbol, f" {about.symbol_en}") if value is not None else ("", "")
    return (
        f"{where[0]}由{old[0]}改为{now[0]}{unit[0]}。",
        f"{where[1]}from {old[1]} to {now[1]}{unit[1]}.",
    )


def conflict(latest: Row | None, about: About) -> Words:
    """A cell that somebody else changed since the person looked."""
    if latest is None:
        return (
            "您看到的数值已被撤回，请选择是否仍要保存。",
            "The value that you saw was withdrawn; choose whether to keep yours.",
        )
    zh, en = said(latest.value, latest.status)
    unit = (about.symbol, f" {about.symbol_en}") if latest.value is not None else ("", "")
    return (
        f"{latest.who}于{latest.when}录入了{zh}{unit[0]}，请选择保留哪一个。",
        f"{latest.who} entered {en}{unit[1]} at {latest.when}; choose which one to keep.",
    )


def emptied(latest: Row) -> Words:
    """A cell of the template that was emptied."""
    zh, en = said(latest.value, latest.status)
    return (
        f"单元格为空，现有的{zh}不受影响；要撤回请在数值的页面上操作。",
        f"The cell is empty; {en} stays as it is. Withdraw it on its own page.",
    )


def place(sheet: str, row: int, column: int) -> str:
    """How a person finds a cell: 填报 D17."""
    return f"{sheet} {a1(row, column)}".strip()


def repeated(where: str) -> Words:
    """The second of two equal statements of one cell."""
    return f"与{where}相同，只保存一次。", f"The same as {where}; it is kept once."


def twice(where: str) -> Words:
    """One of two different statements of one cell."""
    return (
        f"与{where}是同一指标、地区和报告期，但数值不同，请只保留一处。",
        f"{where} states another value for the same cell; leave only one of them.",
    )
