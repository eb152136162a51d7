"""An earlier day in a browser: chosen in the footer, named on every page, left by one click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from tests.browser.conftest import Visit
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser

PATHS = [
    "/", "/targets/?sort=deadline", "/targets/qd-sti-meeting-2024/contract/",
    "/indicators/TECH_CONTRACT/", "/documents/qd-sti-meeting-2024/", "/regions/", "/measures/",
    "/programs/qianglian/",
]  # fmt: skip
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", PATHS)
def test_page_of_an_earlier_day_is_accessible_at_both_widths(
    visit: Callable[..., Visit], path: str
) -> None:
    for width in (1440, 390):
        window = visit(width=width)
        # All facts were loaded today; an earlier day of the verdicts is still an earlier day.
        day = f"/known-on/{timezone.localdate()}/as-of/2024-06-30"
        assert window.go(day + path).status == 200
        assert "截至 2024-06-30 的判定" in window.page.locator(".banner-past").inner_text()
        assert violations(window) == []
        assert window.page.evaluate(OVERFLOW) <= 0, f"{path} is wider than {width} px"


@pytest.mark.parametrize("script", [True, False])
def test_a_day_is_chosen_kept_and_left(visit: Callable[..., Visit], script: bool) -> None:
    window, today = visit(script=script), timezone.localdate().isoformat()
    window.go("/targets/?light=green")
    window.page.locator("details.days > summary").click()
    window.page.fill("#known-on", today)
    window.page.fill("#as-of", "2023-06-30")
    window.page.click("details.days button")
    window.page.wait_for_load_state("load")
    assert window.page.url.endswith(f"/known-on/{today}/as-of/2023-06-30/targets/?light=green")
    window.page.locator("main tbody a").first.click()
    window.page.wait_for_load_state("load")
    assert f"/known-on/{today}/as-of/2023-06-30/targets/" in window.page.url
    window.page.locator(".banner-past a").click()
    window.page.wait_for_load_state("load")
    assert "known-on" not in window.page.url
    assert window.page.locator(".banner-past").count() == 0


def test_the_chart_of_an_earlier_day_is_drawn(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.go(f"/known-on/{timezone.localdate()}/as-of/2023-06-30/indicators/TECH_CONTRACT/")
    window.page.locator("main figure").first.scroll_into_view_if_needed()
    window.page.wait_for_selector("main figure svg.main-svg", timeout=20_000)
    assert "截至2023-06-30" in window.page.locator(".figure-subtitle").inner_text()


def test_the_page_that_explains_is_accessible(visit: Callable[..., Visit]) -> None:
    for width in (1440, 390):
        window = visit(width=width)
        window.go("/known-on/?next=/targets/")
        assert violations(window) == []
        assert window.page.evaluate(OVERFLOW) <= 0


def test_the_form_is_reached_and_sent_by_the_keyboard(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.go("/regions/")
    window.page.locator("details.days > summary").focus()
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.id") == "known-on"
    window.page.fill("#known-on", timezone.localdate().isoformat())
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(f"**/known-on/{timezone.localdate()}/regions/", timeout=10_000)
