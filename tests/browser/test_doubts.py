"""Doubts and their rules in a browser: accessible at both widths, and a rule is tested, then set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser
ADDRESSES = [
    "/actuals/doubts/",
    "/actuals/doubts/?rule=two_values&indicator=HNTE",
    "/actuals/doubts/rules/",
    "/actuals/doubts/rules/jump/",
    "/actuals/doubts/rules/part_over_whole/",
    "/actuals/doubts/rules/out_of_bounds/?indicator=HNTE",
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", ADDRESSES)
def test_page_of_doubts_is_accessible_at_both_widths(
    visit: Callable[..., Visit], path: str
) -> None:
    for width in (1440, 390):
        window = visit("demo-reviewer", width=width)
        assert window.go(path).status == 200
        assert violations(window) == []
        assert window.page.evaluate(OVERFLOW) <= 0, f"{path} is wider than {width} px"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_rule_is_tested_on_the_stored_data_before_it_is_saved(
    visit: Callable[..., Visit], script: bool
) -> None:
    window = visit("demo-reviewer", script=script)
    page = window.page
    window.go("/actuals/doubts/rules/jump_in_points/?indicator=HT_OUTPUT_SHARE")
    page.get_by_label("不超过以往变化中位数的倍数").fill("9")
    page.get_by_role("button", name="用已有数据试算").click()
    page.wait_for_load_state("load")
    outcome = page.get_by_role("status").filter(has_text="试算结果").inner_text()
    assert "现在提示 1 处，改后提示 0 处，其中 1 处不同" in outcome
    assert "上升了10.82个百分点" in outcome
    if script:
        assert violations(window) == []

    page.locator("[name=try-region]").select_option("370200")
    page.locator("[name=try-period]").fill("2025")
    page.locator("[name=try-value]").fill("0.65")
    page.get_by_role("button", name="试这个数").click()
    page.wait_for_load_state("load")
    assert "约小了一百倍" in page.locator(".issue").inner_text()

    # A test keeps nothing.
    window.go("/actuals/doubts/rules/jump_in_points/?indicator=HT_OUTPUT_SHARE")
    assert page.get_by_label("不超过以往变化中位数的倍数").input_value() == "4"
