"""The portfolio: every program's money by year, from the read model and the budgets alone.

It speaks of the present only: what the totals were on an earlier day is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import reading
from accounts.language import in_language
from accounts.models import Department
from programs.charts import Picture, YearOf, money_by_year
from programs.exporting import Column, Kind, Table, Value
from programs.models import Program
from programs.reading import NOTHING, Sums, added, sums_by_year
from programs.reading.sums import YearSums
from qdpolicy.dashboard.downloads import Figure, handed_out, notes_of
from qdpolicy.dashboard.program_money import money_cells, money_columns, money_key
from qdpolicy.dashboard.promises import one_of, page_of
from qdpolicy.dashboard.yuan import scale

SHOWN_YEARS = 5
"""Years that stand side by side unless others are asked for: what a screen holds."""
SHOWS = ("money", "caps")


@dataclass(frozen=True, slots=True)
class Row:
    """A program, or all of them together (None), with its sums in each year shown and in all."""

    program: Program | None
    cells: tuple[YearOf, ...]
    total: Sums


@dataclass(frozen=True)
class Portfolio:
    """The programs of a department, or all, over the years first to last."""

    programs: Sequence[Program]
    sums: YearSums
    years: Sequence[int]

    @cached_property
    def rows(self) -> list[Row]:
        """A row a program with an entry in these years."""
        rows = (self._row(program) for program in self.programs)
        return [row for row in rows if row.total != NOTHING]

    @property
    def silent(self) -> list[Program]:
        """The programs of which nothing was entered in these years: named, never a row of 0."""
        entered = {row.program for row in self.rows}
        return [program for program in self.programs if program not in entered]

    @cached_property
    def together(self) -> Row:
        """All programs: what no program knows of a year stays unknown."""
        cells = tuple(
            YearOf(year, added(row.cells[place].sums for row in self.rows))
            for place, year in enumerate(self.years)
        )
        return Row(None, cells, added(cell.sums for cell in cells))

    def rows_of(self, programs: Iterable[Program]) -> list[Row]:
        """The rows of these programs, in their order."""
        by_program = {row.program: row for row in self.rows}
        return [by_program[program] for program in programs]

    @property
    def entered(self) -> int:
        """How many of the programs have an award in these years."""
        return sum(1 for row in self.rows if row.total.awards)

    @property
    def figure(self) -> Figure:
        """The years of all programs together, with the table of every program and year."""
        return Figure("money", self.picture(), self.table(), "portfolio", money_key())

    def picture(self) -> Picture:
        """Budget, committed and paid by year."""
        today = timezone.localdate()
        return money_by_year(self.together.cells, scale(), whom=_("各计划合计"), as_of=today)

    def table(self) -> Table:
        """A line for every program and year with an entry, then all programs together."""
        title = _("各计划各年度的预算、批准与拨付")
        source = _("本站登记的立项、拨付和预算")
        columns = (
            Column(_("计划")),
            Column(_("责任部门")),
            Column(pgettext("money", "年度"), Kind.YEAR),
        )
        rows = [line for row in (*self.rows, self.together) for line in _lines(row)]
        notes = notes_of(timezone.localdate(), None, source)
        return Table("portfolio", title, (*columns, *money_columns()), rows, notes)

    def _row(self, program: Program) -> Row:
        cells = tuple(
            YearOf(year, self.sums.get((program.pk, year), NOTHING)) for year in self.years
        )
        return Row(program, cells, added(cell.sums for cell in cells))


@reading
@require_safe
def portfolio_page(request: HttpRequest) -> HttpResponse:
    """Programs x years; four queries, however many awards there are."""
    query = request.GET
    departments = list(Department.objects.filter(program__isnull=False).distinct())
    department = query.get("department", "")
    if department:
        one_of(department, [row.code for row in departments])
    sums = sums_by_year()
    known = sorted({year for _program, year in sums}, reverse=True)
    show = one_of(query.get("show") or SHOWS[0], SHOWS)
    shown = Portfolio(_programs(department), sums, asked_years(query, known))
    answer = handed_out(request, {"portfolio": shown.table}, {"money": shown.picture})
    if answer is not None:
        return answer
    page = page_of([row.program for row in shown.rows if row.program is not None], query)
    context = {
        "shown": shown,
        "page": page,
        "rows": shown.rows_of(page.object_list),
        "departments": departments,
        "department": department,
        "known_years": known,
        "show": show,
        "filtered": any(query.get(name) for name in ("department", "from", "to")),
    }
    return render(request, "dashboard/portfolio.html", context)


def asked_years(query: Mapping[str, str], known: Sequence[int]) -> list[int]:
    """The years ?from= and ?to= name, without a gap between; unless named, the latest ones.

    `known` are the years with an entry, the latest first; another is 404. None: no year at all.
    """
    if not known:
        return []
    offered = [str(year) for year in known]
    last = int(one_of(query.get("to") or offered[0], offered))
    recent = [year for year in known if last - SHOWN_YEARS < year <= last]
    first = int(one_of(query.get("from") or str(recent[-1]), offered))
    return list(range(min(first, last), max(first, last) + 1))


def _programs(department: str) -> list[Program]:
    rows = Program.objects.select_related("department").order_by("pk")
    return list(rows.filter(department__code=department) if department else rows)


def _lines(row: Row) -> Iterable[list[Value]]:
    """The lines of a row in a file: years with an entry, then all of them."""
    program = row.program
    home = None if program is None else program.department
    names: list[Value] = [
        _("全部计划") if program is None else str(program),
        "" if home is None else in_language(home.name, home.name_en),
    ]
    for cell in row.cells:
        if cell.sums != NOTHING:
            yield [*names, cell.year, *money_cells(cell.sums)]
    if row.total != NOTHING:
        yield [*names, _("合计"), *money_cells(row.total)]
