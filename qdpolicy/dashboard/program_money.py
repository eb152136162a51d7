"""The money of one program: its years, what went where, and beside what it says it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.charts import Series, period_label
from programs.charts import YearOf
from programs.exporting import Column, Kind, Table, Value
from programs.models import Program
from programs.reading import NOTHING, Day, Share, Sums, shares_by, sums_by_year, sums_on
from qdpolicy.knowledge import Knowledge


def day_of(knowledge: Knowledge | None) -> Day | None:
    """The earlier day that money is asked for; None is now."""
    return None if knowledge is None else Day(knowledge.as_of, knowledge.end)


def years_of(program: Program, day: Day | None) -> list[YearOf]:
    """Every year from the first entry to the last, those between without one too; two queries."""
    found = sums_by_year([program.pk]) if day is None else sums_on(program, day)
    years = sorted(year for _program, year in found)
    if not years:
        return []
    return [
        YearOf(year, found.get((program.pk, year), NOTHING))
        for year in range(years[0], years[-1] + 1)
    ]


def shares_of(program: Program, by: str, day: Day | None, names: Mapping[str, str]) -> list[Share]:
    """What each `industry` or `region` got, under their names in the reader's language."""
    return [
        Share(names.get(share.name, share.name), share.awards, share.committed, share.paid)
        for share in shares_by(program, by, day)
    ]


def money_key() -> str:
    """What the marks of the chart by year mean."""
    return _("深色柱是批准，浅色柱是已拨付，横线是预算。")


def money_columns() -> tuple[Column, ...]:
    """The columns of sums, as a program's years and the portfolio show and export them."""
    return (
        Column(_("项目数"), Kind.COUNT),
        Column(_("预算"), Kind.MONEY),
        Column(pgettext("money", "批准"), Kind.MONEY),
        Column(_("已拨付"), Kind.MONEY),
        Column(_("预算余额"), Kind.MONEY),
        Column(_("待拨付"), Kind.MONEY),
        Column(_("距上限"), Kind.MONEY),
        Column(_("达到上限"), Kind.COUNT),
        Column(_("超限批准"), Kind.COUNT),
    )


def money_cells(sums: Sums) -> list[Value]:
    """The cells of `money_columns`."""
    return [
        sums.awards,
        sums.budget,
        sums.committed,
        sums.paid,
        sums.left,
        sums.outstanding,
        sums.distance,
        sums.at_ceiling,
        sums.overridden,
    ]


def years_table(
    program: Program, years: Iterable[YearOf], total: Sums, notes: tuple[str, ...]
) -> Table:
    """Year by year, the latest first, and all of them together."""
    rows: list[list[Value]] = [[row.year, *money_cells(row.sums)] for row in years]
    rows.reverse()
    if rows:
        rows.append([_("合计"), *money_cells(total)])
    title = _("%(program)s：各年度的预算、批准与拨付") % {"program": program}
    columns = (Column(pgettext("money", "年度"), Kind.YEAR), *money_columns())
    return Table(f"{program.key}-years", title, columns, rows, notes)


def shares_table(
    program: Program, by: str, word: str, found: Iterable[Share], notes: tuple[str, ...]
) -> Table:
    """What each industry or district got; `word` is what is told apart."""
    columns = (
        Column(word),
        Column(_("项目数"), Kind.COUNT),
        Column(pgettext("money", "批准"), Kind.MONEY),
        Column(_("已拨付"), Kind.MONEY),
    )
    rows = [(share.name, share.awards, share.committed, share.paid) for share in found]
    title = _("%(program)s：按%(by)s") % {"program": program, "by": word}
    return Table(f"{program.key}-{by}", title, columns, rows, notes)


def beside_table(
    program: Program, name: str, series: Series, years: Sequence[YearOf], notes: tuple[str, ...]
) -> Table:
    """An indicator's actuals and the program's money by period, the latest first."""
    money = {row.year: row.sums for row in years if row.sums.awards is not None}
    rows: list[tuple[tuple[date, int], list[Value]]] = []
    for point in series.points:
        yearly = point.period.kind == "year"
        sums = money.pop(point.period.year, NOTHING) if yearly else NOTHING
        rows.append(
            (
                (point.period.last_day, len(rows)),
                [period_label(point.period), point.words, sums.committed, sums.paid],
            )
        )
    for year, sums in money.items():
        label = _("%(year)s年") % {"year": year}
        rows.append(((date(year, 12, 31), len(rows)), [label, None, sums.committed, sums.paid]))
    rows.sort(key=lambda row: row[0], reverse=True)
    said = {"region": series.region, "name": series.name}
    columns = (
        Column(_("时期")),
        Column(_("%(region)s%(name)s") % said),
        Column(_("本计划批准"), Kind.MONEY),
        Column(_("本计划已拨付"), Kind.MONEY),
    )
    title = _("%(program)s的资金与%(name)s并列；不表示因果") % {**said, "program": program}
    return Table(f"{program.key}-{name}", title, columns, [row for _key, row in rows], notes)
