"""Charts of money as plain dicts for Plotly, each with its finding, its units and a sentence.

Pure: sums in, a picture out. The scale says in which unit bars are drawn and how a sum is written;
numbers leave as floats, for drawing alone. Money beside an indicator is two panels over the same
years and nothing more: no share of the effect is ever computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.charts import (
    MUTED,
    Series,
    Spec,
    actual_traces,
    break_marks,
    layout,
    period_label,
    safe,
)
from indicators.quantities import convert
from programs.reading import Share, Sums, added

COMMITTED, PAID, BUDGET = "#6b5a96", "#a99bcb", "#7a4f00"
MOST_BARS = 14
"""Names in one picture; the rest is one bar, and the table has them all."""


@dataclass(frozen=True, slots=True)
class Scale:
    """In which power of ten of 元 bars are drawn, its name, and how a sum is written in words."""

    exponent: int
    unit: str
    say: Callable[[Decimal], str]

    def at(self, yuan: Decimal | None) -> float | None:
        """A sum on the axis; None is a gap."""
        return None if yuan is None else float(convert(yuan, 0, self.exponent))


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with all that is said of it; without data there is nothing to draw."""

    headline: str
    subtitle: str
    summary: str
    spec: Spec

    @property
    def drawable(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.spec["data"])


@dataclass(frozen=True, slots=True)
class YearOf:
    """The sums of one year."""

    year: int
    sums: Sums


def money_by_year(years: Sequence[YearOf], scale: Scale, *, whom: str, as_of: date) -> Picture:
    """Committed and paid as bars, the budget as a mark; a year without an entry stays empty."""
    rows = [row for row in years if row.sums.awards is not None or row.sums.budget is not None]
    subtitle = _("单位：%(unit)s · 按立项年度 · 截至%(day)s") % {
        "unit": scale.unit,
        "day": as_of.isoformat(),
    }
    if not rows:
        return _nothing(_("%(whom)s还没有登记立项或预算。") % {"whom": whom}, subtitle)
    traces = _bars(rows, scale)
    budgets = [row for row in rows if row.sums.budget is not None]
    if budgets:
        traces.append(_marks(budgets, scale))
    spec = {"data": traces, "layout": _by_years(rows, traces, scale)}
    return Picture(_money_finding(rows, scale, whom), subtitle, _money_summary(rows, scale), spec)


def shares(
    found: Sequence[Share], scale: Scale, *, by: str, as_of: date, whole: Decimal | None = None
) -> Picture:
    """What each industry or district was granted, the most first, as bars across.

    `by` is the word for what is told apart (产业); `whole` is all that was granted.
    """
    subtitle = _("批准金额，按%(by)s · 单位：%(unit)s · 截至%(day)s") % {
        "by": by,
        "unit": scale.unit,
        "day": as_of.isoformat(),
    }
    if not found:
        return _nothing(_("还没有可以按%(by)s分的立项。") % {"by": by}, subtitle)
    first = found[0]
    said = {"by": by, "name": first.name, "sum": scale.say(first.committed), "number": len(found)}
    if len(found) == 1:
        headline = _("立项都在%(name)s，批准%(sum)s。") % said
    else:
        headline = _("批准最多的%(by)s是%(name)s，%(sum)s。") % said
    total = sum((share.committed for share in found), Decimal(0)) if whole is None else whole
    summary = _("共%(number)s个%(by)s，批准合计%(total)s。") % {
        **said,
        "total": scale.say(total),
    }
    return Picture(headline, subtitle, summary, _across(_gathered(found), scale))


