"""The grid in a browser: keys, paste, undo, the difference, two people, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PASSWORD, Site, Visit

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
GRID = "/actuals/grid/?region=370200&from=2016&to=2025"
YEARS = [str(year) for year in range(2016, 2026)]
COLLEAGUE = """
from accounts.models import RoleGrant, User
first = User.objects.get(username="demo-analyst")
if not User.objects.filter(username="colleague").exists():
    user = User(username="colleague", full_name="同处同事", department=first.department)
    user.set_password("%s")
    user.save()
    RoleGrant.objects.create(user=user, role="analyst", granted_by=None)
"""


def violations(window: Visit) -> list[str]:
    found = Axe().run(window.page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def opened(window: Visit, path: str = GRID) -> Page:
    assert window.go(path).status == 200
    expect(window.page.locator("#grid[role=grid]")).to_be_visible()
    return window.page


def cell(page: Page, key: str) -> Locator:
    return page.locator(f"td[data-key='{key}']")


def data_of(page: Page) -> Any:
    return page.evaluate("JSON.parse(document.getElementById('grid-data').textContent)")


def blank_rows(page: Page, number: int) -> list[dict[str, str]]:
    """Rows of things counted in which nobody has entered anything; the later ones first."""
    data = data_of(page)
    blank = [
        row
        for row in data["rows"]
        if row["unit"] in ("家", "个", "项")
        and all(data["cells"][f"{row['key']}|{year}"]["state"] == "empty" for year in YEARS)
    ]
    assert len(blank) >= number
    return blank[-number:]


def paste(page: Page, *, html: str = "", text: str = "") -> None:
    """What the browser does when Ctrl+V is pressed, with this in the clipboard."""
    page.evaluate(
        """([html, text]) => {
          const data = new DataTransfer();
          if (html) { data.setData("text/html", html); }
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [html, text],
    )


def copied(page: Page) -> str:
    """What Ctrl+C puts into the clipboard."""
    return str(
        page.evaluate(
            """() => {
              const data = new DataTransfer();
              document.activeElement.dispatchEvent(
                new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
              return data.getData("text/plain");
            }"""
        )
    )


def says(page: Page, words: str) -> None:
    expect(page.locator("#grid-status")).to_contain_text(words)


def confirm(page: Page) -> None:
    page.locator("#grid-confirm").click()
    expect(page.locator("#grid-dialog")).to_be_hidden()


