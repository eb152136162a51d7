"""A table of awards in a browser: template, difference, notes, entering, undoing, sent once more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from programs.importing import blank
from programs.importing.headings import NAMES
from tests.browser.conftest import Visit, until
from tests.browser.test_pages import violations
from tests.browser.test_uploads import counts, download, send, staged, text_of
from tests.programs.builders import credit_code

pytestmark = pytest.mark.browser

LINE = {
    "project": "示范共性技术攻关", "recipient": "示范甲公司", "credit_code": credit_code(901),
    "program": "强链计划", "item": "行业共性技术攻关项目", "decided_on": "2025-03-10",
    "note": "<b>备注</b>",
}  # fmt: skip


def write(book: Any, row: int, **values: Any) -> None:
    for name, value in values.items():
        book[blank.SHEET].cell(row, list(NAMES).index(name) + 1).value = value


def test_template_difference_notes_entering_and_undoing(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    window = visit("demo-program-editor")
    window.go("/actuals/uploads/")
    assert violations(window) == []
    path = download(window, "main a[href$='/awards/template/']", tmp_path / "template.xlsx")

    book = load_workbook(path)
    first = blank.HEADER_ROW + 1
    write(book, first, **LINE, number="LX-1", amount=300)
    write(book, first + 1, **LINE, number="LX-2", project_code="LX-1", amount=250)
    write(book, first + 2, **LINE, number="LX-3", amount=-5)
    book.save(path)

    send(window, path)
    said = staged(window)
    found = counts(window)
    assert (found["新增"], found["有错误"]) == (1, 2)
    assert "还可立项 200万元，本次 250万元，超出 50万元" in said
    assert "是负数" in said
    assert "<b>备注</b>" not in window.page.content()
    assert violations(window) == []

    noted = download(window, "main a[href$='/annotated/']", tmp_path / "annotated.xlsx")
    book = load_workbook(noted)
    amount = list(NAMES).index("amount") + 1
    marked = book[blank.SHEET].cell(first + 1, amount)
    assert "支持上限" in marked.comment.text
    marked.value = 200
    write(book, first + 2, amount=5)
    book.save(tmp_path / "corrected.xlsx")
    send(window, tmp_path / "corrected.xlsx")
    staged(window)
    assert (counts(window)["新增"], counts(window)["有错误"]) == (3, 0)

    window.page.click("main form[action$='/apply/'] button")
    until(lambda: "已保存" in text_of(window), 30, "applied")
    assert violations(window) == []
    window.page.click("details:has(form[action$='/undo/']) summary")
    window.page.fill("#undo-reason", "试传")
    window.page.click("main form[action$='/undo/'] button")
    window.page.wait_for_load_state("load")
    assert "已撤销" in text_of(window)

    # The numbers of what was taken back are free for a corrected file.
    send(window, tmp_path / "corrected.xlsx")
    staged(window)
    assert counts(window)["有改动"] == 3
    window.site.manage("verify_audit")


def test_page_of_awards_fits_a_phone_and_works_without_script(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    window = visit("demo-program-editor", width=390, script=False)
    table = tmp_path / "立项.csv"
    header = ["立项编号", "项目名称", "承担单位", "统一社会信用代码", "计划", "支持事项",
              "立项日期", "立项金额（元）"]  # fmt: skip
    line = ["LX-9", LINE["project"], LINE["recipient"], LINE["credit_code"], LINE["program"],
            LINE["item"], LINE["decided_on"], "9000000"]  # fmt: skip
    table.write_text(f"{','.join(header)}\n{','.join(line)}\n", encoding="gb18030")
    send(window, table)

    def compared() -> bool:
        if window.page.locator("main a:text-is('刷新')").count():
            window.page.click("main a:text-is('刷新')")
        return "待确认" in text_of(window)

    until(compared, 30, "staged")
    assert "超出" in text_of(window)
    wide = window.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