def beside(series: Series, years: Sequence[YearOf], scale: Scale, *, as_of: date) -> Picture:
    """An indicator's actuals above, the program's money by year below, over the same years."""
    rows = [row for row in years if row.sums.awards is not None]
    said = {
        "region": series.region,
        "name": series.name,
        "unit": series.unit,
        "money": scale.unit,
        "day": as_of.isoformat(),
    }
    if series.known:
        subtitle = _(
            "上：%(region)s%(name)s，%(unit)s；下：本计划批准与拨付，%(money)s · 截至%(day)s"
        )
    else:
        subtitle = _("本计划批准与拨付，%(money)s · 截至%(day)s")
    subtitle %= said
    headline, summary = _beside_words(series, rows, scale)
    if not series.known and not rows:
        return _nothing(headline, subtitle)
    if not series.known:
        traces = _bars(rows, scale)
        return Picture(
            headline, subtitle, summary, {"data": traces, "layout": _by_years(rows, traces, scale)}
        )
    actuals = actual_traces(series)
    bars = [{**trace, "yaxis": "y2"} for trace in _bars(rows, scale)] if rows else []
    places = [at for trace in (*actuals, *bars) for at in trace["x"] if at is not None]
    values = [value for trace in actuals for value in trace["y"] if value is not None]
    frame = layout(series.unit, places, values)
    shapes, notes = break_marks(series.breaks)
    frame["yaxis"] |= {"domain": [0.46, 1], "nticks": 5}
    frame["xaxis"] |= {"anchor": "y2"}
    frame["yaxis2"] = {
        **frame["yaxis"],
        "title": {"text": safe(scale.unit), "font": {"color": MUTED}},
        "domain": [0, 0.34],
        "rangemode": "tozero",
        "nticks": 4,
    }
    frame |= {"barmode": "group", "bargap": 0.45, "shapes": shapes, "annotations": notes}
    return Picture(headline, subtitle, summary, {"data": actuals + bars, "layout": frame})


def _nothing(headline: str, subtitle: str) -> Picture:
    return Picture(headline, subtitle, headline, {"data": [], "layout": layout("", [], [])})


def _bars(rows: Sequence[YearOf], scale: Scale) -> list[Spec]:
    """Two bars a year; where nothing was entered there is no bar, not one of zero."""
    return [
        _bar(
            pgettext("money", "批准"),
            COMMITTED,
            [(row.year, row.sums.committed) for row in rows],
            scale,
        ),
        _bar(_("已拨付"), PAID, [(row.year, row.sums.paid) for row in rows], scale),
    ]


def _bar(
    name: str, colour: str, points: Sequence[tuple[int, Decimal | None]], scale: Scale
) -> Spec:
    return {
        "type": "bar",
        "name": safe(name),
        "x": [float(year) for year, _sum in points],
        "y": [scale.at(value) for _year, value in points],
        "marker": {"color": colour, "line": {"color": COMMITTED, "width": 1}},
        "hovertext": [_hover(year, name, value, scale) for year, value in points],
        "hoverinfo": "text",
    }


def _marks(rows: Sequence[YearOf], scale: Scale) -> Spec:
    points = [(row.year, row.sums.budget) for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": safe(_("预算")),
        "x": [float(year) for year, _sum in points],
        "y": [scale.at(value) for _year, value in points],
        "marker": {
            "symbol": "line-ew",
            "size": 34,
            "color": BUDGET,
            "line": {"color": BUDGET, "width": 3},
        },
        "hovertext": [_hover(year, _("预算"), value, scale) for year, value in points],
        "hoverinfo": "text",
    }


def _hover(year: int, name: str, value: Decimal | None, scale: Scale) -> str:
    return "" if value is None else safe(f"{year}  {name} {scale.say(value)}")


def _by_years(rows: Sequence[YearOf], traces: Sequence[Spec], scale: Scale) -> Spec:
    values = [value for trace in traces for value in trace["y"] if value is not None]
    frame = layout(scale.unit, [float(row.year) for row in rows], values)
    frame["yaxis"]["rangemode"] = "tozero"
    return frame | {"barmode": "group", "bargap": 0.35}


def _across(found: Sequence[Share], scale: Scale) -> Spec:
    """Bars across, the first on top; the frame of the other charts with its axes exchanged."""
    largest = max(float(convert(share.committed, 0, scale.exponent)) for share in found)
    step = _step(largest)
    frame = layout("", [], [])
    frame["height"] = 110 + 34 * len(found)
    frame["margin"] |= {"l": 110, "t": 12}
    frame["showlegend"] = False
    frame["xaxis"] = {
        "title": {"text": safe(scale.unit), "font": {"color": MUTED}},
        "range": [0, largest * 1.04 if largest else 1.0],
        "tick0": 0,
        "dtick": step,
        "tickformat": ",",
        "gridcolor": frame["yaxis"]["gridcolor"],
        "fixedrange": True,
    }
    frame["yaxis"] = {"type": "category", "autorange": "reversed", "automargin": True,
                      "fixedrange": True}  # fmt: skip
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": safe(pgettext("money", "批准")),
        "x": [scale.at(share.committed) for share in found],
        "y": [safe(share.name) for share in found],
        "marker": {"color": COMMITTED},
        "hovertext": [_share_hover(share, scale) for share in found],
        "hoverinfo": "text",
    }
    return {"data": [trace], "layout": frame}


