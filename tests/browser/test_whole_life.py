"""A year's numbers from the clipboard to the verdicts: pasted, mended, returned, approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, until
from tests.browser.test_grid import GRID, YEARS, cell, confirm, opened, paste, says

pytestmark = pytest.mark.browser
# Goals of the fixtures about things counted, of which nobody has entered anything: 2022 or 2024
# decide them, at least 20, at least 20, at least 100.
ROWS = {"CKL_NEW": "2024", "FRONTIER_PROJ": "2024", "MARINE_HNTE_NEW": "2022"}
GOALS = {
    "/targets/qd-sti-meeting-2024/ckl-new/": "已完成",
    "/targets/qd-sti-meeting-2024/frontier/": "未完成",
    "/targets/qd-stb-workplan-2022/marine-hnte/": "已完成",
}


def values(code: str) -> list[str]:
    """Ten years that grow a little; the year that decides is met, missed and met."""
    start = {"CKL_NEW": 12, "FRONTIER_PROJ": 8, "MARINE_HNTE_NEW": 95}[code]
    return [str(start + year) for year in range(10)]


def names_of(page: Page) -> dict[str, str]:
    data: Any = page.evaluate("JSON.parse(document.getElementById('grid-data').textContent)")
    return {row["indicator"]: row["name"] for row in data["rows"]}


def block(names: dict[str, str]) -> str:
    """Thirty cells as a spreadsheet copies them, with two that cannot be right, and a jump."""
    lines = [["指标", *(f"{year}年" for year in YEARS)]]
    for code in ROWS:
        lines.append([names[code], *values(code)])
    lines[1][2], lines[2][3] = "十来家", "12.5"
    lines[3][10] = "900"
    return "\r\n".join("\t".join(line) for line in lines) + "\r\n"


def verdict(window: Visit, path: str) -> str:
    window.go(path)
    return str(window.page.locator("main").inner_text())


def tick_rows(page: Page) -> int:
    """Tick what belongs to this test among the boxes of a page; how many there were."""
    boxes = page.locator("input[name=row]")
    mine = [
        box
        for box in (boxes.nth(place) for place in range(boxes.count()))
        if any(name in str(box.get_attribute("aria-label")) for name in NAMES)
    ]
    for box in mine:
        box.check()
    return len(mine)


NAMES: list[str] = []


def act(page: Page, button: str, reason: str = "") -> None:
    """Press a bulk button, look at the difference, confirm."""
    page.get_by_role("button", name=button).first.click()
    page.wait_for_load_state("load")
    if reason:
        page.locator("[name=reason]").fill(reason)
    assert page.locator("main tbody tr").count() == 30
    page.locator("main form.form button[type=submit]").first.click()
    page.wait_for_load_state("load")
    assert page.locator(".issue-error").all_inner_texts() == []


def test_thirty_numbers_live_from_the_clipboard_to_the_verdicts(
    visit: Callable[..., Visit],
) -> None:
    reader = visit()
    before = {path: verdict(reader, path) for path in GOALS}
    assert all(word not in before[path] for path, word in GOALS.items())

    analyst = visit("demo-analyst")
    page = opened(analyst, GRID)
    names = names_of(page)
    NAMES[:] = [names[code] for code in ROWS]
    page.locator("td[data-key][tabindex='0']").focus()
    paste(page, text=block(names))
    says(page, "粘贴了 30 格")
    says(page, "其中 2 格有错误")
    for code, year in (("CKL_NEW", "2017"), ("FRONTIER_PROJ", "2018")):
        cell(page, f"{code}|370200|{year}").click()
        page.keyboard.press("F2")
        page.keyboard.press("Control+a")
        page.keyboard.type(values(code)[YEARS.index(year)])
        page.keyboard.press("Enter")
    expect(page.locator("td[aria-invalid=true]")).to_have_count(0)

    page.get_by_text("这一批数值的来源").click()
    page.locator("#grid-source-title").fill("市科技局年度统计")
    page.locator("#grid-save").click()
    asked = page.get_by_role("dialog").locator(".grid-review .field input")
    expect(asked).to_have_count(1)
    asked.fill("当年纳入新认定的机构")
    confirm(page)
    says(page, "已保存 30 格")

    analyst.go("/actuals/?state=draft")
    assert tick_rows(page) == 30
    act(page, "提交所选")

    reviewer = visit("demo-reviewer")
    reviewer.go("/actuals/review/?by=indicator")
    approve_group(reviewer.page, "退回所选", reason="请核对口径")

    analyst.go("/actuals/?state=returned")
    assert "请核对口径" in page.locator("main").inner_text()
    opened(analyst, GRID)
    cell(page, "CKL_NEW|370200|2025").click()
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("22")
    page.keyboard.press("Enter")
    page.locator("#grid-save").click()
    confirm(page)
    says(page, "已保存 1 格")
    analyst.go("/actuals/")
    assert tick_rows(page) == 30
    act(page, "提交所选")

    reviewer.go("/actuals/review/?by=indicator")
    approve_group(reviewer.page, "核定所选")
    for path, word in GOALS.items():
        until(lambda path=path, word=word: word in verdict(reader, path), 30, f"{path} {word}")

    page = analyst.page
    opened(analyst, GRID)
    cell(page, "MARINE_HNTE_NEW|370200|2025").click()
    expect(page.locator("#grid-inspector")).to_contain_text("900")
    analyst.site.manage("verify_audit")  # ends with an error where the chain was touched


def approve_group(page: Page, button: str, reason: str = "") -> None:
    """Tick the groups of the three indicators and do the step with all their values."""
    for name in NAMES:
        page.locator(".bulk-groups label", has_text=name).locator("input").check()
    act(page, button, reason)
