"""Every page in a browser: reachable, accessible, at phone width, without script, no stranger."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

READING = [
    "/",
    "/?year=2024",
    "/documents/",
    "/documents/qd-sti-meeting-2024/",
    "/documents/qd-sti-plan-2024-2028/",
    "/documents/ls-sti-plan-note-2021/",
    "/indicators/",
    "/indicators/TECH_CONTRACT/",
    "/indicators/HNTE/",
    "/targets/",
    "/targets/qd-sti-meeting-2024/contract/",
    "/targets/qd-sti-meeting-2024/nkl-total/",
    "/targets/qd-sti-meeting-2024/hnte/what-if/?value=8000&actual-2024=8683&solve=1",
    "/targets/qd-sti-plan-2024-2028/contract/what-if/?value=x&actual-2024=y",
    "/findings/",
    "/findings/?kind=legs_differ",
    "/projection/",
    "/programs/",
    "/programs/qianglian/",
    "/portfolio/",
    "/support/?body=enterprise&amount=300",
    "/support/?amount=x&text=none",
    "/measures/",
    "/regions/",
    "/rules/",
    "/rules/1/",
    "/accounts/login/",
    "/no-such-page/",
]
WORK = [
    ("demo-analyst", "/actuals/"),
    ("demo-analyst", "/actuals/new/?indicator=TECH_CONTRACT&region=370200&period=2025"),
    ("demo-analyst", "/documents/qd-sti-meeting-2024/original/"),
    ("demo-reviewer", "/actuals/review/"),
    ("demo-reviewer", "/changes/"),
    ("demo-reviewer", "/rules/new/"),
    ("demo-analyst", "/targets/qd-sti-meeting-2024/contract/change/"),
    ("demo-reviewer", "/admin/indicators/indicator/"),
    ("demo-program-editor", "/admin/programs/program/"),
    ("demo-auditor", "/accounts/audit/"),
    ("demo-security-admin", "/accounts/users/"),
    ("demo-security-admin", "/accounts/users/new/"),
    ("demo-system-admin", "/jobs/"),
    ("demo-system-admin", "/accounts/departments/"),
    ("demo-official", "/accounts/me/"),
]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def violations(window: Visit) -> list[str]:
    found = Axe().run(window.page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("path", READING)
def test_reading_page_is_accessible_at_both_widths(visit: Callable[..., Visit], path: str) -> None:
    for width in (1440, 390):
        window = visit(width=width)
        response = window.go(path)
        if path == "/no-such-page/":
            assert response.status == 404
            window.complaints.clear()  # the browser notes the 404 itself
        else:
            assert response.status == 200
        assert window.page.title().strip() != ""
        assert violations(window) == []
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert window.page.evaluate(overflow) <= 0, f"{path} is wider than {width} px"


@pytest.mark.parametrize(("username", "path"), WORK)
def test_work_page_is_accessible(visit: Callable[..., Visit], username: str, path: str) -> None:
    window = visit(username)
    assert window.go(path).status == 200
    # The stock admin is Django's own page: ours to check for the security policy only.
    if not path.startswith("/admin/"):
        assert violations(window) == []


@pytest.mark.parametrize("path", ["/", "/indicators/HNTE/", "/documents/qd-sti-meeting-2024/"])
def test_page_says_the_same_without_script(visit: Callable[..., Visit], path: str) -> None:
    window = visit(script=False)
    assert window.go(path).status == 200
    assert window.page.locator("main table").count() > 0


def test_chart_is_drawn_with_its_table_and_sentence(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.go("/indicators/TECH_CONTRACT/")
    figure = window.page.locator("main figure").first
    figure.scroll_into_view_if_needed()
    window.page.wait_for_selector("main figure svg.main-svg", timeout=20_000)
    assert figure.locator("figcaption").count() == 1
    assert figure.locator("table").count() >= 1
    assert window.page.locator("a.modebar-btn[data-title*='Chart Studio']").count() == 0


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("/", "技术合同成交额突破700亿元"),
        ("/?document=qd-stb-workplan-2022", "技术合同成交额达350亿元"),
    ],
)
def test_words_of_the_policy_are_within_two_clicks_of_the_overview(
    visit: Callable[..., Visit], start: str, words: str
) -> None:
    window = visit()
    window.go(start)
    row = window.page.locator("main tr").filter(has_text="技术合同成交额").first
    row.locator("a").first.click()
    window.page.wait_for_load_state("load")
    text = window.page.locator("main").inner_text()
    if words not in text:
        window.page.locator("main a[href*='/targets/'], main a[href*='#']").first.click()
        window.page.wait_for_load_state("load")
        text = window.page.locator("main").inner_text()
    assert words in text


def test_language_can_be_changed_and_stays(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.go("/targets/")
    window.page.locator("form[action='/language/'] button[value=en]").first.click()
    window.page.wait_for_load_state("load")
    assert window.page.locator("html").get_attribute("lang") == "en"
    for path in ("/", "/targets/", "/measures/", "/programs/"):
        window.go(path)
        navigation = (
            window.page.locator("header").inner_text().replace("中文", "")
        )  # its own switch
        assert re.findall(r"[\u4e00-\u9fff]+", navigation) == [], path
        # The words of the policy stay as they are; everything around them is English.
        main = window.page.evaluate(
            "() => { const main = document.querySelector('main').cloneNode(true);"
            " main.querySelectorAll('q, blockquote, [lang^=zh]').forEach((node) => node.remove());"
            " return main.textContent; }"
        )
        assert "目标" not in main, path


def test_what_if_answers_in_place_and_keeps_its_address(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.go("/targets/qd-sti-meeting-2024/hnte/what-if/")
    result = window.page.locator(".whatif-result")
    window.page.get_by_label("2024年的数值").fill("9001")
    expect(result).to_contain_text("已完成")
    assert "actual-2024=9001" in window.page.url
    window.page.get_by_label("2024年的数值").fill("九千多")
    expect(result.get_by_role("alert")).to_contain_text("不是确切的数值")
    assert window.page.get_by_label("2024年的数值").input_value() == "九千多"


def test_what_if_works_without_script(visit: Callable[..., Visit]) -> None:
    window = visit(script=False)
    window.go("/targets/qd-sti-meeting-2024/hnte/what-if/")
    window.page.get_by_label("2024年的数值").fill("9001")
    window.page.get_by_role("button", name="试算").click()
    window.page.wait_for_load_state("load")
    assert "已完成" in window.page.locator(".whatif-result").inner_text()