def _share_hover(share: Share, scale: Scale) -> str:
    told = _("%(name)s  %(number)s项，批准%(sum)s，已拨付%(paid)s") % {
        "name": share.name,
        "number": share.awards,
        "sum": scale.say(share.committed),
        "paid": scale.say(share.paid),
    }
    return safe(told)


def _gathered(found: Sequence[Share]) -> list[Share]:
    """Up to MOST_BARS shares; those left are one."""
    if len(found) <= MOST_BARS:
        return list(found)
    kept, rest = found[: MOST_BARS - 1], found[MOST_BARS - 1 :]
    gathered = Share(
        _("其余%(number)s个") % {"number": len(rest)},
        sum(share.awards for share in rest),
        sum((share.committed for share in rest), Decimal(0)),
        sum((share.paid for share in rest), Decimal(0)),
    )
    return [*kept, gathered]


def _step(largest: float) -> float:
    """A round distance of ticks with at most five of them: 1, 2 or 5 times a power of ten."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** Decimal(largest).adjusted()
    return next(power * times for times in (0.2, 0.5, 1.0, 2.0) if largest <= 5 * power * times)


def _money_finding(rows: Sequence[YearOf], scale: Scale, whom: str) -> str:
    total, last = added(row.sums for row in rows), rows[-1]
    said: dict[str, Any] = {"whom": whom, "years": _span(rows), "year": last.year}
    if total.committed is None or total.paid is None:
        said["budget"] = "" if total.budget is None else scale.say(total.budget)
        return _("%(whom)s%(years)s有预算%(budget)s，还没有登记立项。") % said
    said |= {"sum": scale.say(total.committed), "paid": scale.say(total.paid)}
    text = _("%(whom)s%(years)s批准%(sum)s，已拨付%(paid)s。") % said
    if last.sums.left is not None:
        said["left"] = scale.say(abs(last.sums.left))
        if last.sums.overspent:
            return text + _("%(year)s年批准超出预算%(left)s。") % said
        return text + _("%(year)s年预算还余%(left)s。") % said
    return text


def _money_summary(rows: Sequence[YearOf], scale: Scale) -> str:
    granted = [(row.sums.committed, row.year) for row in rows if row.sums.committed is not None]
    if not granted:
        return _("没有登记立项，图中只有预算。")
    (least, fewest), (largest, most) = min(granted), max(granted)
    said = {"number": len(granted), "most": most, "sum": scale.say(largest)}
    if len(granted) == 1:
        return _("只有%(most)s年有立项，批准%(sum)s。") % said
    said |= {"fewest": fewest, "least": scale.say(least)}
    return (
        _("%(number)s个年度有立项，%(most)s年批准最多（%(sum)s），%(fewest)s年最少（%(least)s）。")
        % said
    )


def _span(rows: Sequence[YearOf]) -> str:
    first, last = rows[0].year, rows[-1].year
    return _("%(year)s年") % {"year": first} if first == last else _("%(first)s—%(last)s年") % {
        "first": first,
        "last": last,
    }  # fmt: skip


def _beside_words(series: Series, rows: Sequence[YearOf], scale: Scale) -> tuple[str, str]:
    """What both panels show, said one after the other; that they stand together proves nothing."""
    said: dict[str, Any] = {"region": series.region, "name": series.name}
    if series.known:
        latest = series.yearly[-1] if series.yearly else series.known[-1]
        said |= {"period": period_label(latest.period), "value": latest.words}
        headline = _("%(region)s%(name)s%(period)s为%(value)s。") % said
    else:
        headline = _("还没有%(region)s“%(name)s”的实绩。") % said
    total = added(row.sums for row in rows).committed
    if total is None:
        headline += _("本计划还没有登记立项。")
    else:
        said |= {"years": _span(rows), "sum": scale.say(total)}
        headline += _("本计划%(years)s批准%(sum)s。") % said
    note = _("两者只是放在同一条年份轴上看；不表示这个数由本计划的资金带来，也不计算贡献率。")
    return headline, note
