"""The way of an edition in a browser: written, previewed, undone, handed in, approved, in force."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser

PROGRAM = "/programs/jianlian/"
RAISED = "示范工程上限 1,000万元 → 1,500万元，自 2026-01-01 起"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def text_of(window: Visit, selector: str = "main") -> str:
    return str(window.page.locator(selector).inner_text())


def check_page(window: Visit) -> None:
    """Accessible at both widths with everything unfolded, and nothing scrolls sideways."""
    page = window.page
    page.reload()  # without the message of the step before
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(
            "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
        )
        assert violations(window) == []
        assert page.evaluate(OVERFLOW) <= 0
    page.set_viewport_size({"width": 1440, "height": 900})


def test_edition_from_the_first_click_to_the_day_it_applies(visit: Callable[..., Visit]) -> None:
    window = visit("demo-program-editor")
    page = window.page
    window.go(f"{PROGRAM}edit/")
    page.click("button[name=change][value=amended]")
    page.wait_for_url("**/edition-drafts/*/")
    draft = page.url

    # What is typed shows beside the form before anything is saved.
    page.fill("#id_valid_from", "2026-01-01")
    page.fill("#id_name", "建链计划（2026年调整）")
    page.click("#row-1 > summary")
    page.fill("#id_item-1-cap", "0.15亿")
    panel = page.locator("[data-panel]")
    expect(panel).to_contain_text(RAISED)
    expect(panel.locator(".cap-amount").nth(1)).to_have_text("1,500万元")
    expect(page.locator("#row-1 [data-cap]")).to_have_text("最高1,500万元")

    # An unreadable sum is marked where it was typed.
    page.fill("#id_item-1-cap", "一千来万")
    expect(page.locator("#id_item-1-cap-problems")).not_to_be_empty()
    expect(page.locator("#id_item-1-cap")).to_have_attribute("aria-invalid", "true")
    page.fill("#id_item-1-cap", "1500")
    expect(page.locator("#id_item-1-cap-problems")).to_be_empty()
    page.fill("#id_reason", "按新文件调整")
    page.keyboard.press("Control+s")
    expect(page.locator(".messages")).to_contain_text("已保存。")
    check_page(window)

    # Undone and redone over what was saved.
    page.click("button:text-is('撤销')")
    expect(page.locator("#id_item-1-cap")).to_have_value("1000")
    page.click("button:text-is('重做')")
    expect(page.locator("#id_item-1-cap")).to_have_value("1500")

    page.click("button[value=review]")
    page.wait_for_url("**/review/")
    assert RAISED in text_of(window)
    check_page(window)
    page.click("form[action$='/submit/'] button")
    assert "已提交，等待另一人核定。" in text_of(window)

    reviewer = visit("demo-reviewer")
    reviewer.go("/edition-drafts/")
    check_page(reviewer)
    reviewer.page.click("main table a")
    assert RAISED in text_of(reviewer)
    reviewer.page.click("form[action$='/approve/'] button")
    assert "已核定" in text_of(reviewer)
    assert reviewer.page.url.startswith(draft)

    reader = visit()
    reader.go(PROGRAM)
    assert "1,500万元" in text_of(reader)
    reader.go("/programs/on/2025-12-31/")
    assert "最高1,000万元" in text_of(reader, f"section:has(a[href='{PROGRAM}'])")
    reader.go("/programs/on/2026-01-01/")
    assert "最高1,500万元" in text_of(reader, f"section:has(a[href='{PROGRAM}'])")
    check_page(reader)
    reader.go(f"{PROGRAM}editions/compare/")
    assert "示范工程上限 1,000万元 → 1,500万元" in text_of(reader)
    check_page(reader)


def names(window: Visit) -> list[str]:
    fields = window.page.locator("[data-items] input[name$='-name']")
    return [str(field.input_value()) for field in fields.all()]


def test_rows_are_added_moved_and_taken_out_by_keyboard(visit: Callable[..., Visit]) -> None:
    window = visit("demo-program-editor")
    page = window.page
    window.go("/programs/haichuang/edit/")
    page.click("form:has(input[name=edition]) button[value=first]")
    page.wait_for_url("**/edition-drafts/*/")
    before = names(window)
    assert len(before) == 2

    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.focus("button[value='down:0']")
    page.keyboard.press("Enter")
    assert names(window) == before[::-1]
    page.keyboard.press("Control+z")
    assert names(window) == before
    page.focus("button[value='remove:0']")
    page.keyboard.press("Enter")
    assert names(window) == before[1:]
    page.click("[data-take-back]")
    assert names(window) == before
    page.click("button[value='copy:1']")
    page.keyboard.type("的副本")
    page.click("button[name=step][value=add]")
    assert [len(names(window)), page.locator(".edit-item").count()] == [4, 4]

    expect(page.locator("[data-state]")).not_to_be_empty()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.click("button[value=save]")
    expect(page.locator(".messages")).to_contain_text("已保存。")
    assert names(window)[3] == ""
    assert (
        len(
            set(
                page.locator("input[name$='-key']").evaluate_all(
                    "all => all.map((one) => one.value)"
                )
            )
        )
        == 4
    )

    page.click("a[data-field='id_item-3-name']")
    assert page.evaluate("document.activeElement.id") == "id_item-3-name"


def test_form_works_without_script(visit: Callable[..., Visit]) -> None:
    window = visit("demo-program-editor", script=False)
    page = window.page
    window.go("/programs/bulian/edit/")
    page.click("button[name=change][value=amended]")
    assert page.locator(".edit-item").count() == 1
    page.click("button[name=step][value=add]")
    assert page.locator(".edit-item").count() == 2
    assert page.locator("#row-1").get_attribute("open") is not None
    page.fill("#id_item-1-name", "新事项")
    page.click("button[value=save]")
    assert "新事项" in text_of(window, "[data-panel]")
    page.click("button:text-is('撤销')")
    assert page.input_value("#id_item-1-name") == ""