def test_a_cell_is_entered_with_the_keyboard_alone(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    row = blank_rows(page, 1)[0]
    page.locator("td[data-key][tabindex='0']").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")
    rows = [found["key"] for found in data_of(page)["rows"]]
    for _step in range(len(rows) - 1 - rows.index(row["key"])):
        page.keyboard.press("ArrowUp")
    key = f"{row['key']}|2016"
    here = cell(page, key)
    expect(here).to_be_focused()
    described = page.locator("#grid-describing").inner_text()
    assert f"单位 {row['unit']}" in described

    page.keyboard.type("12")
    field = here.locator("input")
    expect(field).to_be_focused()
    assert row["name"] in str(field.get_attribute("aria-label"))
    page.keyboard.press("Escape")
    expect(here).to_have_text("")
    page.keyboard.press("F2")
    page.keyboard.type("１，２００")
    page.keyboard.press("Tab")
    expect(cell(page, f"{row['key']}|2017")).to_be_focused()
    expect(here).to_have_text("１，２００")
    assert here.get_attribute("aria-label") == "１，２００，原来 空，还没有保存"
    assert "grid-changed" in str(here.get_attribute("class"))
    expect(page.locator("#grid-count")).to_have_text("1 处改动，还没有保存")

    page.keyboard.press("Control+z")
    expect(here).to_have_text("")
    says(page, "撤销了 1 格")
    page.keyboard.press("Control+y")
    expect(here).to_have_text("１，２００")

    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("核对 1 处改动")
    expect(dialog).to_contain_text("读作 1,200")
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_role("button").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(cell(page, f"{row['key']}|2017")).to_be_focused()
    page.keyboard.press("Control+s")
    expect(dialog).to_be_visible()
    for _step in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "grid-confirm":
            break
    page.keyboard.press("Enter")
    says(page, "已保存 1 格")
    expect(here).to_contain_text("1,200")
    expect(page.locator("#grid-count")).to_have_text("")
    page.reload()
    expect(cell(page, key)).to_contain_text("1,200")


def test_arrows_home_end_and_selection_move_like_a_spreadsheet(
    visit: Callable[..., Visit],
) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    rows = [row["key"] for row in data_of(page)["rows"]]
    page.locator("td[data-key][tabindex='0']").focus()
    steps = [
        ("Control+Home", 0, 0), ("ArrowRight", 0, 1), ("ArrowDown", 1, 1), ("End", 1, 9), ("Home", 1, 0),
        ("Control+End", len(rows) - 1, 9), ("ArrowDown", len(rows) - 1, 9),
        ("Control+Home", 0, 0), ("Tab", 0, 1), ("Shift+Tab", 0, 0),
    ]  # fmt: skip
    for key, row, column in steps:
        page.keyboard.press(key)
        expect(cell(page, f"{rows[row]}|{YEARS[column]}")).to_be_focused()
    page.keyboard.press("PageDown")
    assert page.evaluate("document.activeElement.dataset.key") != f"{rows[0]}|2016"
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.nodeName") == "A"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("td[aria-selected=true]")).to_have_count(4)
    says(page, "选中 2 行 2 列")
    assert copied(page).count("\t") == 2
    # Only one cell of the grid is a stop of the Tab key.
    assert page.locator("#grid [tabindex='0']").count() == 1


def test_thirty_cells_are_pasted_corrected_and_saved(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    rows = blank_rows(page, 4)[:3]
    values = [[100 * (at + 1) + 3 * year for year in range(10)] for at in range(3)]
    texts = [[f"{value:,}" for value in line] for line in values]
    texts[0][4], texts[2][7] = "八千左右", "12,34"
    body = "".join(
        f"<tr><td>{row['name']}</td>{''.join(f'<td>{text}</td>' for text in line)}</tr>"
        for row, line in zip(rows, texts, strict=True)
    )
    heads = "".join(f"<th>{year}年</th>" for year in YEARS)
    html = (
        "<html><body><table><tr><td colspan=11>主要指标</td></tr>"
        f"<tr><th rowspan=2>指标</th><th colspan=10>年度</th></tr><tr>{heads}</tr>{body}"
        "<tr><td colspan=11>注：2025年为快报数<sup>1</sup></td></tr></table></body></html>"
    )
    page.locator("td[data-key][tabindex='0']").focus()
    paste(page, html=html, text="not this")
    says(page, "粘贴了 30 格")
    says(page, "其中 2 格有错误")
    expect(page.locator("#grid-notes")).to_contain_text("注：2025年为快报数")
    expect(page.locator("td.grid-changed")).to_have_count(30)
    expect(page.locator("td[aria-invalid=true]")).to_have_count(2)
    expect(cell(page, f"{rows[1]['key']}|2020")).to_have_text(texts[1][4])

    page.keyboard.press("Control+z")
    expect(page.locator("td.grid-changed")).to_have_count(0)
    says(page, "撤销了 30 格")
    page.keyboard.press("Control+y")
    expect(page.locator("td.grid-changed")).to_have_count(30)
    # The same block as text, without its headings, laid where it is pasted.
    page.keyboard.press("Control+z")
    expect(cell(page, f"{rows[0]['key']}|2016")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#grid input")).to_be_focused()
    paste(page, text="\n".join("\t".join(line) for line in texts[:1]) + "\r\n")
    says(page, "粘贴了 10 格")
    page.keyboard.press("Control+z")
    paste(page, html=html)
    says(page, "粘贴了 30 格")

    page.locator("#grid-save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("有 2 处错误")
    expect(page.locator("#grid-confirm")).to_have_count(0)
    assert violations(window) == []
    for key, value in ((f"{rows[0]['key']}|2020", "112"), (f"{rows[2]['key']}|2023", "321")):
        dialog.get_by_role("button", name="跳到这一格").first.click()
        expect(cell(page, key)).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.type(value)
        page.keyboard.press("Enter")
        page.keyboard.press("Control+s")
        expect(dialog).to_be_visible()
    asked = dialog.locator(".grid-review .field input")
    for at in range(asked.count()):
        asked.nth(at).fill("按统计年报核对")
    confirm(page)
    says(page, "已保存 30 格")
    expect(page.locator("td.grid-changed")).to_have_count(0)
    expect(cell(page, f"{rows[2]['key']}|2023")).to_contain_text("321")


def test_a_warning_wants_a_reason_that_may_serve_for_several(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    data = data_of(page)
    known = [
        key
        for key, found in data["cells"].items()
        if found["state"] == "approved" and not found.get("locked") and key.endswith("|2023")
    ][:2]
    for key in known:
        cell(page, key).click()
        page.keyboard.press("F2")
        page.keyboard.type(str(data["cells"][key]["text"]) + "1")
        page.keyboard.press("Enter")
    page.locator("#grid-save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("同一个理由用于下面 2 格")
    page.locator("#grid-confirm").click()
    expect(dialog).to_contain_text("请写明理由。")
    expect(dialog.locator("input[aria-invalid=true]")).to_have_count(2)
    expect(dialog.locator("input[aria-invalid=true]").first).to_be_focused()
    page.locator("#grid-reason-all").fill("年报修订")
    dialog.get_by_role("button", name="填入全部").click()
    assert violations(window) == []
    confirm(page)
    says(page, "已保存 2 格")
    expect(cell(page, known[0])).to_have_class("grid-cell grid-draft")


def test_a_gap_needs_its_reason_and_is_never_a_zero(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    key = f"{blank_rows(page, 1)[0]['key']}|2018"
    cell(page, key).click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    cell(page, key).click()
    page.keyboard.press("Delete")
    expect(cell(page, key)).to_have_text("")
    page.locator("#grid-cell-status").select_option("L")
    expect(cell(page, key)).to_have_text("未统计")
    page.locator("#grid-save").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("没有数值的原因").fill("当年未开展统计")
    confirm(page)
    says(page, "已保存 1 格")
    expect(cell(page, key)).to_contain_text("未统计")


def test_the_second_of_two_is_shown_the_first_and_chooses(
    site: Site, visit: Callable[..., Visit]
) -> None:
    site.manage("shell", "-v", "0", "-c", COLLEAGUE % PASSWORD)
    slow, fast = visit("demo-analyst"), visit("colleague")
    page, other = opened(slow), opened(fast)
    row = blank_rows(page, 1)[0]
    keys = [f"{row['key']}|{year}" for year in (2020, 2021)]
    for at, (window, value) in enumerate(((page, "41"), (other, "52"))):
        for key in keys:
            cell(window, key).click()
            window.keyboard.type(f"{value}{at}")
            window.keyboard.press("Enter")
    other.locator("#grid-save").click()
    confirm(other)
    says(other, "已保存 2 格")

    page.locator("#grid-save").click()
    dialog = page.get_by_role("dialog")
    for words in ("同处同事", "521", "填了"):
        expect(dialog).to_contain_text(words)
    page.locator("#grid-confirm").click()
    expect(dialog).to_contain_text("请选择用哪一个值。")
    assert violations(slow) == []
    groups = dialog.locator("fieldset")
    groups.nth(0).get_by_label("用我的值：410").check()
    groups.nth(1).get_by_label("保留对方的值：521").check()
    confirm(page)
    says(page, "已保存 1 格")
    expect(cell(page, keys[0])).to_contain_text("410")
    expect(cell(page, keys[1])).to_contain_text("521")
    other.reload()
    expect(cell(other, keys[0])).to_contain_text("410")
    expect(cell(other, keys[1])).to_contain_text("521")


def test_what_happens_between_reading_and_saving_is_shown_too(
    site: Site, visit: Callable[..., Visit]
) -> None:
    site.manage("shell", "-v", "0", "-c", COLLEAGUE % PASSWORD)
    slow, fast = visit("demo-analyst"), visit("colleague")
    page, other = opened(slow), opened(fast)
    key = f"{blank_rows(page, 1)[0]['key']}|2022"
    for window, value in ((page, "61"), (other, "62")):
        cell(window, key).click()
        window.keyboard.type(value)
        window.keyboard.press("Enter")
    page.locator("#grid-save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("fieldset")).to_have_count(0)
    other.locator("#grid-save").click()
    confirm(other)
    says(other, "已保存 1 格")
    page.locator("#grid-confirm").click()
    expect(dialog.locator("fieldset")).to_contain_text("同处同事")
    dialog.get_by_label("保留对方的值：62").check()
    confirm(page)
    expect(cell(page, key)).to_contain_text("62")
    slow.complaints.clear()  # the browser notes the 409 itself


def test_nothing_is_lost_without_the_server_or_by_a_reload(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    key = f"{blank_rows(page, 1)[0]['key']}|2019"
    page.on("dialog", lambda dialog: dialog.accept())

    def fail(route: Route) -> None:
        route.abort()

    page.route("**/actuals/grid/read/", fail)
    cell(page, key).click()
    page.keyboard.type("73")
    page.keyboard.press("Enter")
    page.locator("#grid-save").click()
    says(page, "连不上服务器")
    expect(cell(page, key)).to_have_text("73")
    page.unroute("**/actuals/grid/read/")

    page.reload()
    offer = page.locator("#grid-stored")
    expect(offer).to_contain_text("1 处改动没有保存")
    expect(cell(page, key)).to_have_text("")
    assert violations(window) == []
    # What is typed before the offer is answered takes nothing away from it.
    other = key.replace("|2019", "|2018")
    cell(page, other).click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.reload()
    expect(offer).to_contain_text("2 处改动没有保存")
    offer.get_by_role("button", name="恢复这些改动").click()
    expect(cell(page, key)).to_have_text("73")
    page.reload()
    page.locator("#grid-stored").get_by_role("button", name="放弃这些改动").click()
    page.reload()
    expect(page.locator("#grid-stored")).to_have_count(0)
    window.complaints.clear()  # the browser notes the failed requests itself


CLIPBOARDS: list[tuple[str, str, list[list[str]]]] = [
    ("", "a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
    ("", "1\t\n\t2\n", [["1", ""], ["", "2"]]),
    ("", '"two\nlines"\t"a ""word"""\t5"', [["two lines", 'a "word"', '5"']]),
    ("<p>no table</p>", "7", [["7"]]),
    (
        "<table><tr><td rowspan=2>A</td><td colspan=2>2024年</td></tr>"
        "<tr><td>上半年</td><td>下半年</td></tr></table>",
        "",
        [["A", "2024年", "2024年"], ["A", "上半年", "下半年"]],
    ),
    (
        "<table><tr><td>8100<sup>1</sup></td><td>万m<sup>2</sup></td></tr>"
        "<tr><td colspan=2>1,234</td></tr></table>",
        "",
        [["8100[1]", "万m²"], ["1,234", ""]],
    ),
    (
        "<style><!--td{color:red}--></style><table style='width:1pt'><tr><td style='x:\">y'>1<br>2 <b>3</b></td></tr></table>",
        "",
        [["1 2 3"]],
    ),
]


def test_a_clipboard_is_read_as_the_table_it_shows(visit: Callable[..., Visit]) -> None:
    page = opened(visit("demo-analyst"))
    read = """([html, text]) => window.qdGrid.clipboard.read(
      { getData: (kind) => (kind === "text/html" ? html : text) })"""
    for html, text, block in CLIPBOARDS:
        assert page.evaluate(read, [html, text]) == block
        again = page.evaluate("(block) => window.qdGrid.clipboard.write(block)", block)
        assert page.evaluate(read, ["", again]) == block


def test_leaving_with_changes_is_asked_about(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == []
    cell(page, f"{blank_rows(page, 1)[0]['key']}|2017").click()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.reload()
    assert asked == ["beforeunload"]
    page.locator("#grid-stored").get_by_role("button", name="放弃这些改动").click()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_grid_is_accessible_and_fits(visit: Callable[..., Visit], width: int) -> None:
    window = visit("demo-analyst", width=width)
    page = opened(window)
    cell(page, f"{blank_rows(page, 1)[0]['key']}|2024").click()
    page.keyboard.type("88")
    page.keyboard.press("Enter")
    assert violations(window) == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    grid = page.get_by_role("grid")
    data = data_of(page)
    assert grid.get_by_role("row").count() == len(data["rows"]) + 1
    assert grid.get_by_role("columnheader").count() == len(data["columns"]) + 2
    assert grid.get_by_role("rowheader").count() == len(data["rows"])
    assert grid.get_by_role("gridcell").count() == len(data["rows"]) * (len(data["columns"]) + 1)
    page.keyboard.press("Control+z")


def test_a_key_touches_a_few_of_two_thousand_cells(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window, "/actuals/grid/?region=370200&from=1997&to=2025")
    assert len(data_of(page)["cells"]) >= 1900
    page.locator("td[data-key][tabindex='0']").focus()
    touched = page.evaluate(
        """async () => {
          let touched = 0;
          const observer = new MutationObserver((records) => { touched += records.length; });
          observer.observe(document.getElementById("grid"), { subtree: true, childList: true, attributes: true });
          for (let at = 0; at < 50; at += 1) {
            document.activeElement.dispatchEvent(
              new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
          }
          await Promise.resolve();
          observer.disconnect();
          return touched;
        }"""
    )
    assert 50 <= touched <= 50 * 8


def test_signing_in_again_keeps_the_changes_and_saves_them(visit: Callable[..., Visit]) -> None:
    window = visit("demo-analyst")
    page = opened(window)
    key = f"{blank_rows(page, 1)[0]['key']}|2025"
    cell(page, key).click()
    page.keyboard.type("64")
    page.keyboard.press("Enter")
    window.context.clear_cookies()
    page.locator("#grid-save").click()
    says(page, "可能已经退出登录")
    expect(cell(page, key)).to_have_text("64")

    second = Visit(window.site, window.context, window.context.new_page())
    second.sign_in("demo-analyst")
    page.locator("#grid-save").click()
    confirm(page)
    says(page, "已保存 1 格")
    expect(cell(page, key)).to_contain_text("64")
    window.complaints.clear()  # the browser notes the 403 itself


def test_fingers_tap_twice_to_edit_and_the_aside_says_what_is_beside(
    visit: Callable[..., Visit],
) -> None:
    window = visit("demo-analyst", width=390)
    page = opened(window)
    data = data_of(page)
    key = next(k for k, found in data["cells"].items() if found.get("last") and found.get("goal"))
    cell(page, key).click()
    aside = page.locator("#grid-inspector")
    row = next(row for row in data["rows"] if key.startswith(row["key"]))
    expect(aside).to_contain_text(f"（{row['unit']}）")
    expect(aside).to_contain_text(data["cells"][key]["last"])
    expect(aside).to_contain_text(data["cells"][key]["goal"])
    cell(page, key).click()
    expect(cell(page, key).locator("input")).to_be_focused()
    page.keyboard.type("八千左右")
    page.keyboard.press("Enter")
    expect(cell(page, key)).to_have_attribute("aria-invalid", "true")
    cell(page, key).click()
    expect(aside.locator("#grid-doubts")).to_contain_text("八千左右")
    page.keyboard.press("Control+z")
    expect(page.locator("td.grid-changed")).to_have_count(0)
