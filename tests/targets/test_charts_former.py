"""Goals that no longer hold stay on the chart: fainter, named, counted nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from indicators.charts import Point, Series
from indicators.periods import ReferencePeriod
from targets.charts import FAINT, Chart, Promise, figure, headline, summary

REPLACED = "原目标，2025-03-01被取代"


def period(text: str) -> ReferencePeriod:
    return ReferencePeriod.parse(text)


def promise(goal: str, end: str = "2024", **fields: Any) -> Promise:
    about = {
        "document": "示范方案",
        "words": f"突破 {goal}家",
        "status": "已完成",
        "light": "green",
    }
    return Promise(goal=Decimal(goal), end=period(end), **(about | fields))


def chart(*, promises: tuple[Promise, ...] = (), former: tuple[Promise, ...] = ()) -> Chart:
    points = (Point(period=period("2023"), value=Decimal(7920), words="7,920家"),)
    drawn = Series(name="示范企业数", region="示范市", unit="家", points=points)
    return Chart(series=drawn, promises=promises, former=former)


def test_former_goal_is_a_fainter_broken_step_with_its_words() -> None:
    old = promise("8000", note=REPLACED)
    traces = figure(chart(promises=(promise("9000"),), former=(old,)))["data"]
    (step,) = (trace for trace in traces if trace.get("opacity") == FAINT)
    (marker,) = (t for t in traces if t.get("marker", {}).get("opacity") == FAINT)
    assert "opacity" not in marker
    assert (step["line"]["dash"], step["y"]) == ("longdash", [8000.0, 8000.0])
    assert marker["text"] == [f"突破 8000家<br>{REPLACED}"]
    assert marker["showlegend"] is False
    assert "已完成" not in marker["hovertext"][0]
    # The document keeps its one colour.
    standing = next(trace for trace in traces if trace.get("name", "").startswith("目标："))
    assert marker["marker"]["color"] == standing["marker"]["color"]


def test_former_goal_widens_the_picture_and_draws_no_path() -> None:
    base = (period("2020"), Decimal(5000))
    far = promise("20000", "2030", note=REPLACED)
    spec = figure(chart(promises=(promise("9000", base=base),), former=(far,)))
    assert max(max(trace["y"]) for trace in spec["data"] if trace.get("opacity")) == 20000
    assert [t["name"] for t in spec["data"] if t.get("line", {}).get("dash") == "dot"] == [
        "所需路径"
    ]
    go.Figure(spec)


def test_withdrawn_goal_alone_is_drawn() -> None:
    empty = Series(name="示范企业数", region="示范市", unit="家", points=())
    drawn = Chart(series=empty, former=(promise("9000", note="已废止，自2025-03-01起"),))
    assert drawn.drawable
    assert len(figure(drawn)["data"]) > 0


def test_former_goals_are_said_and_not_counted() -> None:
    drawn = chart(
        promises=(promise("9000"),),
        former=(
            promise("8000", note=REPLACED, light="red"),
            promise("7000", "2026", note="已废止，自2025-05-01起"),
        ),
    )
    assert "图中画出1个目标，其中1个亮绿灯。" in summary(drawn)
    assert (
        "虚线是不再有效的目标：2024年突破 8000家（原目标，2025-03-01被取代）；"
        "2026年突破 7000家（已废止，自2025-05-01起）。"
    ) in summary(drawn)
    assert "8000" not in headline(drawn, str)
    assert "虚线" not in summary(chart(promises=(promise("9000"),)))


def test_texts_of_former_goals_are_escaped() -> None:
    old = promise("8000", note="<b>原</b>", words="<i>八千</i>")
    texts = [
        text
        for trace in figure(chart(former=(old,)))["data"]
        for text in (*trace.get("text", ()), *trace.get("hovertext", ()))
        if isinstance(text, str)
    ]
    assert not any("<b>" in text or "<i>" in text for text in texts)
