"""The first page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qdpolicy.dashboard.census import census
from qdpolicy.dashboard.overview import headline
from qdpolicy.dashboard.promises import Scope
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db


def test_the_first_line_counts_promises_by_status() -> None:
    for key, status in (
        ("a", "attained"), ("b", "attained"), ("c", "on_track"), ("d", "missed"), ("e", "no_data"),
    ):  # fmt: skip
        make.promise(key, status)
    scope = Scope(year="2024")
    assert headline(scope, census().standing(scope)).replace("\u00a0", " ") == (
        "2024年 5 项目标：2 项已完成，1 项符合预期，1 项未完成，1 项暂无数据。"
    )


@pytest.mark.parametrize(
    ("scope", "start"),
    [(Scope(), "全部年份 1"), (Scope(year="none"), "未注明期限的 1")],
)
def test_the_first_line_names_the_years(scope: Scope, start: str) -> None:
    make.promise("open", "no_data", meaning={"period_end": ""})
    assert headline(scope, census().standing(scope)).startswith(start)


def test_the_first_line_of_nothing() -> None:
    assert headline(Scope(), census().standing(Scope())) == "这里还没有目标。"


def test_an_empty_database_says_what_to_do(client: Client) -> None:
    seen = text_of(page(client))
    assert "还没有装入任何政策文件。" in seen
    assert "load_facts" in seen
    assert "全部目标" not in seen


def test_an_empty_database_leads_an_analyst_to_the_form(
    signed_in: Callable[..., Client], client: Client
) -> None:
    link = f'href="{reverse("entry_new")}"'
    assert page(signed_in("analyst")).count(link) == 1
    assert page(client).count(link) == 0


def test_the_page_shows_day_rules_and_lights(client: Client) -> None:
    make.promise("red", "missed")
    make.promise("green", "attained")
    html = page(client)
    seen = text_of(html)
    assert "数据截至 2025-03-01" in seen
    assert "判定规则第 1 版" in seen
    counted = re.findall(r'class="tally-(\w+)" href="(\S+?)".*?class="count">(\d+)<', html, re.S)
    assert counted == [
        ("red", "?light=red", "1"), ("yellow", "?light=yellow", "0"),
        ("green", "?light=green", "1"), ("grey", "?light=grey", "0"),
    ]  # fmt: skip


def test_lights_count_the_scope_and_the_table_the_light(client: Client) -> None:
    make.promise("red", "missed")
    make.promise("green", "attained")
    html = page(client, "/?year=2024&light=red")
    assert re.findall(r'class="count">(\d+)<', html) == ["1", "0", "1", "0"]
    table = html[html.index('id="all"') :]
    assert "目标red" in table
    assert "目标green" not in table
    assert 'href="?year=2024" aria-current="true"' in html


def test_what_is_behind_comes_in_one_sentence_each(client: Client) -> None:
    behind = make.target("late")
    make.version(behind)
    make.snapshot(
        behind, "lagging", "yellow", actual=make.Decimal(7920), actual_qualifier="exact",
        period="2023", goal=make.Decimal(9000), gap=make.Decimal(-1080), attained=False,
        pace=make.Decimal("0.82"),
        reasons=[{"code": "awaiting_actual", "params": {"period": "2024"}}],
    )  # fmt: skip
    make.promise("fine", "attained")
    html = page(client)
    seen = text_of(html[html.index('id="behind"') : html.index('id="changed"')])
    assert (
        "目标late ：突破 9,000家（2024年）；2023年为 7,920家，与目标相差 \u22121,080家。"
        " 推进速度是应有速度的 82%。2024年已结束，期末实绩尚未公布。"
    ) in seen
    assert "目标fine" not in seen


def test_nothing_behind_is_said(client: Client) -> None:
    make.promise("fine", "attained")
    make.promise("blank", "no_data")
    seen = text_of(page(client))
    assert "这里没有亮红灯或黄灯的目标。另有 1 项因缺少实绩或基期暂不能判断" in seen


def test_what_changed_shows_both_lights(client: Client) -> None:
    moved = make.promise("moved", "missed")
    make.change(moved, "on_track", "missed")
    elsewhere = make.promise("elsewhere", "attained", of=make.document("other"))
    make.change(elsewhere, "lagging", "attained")
    html = page(client, "/?document=plan")
    seen = text_of(html[html.index('id="changed"') : html.index('id="missing"')])
    assert "目标moved 符合预期 → 未完成 · 2025-03-01" in seen
    assert "目标elsewhere" not in seen


def test_the_latest_approved_actuals_of_the_scope_are_listed(client: Client) -> None:
    make.promise("firms", "attained")
    make.observation(make.indicator(), "2023", "7920")
    make.observation(
        make.indicator(), "2024", "8100", review_state="draft", approved_by=None, approved_at=None
    )
    make.observation(make.indicator("STRANGE"), "2023", "4")
    html = page(client)
    seen = text_of(html[html.index('id="changed"') : html.index('id="missing"')])
    assert "指标FIRMS 7,920家 示范市 · 2023年 · 2025-03-01 核定" in seen
    assert "8,100" not in seen
    assert "STRANGE" not in seen


def test_an_actual_of_another_city_is_not_news_here(client: Client) -> None:
    make.promise("firms", "attained")
    elsewhere = make.region("440300", "另一市")
    make.observation(make.indicator(), "2024", "25700", where=elsewhere)
    html = page(client)
    seen = text_of(html[html.index('id="changed"') : html.index('id="missing"')])
    assert "25,700" not in seen
    assert "还没有核定的实绩。" in seen


def test_a_lagging_figure_needs_attention_though_a_part_cannot_be_judged(client: Client) -> None:
    head = make.promise("head")
    make.snapshot(head, "lagging", "yellow", promise_status="not_assessable", promise_light="grey")
    html = page(client)
    seen = text_of(html[html.index('id="behind"') : html.index('id="changed"')])
    assert "略有滞后 目标head" in seen
    assert "另有部分暂不能判断，整项承诺记为灰灯。" in seen
    row = text_of(html[html.index('id="all"') :])
    assert "无法评估 数值本身： 略有滞后" in row


def test_what_is_missing_is_grouped_by_who_can_fill_it(
    signed_in: Callable[..., Client], client: Client
) -> None:
    other = make.department("other", "另一局")
    counted = make.indicator("COUNTED", source="示范统计局", release_month=5, department=other)
    make.promise("own", "no_data", department=make.department("named", "点名局"))
    make.promise("blank", "no_data", indicator=counted)
    make.promise("full", "attained")
    html = page(client)
    part = html[html.index('id="missing"') : html.index('id="all"')]
    seen = text_of(part)
    assert "点名局 缺 1 项" in seen
    assert "另一局 缺 1 项" in seen
    assert "示范市 · 2024年 · 来源：示范统计局 · 每年 5 月发布" in seen
    assert "目标full" not in seen
    assert "录入实绩" not in seen
    link = f"{reverse('entry_new')}?indicator=COUNTED&amp;region=370200&amp;period=2024"
    assert page(signed_in("analyst")).count(link) == 1


def test_a_missing_part_is_named_itself(client: Client) -> None:
    head = make.promise("head")
    make.snapshot(head, "attained", "green", promise_status="no_data", promise_light="grey")
    make.promise("part", "no_data", part_of=head)
    html = page(client)
    seen = text_of(html[html.index('id="missing"') : html.index('id="all"')])
    assert "目标part" in seen
    assert "目标head" not in seen


def test_nothing_missing_is_said(client: Client) -> None:
    make.promise("full", "attained")
    assert "所列目标都有实绩。" in text_of(page(client))


def test_measures_are_counted_apart(client: Client) -> None:
    make.promise("full", "attained")
    make.measure("one")
    make.measure("two", status="done")
    make.measure("three", status="done", of=make.document("other"))
    html = page(client, "/?document=plan")
    seen = text_of(html[html.index('id="measures"') :])
    assert "1 未评定" in seen
    assert "1 已完成" in seen
    assert "1 项目标" in text_of(html).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("query", "number"),
    [("year=2024", 1), ("year=none", 1), ("region=370202", 1), ("department=bureau", 1)],
)
def test_measures_follow_the_filters(client: Client, query: str, number: int) -> None:
    district = make.region("370202", "示范区", "district")
    far = make.document("far", region=district)
    make.promise("a", "attained", of=make.document("plan"))
    make.promise("b", "attained", of=far, region=district, meaning={"period_end": ""})
    make.measure("dated", of=make.document("plan"), period_end="2024", department=make.department())
    make.measure("open", of=far)
    html = page(client, f"/?{query}")
    assert f"<strong>{number}</strong> 未评定" in html


def test_the_table_leads_to_the_words_in_the_document(client: Client) -> None:
    found = make.promise("firms", "attained")
    html = page(client)
    assert f'href="/documents/plan/#clause-{found.clause.key}"' in html
    assert 'href="/targets/plan/firms/"' in html


def test_a_hostile_name_is_text(client: Client) -> None:
    make.promise("bad", "missed", name="<script>alert(1)</script>")
    html = page(client)
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("query", ["year=1999", "light=blue", "page=2", "page=x", "status=good"])
def test_an_unknown_filter_is_404_in_words(client: Client, query: str) -> None:
    make.promise("firms", "attained")
    response = client.get(f"/?{query}")
    assert response.status_code == 404
    assert "没有" in text_of(response.content.decode())


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_without_public_reading_the_page_asks_to_sign_in(
    client: Client, settings: Any, signed_in: Callable[..., Client]
) -> None:
    settings.PUBLIC_READING = False
    response = client.get("/?year=2024")
    assert (response.status_code, response["Location"]) == (
        302, "/accounts/login/?next=/%3Fyear%3D2024",
    )  # fmt: skip
    assert signed_in("official").get("/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_with_one_and_with_three(
    number: int, signed_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    for n in range(number):
        found = make.promise(f"red{n}", "missed", of=make.document(f"d{n}"))
        make.promise(f"part{n}", "no_data", of=make.document(f"d{n}"), part_of=found)
        make.promise(f"none{n}", "no_data", of=make.document(f"d{n}"))
        make.change(found, "on_track", "missed")
        make.observation(make.indicator(), str(2020 + n), "5")
        make.measure(f"m{n}")
    reader = signed_in("analyst")
    with django_assert_num_queries(12):
        assert reader.get("/").status_code == 200


def test_the_newest_actual_stands_beside_the_day(client: Client) -> None:
    make.promise("firms", "attained")
    assert "数据截至 2025-03-01，最新实绩 2023年 判定规则" in text_of(page(client))


def test_without_actuals_only_the_day_is_said(client: Client) -> None:
    make.promise("firms", "no_data")
    seen = text_of(page(client))
    assert "数据截至 2025-03-01 判定规则" in seen
    assert "最新实绩" not in seen


def test_grey_lights_past_their_deadline_are_told_apart(client: Client) -> None:
    make.snapshot(make.promise("blank"), "no_data", "grey", flags=["awaiting_actual"])
    make.snapshot(
        make.promise("old"), "not_assessable", "grey", flags=["awaiting_actual", "stale_data"],
        actual=make.Decimal(5), actual_qualifier="exact", period="2020",
    )  # fmt: skip
    make.promise("soon", "no_data", meaning={"period_end": "2028"})
    html = page(client)
    tally = text_of(html[html.index('class="tally"') : html.index('class="filters"')])
    assert "灰灯 暂不能判断 已到期、仍无期末数据 2 项 未到期 1 项" in tally
    table = text_of(html[html.index('id="all"') :])
    assert table.count("暂无数据 已到期，仍无数据 目标blank") == 1
    assert table.count("无法评估 已到期，仍无期末数据 目标old") == 1
    assert table.count("暂无数据 目标soon") == 1


def test_grey_lights_that_are_not_due_need_no_second_number(client: Client) -> None:
    make.promise("soon", "no_data", meaning={"period_end": "2028"})
    assert "已到期" not in text_of(page(client))


def test_twenty_rows_stand_on_a_page_and_the_rest_on_the_next(client: Client) -> None:
    for number in range(21):
        make.promise(f"t{number:02}", "attained")
    first, second = page(client), page(client, "/?page=2")
    assert [html.count('<th scope="row">') for html in (first, second)] == [20, 1]
    assert "第 1 页，共 2 页" in text_of(first)


def test_what_needs_attention_is_sought_beyond_the_rows_of_the_page(client: Client) -> None:
    for number in range(21):
        make.promise(f"t{number:02}", "attained")
    head = make.promise("head")
    make.snapshot(head, "lagging", "yellow", promise_status="not_assessable", promise_light="grey")
    html = page(client)
    assert "目标head" in html[html.index('id="behind"') : html.index('id="changed"')]
    assert "目标head" not in html[html.index('id="all"') :]
