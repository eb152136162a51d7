"""What pages say of a projection, and the page of the back-test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from indicators.models import Indicator
from qdpolicy.dashboard.projections import chance_refusal, chance_words, refusal_words
from targets.models import Projection, Target
from targets.projection.method import NO_CHANCES, PUBLISHED, REFUSALS
from tests.dashboard.builders import (
    indicator,
    observation,
    page,
    promise,
    region,
    text_of,
    unit,
)

pytestmark = pytest.mark.django_db
LABEL = "模型推算，不是承诺，也不参与判定。"


def projection(of: Indicator, refusal: str = "", **facts: Any) -> Projection:
    """A row as the worker would have stored it."""
    about: dict[str, Any] = {
        "method": "m", "refusal": refusal, "points": 10, "first_year": 2014, "last_year": 2023,
        "origins": 7, "forecasts": 25, "inside": 20, "error": Decimal(10),
        "error_last": Decimal(40), "error_line": Decimal(20), "digest": "d" * 64,
        "computed_at": "2025-03-01T04:00Z",
        "path": [] if refusal else [[2024, "8395", "9224", "10770"]],
    }  # fmt: skip
    return Projection.objects.create(indicator=of, region=region(), **(about | facts))


@pytest.fixture
def firms() -> Indicator:
    found = indicator()
    observation(found, "2022", "6000")
    observation(found, "2023", "7920")
    return found


def shown(client: Client, address: str) -> str:
    return text_of(page(client, address))


def chart(client: Client, address: str = "/indicators/FIRMS/chart.json") -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = client.get(address).json()["data"]
    return [trace for trace in drawn if trace.get("legendgroup") == "projection"]


def test_indicator_page_shows_the_band_as_a_model(client: Client, firms: Indicator) -> None:
    projection(firms)
    text = shown(client, "/indicators/FIRMS/")
    assert LABEL in text
    assert "按截至2023年的10个年度数推算" in text
    assert "2024 8,395家 9,224家 10,770家" in text
    assert "2024 模型推算 9,224家 80%区间8,395家至10,770家；不是承诺，也不参与判定" in text
    assert "2024年中位数9,224家，80%区间8,395家至10,770家。" in text
    assert 'href="/projection/"' in page(client, "/indicators/FIRMS/")


def test_chart_draws_the_band_and_its_etag_follows_the_projection(
    client: Client, firms: Indicator
) -> None:
    bare = client.get("/indicators/FIRMS/chart.json")
    assert chart(client) == []
    row = projection(firms)
    first = client.get("/indicators/FIRMS/chart.json")
    band, middle = chart(client)
    assert middle["y"] == [7920.0, 9224.0]
    assert band["y"] == [7920.0, 10770.0, 8395.0, 7920.0]
    row.digest = "e" * 64
    row.save()
    second = client.get("/indicators/FIRMS/chart.json")
    assert len({answer.headers["ETag"] for answer in (bare, first, second)}) == 3
    same = client.get(
        "/indicators/FIRMS/chart.json", headers={"if-none-match": second.headers["ETag"]}
    )
    assert same.status_code == 304


@pytest.mark.parametrize(("refusal", "words"), [
    ("too_short", "历年数据只有10个点（口径变动后重新起算，下限数不计），至少要有4个"),
    ("no_test", "五年以内的回测不足3次"),
    ("last_value_better", "误差不低于“沿用末值”"),
    ("line_better", "误差不低于“直线外推”"),
    ("band_missed", "25个数中只有20个落在80%区间内"),
    ("beyond_figures", "超出了可以推算的范围"),
])  # fmt: skip
def test_refused_series_shows_no_band_and_says_why(
    client: Client, firms: Indicator, refusal: str, words: str
) -> None:
    assert refusal in REFUSALS
    projection(firms, refusal)
    text = shown(client, "/indicators/FIRMS/")
    assert words in text
    assert "中位数" not in text
    assert chart(client) == []


def test_every_refusal_and_every_reason_has_its_own_words(firms: Indicator) -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told = {
                refusal_words(Projection(refusal=code, points=3, forecasts=9, inside=5))
                for code in REFUSALS
            }
            assert len(told - {""}) == len(REFUSALS)
            assert len({chance_refusal(code) for code in NO_CHANCES}) == len(NO_CHANCES)


def test_series_without_a_row_says_so(client: Client, firms: Indicator) -> None:
    assert "还没有可以推算的年度数。" in shown(client, "/indicators/FIRMS/")


def goal(of: Indicator, chance: dict[str, str], **facts: Any) -> Target:
    target = promise("firms", "on_track", indicator=of, meaning={"period_end": "2026"})
    projection(of, chances={str(target.pk): chance}, **facts)
    return target


def test_target_page_says_the_chance_and_that_it_is_a_model(
    client: Client, firms: Indicator
) -> None:
    goal(firms, {"value": "0.3512"})
    text = shown(client, "/targets/plan/firms/")
    assert "按历年数据推算，2026年达到这个目标的可能性约35%。" in text
    assert LABEL in text


@pytest.mark.parametrize(("chance", "facts", "words"), [
    ({"why": "goal_past"}, {}, "期限已到，是否达到以实绩为准"),
    ({"why": "no_projection"}, {"refusal": "line_better"}, "误差不低于“直线外推”"),
    ({"why": "made_up_later"}, {}, "不给出达到的可能性"),
])  # fmt: skip
def test_target_page_says_why_there_is_no_chance(
    client: Client, firms: Indicator, chance: dict[str, str], facts: dict[str, Any], words: str
) -> None:
    goal(firms, chance, **facts)
    text = shown(client, "/targets/plan/firms/")
    assert words in text
    assert "达到这个目标的可能性约" not in text


@pytest.mark.parametrize(("value", "words"), [
    ("0", "2026年达到这个目标的可能性不到5%。"),
    ("0.0499", "可能性不到5%。"),
    ("0.05", "可能性约5%。"),
    ("0.6745", "可能性约67%。"),
    ("0.95", "可能性约95%。"),
    ("0.9501", "可能性超过95%。"),
    ("1", "可能性超过95%。"),
])  # fmt: skip
def test_chance_has_no_false_precision_at_its_ends(value: str, words: str) -> None:
    assert words in chance_words(Decimal(value), "2026")


def test_chance_of_a_span_is_that_of_its_last_year() -> None:
    assert "2028年" in chance_words(Decimal("0.5"), "2026/2028")


@pytest.mark.parametrize("address", ["/indicators/FIRMS/", "/targets/plan/firms/"])
def test_page_of_an_earlier_day_shows_none_and_says_why(
    client: Client, firms: Indicator, address: str
) -> None:
    goal(firms, {"value": "0.3512"})
    text = shown(client, f"/known-on/2025-03-02{address}")
    assert "推算只按现在所知的数作出，这里不显示。" in text
    assert "可能性约" not in text
    assert "中位数" not in text


def test_earlier_day_has_no_band_on_its_chart(client: Client, firms: Indicator) -> None:
    projection(firms)
    assert chart(client)
    assert chart(client, "/known-on/2025-03-02/indicators/FIRMS/chart.json") == []


def test_back_test_page_lists_the_tested_series_with_their_ratios(
    client: Client, firms: Indicator
) -> None:
    projection(firms)
    projection(indicator("SHORT"), "too_short", forecasts=0, inside=0, error=None)
    projection(
        indicator("LINE"), "line_better", forecasts=15, inside=10, error=Decimal(40),
        error_last=Decimal(90), error_line=Decimal(20),
    )  # fmt: skip
    text = shown(client, "/projection/")
    assert "2个序列可以回测，其中1个显示推算；另有1个序列太短" in text
    assert "指标FIRMS 示范市，2014–2023 10 7 25 0.25 0.5 80% 显示推算" in text
    assert "指标LINE 示范市，2014–2023 10 7 15 0.44 2 66.7% 回测中推算的误差不低于" in text
    assert "指标SHORT" not in text
    # Geometric means: the root of 1/4 times 4/9, and of 1/2 times 2.
    assert "2 — 40 0.33 1 75% 1个显示推算" in text


def test_back_test_page_prints_the_record_of_the_published_series(client: Client) -> None:
    text = shown(client, "/projection/")
    for figure in (PUBLISHED.series, PUBLISHED.tested, PUBLISHED.shown):
        assert f"{figure}个" in text
    assert f"{PUBLISHED.forecasts}次预告有81.6%落在80%区间内" in text
    assert "“沿用末值”的50%、“直线外推”的59.2%" in text


def test_back_test_page_is_useful_empty(client: Client) -> None:
    assert "还没有长到可以回测的序列" in shown(client, "/projection/")


def test_series_without_error_does_not_break_the_means(client: Client, firms: Indicator) -> None:
    zero = Decimal(0)
    projection(firms, "last_value_better", error=zero, error_last=zero, error_line=zero)
    assert "1 — 25 — — 80% 0个显示推算" in shown(client, "/projection/")


@pytest.mark.parametrize("number", [1, 3])
def test_back_test_page_costs_the_same_queries(
    number: int, client: Client, django_assert_num_queries: Any
) -> None:
    unit()
    for index in range(number):
        projection(indicator(f"FIRMS{index}"))
    with django_assert_num_queries(3):
        client.get("/projection/")
