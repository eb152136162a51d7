"""Uploads made of rows, for the tests of reading and comparing tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from accounts.models import User
from indicators import actions
from indicators.importing.staging import stage_upload
from indicators.models import StagedCell, Upload

Rows = Sequence[Sequence[Any]]


def csv_of(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def xlsx_of(rows: Rows | dict[str, Rows], merged: Sequence[str] = ()) -> bytes:
    """A workbook of these rows (None is an empty cell); `merged` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    sheets = rows if isinstance(rows, dict) else {"表": rows}
    for number, (name, cells) in enumerate(sheets.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = name
        for at, row in enumerate(cells, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(at, column).value = value
        if number == 0:
            for place in merged:
                sheet.merge_cells(place)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stage(by: User, rows: Rows | bytes | dict[str, Rows], name: str = "表.xlsx") -> Upload:
    """A staged (or refused) upload of rows, as a workbook or, where the name says so, as CSV."""
    if not isinstance(rows, bytes):
        rows = csv_of(rows) if name.endswith(".csv") else xlsx_of(rows)  # type: ignore[arg-type]
    upload = actions.receive_upload(by=by, name=name, content=rows)
    stage_upload(upload)
    return Upload.objects.get(pk=upload.pk)


def cells(upload: Upload) -> list[StagedCell]:
    found = upload.cells.select_related("indicator", "region")
    return list(found.order_by("sheet", "row", "column"))


def said(upload: Upload) -> list[tuple[Any, ...]]:
    """Indicator, region, period and value of every staged cell that is no error, by place."""
    return [
        (c.indicator.code, c.region.name, c.reference_period,
         None if c.value is None else str(c.value.normalize().__format__("f")))
        for c in cells(upload)
        if c.outcome != "error"
    ]  # fmt: skip


def errors(upload: Upload) -> list[str]:
    return [c.sentence for c in cells(upload) if c.outcome == "error"]


def accounted(upload: Upload) -> bool:
    """Whether every non-empty cell of the file is used, a header, or listed as not used."""
    counts = upload.found["cells"]
    return sum(counts.values()) == sum(sheet["cells"] for sheet in upload.found["sheets"])
