"""Charts of money: what is drawn, what is said, and that nothing claims an effect."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pytest

from indicators.charts import Break, Point, Series
from indicators.periods import ReferencePeriod
from programs.charts import (
    MOST_BARS,
    Picture,
    Scale,
    YearOf,
    beside,
    money_by_year,
    shares,
)
from programs.money import in_wan
from programs.reading import NOTHING, Share, Sums

DAY = date(2025, 6, 30)
SCALE = Scale(4, "万元", in_wan)


def year(
    when: int, committed: str | None = None, paid: str | None = None, budget: str | None = None
) -> YearOf:
    """A year in 元; without a sum committed nothing was entered."""
    money = [None if text is None else Decimal(text) for text in (committed, paid, budget)]
    left = None if money[0] is None or money[2] is None else money[2] - money[0]
    awards = None if committed is None else 1
    return YearOf(
        when, Sums(awards=awards, committed=money[0], paid=money[1], budget=money[2], left=left)
    )


def series(*points: tuple[str, str], breaks: tuple[Break, ...] = ()) -> Series:
    drawn = tuple(
        Point(period=ReferencePeriod.parse(when), value=Decimal(value), words=f"{value}家")
        for when, value in points
    )
    return Series(name="示范数", region="示范市", unit="家", points=drawn, breaks=breaks)


def by_year(*rows: YearOf) -> Picture:
    return money_by_year(rows, SCALE, whom="示范计划", as_of=DAY)


def share(name: str, committed: str, awards: int = 1, paid: str = "0") -> Share:
    return Share(name, awards, Decimal(committed), Decimal(paid))


def by_share(*found: Share) -> Picture:
    return shares(found, SCALE, by="产业", as_of=DAY)


def sound(picture: Picture) -> dict[str, Any]:
    """The figure, after plotly has checked every property and JSON every value."""
    go.Figure(picture.spec)
    return json.loads(json.dumps(picture.spec, allow_nan=False))


def test_years_have_two_bars_and_a_mark_of_the_budget() -> None:
    spec = sound(by_year(year(2024, "5000000", "2500000", "8000000"), year(2025, "100", "0")))

    drawn = [(trace["name"], trace["x"], trace["y"]) for trace in spec["data"]]
    assert drawn == [
        ("批准", [2024.0, 2025.0], [500.0, 0.01]),
        ("已拨付", [2024.0, 2025.0], [250.0, 0.0]),
        ("预算", [2024.0], [800.0]),
    ]
    assert spec["layout"]["yaxis"]["title"]["text"] == "万元"
    assert spec["layout"]["yaxis"]["rangemode"] == "tozero"


def test_year_without_an_award_has_no_bar_and_is_no_zero() -> None:
    spec = sound(by_year(year(2023, "1", "0"), year(2024, budget="9"), year(2025, "0", "0")))

    assert spec["data"][0]["y"] == [0.0001, None, 0.0]
    assert spec["data"][0]["hovertext"][1] == ""


def test_year_without_any_entry_is_left_out() -> None:
    spec = sound(by_year(year(2023, "1", "0"), YearOf(2024, NOTHING), year(2025, "1", "0")))

    assert spec["data"][0]["x"] == [2023.0, 2025.0]


def test_years_headline_says_the_sums_and_what_is_left_of_the_last_budget() -> None:
    picture = by_year(
        year(2024, "5000000", "2500000"), year(2025, "1000000", "123456.78", "4000000")
    )

    assert picture.headline == (
        "示范计划2024—2025年批准600万元，已拨付262.345678万元。2025年预算还余300万元。"
    )
    assert picture.subtitle == "单位：万元 · 按立项年度 · 截至2025-06-30"
    assert picture.summary == "2个年度有立项，2024年批准最多（500万元），2025年最少（100万元）。"


def test_years_headline_says_that_the_budget_is_exceeded() -> None:
    assert by_year(year(2025, "5000000", "0", "4000000")).headline == (
        "示范计划2025年批准500万元，已拨付0万元。2025年批准超出预算100万元。"
    )


def test_years_headline_without_a_budget_says_nothing_of_one() -> None:
    picture = by_year(year(2025, "5000000", "0"))

    assert picture.headline == "示范计划2025年批准500万元，已拨付0万元。"
    assert picture.summary == "只有2025年有立项，批准500万元。"


def test_years_with_budgets_alone_say_so() -> None:
    picture = by_year(year(2024, budget="1000000"), year(2025, budget="2000000"))

    assert picture.headline == "示范计划2024—2025年有预算300万元，还没有登记立项。"
    assert picture.summary == "没有登记立项，图中只有预算。"


@pytest.mark.parametrize("rows", [(), (YearOf(2024, NOTHING),)])
def test_nothing_entered_is_said_and_not_drawn(rows: tuple[YearOf, ...]) -> None:
    picture = by_year(*rows)

    assert (picture.headline, picture.drawable) == ("示范计划还没有登记立项或预算。", False)
    assert sound(picture)["data"] == []


def test_shares_are_bars_across_with_the_largest_on_top() -> None:
    spec = sound(by_share(share("甲业", "9000000", 3, "10000"), share("乙业", "1000000")))

    (trace,) = spec["data"]
    assert (trace["orientation"], trace["x"], trace["y"]) == ("h", [900.0, 100.0], ["甲业", "乙业"])
    assert trace["hovertext"] == [
        "甲业  3项，批准900万元，已拨付1万元",
        "乙业  1项，批准100万元，已拨付0万元",
    ]
    assert spec["layout"]["yaxis"]["autorange"] == "reversed"
    assert (spec["layout"]["xaxis"]["range"][0], spec["layout"]["xaxis"]["dtick"]) == (0, 200.0)


def test_shares_say_the_largest_and_the_whole() -> None:
    picture = by_share(share("甲业", "9000000"), share("乙业", "1000000"))

    assert picture.headline == "批准最多的产业是甲业，900万元。"
    assert picture.subtitle == "批准金额，按产业 · 单位：万元 · 截至2025-06-30"
    assert picture.summary == "共2个产业，批准合计1,000万元。"


def test_single_share_is_not_the_largest_of_several() -> None:
    assert by_share(share("甲业", "9000000")).headline == "立项都在甲业，批准900万元。"


def test_shares_beyond_what_a_picture_holds_are_one_bar() -> None:
    many = [share(f"业{number:02}", str(900 - number)) for number in range(MOST_BARS + 3)]

    (trace,) = sound(by_share(*many))["data"]

    assert len(trace["y"]) == MOST_BARS
    assert trace["y"][-1] == "其余4个"
    assert sum(trace["x"]) == pytest.approx(sum(float(s.committed) for s in many) / 10_000)


def test_shares_as_many_as_a_picture_holds_are_all_named() -> None:
    many = [share(f"业{number:02}", "9") for number in range(MOST_BARS)]

    assert sound(by_share(*many))["data"][0]["y"] == [f"业{n:02}" for n in range(MOST_BARS)]


@pytest.mark.parametrize("largest", ["0", "1", "9", "10000", "50000", "51000", "99999999999999"])
def test_shares_have_one_to_five_ticks_besides_zero(largest: str) -> None:
    axis = sound(by_share(share("甲业", largest), share("乙业", "0")))["layout"]["xaxis"]

    drawn = float(Decimal(largest) / 10_000)
    assert drawn <= 5 * axis["dtick"]
    assert drawn == 0 or drawn >= axis["dtick"]


def test_no_share_is_said_and_not_drawn() -> None:
    picture = by_share()

    assert (picture.headline, picture.drawable) == ("还没有可以按产业分的立项。", False)
    sound(picture)


def test_beside_has_two_panels_over_the_same_years() -> None:
    picture = beside(
        series(("2023", "10"), ("2024", "12")), [year(2024, "5000000", "0")], SCALE, as_of=DAY
    )

    spec = sound(picture)

    panels = {trace["name"]: trace.get("yaxis", "y") for trace in spec["data"] if "name" in trace}
    assert panels == {"实绩（年报）": "y", "批准": "y2", "已拨付": "y2"}
    assert spec["layout"]["xaxis"]["anchor"] == "y2"
    upper, lower = spec["layout"]["yaxis"]["domain"], spec["layout"]["yaxis2"]["domain"]
    assert lower[1] < upper[0]
    first, last = spec["layout"]["xaxis"]["range"]
    assert first < 2023 < 2024 < last


def test_beside_says_both_and_claims_nothing() -> None:
    picture = beside(
        series(("2023", "10"), ("2024", "12")), [year(2024, "5000000", "0")], SCALE, as_of=DAY
    )

    assert picture.headline == "示范市示范数2024年为12家。本计划2024年批准500万元。"
    assert picture.subtitle == "上：示范市示范数，家；下：本计划批准与拨付，万元 · 截至2025-06-30"
    assert "不表示这个数由本计划的资金带来" in picture.summary
    assert "%" not in picture.headline + picture.subtitle + picture.summary


def test_beside_marks_where_the_series_means_something_else() -> None:
    mark = Break(period=ReferencePeriod.parse("2024"), note="换了口径")
    spec = sound(beside(series(("2023", "1"), ("2024", "2"), breaks=(mark,)), [], SCALE, as_of=DAY))

    assert [note["text"] for note in spec["layout"]["annotations"]] == ["口径变动"]


def test_beside_without_actuals_draws_the_money_alone() -> None:
    picture = beside(series(), [year(2024, "5000000", "0")], SCALE, as_of=DAY)

    assert picture.headline == "还没有示范市“示范数”的实绩。本计划2024年批准500万元。"
    assert picture.subtitle == "本计划批准与拨付，万元 · 截至2025-06-30"
    assert [trace["name"] for trace in sound(picture)["data"]] == ["批准", "已拨付"]


def test_beside_without_money_draws_the_actuals_alone() -> None:
    picture = beside(series(("2023", "10")), [year(2024, budget="1")], SCALE, as_of=DAY)

    assert picture.headline == "示范市示范数2023年为10家。本计划还没有登记立项。"
    assert {trace["type"] for trace in sound(picture)["data"]} == {"scatter"}


def test_beside_without_both_draws_nothing() -> None:
    assert not beside(series(), [], SCALE, as_of=DAY).drawable


def test_names_are_texts_and_never_markup() -> None:
    bad = "<a href=x>&业"
    spec = sound(by_share(share(bad, "9"), share("乙业", "1")))

    assert spec["data"][0]["y"][0] == "&lt;a href=x&gt;&amp;业"
    assert "<" not in json.dumps(spec)


def test_scale_of_another_language_draws_other_numbers() -> None:
    million = Scale(6, "million yuan", lambda yuan: f"{yuan} yuan")

    picture = money_by_year([year(2025, "5000000", "0")], million, whom="x", as_of=DAY)

    assert picture.spec["data"][0]["y"] == [5.0]
    assert picture.spec["layout"]["yaxis"]["title"]["text"] == "million yuan"
