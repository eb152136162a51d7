"""The chart of an indicator with every promise about it, and the sentences that go with it.

Pure: rows in, a plain dict or a text out. What a promise has come to (`status`, `light`) is read
from its snapshot by the caller; no verdict is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.charts import (
    Point,
    Series,
    Spec,
    actual_traces,
    break_marks,
    layout,
    period_label,
    place,
    safe,
)
from indicators.periods import ReferencePeriod
from targets.bands import Ahead, band_summary, band_traces

GOALS = ("#b0480f", "#5b3a8c", "#0f766e", "#9d174d", "#3f6212", "#7c2d12")
"""Colours of the documents, in the order of their first promise; none is a light's colour."""

HALF_STEP = 0.42
FAINT = 0.55
LONGEST_LEGEND = 18
LABEL_WIDTH, LABEL_HEIGHT = 0.12, 0.08
"""Room of a goal's words as a share of both axes; closer neighbours are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise on the scale of the series; `goal` and `base` are in the series' unit.

    `end` None is a promise without a deadline, `base` None one without a path. `path` is the one
    the verdict went along: linear, compound, or milestones (period and value, in order).
    """

    document: str
    words: str
    goal: Decimal
    status: str = ""
    light: str = "grey"
    upper: Decimal | None = None
    start: ReferencePeriod | None = None
    end: ReferencePeriod | None = None
    each_year: bool = False
    path: str = "linear"
    base: tuple[ReferencePeriod, Decimal] | None = None
    milestones: tuple[tuple[ReferencePeriod, Decimal], ...] = ()
    note: str = ""
    """Of a former goal: that it was replaced or withdrawn, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that is drawn and said. `elsewhere` counts promises that no level can show.

    `former` holds goals that were replaced or withdrawn: they stay, fainter, and are not counted.
    """

    series: Series
    promises: tuple[Promise, ...] = ()
    former: tuple[Promise, ...] = ()
    elsewhere: int = 0
    ahead: tuple[Ahead, ...] = ()

    @property
    def drawable(self) -> bool:
        """Whether anything has a place in time; a goal without a deadline alone has none."""
        goals = (*self.promises, *self.former)
        return bool(self.series.known) or any(promise.end for promise in goals)


def figure(chart: Chart) -> Spec:
    """The Plotly figure: lists of floats and texts, nothing else."""
    series = chart.series
    if not chart.drawable:
        return {"data": [], "layout": layout(series.unit, [], [])}
    traces = band_traces(chart.ahead, series.yearly) + actual_traces(series)
    span = _span(chart)
    goals = (*chart.promises, *chart.former)
    documents = list(dict.fromkeys(promise.document for promise in goals))
    labels = _labels(chart, span)
    named: set[str] = set()
    for promise, label in zip(chart.promises, labels, strict=True):
        colour = GOALS[documents.index(promise.document) % len(GOALS)]
        if promise.base is not None and promise.end is not None:
            traces.append(_path(promise, promise.base, promise.end, colour))
        legend = promise.document not in named
        traces.append(_step(promise, span, colour))
        traces.append(_goal(promise, span, colour, legend=legend, label=label))
        named.add(promise.document)
    for promise in chart.former:
        traces += _replaced(promise, span, GOALS[documents.index(promise.document) % len(GOALS)])
    shapes, notes = break_marks(series.breaks)
    places = [at for trace in traces for at in trace["x"] if at is not None]
    values = [value for trace in traces for value in trace["y"] if value is not None]
    frame = layout(series.unit, places, values)
    return {"data": traces, "layout": {**frame, "shapes": shapes, "annotations": notes}}


def headline(chart: Chart, distance: Callable[[Decimal], str]) -> str:
    """The finding: the latest figure, what the promise due last came to, and how the next one stands.

    `distance` writes how far two figures lie apart, in the unit of the series.
    """
    series = chart.series
    names = {"region": series.region, "name": series.name}
    if not series.known:
        return _("还没有%(region)s“%(name)s”的实绩。") % names
    latest = series.yearly[-1] if series.yearly else series.known[-1]
    names |= {"period": period_label(latest.period), "value": latest.words}
    text = _change(series, latest, names, distance)
    now = place(latest.period)
    judged = sorted(
        (promise for promise in chart.promises if promise.end and promise.light != "grey"), key=_end
    )
    due = [promise for promise in judged if now - 1 <= _end(promise) <= now][-1:]
    coming = [promise for promise in judged if _end(promise) > now][:1]
    return text + "".join(_told(promise) for promise in due + coming)


def _told(promise: Promise) -> str:
    return _("%(end)s的目标“%(words)s”：%(status)s。") % {
        "end": "" if promise.end is None else period_label(promise.end),
        "words": promise.words,
        "status": promise.status,
    }


