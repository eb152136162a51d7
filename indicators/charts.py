"""Figures of a series as plain dicts for Plotly: the actuals, their breaks and the one layout.

Nothing here knows the database or imports plotly; numbers leave as floats, for drawing alone.
Every text is escaped, since Plotly makes links of the tags it finds (TRUST.md, 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.models import Observation
from indicators.periods import ReferencePeriod

Spec = dict[str, Any]

FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif'
INK, MUTED, GRID = "#1b2733", "#5a6b7b", "#e3e8ee"
ACTUAL, ACTUAL_LIGHT, BREAK = "#1f4e8c", "#7fa3cf", "#8a6d3b"

_SYMBOL = {"forecast": "circle-open", "flash": "diamond", "annual": "circle", "verified": "square"}
_BOUND = {"above": "triangle-up-open", "below": "triangle-down-open"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One actual and its words (突破395亿元); a value of None is missing, and the words say why."""

    period: ReferencePeriod
    value: Decimal | None
    words: str
    qualifier: str = "exact"
    obs_status: str = "A"
    vintage: str = "annual"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """From this period on the series means something else."""

    period: ReferencePeriod
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The actuals of one indicator in one region, in the order of their periods."""

    name: str
    region: str
    unit: str
    points: tuple[Point, ...] = ()
    breaks: tuple[Break, ...] = ()

    @property
    def known(self) -> tuple[Point, ...]:
        """The points that hold a number."""
        return tuple(point for point in self.points if point.value is not None)

    @property
    def yearly(self) -> tuple[Point, ...]:
        """The known points of whole calendar years."""
        return tuple(point for point in self.known if point.period.kind == "year")


def place(period: ReferencePeriod) -> float:
    """Where a period stands on the axis, in years: at its end, so 2022 is at 2022.0."""
    last = period.last_day
    start = date(last.year, 1, 1)
    length = (date(last.year, 12, 31) - start).days + 1
    if period.kind != "day":
        return period.end_month / 12 - 1
    return last.year - 1 + ((last - start).days + 1) / length


def period_label(period: ReferencePeriod) -> str:
    """The words of a period in the reader's language."""
    return period.label_en if (get_language() or "").startswith("en") else period.label_zh


def safe(text: str) -> str:
    """A text that Plotly shows as it is: & < > escaped."""
    return escape(text, quote=False)


def actual_traces(series: Series) -> list[Spec]:
    """A line over the years with gaps for missing ones, then markers by vintage, bound and part."""
    traces = [_line(series.yearly, series.breaks)] if series.yearly else []
    groups: dict[tuple[str, str, str, str], list[Point]] = {}
    for point in series.known:
        groups.setdefault(_style(point), []).append(point)
    traces += [_markers(style, groups[style]) for style in sorted(groups)]
    return traces


def break_marks(breaks: Iterable[Break]) -> tuple[list[Spec], list[Spec]]:
    """Vertical lines where the definition changed, and their labels."""
    shapes, notes = [], []
    for mark in breaks:
        at = _before(mark)
        shapes.append(
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "line": {"color": BREAK, "width": 1.5, "dash": "dash"},
            }
        )
        notes.append(
            {
                "xref": "x",
                "yref": "paper",
                "x": at,
                "y": 1,
                "yanchor": "bottom",
                "showarrow": False,
                "text": safe(_("口径变动")),
                "hovertext": safe(mark.note),
                "font": {"color": BREAK, "size": 12},
            }
        )
    return shapes, notes


def layout(unit: str, places: Sequence[float], values: Sequence[float]) -> Spec:
    """The layout all charts share; `places` and `values` are all that is drawn.

    The value axis starts at zero unless the figures lie so close together that nothing would show.
    """
    first, last = (min(places), max(places)) if places else (0.0, 1.0)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    step = max(1, -(-int(last - first) // 14))
    return {
        "autosize": True,
        "height": 440,
        "margin": {"l": 68, "r": 28, "t": 40, "b": 48},
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "separators": ".,",
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "bgcolor": "#ffffff", "font": {"color": INK}},
        "dragmode": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -0.14,
            "yanchor": "top",
        },
        "xaxis": {
            "range": [first - 0.7, last + 0.9],
            "tickmode": "linear",
            "tick0": int(first),
            "dtick": step,
            "tickformat": "d",
            "showgrid": False,
            "zeroline": False,
            "linecolor": MUTED,
            "ticks": "outside",
            "tickcolor": MUTED,
            "fixedrange": True,
        },
        "yaxis": {
            "title": {"text": safe(unit), "font": {"color": MUTED}},
            "rangemode": "normal" if low < 0 or high > low > 0.7 * high else "tozero",
            "tickformat": ",",
            "gridcolor": GRID,
            "zeroline": low <= 0,
            "zerolinecolor": MUTED,
            "nticks": 7,
            "fixedrange": True,
        },
        "shapes": [],
        "annotations": [],
    }


def _line(yearly: Sequence[Point], breaks: Iterable[Break]) -> Spec:
    """The line through the years: None, which Plotly leaves open, for a missing year or a break."""
    by_year = {point.period.year: point.value for point in yearly}
    line = [
        (float(year), _drawn(by_year.get(year))) for year in range(min(by_year), max(by_year) + 1)
    ]
    line += [(_before(mark), None) for mark in breaks if line[0][0] < _before(mark) < line[-1][0]]
    line.sort(key=lambda spot: spot[0])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [at for at, _value in line],
        "y": [value for _at, value in line],
        "connectgaps": False,
        "line": {"color": ACTUAL, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _before(mark: Break) -> float:
    """Between the last period of the old meaning and the first of the new one."""
    return place(mark.period) - max(mark.period.months, 1) / 24


def _style(point: Point) -> tuple[str, str, str, str]:
    """Legend text, symbol, colour and size class: what tells one kind of actual from another."""
    vintage = str(Observation.Vintage(point.vintage).label)
    yearly = point.period.kind == "year"
    colour = ACTUAL if yearly else ACTUAL_LIGHT
    if point.qualifier in _BOUND:
        names = {
            ("above", True): _("实绩下限（突破）"),
            ("above", False): _("年内数下限（突破）"),
            ("below", True): _("实绩上限（不足）"),
            ("below", False): _("年内数上限（不足）"),
        }
        return names[point.qualifier, yearly], _BOUND[point.qualifier], colour, "bound"
    if not yearly:
        return _("年内或跨年数"), "circle", colour, "part"
    return _("实绩（%(vintage)s）") % {"vintage": vintage}, _SYMBOL[point.vintage], colour, "year"


def _markers(style: tuple[str, str, str, str], points: Sequence[Point]) -> Spec:
    name, symbol, colour, size = style
    return {
        "type": "scatter",
        "mode": "markers",
        "name": safe(name),
        "x": [place(point.period) for point in points],
        "y": [_drawn(point.value) for point in points],
        "marker": {
            "symbol": symbol,
            "color": colour,
            "size": {"bound": 12, "part": 7, "year": 9}[size],
            "line": {"color": colour, "width": 2 if size == "bound" else 1},
        },
        "hovertext": [_hover(point) for point in points],
        "hoverinfo": "text",
    }


def _hover(point: Point) -> str:
    """Period and value, then what kind of figure it is, then where it comes from."""
    kind = [str(Observation.Vintage(point.vintage).label)]
    if point.obs_status != "A":
        kind.append(str(Observation.Status(point.obs_status).label))
    lines = [
        f"{period_label(point.period)}  {point.words}",
        " · ".join(kind),
        point.source,
    ]
    return "<br>".join(safe(line) for line in lines if line)


def _drawn(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
