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
    if analyst.page.locator("main form [name=value]").count():
        # A jump from 709.58 wants a tick and a note before it is kept.
        for box in analyst.page.locator("main form input[type=checkbox]").all():
            box.check()
        analyst.page.locator("main form [name=note]").fill("测试：跳升属实")
        form.locator("button[type=submit]").first.click()
        analyst.page.wait_for_load_state("load")
    assert "1,234.5" in analyst.page.locator("main").inner_text()
    entry = analyst.page.url
    analyst.page.locator("main form[action$='/submit/'] button").click()
    analyst.page.wait_for_load_state("load")

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
    assert "没有发现" in auditor.site.manage("verify_audit") or "0" in auditor.site.manage(
        "verify_audit"
    )