def subtitle(chart: Chart, as_of: date) -> str:
    """Region, unit and the day the page speaks of."""
    return _("%(region)s · 单位：%(unit)s · 截至%(day)s · 各点位于报告期末") % {
        "region": chart.series.region,
        "unit": chart.series.unit,
        "day": as_of.isoformat(),
    }


def summary(chart: Chart) -> str:
    """What a reader who cannot see the picture should know: extent, extremes, gaps, promises."""
    yearly = chart.series.yearly
    if not chart.drawable:
        return _("没有实绩，目标也没有期限，画不出图。")
    sentences = []
    if not yearly:
        sentences.append(_("图中没有年度数。"))
    elif len(yearly) == 1:
        sentences.append(
            _("只有%(period)s一个年度数。") % {"period": period_label(yearly[0].period)}
        )
    else:
        sentences.append(_extremes(chart.series, yearly))
    if chart.promises:
        met = sum(promise.light == "green" for promise in chart.promises)
        sentences.append(
            _("图中画出%(count)d个目标，其中%(met)d个亮绿灯。")
            % {"count": len(chart.promises), "met": met}
        )
    if chart.former:
        told = [_told_former(promise) for promise in chart.former]
        sentences.append(_("虚线是不再有效的目标：%(goals)s。") % {"goals": _("；").join(told)})
    if chart.elsewhere:
        sentences.append(
            _("另有%(count)d个目标不以水平表述或无法换算，列在下表，不在图中。")
            % {"count": chart.elsewhere}
        )
    sentences.append(band_summary(chart.ahead))
    return "".join(sentences)


def _told_former(promise: Promise) -> str:
    """Words, deadline and what became of a former goal."""
    end = "" if promise.end is None else period_label(promise.end)
    return _("%(end)s%(words)s（%(note)s）") % {
        "end": end,
        "words": promise.words,
        "note": promise.note,
    }


def _change(
    series: Series, latest: Point, names: dict[str, str], distance: Callable[[Decimal], str]
) -> str:
    """The latest figure against the one before it, where both are exact numbers."""
    earlier = [point for point in series.yearly if point.period < latest.period]
    exact = all(point.qualifier == "exact" for point in (latest, *earlier[-1:]))
    if latest.qualifier != "exact":
        return _("%(period)s%(region)s%(name)s%(value)s。") % names
    if latest.period.kind != "year" or not earlier or not exact:
        return _("%(period)s%(region)s%(name)s为%(value)s。") % names
    before = earlier[-1]
    difference = (latest.value or Decimal(0)) - (before.value or Decimal(0))
    names |= {"before": period_label(before.period), "change": distance(abs(difference))}
    if difference == 0:
        return _("%(period)s%(region)s%(name)s为%(value)s，与%(before)s持平。") % names
    if difference > 0:
        return _("%(period)s%(region)s%(name)s为%(value)s，比%(before)s多%(change)s。") % names
    return _("%(period)s%(region)s%(name)s为%(value)s，比%(before)s少%(change)s。") % names


def _extremes(series: Series, yearly: Sequence[Point]) -> str:
    low = min(yearly, key=lambda point: point.value or Decimal(0))
    high = max(yearly, key=lambda point: point.value or Decimal(0))
    there = {point.period.year for point in yearly}
    gaps = [str(year) for year in range(min(there), max(there)) if year not in there]
    text = _(
        "%(first)s至%(last)s有%(count)d个年度数，最低%(low)s（%(low_period)s），"
        "最高%(high)s（%(high_period)s）。"
    ) % {
        "first": period_label(yearly[0].period),
        "last": period_label(yearly[-1].period),
        "count": len(yearly),
        "low": low.words,
        "low_period": period_label(low.period),
        "high": high.words,
        "high_period": period_label(high.period),
    }
    if gaps:
        text += _("缺%(years)s年。") % {"years": _("、").join(gaps)}
    return text


def _end(promise: Promise) -> float:
    return 0.0 if promise.end is None else place(promise.end)


def _span(chart: Chart) -> tuple[float, float]:
    """First and last place of anything that has one."""
    places = [place(point.period) for point in chart.series.known]
    for promise in (*chart.promises, *chart.former):
        places += [place(period) for period in (promise.start, promise.end) if period is not None]
    return (min(places), max(places)) if places else (0.0, 1.0)


