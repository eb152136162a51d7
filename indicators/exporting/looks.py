"""How the sheets of the template look: colours, borders, protection, paper."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import (
    Alignment,
    Border,
    Font,
    NamedStyle,
    PatternFill,
    Protection,
    Side,
)
from openpyxl.worksheet.worksheet import Worksheet

FACE = "Microsoft YaHei"
TITLE = Font(name=FACE, size=14, bold=True, color="143A61")

_LINE = Side("thin", color="D8DFE6")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def _shape(
    name: str, colour: str, *, bold: bool = False, ink: str = "1B2733", unlocked: bool = False
) -> NamedStyle:
    """One kind of cell; an unlocked one takes input on a protected sheet."""
    return NamedStyle(
        name,
        font=Font(name=FACE, size=10, bold=bold, color=ink),
        fill=PatternFill("solid", start_color=colour, end_color=colour),
        border=_BORDER,
        alignment=Alignment(vertical="center", wrap_text=True),
        protection=Protection(locked=not unlocked),
    )


HEADER, PERIOD, LEADING, INPUT, CLOSED = "表头", "报告期", "行首", "可填", "不可填"


def wardrobe(book: Workbook) -> None:
    """Teach a workbook the kinds of cells, by name; styles of one workbook fit no other."""
    for style in (
        _shape(HEADER, "E8F0F8", bold=True, ink="143A61"),
        _shape(PERIOD, "1C4F82", bold=True, ink="FFFFFF"),
        _shape(LEADING, "F5F7F9"),
        _shape(INPUT, "FFFFFF", unlocked=True),
        _shape(CLOSED, "EAEEF2", ink="4B5A69"),
    ):
        book.add_named_style(style)


def protect(sheet: Worksheet) -> None:
    """Only the unlocked cells take input; no password, so that nobody is shut out for good."""
    sheet.protection.sheet = True
    # Of these False means "is allowed".
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def paper(sheet: Worksheet) -> None:
    """A4 across, with page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.scale = 80
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    sheet.oddFooter.center.text = "&P / &N"
