"""Regions side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from indicators.models import Indicator, Region
from qdpolicy.dashboard.regions import groups_of, latest_by_region
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> dict[str, Region]:
    """A country, a province, two cities, three districts and a zone over two of them."""
    country = make.region("000000", "全国", "country")
    province = make.region("370000", "示范省", "province", parent=country)
    home = make.region("370200", "示范市", "city", parent=province)
    peer = make.region("370100", "邻近市", "city", parent=province)
    districts = [
        make.region(f"37020{n}", name, "district", parent=home)
        for n, name in ((2, "东区"), (3, "西区"), (4, "北区"))
    ]
    zone = make.region("370200-GX", "示范高新区", "zone", parent=home)
    zone.overlaps.set(districts[:2])
    gone = make.region("370282", "旧区", "district", parent=home, valid_to="2017-10-30")
    return {row.name: row for row in (country, province, home, peer, *districts, zone, gone)}


@pytest.fixture
def firms(land: dict[str, Region]) -> Indicator:
    """Figures of every kind of region: exact, a bound, a zero, none, and two periods."""
    about = make.indicator("FIRMS")
    for name, period, value, more in (
        ("示范省", "2023", "32000", {}), ("示范市", "2023", "7920", {}), ("邻近市", "2023", "6000", {}),
        ("东区", "2022", "700", {}), ("东区", "2023-S1", "720", {"qualifier": "above"}),
        ("西区", "2024", "0", {}), ("示范高新区", "2023", "500", {}), ("旧区", "2016", "90", {}),
    ):  # fmt: skip
        make.observation(about, period, value, where=land[name], **more)
    make.observation(
        about,
        "2024",
        "999",
        where=land["东区"],
        review_state="draft",
        approved_by=None,
        approved_at=None,
    )
    return about


def tables(html: str) -> dict[str, list[str]]:
    """The regions of each table, in order."""
    found = {}
    for title, body in re.findall(r"<h3 id=\"group-\d+\">(.*?)</h3>(.*?)</section>", html, re.S):
        found[title] = [
            name.split("<")[0] for name in re.findall(r'<th scope="row">(.*?)</th>', body, re.S)
        ]
    return found


@pytest.mark.usefixtures("firms")
def test_each_kind_has_its_own_table(client: Client) -> None:
    assert tables(page(client, "/regions/")) == {
        "示范市各区市": ["东区", "西区", "北区"],
        "示范市各功能区（与区市重叠，不相加）": ["示范高新区"],
        "城市之间": ["示范市", "邻近市"],
        "全国与各省": ["示范省"],
    }


@pytest.mark.usefixtures("firms")
def test_a_row_names_figure_period_and_source(client: Client) -> None:
    seen = text_of(page(client, "/regions/"))
    assert "东区 超过 720家 2023年上半年 示范公报" in seen
    assert "西区 0家 2024年 示范公报" in seen
    assert "北区 暂无数据" in seen
    assert "示范高新区 与东区、西区重叠 500家" in seen.replace(" 与 ", " 与")
    assert "999" not in seen
    assert "旧区" not in seen


@pytest.mark.usefixtures("firms")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("value", ["西区", "东区", "北区"]),
        ("-value", ["东区", "西区", "北区"]),
        ("name", ["东区", "西区", "北区"]),
        ("period", ["西区", "东区", "北区"]),
    ],
)
def test_the_server_sorts(client: Client, sort: str, order: list[str]) -> None:
    assert tables(page(client, f"/regions/?sort={sort}"))["示范市各区市"] == order


@pytest.mark.usefixtures("firms")
def test_the_way_of_sorting_is_told_to_screen_readers(client: Client) -> None:
    html = page(client, "/regions/?sort=value")
    assert html.count('aria-sort="ascending"') == 4
    assert 'href="?sort=-value"' in html
    assert page(client, "/regions/").count('aria-sort="descending"') == 4


@pytest.mark.usefixtures("firms")
def test_one_period_can_be_asked_for(client: Client) -> None:
    found = tables(page(client, "/regions/?period=2023"))
    assert found == {
        "示范市各功能区（与区市重叠，不相加）": ["示范高新区"],
        "城市之间": ["示范市", "邻近市"],
        "全国与各省": ["示范省"],
        "示范市各区市": [],
    }
    assert "东区、西区、北区：都还没有核定的数值。" in text_of(
        page(client, "/regions/?period=2023")
    ).replace(" ", "")


def test_a_share_stands_beside_the_provinces(client: Client, land: dict[str, Region]) -> None:
    share = make.indicator("SHARE", aggregation="ratio", unit=make.unit("percent"), kind="ratio")
    make.observation(share, "2023", "3.4", where=land["示范市"])
    make.observation(share, "2023", "2.6", where=land["全国"])
    html = page(client, "/regions/")
    assert tables(html)["与全国、全省和其他城市相比"] == ["示范市", "全国"]
    assert "本指标各地不能相加。" in text_of(html)


@pytest.mark.usefixtures("firms")
def test_an_indicator_is_chosen_by_its_code(client: Client, land: dict[str, Region]) -> None:
    other = make.indicator("OTHER", source="示范统计局", release_month=3)
    make.observation(other, "2023", "8", where=land["示范市"])
    seen = text_of(page(client, "/regions/?indicator=OTHER"))
    assert "责任部门：示范局 来源：示范统计局 每年 3 月发布" in seen
    assert "8家" in seen


def test_the_indicator_with_the_most_regions_comes_first(
    client: Client, land: dict[str, Region]
) -> None:
    few, many = make.indicator("AFEW"), make.indicator("MANY")
    make.observation(few, "2023", "8", where=land["示范市"])
    for name in ("示范市", "邻近市"):
        make.observation(many, "2023", "8", where=land[name])
    assert '<option value="MANY" selected>' in page(client, "/regions/")


@pytest.mark.usefixtures("firms")
@pytest.mark.parametrize("query", ["sort=x", "indicator=x", "period=1999", "period=2023-S2"])
def test_an_unknown_choice_is_404(client: Client, query: str) -> None:
    make.indicator("EMPTY")
    assert client.get(f"/regions/?{query}").status_code == 404


def test_an_indicator_without_figures_is_not_offered(client: Client) -> None:
    make.indicator("EMPTY")
    assert client.get("/regions/?indicator=EMPTY").status_code == 404
    assert "还没有核定的实绩。" in text_of(page(client, "/regions/"))


@pytest.mark.usefixtures("firms")
def test_an_analyst_is_led_to_the_form_for_what_is_missing(
    signed_in: Callable[..., Client], client: Client
) -> None:
    link = "?indicator=FIRMS&amp;region=370204"
    assert page(signed_in("analyst"), "/regions/").count(link) == 1
    assert page(client, "/regions/").count(link) == 0


def test_the_latest_figure_is_that_of_the_latest_period(land: dict[str, Region]) -> None:
    about = make.indicator("FIRMS")
    rows = [
        make.observation(about, period, "1", where=land["东区"])
        for period in ("2023", "2024-S1", "2022", "2023-12")
    ]
    assert latest_by_region(rows) == {land["东区"].pk: rows[1]}
    assert latest_by_region(reversed(rows)) == {land["东区"].pk: rows[1]}
    rows[1].reference_period = None
    assert latest_by_region(rows[1:2]) == {}


def test_a_confidential_figure_is_not_ranked(client: Client, land: dict[str, Region]) -> None:
    about = make.indicator("FIRMS")
    make.observation(about, "2023", None, where=land["东区"], obs_status="Q", note="不公开")
    make.observation(about, "2023", "5", where=land["西区"])
    html = page(client, "/regions/?sort=value")
    assert tables(html)["示范市各区市"] == ["西区", "东区", "北区"]
    assert "东区 保密 2023年" in text_of(html)


def test_bars_compare_within_one_table(land: dict[str, Region]) -> None:
    about = make.indicator("FIRMS")
    latest = {
        land[name].pk: make.observation(about, "2023", value, where=land[name])
        for name, value in (("东区", "200"), ("西区", "50"), ("北区", "-5"), ("示范市", "9000"))
    }
    groups = groups_of(list(land.values()), latest, "-value")
    assert [[row.share for row in group.rows] for group in groups] == [
        [make.Decimal(1), make.Decimal("0.25"), make.Decimal("-0.025"), None], [make.Decimal(1)],
        [None],
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_with_one_and_with_three(
    number: int, land: dict[str, Region], django_assert_num_queries: Any, client: Client
) -> None:
    for n in range(number):
        about = make.indicator(f"I{n}")
        for name in ("东区", "西区", "示范市")[:number]:
            make.observation(about, "2023", "5", where=land[name])
    with django_assert_num_queries(5):
        assert client.get("/regions/").status_code == 200
