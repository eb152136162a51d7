"""The way through a workbook in a browser: template, difference, notes, saving, undoing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from indicators import layout
from tests.browser.conftest import Visit, until
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser

PERIOD = "2025年"


def download(window: Visit, click: str, to: Path) -> Path:
    with window.page.expect_download() as started:
        window.page.click(click)
    started.value.save_as(to)
    return to


def column_of(sheet: Any, period: str, field: str) -> int:
    fields = [name for name, _header in layout.GROUP]
    for column in range(1, sheet.max_column + 1):
        if sheet.cell(layout.PERIOD_ROW, column).value == period:
            return column + fields.index(field)
    raise AssertionError(period)


def empty_rows(book: Workbook) -> list[int]:
    """Rows of the template whose cell of the period is mine to fill and has nothing yet."""
    sheet = book[layout.DATA_SHEET]
    column = column_of(sheet, PERIOD, "value")
    return [
        row
        for row in range(layout.FIRST_ROW, sheet.max_row + 1)
        if sheet.cell(row, column).value is None
        and not sheet.cell(row, column).protection.locked
        and sheet.cell(row, layout.UNIT_COLUMN).value in ("家", "个")
        and "TECH_CONTRACT" not in str(sheet.cell(row, 1).value)
    ]


def send(window: Visit, path: Path) -> None:
    window.go("/actuals/uploads/")
    window.page.set_input_files("input[name=file]", str(path))
    window.page.click("main .drop-zone ~ .actions button")
    window.page.wait_for_load_state("load")


def text_of(window: Visit) -> str:
    return str(window.page.locator("main").inner_text())


def staged(window: Visit) -> str:
    """The page once the script has brought the difference, without anybody asking again."""
    return str(until(lambda: (said := text_of(window)) and "待确认" in said and said, 30, "staged"))


def counts(window: Visit) -> dict[str, int]:
    words = window.page.locator(".outcome-tabs a").all_inner_texts()
    return {word.rsplit(" ", 1)[0]: int(word.rsplit(" ", 1)[1]) for word in words}


def test_template_upload_notes_saving_and_undoing(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    window = visit("demo-analyst")
    window.go("/actuals/uploads/")
    assert violations(window) == []
    path = download(window, "main form.filters button", tmp_path / "template.xlsx")

    book = load_workbook(path)
    sheet = book[layout.DATA_SHEET]
    value, note = column_of(sheet, PERIOD, "value"), column_of(sheet, PERIOD, "note")
    rows = empty_rows(book)[:4]
    for row, typed in zip(rows, (11, "１２", 13, "八千左右"), strict=True):
        sheet.cell(row, value).value = typed
        sheet.cell(row, note).value = "按年报填写"
    book.save(path)

    send(window, path)
    said = staged(window)
    found = counts(window)
    assert (found["新增"], found["有错误"], found["他人已更新"]) == (3, 1, 0)
    assert "八千左右" in said
    assert violations(window) == []

    noted = load_workbook(
        download(window, "main a[href$='/annotated/']", tmp_path / "annotated.xlsx")
    )
    marked = noted[layout.DATA_SHEET].cell(rows[3], value)
    assert "八千左右" in marked.comment.text
    assert noted[layout.DATA_SHEET].protection.sheet
    assert noted[layout.DATA_SHEET].cell(rows[0], layout.INDICATOR_COLUMN).comment is not None

    # The person corrects the cell in that very file and sends it again.
    marked.value = 14
    noted.save(tmp_path / "corrected.xlsx")
    send(window, tmp_path / "corrected.xlsx")
    staged(window)
    found = counts(window)
    assert (found["新增"], found["有错误"]) == (4, 0)

    if window.page.locator("[name=explanation]").count():
        window.page.fill("[name=explanation]", "按年报填写")
    window.page.click("main form[action$='/apply/'] button")
    until(lambda: "已保存" in text_of(window), 30, "applied")
    upload = window.page.url
    window.go("/actuals/")
    assert text_of(window).count("草稿") >= 4
    window.page.goto(upload)
    assert violations(window) == []

    window.page.click("details:has(form[action$='/undo/']) summary")
    window.page.fill("#undo-reason", "试传")
    window.page.click("main form[action$='/undo/'] button")
    window.page.wait_for_load_state("load")
    assert "已撤销" in text_of(window)
    window.site.manage("verify_audit")


def test_upload_works_without_script_and_at_phone_width(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    window = visit("demo-analyst", width=390, script=False)
    table = tmp_path / "一览.csv"
    table.write_text("指标,地区,报告期,数值\n没有这个指标,青岛市,2025,5\n", encoding="gb18030")
    send(window, table)

    def compared() -> bool:
        if window.page.locator("main a:text-is('刷新')").count():
            window.page.click("main a:text-is('刷新')")
        return "待确认" in text_of(window)

    until(compared, 30, "staged")
    assert "没有这个指标" in text_of(window)
    window.page.click("details:has(form[action$='/drop/']) summary")
    window.page.click("main form[action$='/drop/'] button")
    assert "已放弃" in text_of(window)


def test_upload_page_fits_a_phone(visit: Callable[..., Visit], tmp_path: Path) -> None:
    window = visit("demo-analyst", width=390)
    table = tmp_path / "一览.csv"
    table.write_text("指标,地区,报告期,数值\n没有这个指标,青岛市,2025,5\n", encoding="utf-8")
    send(window, table)
    staged(window)
    assert violations(window) == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert window.page.evaluate(overflow) <= 0
    window.go("/actuals/uploads/")
    assert violations(window) == []
    assert window.page.evaluate(overflow) <= 0


def test_dropped_file_is_taken_into_the_form(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    window.go("/actuals/uploads/")
    window.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], "拖来的.csv"));
            document.querySelector("[data-drop-zone]")
              .dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
        }"""
    )
    name = window.page.evaluate("document.querySelector('input[name=file]').files[0].name")
    assert name == "拖来的.csv"
