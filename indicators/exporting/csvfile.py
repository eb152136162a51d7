"""Actuals as CSV that a spreadsheet opens without executing anything (TRUST.md, 12)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from indicators.models import Observation
from indicators.quantities import plain

BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8; without it Chinese comes out garbled."""

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def neutral(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def observations_csv(rows: Iterable[Observation]) -> str:
    """One line an actual, numbers as numbers; rows come with indicator, unit and region selected.

    A missing value is an empty cell whose 数据状态 says why; 0 is written as 0.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_header())
    for row in rows:
        writer.writerow(_cells(row))
    return BOM + out.getvalue()


def _header() -> list[str]:
    return [
        _("指标代码"),
        _("指标"),
        _("地区代码"),
        _("地区"),
        _("报告期"),
        _("数值"),
        _("计量单位"),
        _("限定"),
        _("数据状态"),
        _("数据批次"),
        _("来源"),
        _("来源日期"),
        _("来源链接"),
        _("说明"),
    ]


def _cells(row: Observation) -> list[str]:
    texts = [
        row.indicator.code,
        str(row.indicator),
        row.region.code,
        str(row.region),
        row.reference_period or "",
        str(row.indicator.unit),
        row.get_qualifier_display(),
        row.get_obs_status_display(),
        row.get_vintage_display(),
        row.source_title,
        row.source_date,
        row.source_url,
        row.note,
    ]
    cells = [neutral(text) for text in texts]
    # The number itself is no text: -3.5 stays -3.5.
    cells.insert(5, "" if row.value is None else plain(row.value))
    return cells
