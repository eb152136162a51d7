"""A projection on the chart: what is drawn and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import plotly.graph_objects as go

from indicators.charts import Point, Series
from indicators.periods import ReferencePeriod
from targets.bands import COLOUR, Ahead, band_summary, band_traces
from targets.charts import GOALS, Chart, figure, summary


def point(year: int, value: int) -> Point:
    return Point(period=ReferencePeriod.of_year(year), value=Decimal(value), words=f"{value}家")


def year(of: int, low: int, median: int, high: int) -> Ahead:
    words = f"中位数{median}家，80%区间{low}家至{high}家"
    return Ahead(ReferencePeriod.of_year(of), Decimal(low), Decimal(median), Decimal(high), words)


AHEAD = (year(2024, 80, 92, 107), year(2025, 85, 105, 149))
SERIES = Series(
    name="示范企业数", region="示范市", unit="家", points=(point(2022, 70), point(2023, 79))
)
CHART = Chart(series=SERIES, ahead=AHEAD)


def test_band_starts_at_the_last_figure_and_goes_round() -> None:
    band, middle = band_traces(AHEAD, SERIES.yearly)
    assert band["x"] == [2023.0, 2024.0, 2025.0, 2025.0, 2024.0, 2023.0]
    assert band["y"] == [79.0, 107.0, 149.0, 85.0, 80.0, 79.0]
    assert (middle["x"], middle["y"]) == ([2023.0, 2024.0, 2025.0], [79.0, 92.0, 105.0])
    assert middle["hovertext"] == ["", *(f"{n.period.year}年模型推算：{n.words}" for n in AHEAD)]


def test_band_without_a_figure_before_it_starts_by_itself() -> None:
    band, middle = band_traces(AHEAD, (point(2019, 50),))
    assert middle["x"] == [2024.0, 2025.0]
    assert len(band["x"]) == 4


def test_band_is_named_as_what_it_is_and_looks_like_nothing_else() -> None:
    band, middle = band_traces(AHEAD, SERIES.yearly)
    assert middle["name"] == band["name"] == "模型推算（不是承诺，也不参与判定）"
    assert (band["showlegend"], middle["showlegend"]) == (False, True)
    assert middle["line"]["dash"] == "dashdot"
    assert COLOUR not in GOALS


def test_chart_with_a_band_is_a_figure_that_plotly_accepts() -> None:
    spec = figure(CHART)
    go.Figure(spec)
    assert len(spec["data"]) == len(figure(replace(CHART, ahead=()))["data"]) + 2
    top = spec["layout"]["yaxis"].get("range")
    assert top is None or top[1] >= 149


def test_nothing_ahead_is_nothing_drawn_and_nothing_said() -> None:
    assert band_traces((), SERIES.yearly) == []
    assert band_summary(()) == ""
    assert "推算" not in summary(replace(CHART, ahead=()))


def test_summary_says_the_last_year_and_that_it_is_a_model() -> None:
    assert summary(CHART).endswith(
        "模型推算（不是承诺，也不参与判定）：2025年中位数105家，80%区间85家至149家。"
    )
