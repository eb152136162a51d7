"""The chart of an indicator with its promises, and what is said beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pytest

from indicators.charts import Point, Series
from indicators.periods import ReferencePeriod
from targets.charts import Chart, Promise, figure, headline, subtitle, summary


def period(text: str) -> ReferencePeriod:
    return ReferencePeriod.parse(text)


def point(when: str, value: str, qualifier: str = "exact") -> Point:
    words = f"超过 {value}家" if qualifier == "above" else f"{value}家"
    return Point(period=period(when), value=Decimal(value), words=words, qualifier=qualifier)


def promise(end: str | None = "2024", goal: str = "9000", **fields: Any) -> Promise:
    about = {
        "document": "示范方案",
        "words": f"突破 {goal}家",
        "status": "已完成",
        "light": "green",
    }
    return Promise(goal=Decimal(goal), end=None if end is None else period(end), **(about | fields))


def chart(*points: Point, promises: tuple[Promise, ...] = (), elsewhere: int = 0) -> Chart:
    drawn = Series(name="示范企业数", region="示范市", unit="家", points=points)
    return Chart(series=drawn, promises=promises, elsewhere=elsewhere)


def goals(of: Chart) -> list[dict[str, Any]]:
    return [trace for trace in figure(of)["data"] if trace["mode"] == "markers+text"]


def lines(of: Chart, dash: str) -> list[tuple[list[float | None], list[float | None]]]:
    return [
        (trace["x"], trace["y"])
        for trace in figure(of)["data"]
        if trace["mode"] == "lines" and trace["line"].get("dash") == dash
    ]


def apart(value: Decimal) -> str:
    return f"{value}家"


def test_goal_is_a_marker_at_its_deadline_and_a_step() -> None:
    drawn = chart(point("2023", "7920"), promises=(promise(),))

    assert [(g["x"], g["y"], g["text"]) for g in goals(drawn)] == [
        ([2024.0], [9000.0], ["突破 9000家"])
    ]
    assert lines(drawn, "solid") == [([2023.58, 2024.42], [9000.0, 9000.0])]
    assert goals(drawn)[0]["hovertext"] == ["示范方案<br>2024年：突破 9000家<br>已完成"]


def test_goal_range_has_two_steps() -> None:
    drawn = chart(promises=(promise(goal="1", upper=Decimal(2)),))

    assert lines(drawn, "solid") == [
        ([2023.58, 2024.42, None, 2023.58, 2024.42], [1.0, 1.0, None, 2.0, 2.0])
    ]


def test_goal_of_each_year_reaches_over_its_years() -> None:
    drawn = chart(promises=(promise("2025", start=period("2022"), each_year=True),))

    assert lines(drawn, "solid") == [([2021.58, 2025.42], [9000.0, 9000.0])]


def test_goal_without_deadline_reaches_over_all_and_says_so() -> None:
    drawn = chart(point("2019", "1"), point("2023", "2"), promises=(promise(None),))

    assert lines(drawn, "dash") == [([2019.0, 2023.0], [9000.0, 9000.0])]
    assert goals(drawn)[0]["hovertext"] == ["示范方案<br>突破 9000家<br>文件未写明期限"]


def test_goal_alone_without_deadline_has_no_place_and_is_not_drawn() -> None:
    drawn = chart(promises=(promise(None),))

    assert (drawn.drawable, figure(drawn)["data"]) == (False, [])
    assert summary(drawn) == "没有实绩，目标也没有期限，画不出图。"


def test_path_linear_runs_straight_from_the_baseline() -> None:
    drawn = chart(promises=(promise(base=(period("2022"), Decimal(5000))),))

    assert lines(drawn, "dot") == [([2022.0, 2024.0], [5000.0, 9000.0])]


def test_path_compound_grows_by_the_same_factor() -> None:
    drawn = chart(
        promises=(promise("2024", "400", path="compound", base=(period("2022"), Decimal(100))),)
    )

    (x, y), *rest = lines(drawn, "dot")
    assert rest == []
    assert (x[0], x[4], x[-1], len(x)) == (2022.0, 2023.0, 2024.0, 9)
    assert (y[0], y[4], y[-1]) == (100.0, pytest.approx(200.0), pytest.approx(400.0))


@pytest.mark.parametrize("base", ["0", "-5"])
def test_path_compound_from_nothing_is_drawn_straight(base: str) -> None:
    drawn = chart(
        promises=(promise("2024", "400", path="compound", base=(period("2022"), Decimal(base))),)
    )

    assert lines(drawn, "dot") == [([2022.0, 2024.0], [float(base), 400.0])]


def test_path_milestones_are_its_corners() -> None:
    stops = ((period("2023"), Decimal(6000)),)
    drawn = chart(
        promises=(
            promise(path="milestones", milestones=stops, base=(period("2022"), Decimal(5000))),
        )
    )

    assert lines(drawn, "dot") == [([2022.0, 2023.0, 2024.0], [5000.0, 6000.0, 9000.0])]


def test_path_without_baseline_is_not_invented() -> None:
    assert lines(chart(promises=(promise(),)), "dot") == []


def test_documents_have_one_colour_and_one_legend_entry_each() -> None:
    drawn = chart(
        promises=(
            promise("2022", "1"),
            promise("2024", "2"),
            promise("2028", "3", document="另一份方案"),
        )
    )

    shown = [(g["name"], g["showlegend"], g["marker"]["color"]) for g in goals(drawn)]
    assert shown == [
        ("目标：示范方案", True, "#b0480f"),
        ("目标：示范方案", False, "#b0480f"),
        ("目标：另一份方案", True, "#5b3a8c"),
    ]


def test_documents_beyond_the_colours_start_again() -> None:
    drawn = chart(promises=tuple(promise(document=f"方案{n}", goal=str(n)) for n in range(7)))

    assert goals(drawn)[6]["marker"]["color"] == goals(drawn)[0]["marker"]["color"]


def test_legend_of_a_long_title_is_cut() -> None:
    drawn = chart(promises=(promise(document="长" * 19),))

    assert goals(drawn)[0]["name"] == f"目标：{'长' * 18}…"


def test_words_said_twice_are_printed_once() -> None:
    drawn = chart(promises=(promise(), promise(document="另一份方案")))

    assert [g["text"] for g in goals(drawn)] == [["突破 9000家"], [""]]


def test_words_of_close_neighbours_stand_above_and_below() -> None:
    drawn = chart(point("2012", "100"), promises=(promise("2023", "8900"), promise("2024", "9000")))

    assert [g["textposition"] for g in goals(drawn)] == ["top center", "bottom center"]


def test_texts_are_escaped_everywhere() -> None:
    bad = "<a href=x>&"
    drawn = chart(point("2023", "1"), promises=(promise(document=bad, words=bad, status=bad),))
    drawn = replace(drawn, series=replace(drawn.series, unit=bad, name=bad, region=bad))

    text = json.dumps(figure(drawn), ensure_ascii=False)

    assert "<a" not in text
    assert goals(drawn)[0]["hovertext"] == [
        "&lt;a href=x&gt;&amp;<br>2024年：&lt;a href=x&gt;&amp;<br>&lt;a href=x&gt;&amp;"
    ]


def test_figure_is_taken_by_plotly_and_holds_plain_values_only() -> None:
    drawn = chart(
        point("2020", "5"),
        point("2022", "7", "above"),
        point("2023-S1", "3"),
        promises=(
            promise(base=(period("2020"), Decimal(5)), path="compound"),
            promise(None, "3"),
            promise("2026", "1", upper=Decimal(2)),
        ),
    )

    spec = figure(drawn)

    assert len(go.Figure(spec).data) == len(spec["data"])
    assert json.loads(json.dumps(spec)) == spec


def test_headline_compares_two_exact_years() -> None:
    more = chart(point("2021", "5554"), point("2023", "7920"))
    less = chart(point("2021", "10"), point("2022", "7"))
    same = chart(point("2021", "7"), point("2022", "7"))

    assert [headline(each, apart) for each in (more, less, same)] == [
        "2023年示范市示范企业数为7920家，比2021年多2366家。",
        "2022年示范市示范企业数为7家，比2021年少3家。",
        "2022年示范市示范企业数为7家，与2021年持平。",
    ]


def test_headline_takes_no_difference_from_a_lower_bound() -> None:
    later = chart(point("2021", "300"), point("2022", "395", "above"))
    earlier = chart(point("2021", "300", "above"), point("2022", "395"))

    assert [headline(each, apart) for each in (later, earlier)] == [
        "2022年示范市示范企业数超过 395家。",
        "2022年示范市示范企业数为395家。",
    ]


def test_headline_tells_the_promise_just_due_and_the_next() -> None:
    drawn = chart(
        point("2024", "7"),
        promises=(
            promise("2020", "1", status="未完成", light="red"),
            promise("2024", "6"),
            promise("2026", "9", status="无法评估", light="grey"),
            promise("2028", "12", status="快于预期"),
            promise("2030", "15", status="略有滞后", light="yellow"),
        ),
    )

    assert headline(drawn, apart) == (
        "2024年示范市示范企业数为7家。2024年的目标“突破 6家”：已完成。"
        "2028年的目标“突破 12家”：快于预期。"
    )


def test_headline_parts_of_years_alone_speak_of_the_last() -> None:
    assert headline(chart(point("2023-S1", "3"), point("2024-S1", "4")), apart) == (
        "2024年上半年示范市示范企业数为4家。"
    )


def test_headline_zero_is_a_figure_and_nothing_is_said_so() -> None:
    assert headline(chart(point("2024", "0")), apart) == "2024年示范市示范企业数为0家。"
    assert headline(chart(), apart) == "还没有示范市“示范企业数”的实绩。"


def test_subtitle_names_region_unit_and_day() -> None:
    assert subtitle(chart(), date(2025, 3, 1)) == (
        "示范市 · 单位：家 · 截至2025-03-01 · 各点位于报告期末"
    )


def test_summary_tells_extent_extremes_gaps_and_promises() -> None:
    drawn = chart(
        point("2020", "5"),
        point("2022", "0"),
        point("2023", "9"),
        promises=(promise(), promise("2026", "12", light="red")),
        elsewhere=1,
    )

    assert summary(drawn) == (
        "2020年至2023年有3个年度数，最低0家（2022年），最高9家（2023年）。缺2021年。"
        "图中画出2个目标，其中1个亮绿灯。"
        "另有1个目标不以水平表述或无法换算，列在下表，不在图中。"
    )


def test_summary_of_one_year_and_of_none() -> None:
    assert summary(chart(point("2023", "9"))) == "只有2023年一个年度数。"
    assert summary(chart(point("2023-S1", "9"))) == "图中没有年度数。"
