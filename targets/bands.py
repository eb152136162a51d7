"""A projection as traces of the indicator's chart: a pale band, and a dash-dotted line in its middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.charts import Point, Spec, period_label, place, safe
from indicators.periods import ReferencePeriod

COLOUR, FILL = "#475569", "rgba(71, 85, 105, 0.16)"
"""Slate: no document's colour, no light's, and not that of the actuals."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A year ahead with its 80 % band, in the unit of the series; `words` say it."""

    period: ReferencePeriod
    low: Decimal
    median: Decimal
    high: Decimal
    words: str


def band_traces(ahead: Sequence[Ahead], yearly: Sequence[Point]) -> list[Spec]:
    """The band from the figure it starts at, and the median; nothing where nothing is projected."""
    if not ahead:
        return []
    start = [
        (place(point.period), float(point.value))
        for point in yearly
        if point.period.year == ahead[0].period.year - 1 and point.value is not None
    ]
    x = [at for at, _value in start] + [place(year.period) for year in ahead]
    values = [value for _at, value in start]
    low = values + [float(year.low) for year in ahead]
    high = values + [float(year.high) for year in ahead]
    median = values + [float(year.median) for year in ahead]
    name = safe(_("模型推算（不是承诺，也不参与判定）"))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "legendgroup": "projection",
            "showlegend": False,
            "x": x + x[::-1],
            "y": high + low[::-1],
            "fill": "toself",
            "fillcolor": FILL,
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "legendgroup": "projection",
            "showlegend": True,
            "x": x,
            "y": median,
            "line": {"color": COLOUR, "width": 2, "dash": "dashdot"},
            "hovertext": [""] * len(start) + [safe(_hover(year)) for year in ahead],
            "hoverinfo": "text",
        },
    ]


def band_summary(ahead: Sequence[Ahead]) -> str:
    """The last year ahead in a sentence, with what it is and what it is not."""
    if not ahead:
        return ""
    return _("模型推算（不是承诺，也不参与判定）：%(period)s%(words)s。") % {
        "period": period_label(ahead[-1].period),
        "words": ahead[-1].words,
    }


def _hover(year: Ahead) -> str:
    return _("%(period)s模型推算：%(words)s") % {
        "period": period_label(year.period),
        "words": year.words,
    }
