"""What a page hands out beside itself: its tables as files and its figures as JSON.

`?table=years&format=csv` and `?figure=money` go with the page's own address, so filters and an
earlier day hold for them as well, and what is downloaded is what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from programs.charts import Picture
from programs.exporting import Kind, Table, Value, as_csv, as_xlsx
from qdpolicy.dashboard.amounts import exact
from qdpolicy.dashboard.promises import one_of
from qdpolicy.dashboard.yuan import wan
from qdpolicy.knowledge import Knowledge

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a page writes it, with the heading that stands beside it on a telephone."""

    text: str
    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with the table behind it; `name` is what the address calls the picture."""

    name: str
    picture: Picture
    table: Table
    table_name: str
    key: str = ""
    """What the marks mean, for a screen too narrow for a legend."""
    short: bool = False

    @property
    def rows(self) -> list[list[Cell]]:
        """The table as the page shows it."""
        return cells_of(self.table)


def cells_of(table: Table) -> list[list[Cell]]:
    """The rows of a table as a page shows them: sums in 万元, what was not entered as 暂无."""
    return [
        [
            Cell(
                _written(value, column.kind), column.label, column.kind in (Kind.COUNT, Kind.MONEY)
            )
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]


def handed_out(
    request: HttpRequest,
    tables: Mapping[str, Callable[[], Table]],
    figures: Mapping[str, Callable[[], Picture]],
) -> HttpResponse | None:
    """The file or the figure that an address asks for; None where it asks for the page itself.

    Another name than the page has, or another format, is 404 in words.
    """
    figure, table = request.GET.get("figure"), request.GET.get("table")
    if figure is not None:
        spec = figures[one_of(figure, figures)]().spec
        return JsonResponse(spec, json_dumps_params={"ensure_ascii": False})
    if table is None:
        return None
    kind = request.GET.get("format", "csv")
    if kind not in FORMATS:
        raise Http404(_("只能下载为 CSV 或 XLSX。"))
    return file_of(tables[one_of(table, tables)](), kind)


def file_of(table: Table, kind: str) -> HttpResponse:
    """A table as a download that no browser opens in place; `kind` is one of FORMATS."""
    content = as_csv(table).encode() if kind == "csv" else as_xlsx(table)
    disposition = content_disposition_header(True, f"{table.name}.{kind}")
    assert disposition is not None
    return HttpResponse(
        content,
        content_type=CSV if kind == "csv" else XLSX,
        headers={"Content-Disposition": disposition},
    )


def notes_of(as_of: date, knowledge: Knowledge | None, source: str) -> tuple[str, ...]:
    """The lines below a table: where it comes from, the day, and on which day it was known."""
    lines = [
        _("来源：%(source)s") % {"source": source},
        _("截至：%(day)s") % {"day": as_of.isoformat()},
    ]
    if knowledge is not None:
        lines.append(_("按%(day)s所知") % {"day": knowledge.known_on.isoformat()})
    return tuple(lines)


def _written(value: Value, kind: Kind) -> str:
    if value is None:
        return _("暂无")
    if isinstance(value, Decimal):
        return wan(value) if kind is Kind.MONEY else exact(value)
    if isinstance(value, int):
        return str(value) if kind is Kind.YEAR else exact(Decimal(value))
    return value.isoformat() if isinstance(value, date) else value
