"""The empty table of awards to take along: headings, hints, drop-downs, and nothing filled in."""

from __future__ import annotations

import io
from datetime import date

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from indicators.exporting import looks
from indicators.exporting.template import note, put
from indicators.models import Region
from programs.importing.headings import LISTS_SHEET, MONEY, NAMES
from programs.models import Award, Program, ProgramEdition, Recipient, SupportItem

SHEET = "立项登记"
HEADER_ROW = 2
FILLED_ROWS = 1000
"""Rows that have drop-downs and formats; more may be filled without."""

_WIDTHS = {"number": 18, "project": 30, "recipient": 26, "credit_code": 22, "program": 16,
           "item": 24, "note": 24}  # fmt: skip
_HINTS = {
    "number": "不能重复；编号已有的，按改动处理。",
    "project_code": "同一项目有几笔立项时，写同一个项目编号；只有一笔的留空。",
    "recipient": "与营业执照一致的全称。",
    "credit_code": "18 位，按文本填写；个人留空，并在“单位类别”选个人。",
    "kind": "留空按企业。",
    "item": "以立项当日适用的版本为准；几个层级同名时写“层级·名称”。",
    "year": "留空按立项日期的年份。",
    "decided_on": "如 2024-03-05。",
    "investment": "支持事项按投入的比例计算时必须填写。",
    "status": "留空按已立项；终止和撤销请在立项的页面上办理。",
    "paid_on": "登记一笔拨付时，日期和金额都要填写。",
}


def blank(by: User, *, today: date) -> bytes:
    """The workbook for a person, with the programs that are theirs; the bytes of an .xlsx file."""
    book = Workbook()
    looks.wardrobe(book)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    put(sheet.cell(1, 1), _("立项登记表"))
    sheet.cell(1, 1).font = looks.TITLE
    for column, (name, words) in enumerate(NAMES.items(), 1):
        cell = sheet.cell(HEADER_ROW, column)
        put(cell, f"{words[0]}（万元）" if name in MONEY else words[0])
        cell.style = looks.HEADER
        if name in _HINTS:
            cell.comment = note(_HINTS[name])
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, 13)
    _formats(sheet)
    _lists(book, sheet, by, today)
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)
    looks.paper(sheet)
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _formats(sheet: Worksheet) -> None:
    """Codes as text, so that no digit is lost; days and sums as such."""
    formats = {
        **dict.fromkeys(("number", "project_code", "credit_code"), "@"),
        **dict.fromkeys(("decided_on", "paid_on"), "yyyy-mm-dd"),
        **dict.fromkeys(MONEY, "#,##0.######"),
    }
    names = list(NAMES)
    for row in range(HEADER_ROW + 1, HEADER_ROW + 1 + FILLED_ROWS):
        for name, shape in formats.items():
            sheet.cell(row, names.index(name) + 1).number_format = shape


def _lists(book: Workbook, sheet: Worksheet, by: User, today: date) -> None:
    """The drop-downs, out of a hidden sheet: no list is too long for it."""
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    names = list(NAMES)
    for column, (name, words) in enumerate(_choices(by, today).items(), 1):
        for row, word in enumerate(words, 1):
            put(lists.cell(row, column), word)
        if not words:
            continue
        letter, last = get_column_letter(column), len(words)
        check = DataValidation(
            type="list", formula1=f"'{LISTS_SHEET}'!${letter}$1:${letter}${last}", allow_blank=True
        )
        # An earlier edition may have had other items, so the list helps and does not forbid.
        check.showErrorMessage = name not in ("item", "program", "region")
        check.errorTitle, check.error = "请从列表中选择", "请选择列表中的一项，或留空。"
        into = get_column_letter(names.index(name) + 1)
        check.add(f"{into}{HEADER_ROW + 1}:{into}{HEADER_ROW + FILLED_ROWS}")
        sheet.add_data_validation(check)


def _choices(by: User, today: date) -> dict[str, list[str]]:
    """What the drop-downs offer: the words that reading takes."""
    programs = Program.objects.editable_by(by)
    editions = ProgramEdition.objects.in_force_on(today).filter(program__in=programs)
    items = SupportItem.objects.filter(edition__in=editions).order_by("edition__program", "pk")
    stated = [(item.tier, item.name) for item in items]
    names = [name for _tier, name in stated]
    return {
        "program": [program.name for program in programs],
        "item": list(
            dict.fromkeys(
                f"{tier}·{name}" if tier and names.count(name) > 1 else name
                for tier, name in stated
            )
        ),
        "region": [region.name for region in Region.objects.order_by("code")],
        "kind": [str(label) for label in Recipient.Kind.labels],
        "status": [str(Award.Status.APPROVED.label), str(Award.Status.COMPLETED.label)],
    }
