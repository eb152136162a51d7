"""The sheet of the template that says how to fill it: Chinese, and English below."""

from __future__ import annotations

from datetime import datetime

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from indicators import layout
from indicators.exporting import looks
from indicators.exporting.planning import Plan

_ZH = (
    "白色格子可以填写，灰色格子不能填写；每一格的上方是报告期，左边是指标、地区和计量单位。",
    "只写数字时按本行的计量单位读。也可以写“1.2万”“3亿元”“11%”，可以有千分位逗号和全角数字。",
    "“八千左右”这样的约数不能作为数值；来源写“突破”“约”时，填数字并在“限定”里选择。",
    "没有数值时，数值留空，在“数据状态”里选未统计、不适用或保密，并在“说明”里写明原因。",
    "清空一格不会删除已有的数值；要撤回草稿，请到网站上操作。",
    "已填好的数值是下载时系统里的数值。下载以后别人改过的，上传时会并排列出，由您选择。",
    "上传以后先看逐格比对，确认后才保存；保存后是草稿，还要提交、由另一位同志核定。",
    "请不要删除隐藏的列和工作表：系统靠它们认出每一格。可以另存为 .xlsx，不要存成 .xls。",
)
_EN = (
    "White cells take input, grey ones do not. The period stands above, the indicator, region "
    "and unit at the left.",
    "A bare number is in the unit of its row. 1.2万, 3亿元, 11%, thousands separators and "
    "full-width digits are understood.",
    "A vague number (八千左右) is refused. Where the source says “over” or “about”, type the "
    "number and choose the qualifier (限定).",
    "Where there is no value, leave it empty, choose 未统计 (not collected), 不适用 (not "
    "applicable) or 保密 (confidential) in 数据状态, and say why in 说明.",
    "Emptying a cell deletes nothing; withdraw a draft on the site.",
    "Known values are those of the moment of the download. What others changed since is shown "
    "beside yours on upload, and you choose.",
    "After the upload you see a cell-by-cell difference and confirm it. Saved values are drafts: "
    "they are then submitted, and approved by somebody else.",
    "Please keep the hidden column and sheet: they say which cell is which. Save as .xlsx.",
)


def write(sheet: Worksheet, plan: Plan, now: datetime) -> None:
    """Fill the sheet: what the file is, and how to work with it."""
    facts = (
        f"模板版本 {layout.VERSION} · {now:%Y-%m-%d %H:%M} · {len(plan.rows)} 行 × "
        f"{len(plan.periods)} 个报告期"
    )
    lines = [
        ("填报说明", True), (facts, False), *((f"{n}. {t}", False) for n, t in enumerate(_ZH, 1)),
        ("", False),
        ("How to fill it in", True), *((f"{n}. {t}", False) for n, t in enumerate(_EN, 1)),
    ]  # fmt: skip
    for row, (text, heading) in enumerate(lines, 1):
        cell = sheet.cell(row, 1)
        cell.value = text
        cell.font = looks.TITLE if heading else Font(name=looks.FACE, size=11)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 100
    looks.protect(sheet)
    looks.paper(sheet)
    sheet.page_setup.orientation = "portrait"
