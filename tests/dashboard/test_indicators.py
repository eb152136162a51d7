"""The list of indicators, the page of one, its chart data and its CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from indicators.models import Observation
from qdpolicy.madeup import CITY
from tests.dashboard import builders as b

pytestmark = pytest.mark.django_db

LIST_QUERIES = 5
PAGE_QUERIES = 11
PAGE = "/indicators/FIRMS/"


class Text(HTMLParser):
    """The visible words of a page, one blank between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def __str__(self) -> str:
        return " ".join(self.words)


def words(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return str(Text(answer.content.decode()))


def rows_of(answer: HttpResponse, section: str) -> list[str]:
    """The words of each body row of the first table after an id or class."""
    html = answer.content.decode()
    body = html[html.index(section) :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    return [str(Text(row)) for row in body.split("</tr>")[:-1]]


def full_page(number: int = 1) -> None:
    """An indicator with every kind of row a page can show, `number` times over."""
    of = b.indicator(release_month=10, source="示范调查")
    rate = b.indicator("FIRMS_G", rate_of=of, unit=b.unit("percent"))
    for turn in range(number):
        b.observation(of, f"{2015 + turn}", "5")
        b.observation(rate, f"{2015 + turn}", "3")
        b.observation(of, f"{2020 + turn}", "6", review_state="draft", approved_by=None,
                      approved_at=None)  # fmt: skip
        b.promise(f"p{turn}", "lagging", of=b.document(f"doc{turn}", issued=f"202{turn}"))


def test_list_shows_latest_city_value_promises_and_lights(client: Client) -> None:
    of = b.indicator()
    b.observation(of, "2022", "10")
    b.observation(of, "2023", "395", qualifier="above")
    b.observation(of, "2024", "99", where=b.region("370100", "他市"))
    b.promise("met", "attained")
    b.promise("late", "lagging", of=b.document("other"))
    b.indicator("EMPTY", department=b.department("stats", "示范统计局"))

    answer = client.get("/indicators/")

    assert rows_of(answer, "indicator-list") == [
        "指标FIRMS 超过 395家 2023年 2 项 黄灯 1 绿灯 1 个数 示范局",
        "指标EMPTY 暂无数据 没有承诺 个数 示范统计局",
    ]


def test_list_parts_of_one_promise_count_once_with_its_light(client: Client) -> None:
    head = b.promise("head", "attained")
    part = b.promise("part", "attained", part_of=head)
    for target in (head, part):
        type(target.snapshot).objects.filter(target=target).update(promise_light="red")

    assert rows_of(client.get("/indicators/"), "indicator-list") == [
        "指标FIRMS 暂无数据 1 项 红灯 1 个数 示范局"
    ]


def test_list_zero_is_a_value_and_confidential_says_so(client: Client) -> None:
    b.observation(b.indicator("A"), "2024", "0")
    b.observation(b.indicator("B"), "2024", None, obs_status="Q")

    assert rows_of(client.get("/indicators/"), "indicator-list") == [
        "指标A 0家 2024年 没有承诺 个数 示范局",
        "指标B 保密 2024年 没有承诺 个数 示范局",
    ]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["A", "B"]),
        ("?department=stats", ["B"]),
        ("?kind=rate", ["B"]),
        ("?department=bureau&kind=count", ["A"]),
    ],
)
def test_list_filters(client: Client, query: str, codes: list[str]) -> None:
    b.indicator("A")
    b.indicator("B", kind="rate", department=b.department("stats", "示范统计局"))

    page = client.get(f"/indicators/{query}").context["page"]

    assert [row.code for row in page] == codes


