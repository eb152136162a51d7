"""What a chart draws of the actuals."""

from __future__ import annotations

from decimal import Decimal

import plotly.graph_objects as go
import pytest
from django.utils import translation

from indicators.charts import (
    Break,
    Point,
    Series,
    actual_traces,
    break_marks,
    layout,
    period_label,
    place,
    safe,
)
from indicators.periods import ReferencePeriod


def period(text: str) -> ReferencePeriod:
    return ReferencePeriod.parse(text)


def point(when: str, value: str | None, **fields: str) -> Point:
    number = None if value is None else Decimal(value)
    return Point(period=period(when), value=number, words=f"{value}家", **fields)


def series(*points: Point, breaks: tuple[Break, ...] = ()) -> Series:
    return Series(name="示范数", region="示范市", unit="家", points=points, breaks=breaks)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2022", 2022.0),
        ("2022-S1", 2021.5),
        ("2022-S2", 2022.0),
        ("2022-Q3", 2021.75),
        ("2022-12", 2022.0),
        ("2016-01/2016-09", 2015.75),
        ("2021/2024", 2024.0),
        ("2022-12-31", 2022.0),
        ("2023-07-02", 2022 + 183 / 365),
    ],
)
def test_place_is_the_end_of_the_period_in_years(text: str, at: float) -> None:
    assert place(period(text)) == pytest.approx(at)


def test_line_missing_year_is_a_gap_and_never_zero() -> None:
    line = actual_traces(series(point("2020", "5"), point("2023", "0")))[0]

    assert (line["x"], line["y"]) == ([2020.0, 2021.0, 2022.0, 2023.0], [5.0, None, None, 0.0])
    assert line["connectgaps"] is False


def test_line_year_that_is_confidential_is_a_gap_without_a_marker() -> None:
    traces = actual_traces(
        series(point("2020", "5"), point("2021", None, obs_status="Q"), point("2022", "7"))
    )

    assert traces[0]["y"] == [5.0, None, 7.0]
    assert [trace["y"] for trace in traces[1:]] == [[5.0, 7.0]]


def test_line_does_not_cross_a_break() -> None:
    line = actual_traces(
        series(point("2018", "5"), point("2019", "9"), breaks=(Break(period=period("2019")),))
    )[0]

    assert (line["x"], line["y"]) == ([2018.0, 2018.5, 2019.0], [5.0, None, 9.0])


def test_line_break_outside_the_years_changes_nothing() -> None:
    line = actual_traces(series(point("2018", "5"), breaks=(Break(period=period("2030")),)))[0]

    assert (line["x"], line["y"]) == ([2018.0], [5.0])


def test_markers_by_vintage_bound_and_part_of_the_year() -> None:
    traces = actual_traces(
        series(
            point("2020", "5"),
            point("2021", "6", vintage="flash"),
            point("2022", "7", qualifier="above"),
            point("2023-S1", "4", qualifier="above"),
            point("2023-S2", "4", qualifier="below"),
            point("2023", "9", qualifier="below"),
            point("2024-S1", "3"),
        )
    )

    shown = {t["name"]: (t["marker"]["symbol"], t["marker"]["color"], t["x"]) for t in traces[1:]}
    assert shown == {
        "实绩（年报）": ("circle", "#1f4e8c", [2020.0]),
        "实绩（快报）": ("diamond", "#1f4e8c", [2021.0]),
        "实绩下限（突破）": ("triangle-up-open", "#1f4e8c", [2022.0]),
        "年内数下限（突破）": ("triangle-up-open", "#7fa3cf", [2022.5]),
        "年内数上限（不足）": ("triangle-down-open", "#7fa3cf", [2023.0]),
        "实绩上限（不足）": ("triangle-down-open", "#1f4e8c", [2023.0]),
        "年内或跨年数": ("circle", "#7fa3cf", [2023.5]),
    }


def test_markers_only_parts_of_years_draw_no_line() -> None:
    traces = actual_traces(series(point("2024-S1", "3")))

    assert [trace["mode"] for trace in traces] == ["markers"]


def test_hover_says_period_words_kind_and_source() -> None:
    trace = actual_traces(series(point("2020", "5", obs_status="P", source="示范公报")))[1]

    assert trace["hovertext"] == ["2020年  5家<br>年报 · 初步数<br>示范公报"]


def test_hover_markup_in_a_source_is_shown_as_it_is() -> None:
    trace = actual_traces(series(point("2020", "5", source="<a href=x>&")))[1]

    assert trace["hovertext"] == ["2020年  5家<br>年报<br>&lt;a href=x&gt;&amp;"]


def test_break_is_a_line_between_the_periods_with_its_note() -> None:
    shapes, notes = break_marks([Break(period=period("2019"), note="改用<新>口径")])

    assert [(s["x0"], s["x1"], s["yref"]) for s in shapes] == [(2018.5, 2018.5, "paper")]
    assert [(n["text"], n["hovertext"]) for n in notes] == [("口径变动", "改用&lt;新&gt;口径")]


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ([1.0, 9.0], "tozero"),
        ([60.0, 67.0], "normal"),
        ([30.0], "tozero"),
        ([-2.0, 5.0], "normal"),
        ([0.0, 0.0], "tozero"),
        ([], "tozero"),
    ],
)
def test_layout_starts_at_zero_unless_figures_lie_close(values: list[float], mode: str) -> None:
    assert layout("家", [2020.0, 2024.0], values)["yaxis"]["rangemode"] == mode


def test_layout_long_spans_have_fewer_ticks() -> None:
    assert [layout("家", [2000.0, last], [1.0])["xaxis"]["dtick"] for last in (2014.0, 2015.0)] == [
        1,
        2,
    ]


def test_layout_unit_is_escaped() -> None:
    assert layout("<b>", [2020.0], [1.0])["yaxis"]["title"]["text"] == "&lt;b&gt;"


def test_spec_is_a_figure_that_plotly_takes() -> None:
    drawn = series(point("2020", "5"), point("2023", "7", qualifier="above"))
    shapes, notes = break_marks([Break(period=period("2022"))])
    frame = layout("家", [2020.0, 2023.0], [5.0, 7.0]) | {"shapes": shapes, "annotations": notes}

    made = go.Figure({"data": actual_traces(drawn), "layout": frame})

    assert len(made.data) == 3


def test_safe_escapes_what_plotly_would_read() -> None:
    assert safe("a<b>&\"'") == "a&lt;b&gt;&amp;\"'"


def test_period_label_follows_the_language() -> None:
    with translation.override("en"):
        assert period_label(period("2024-S1")) == "first half of 2024"
    with translation.override("zh-hans"):
        assert period_label(period("2024-S1")) == "2024年上半年"
