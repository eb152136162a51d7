"""Tables as files: CSV and XLSX that a spreadsheet opens without executing anything."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from programs.exporting import Table, as_csv, as_xlsx

FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(table: Table, kind: str) -> HttpResponse:
    """A download named as the table is; 404 in words for another kind than csv and xlsx."""
    if kind not in FORMATS:
        raise Http404(_("只能下载为 CSV 或 XLSX。"))
    disposition = content_disposition_header(True, f"{table.name}.{kind}")
    assert disposition is not None
    return HttpResponse(
        as_csv(table).encode() if kind == "csv" else as_xlsx(table),
        content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX,
        headers={"Content-Disposition": disposition},
    )
