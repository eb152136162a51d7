"""Awards in a browser: entered with the live check, over the cap, paid; accessible throughout."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from programs import creditcode
from tests.browser.conftest import Visit
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NEW = "/awards/new/?program=qianglian&decided_on=2025-03-10"
CODE = "91999999000000501"


def fill(page: Page, number: str, amount: str) -> None:
    page.locator("input[name=item]").first.check()
    page.get_by_label("立项编号").fill(number)
    page.get_by_label("项目名称").fill(f"{number}示例项目")
    page.get_by_label("统一社会信用代码").fill(CODE + creditcode.check_symbol(CODE))
    page.get_by_label("受助单位名称").fill("示例五零一公司")
    page.get_by_label("受助单位类别").select_option("enterprise")
    page.get_by_label("立项金额").fill(amount)


def checked(window: Visit) -> None:
    assert violations(window) == []
    assert window.page.evaluate(OVERFLOW) <= 0, window.page.url


@pytest.mark.parametrize("width", [1440, 390])
def test_award_is_checked_while_typed_then_entered_and_paid(
    visit: Callable[..., Visit], width: int
) -> None:
    window = visit("demo-program-editor", width=width)
    page = window.page
    window.go(NEW)
    checked(window)
    fill(page, f"BR-{width}", "600")
    hint = page.locator("[data-hint]")
    expect(hint).to_contain_text("超出 100万元")
    page.get_by_label("立项金额").fill("500")
    expect(hint).to_contain_text("还可立项 500万元")
    assert violations(window) == []
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(re.compile(r"/awards/\d+/$"))
    page.get_by_label("拨付金额").fill("200")
    page.get_by_role("button", name="登记拨付").click()
    page.wait_for_load_state("load")
    assert "已登记拨付" in page.inner_text("main")
    page.reload()
    checked(window)
    page.get_by_role("link", name="示例五零一公司").click()
    page.wait_for_load_state("load")
    assert "历年所得" in page.inner_text("main")
    checked(window)
    for path in ("/awards/", "/recipients/", "/programs/qianglian/budgets/new/"):
        assert window.go(path).status == 200
        checked(window)


def test_award_over_the_cap_is_granted_without_script_by_who_may(
    visit: Callable[..., Visit],
) -> None:
    window = visit("demo-reviewer", script=False)
    page = window.page
    window.go("/awards/new/")
    page.get_by_label("计划").select_option("qianglian")
    page.get_by_label("立项日期").fill("2025-03-10")
    page.get_by_role("button", name="下一步").click()
    page.wait_for_load_state("load")
    fill(page, "BR-OVER", "600")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state("load")
    assert "还可立项 500万元" in page.inner_text("[role=alert]")
    window.complaints.clear()  # the browser notes the 409 itself
    page.get_by_label("超出上限的理由").fill("专题会议同意")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state("load")
    assert "这笔立项超出了支持上限" in page.inner_text("main")
