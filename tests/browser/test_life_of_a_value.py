"""The whole way in a browser: entered by one, approved by another, the verdicts follow alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Visit, until

pytestmark = pytest.mark.browser
DOUBLING = "/targets/qd-sti-plan-2024-2028/contract/"


def status_of(window: Visit) -> str:
    window.go(DOUBLING)
    return str(window.page.locator("main").inner_text())


def test_entering_and_approving_changes_the_verdicts_without_a_manual_step(
    visit: Callable[..., Visit],
) -> None:
    reader = visit()
    assert "709.58" in status_of(reader)

    analyst = visit("demo-analyst")
    analyst.go("/actuals/new/?indicator=TECH_CONTRACT&region=370200&period=2025")
    form: Any = analyst.page.locator("main form").filter(has=analyst.page.locator("[name=value]"))
    form.locator("[name=value]").fill("八千左右")
    form.locator("button[type=submit]").first.click()
    analyst.page.wait_for_load_state("load")
    refused = analyst.page.locator("main")
    assert "八千左右" in refused.locator("[name=value]").input_value()

    form.locator("[name=value]").fill("１，２３４．５")
    form.locator("[name=source_title]").fill("测试录入")
    form.locator("button[type=submit]").first.click()
    analyst.page.wait_for_load_state("load")
    entered = analyst.page.locator("main").inner_text()
    assert "1,234.5亿元" in entered
    assert "待核定" in entered
    entry = analyst.page.url
    assert analyst.page.locator("main form[action$='/approve/']").count() == 0

    reviewer = visit("demo-reviewer")
    reviewer.page.goto(entry)
    reviewer.page.locator("main form[action$='/approve/'] button").first.click()
    reviewer.page.wait_for_load_state("load")

    shown = until(
        lambda: (text := status_of(reader)) and "1,234.5" in text and text, 20, "the new verdict"
    )
    assert "提前完成" in shown
    reader.go("/indicators/TECH_CONTRACT/?region=370200")
    assert "1,234.5" in reader.page.locator("main").inner_text()

    auditor = visit("demo-auditor")
    auditor.go("/accounts/audit/")
    assert "技术合同成交额" in auditor.page.locator("main").inner_text()
    auditor.site.manage("verify_audit")  # ends with an error where the chain was touched