def _labels(chart: Chart, span: tuple[float, float]) -> list[str]:
    """Where the words of each promise stand: above, below a close neighbour, nowhere if said."""
    values = [float(point.value) for point in chart.series.known if point.value is not None]
    values += [float(promise.goal) for promise in chart.promises]
    wide = max(span[1] - span[0], 1.0) * LABEL_WIDTH
    high = ((max(values) - min(0.0, *values)) or 1.0) * LABEL_HEIGHT if values else 1.0
    taken: list[tuple[float, float, str]] = []
    for promise in chart.promises:
        at = span[1] if promise.end is None else place(promise.end)
        goal = float(promise.goal if promise.upper is None else promise.upper)
        near = [spot for spot in taken if abs(spot[0] - at) < wide and abs(spot[1] - goal) < high]
        if any(spot[:2] == (at, goal) for spot in near):
            taken.append((at, goal, ""))
        else:
            taken.append((at, goal, "bottom" if any(spot[2] == "top" for spot in near) else "top"))
    return [side for _at, _goal, side in taken]


def _step(promise: Promise, span: tuple[float, float], colour: str) -> Spec:
    """A level line at the goal, two of them for a range."""
    left, _at, right = _reach(promise, span)
    x: list[float | None] = [left, right]
    y: list[float | None] = [float(promise.goal)] * 2
    if promise.upper is not None:
        x += [None, left, right]
        y += [None, float(promise.upper), float(promise.upper)]
    return {
        "type": "scatter",
        "mode": "lines",
        "legendgroup": safe(promise.document),
        "showlegend": False,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 2, "dash": "dash" if promise.end is None else "solid"},
        "hoverinfo": "skip",
    }


def _goal(
    promise: Promise, span: tuple[float, float], colour: str, *, legend: bool, label: str
) -> Spec:
    """The marker of a promise at its deadline; `label` is where its words stand, "" prints none."""
    due = "" if promise.end is None else period_label(promise.end)
    hover = [
        promise.document,
        _("%(end)s：%(words)s") % {"end": due, "words": promise.words} if due else promise.words,
        promise.status if due else _("文件未写明期限"),
    ]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": safe(_("目标：%(document)s") % {"document": _short(promise.document)}),
        "legendgroup": safe(promise.document),
        "showlegend": legend,
        "x": [_reach(promise, span)[1]],
        "y": [float(promise.goal)],
        # Open, so that an actual at the goal is seen inside it.
        "marker": {
            "symbol": "diamond-open",
            "color": colour,
            "size": 13,
            "line": {"width": 2, "color": colour},
        },
        "text": [safe(promise.words) if label else ""],
        "textposition": f"{label or 'top'} center",
        "textfont": {"color": colour, "size": 12},
        "cliponaxis": False,
        "hovertext": ["<br>".join(safe(line) for line in hover if line)],
        "hoverinfo": "text",
    }


def _replaced(promise: Promise, span: tuple[float, float], colour: str) -> list[Spec]:
    """A goal that no longer holds: the same step and marker, fainter and broken."""
    step = _step(promise, span, colour)
    goal = _goal(promise, span, colour, legend=False, label="top")
    step["line"] = {"color": colour, "width": 1.5, "dash": "longdash"}
    # To the left, two lines high: right of it, a new goal with a later deadline has its place.
    goal["text"] = ["<br>".join(safe(line) for line in (promise.words, promise.note))]
    goal["textposition"] = "middle left"
    hover = [promise.document, promise.words, promise.note]
    goal["hovertext"] = ["<br>".join(safe(line) for line in hover)]
    # The words keep their contrast.
    goal["marker"] = {**goal["marker"], "opacity": FAINT}
    return [{**step, "opacity": FAINT}, goal]


def _reach(promise: Promise, span: tuple[float, float]) -> tuple[float, float, float]:
    """Left end, marker and right end of a promise's step."""
    if promise.end is None:
        return span[0], span[1], span[1]
    at = place(promise.end)
    if promise.each_year and promise.start is not None:
        return place(promise.start) - HALF_STEP, at, at + HALF_STEP
    return at - HALF_STEP, at, at + HALF_STEP


def _path(
    promise: Promise, base: tuple[ReferencePeriod, Decimal], end: ReferencePeriod, colour: str
) -> Spec:
    """What had to be reached along the way, dotted from the baseline to the goal."""
    corners = [(place(base[0]), base[1]), (place(end), promise.goal)]
    if promise.path == "milestones":
        corners[1:1] = [(place(period), value) for period, value in promise.milestones]
    x = [at for at, _value in corners]
    y = [float(value) for _at, value in corners]
    if promise.path == "compound" and base[1] > 0 and promise.goal > 0:
        steps = 4 * max(1, round(x[-1] - x[0]))
        shares = [step / steps for step in range(steps + 1)]
        x, y = (
            [x[0] + (x[-1] - x[0]) * share for share in shares],
            [y[0] * (y[-1] / y[0]) ** share for share in shares],
        )
    return {
        "type": "scatter",
        "mode": "lines",
        "name": safe(_("所需路径")),
        "legendgroup": safe(promise.document),
        "showlegend": False,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_LEGEND else f"{title[:LONGEST_LEGEND]}…"