@pytest.mark.parametrize("query", ["department=nobody", "kind=wrong", "page=0", "page=x", "page=9"])
def test_list_unknown_filter_is_not_found(client: Client, query: str) -> None:
    b.indicator()

    assert client.get(f"/indicators/?{query}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for turn in range(number):
        of = b.indicator(f"I{turn}", department=b.department(f"d{turn}"))
        b.observation(of, "2024", "1")
        b.promise(f"p{turn}", "attained", indicator=of)

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/indicators/")


def test_page_every_promise_with_its_relation_words_and_verdict(client: Client) -> None:
    held = {"comparator": "at_least", "unit": b.unit("yi")}
    b.indicator(unit=b.unit("yi"))
    for key, issued, end, value, status in (
        ("a", "2022-02-28", "2022", "350", "attained"),
        ("b", "2024-02-23", "2024", "700", "missed"),
        ("c", "2024", "2028", "1200", ""),
    ):
        home = b.document(key, issued=issued)
        b.clause(home, key="spot", quote=f"达{value}亿元")
        b.promise(
            key, status, of=home, meaning={**held, "period_end": end, "value": Decimal(value)}
        )

    answer = client.get(PAGE)
    html = answer.content.decode()
    listed = html[html.index('<ol class="promises">') : html.index("</ol>")]

    assert [str(Text(item)) for item in listed.split("</li>")[:-1]] == [
        "2022-02-28 达到 350亿元以上 2022年 达350亿元 文件a 第一段 已完成 2023年 7,920亿元",
        "2024-02-23 达到 700亿元以上 2024年 提高（原为 达到 350亿元以上） 期限 2022年 → 2024年"
        " 达700亿元 文件b 第一段 未完成 2023年 7,920亿元",
        "2024 达到 1,200亿元以上 2028年 提高（原为 达到 700亿元以上） 期限 2024年 → 2028年"
        " 达1200亿元 文件c 第一段 正在计算",
    ]
    links = [attrs["href"] for tag, attrs in Text(listed).tags if tag == "a"]
    assert links[:2] == ["/targets/a/a/", "/documents/a/#clause-spot"]


def test_page_actuals_with_their_bounds_reasons_rates_and_sources(client: Client) -> None:
    of = b.indicator()
    rate = b.indicator("FIRMS_G", rate_of=of, unit=b.unit("percent"))
    b.observation(of, "2020", "0", source_url="https://example.org/a", source_date="2021-03")
    b.observation(of, "2021", "395", qualifier="above", vintage="flash", obs_status="P")
    b.observation(of, "2022", "30", qualifier="about")
    b.observation(of, "2023", None, obs_status="L", note="停止调查")
    b.observation(of, "2024-S1", "7", review_state="draft", approved_by=None, approved_at=None)
    b.observation(rate, "2021", "-1.5")

    answer = client.get(PAGE)

    assert rows_of(answer, 'id="actuals"') == [
        "2023年 未统计 未公布 年报 未统计 示范公报 停止调查 2025-03-01 核定",
        "2022年 约 30家 未公布 年报 示范公报 2025-03-01 核定",
        "2021年 超过 395家 -1.5% 快报 初步数 示范公报 2025-03-01 核定",
        "2020年 0家 未公布 年报 示范公报 2021-03 2025-03-01 核定",
    ]


def test_page_names_of_people_are_for_those_signed_in(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    b.observation(b.indicator(), "2024", "5")

    assert "测试writer" not in client.get(PAGE).content.decode()
    writer, checker = b.user("writer"), b.user("checker")
    assert f"{writer} → {checker}" in words(signed_in("official").get(PAGE))


def test_page_drafts_are_for_those_who_may_see_them(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    b.observation(
        b.indicator(), "2017", "286.4", review_state="draft", approved_by=None, approved_at=None,
        note="年份有争议", reliability="C",
    )  # fmt: skip

    assert "286.4" not in client.get(PAGE).content.decode()
    assert "286.4" not in signed_in("official").get(PAGE).content.decode()
    shown = ["2017年 286.4家 草稿 存疑 示范公报 年份有争议"]
    for role in ("reviewer", "auditor"):
        assert rows_of(signed_in(role).get(PAGE), 'id="drafts"') == shown
    for department, rows in ((b.department(), shown), (b.department("other", "别局"), [])):
        analyst = signed_in("analyst", department=department)
        page = analyst.get(PAGE)
        assert (
            rows_of(page, 'id="drafts"') if 'id="drafts"' in page.content.decode() else []
        ) == rows
        assert ("286.4" in page.content.decode()) == bool(rows)
    # No chart and no file shows a draft, whoever asks.
    assert b"286.4" not in analyst.get(f"{PAGE}data.csv").content
    assert b"286.4" not in signed_in("reviewer").get(f"{PAGE}chart.json").content


def test_page_draft_without_a_year_says_so(signed_in: Callable[..., Client]) -> None:
    b.observation(
        b.indicator(), "2017", "5", review_state="draft", approved_by=None, approved_at=None
    )
    Observation.objects.update(reference_period=None)

    rows = rows_of(signed_in("reviewer").get(PAGE), 'id="drafts"')

    assert rows == ["年份不明 5家 草稿 示范公报"]


def test_page_entry_link_is_for_those_who_enter(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    b.indicator()
    b.region()
    address = f"/actuals/new/?indicator=FIRMS&region={CITY}"

    def hrefs(who: Client) -> list[str | None]:
        tags = Text(who.get(PAGE).content.decode()).tags
        return [attrs.get("href") for tag, attrs in tags if tag == "a"]

    assert [address in hrefs(who) for who in (client, signed_in("official"))] == [False, False]
    assert address in hrefs(signed_in("analyst"))


def test_page_without_anything_says_what_is_missing_and_who_can_fill_it(client: Client) -> None:
    b.indicator(source="示范调查", release_month=10)
    b.region()

    text = words(client.get(PAGE))

    assert "还没有示范市“指标FIRMS”的实绩。" in text
    assert "示范市没有文件对这个指标作过承诺。" in text
    assert "还没有录入任何实绩。 可由示范局补充。 数据来源：示范调查。 通常在次年10月发布。" in text


def test_page_years_without_figures_are_named(client: Client) -> None:
    of = b.indicator()
    b.observation(of, "2022", "0")
    b.observation(of, "2024", "5")

    found = re.search(r"尚无年度数的年份：([0-9、]+)。", words(client.get(PAGE)))

    assert found is not None
    assert found[1].split("、")[0] == "2023"


def test_page_region_chosen_offered_and_refused(client: Client) -> None:
    of = b.indicator()
    b.observation(of, "2024", "5")
    b.observation(of, "2024", "77", where=b.region("370211", "示范区", "district"))
    b.promise("there", region=b.region("370212", "示范二区", "district"))
    b.observation(b.indicator("OTHER"), "2024", "1", where=b.region("370100", "他市"))

    assert [row.code for row in client.get(PAGE).context["regions"]] == [
        "370200", "370211", "370212",
    ]  # fmt: skip
    assert client.get(PAGE).context["region"].code == CITY
    assert "2024年示范区指标FIRMS为77家。" in words(client.get(f"{PAGE}?region=370211"))
    assert client.get(f"{PAGE}?region=370100").status_code == 404
    assert client.get(f"{PAGE}?region=x").status_code == 404


def test_page_without_the_city_takes_the_first_region(client: Client) -> None:
    b.observation(b.indicator(), "2024", "5", where=b.region("370211", "示范区", "district"))

    assert client.get(PAGE).context["region"].code == "370211"


@pytest.mark.parametrize("rest", ["", "chart.json", "data.csv"])
def test_page_unknown_indicator_is_not_found(client: Client, rest: str) -> None:
    b.region()

    assert client.get(f"/indicators/NONE/{rest}").status_code == 404


def test_page_verdict_that_waits_says_updating(client: Client) -> None:
    held = b.promise("held", "attained")
    assert "更新中" not in words(client.get(PAGE))

    b.stale(held)

    assert "更新中" in words(client.get(PAGE))


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    full_page(number)

    with django_assert_num_queries(PAGE_QUERIES):
        client.get(PAGE)


def test_page_signed_in_stays_within_eighteen_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    full_page(3)
    analyst = signed_in("analyst")

    with django_assert_max_num_queries(18):
        analyst.get(PAGE)


def test_page_and_chart_show_markup_in_names_as_text(client: Client) -> None:
    bad = "<a href=x>&'\""
    of = b.indicator(name=bad, definition=bad, source=bad, breaks=[{"period": "2023", "note": bad}])
    b.observation(of, "2023", "1", source_title=bad, note=bad)
    b.promise("p", "attained", of=b.document(title=bad, digest=f"一项承诺{bad}"), note=bad)

    page = client.get(PAGE)
    figure = client.get(f"{PAGE}chart.json").content.decode()

    foreign = [a for tag, a in Text(page.content.decode()).tags if tag == "a" and a["href"] == "x"]
    assert foreign == []
    assert "<" not in figure.replace("<br>", "")
    assert 'href="x"' not in client.get("/indicators/").content.decode()


def test_page_has_no_inline_style_or_script(client: Client) -> None:
    full_page()

    tags = Text(client.get(PAGE).content.decode()).tags

    assert [a for tag, a in tags if "style" in a or any(name.startswith("on") for name in a)] == []
    assert [a for tag, a in tags if tag == "style" or (tag == "script" and "src" not in a)] == []
    styles = [a for tag, a in tags if a.get("id") == "plotly.js-style-global"]
    assert [(a["class"], a["rel"]) for a in styles] == [("no-inline-styles", "stylesheet")]


def test_page_table_twin_holds_what_the_chart_draws(client: Client) -> None:
    b.observation(b.indicator(), "2023", "395", qualifier="above")
    b.promise("p", "attained")

    assert rows_of(client.get(PAGE), "figure-table") == [
        "2023年 实绩 超过 395家 年报",
        "2024年 目标 突破 9,000家 文件plan",
    ]


def test_chart_is_a_figure_with_an_etag_that_nobody_else_keeps(client: Client) -> None:
    b.observation(b.indicator(), "2023", "0")

    answer = client.get(f"{PAGE}chart.json")

    assert answer["Content-Type"] == "application/json"
    assert sorted(answer["Cache-Control"].split(", ")) == ["no-cache", "private"]
    assert json.loads(answer.content)["data"][0]["y"] == [0.0]


def test_chart_unchanged_is_304_and_changed_is_sent_again(client: Client) -> None:
    of = b.indicator()
    b.observation(of, "2023", "5")
    etag = client.get(f"{PAGE}chart.json")["ETag"]

    same = client.get(f"{PAGE}chart.json", headers={"if-none-match": etag})
    b.observation(of, "2024", "6")
    changed = client.get(f"{PAGE}chart.json", headers={"if-none-match": etag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_chart_and_csv_hold_no_draft_whoever_asks(signed_in: Callable[..., Client]) -> None:
    of = b.indicator()
    b.observation(of, "2023", "5")
    b.observation(of, "2024", "286.4", review_state="draft", approved_by=None, approved_at=None)
    analyst = signed_in("analyst")

    for rest in ("chart.json", "data.csv"):
        assert b"286.4" not in analyst.get(f"{PAGE}{rest}").content


def test_csv_is_of_the_region_with_a_plain_name(client: Client) -> None:
    of = b.indicator()
    b.observation(of, "2023", "5")
    b.observation(of, "2023", "77", where=b.region("370211", "示范区", "district"))

    answer = client.get(f"{PAGE}data.csv?region=370211")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="FIRMS-370211.csv"'
    assert [line.split(",")[5] for line in answer.content.decode().splitlines()[1:]] == ["77"]


@pytest.mark.parametrize("address", ["/indicators/", PAGE, f"{PAGE}chart.json", f"{PAGE}data.csv"])
def test_pages_ask_for_login_where_reading_is_not_public(
    client: Client, settings: pytest.FixtureRequest, address: str
) -> None:
    b.indicator()
    b.region()
    settings.PUBLIC_READING = False  # type: ignore[attr-defined]

    assert client.get(address).status_code == 302
    assert client.post(address).status_code == 302


@pytest.mark.parametrize("address", ["/indicators/", PAGE, f"{PAGE}chart.json", f"{PAGE}data.csv"])
def test_pages_are_read_only(client: Client, address: str) -> None:
    b.indicator()

    assert client.post(address).status_code == 405


def test_loader_stands_in_for_the_style_that_the_installed_plotly_would_add() -> None:
    loader = finders.find("js/charts.js")
    assert loader is not None
    script = Path(loader).read_text(encoding="utf-8")
    stand_in = re.findall(r'MAP_STYLE = "([0-9a-f]+)"', script)
    plotly = (settings.PLOTLY_FILES / "plotly.min.js").read_text(encoding="utf-8")

    # Both conditions under which Plotly writes no style into the page.
    assert re.findall(r'\.id="([0-9a-f]{32,})"', plotly) == stand_in
    assert 'matches(".no-inline-styles")' in plotly
