"""The page of the grid: a table for every reader, and the same as data for its script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from indicators.models import Indicator, Observation, Region
from indicators.periods import ReferencePeriod
from qdpolicy.entry.grid.asked import Asked, asked_of
from qdpolicy.entry.grid.contents import Contents, columns_of, contents_of
from qdpolicy.entry.grid.rows import Reach, Row, all_regions, rows_of, usual_region
from qdpolicy.entry.grid.words import script_words

ROWS = 200
"""Rows of a page."""


@dataclass(frozen=True)
class Line:
    """A row of the table with its cells, as the template and the script take them."""

    row: Row
    url: str
    goal: str
    cells: list[dict[str, Any]]

    def as_data(self) -> dict[str, Any]:
        """The head of the row for the script."""
        return {
            "key": self.row.key,
            "indicator": self.row.indicator.code,
            "region": self.row.region.code,
            "name": self.row.title,
            "unit": str(self.row.indicator.unit),
            "url": self.url,
            "goal": self.goal,
        }


@require_GET
@requires("indicators.enter_observation")
def grid(request: HttpRequest) -> HttpResponse:
    """Indicators (or regions) by periods, to be filled like a spreadsheet."""
    user = acting_user(request)
    asked = asked_of(request.GET, timezone.localdate())
    reach, regions = Reach.of(user), all_regions()
    region = region_of(asked, reach, regions)
    page: Page[Row] = Paginator(rows_of(asked, reach, regions, region), ROWS).get_page(
        request.GET.get("page")
    )
    columns = asked.columns
    contents = contents_of(list(page), columns, user, reach)
    lines = [_line(row, columns, contents, asked) for row in page]
    context = {
        "page": page,
        "asked": asked,
        "region": region,
        "columns": columns_of(columns),
        "lines": lines,
        "choices": _choices(asked, reach, regions, region),
        "data": _data(lines, columns),
        "statuses": Observation.Status.choices,
        "vintages": Observation.Vintage.choices,
        "qualifiers": [("", _("按录入的文字判断")), *Observation.Qualifier.choices],
    }
    return render(request, "entry/grid.html", context)


def region_of(asked: Asked, reach: Reach, regions: dict[str, Region]) -> Region | None:
    """The region that an address names, else the usual one; raises Http404 for an unknown one."""
    if not asked.region:
        return usual_region(reach, regions)
    if asked.region not in regions:
        raise Http404(_("没有这个地区。"))
    return regions[asked.region]


def _line(row: Row, columns: Sequence[ReferencePeriod], contents: Contents, asked: Asked) -> Line:
    query = {
        "region": row.region.code,
        "frequency": asked.frequency,
        "from": str(asked.first),
        "to": str(asked.last),
    }
    url = f"{reverse('grid_row', args=(row.indicator.code,))}?{urlencode(query)}"
    goal = contents.goals.ahead(row.indicator, row.region.pk, columns[-1]) if columns else ""
    cells = [{"key": f"{row.key}|{period}", **contents.cell(row, period)} for period in columns]
    return Line(row, url, goal, cells)


def _choices(
    asked: Asked, reach: Reach, regions: dict[str, Region], region: Region | None
) -> dict[str, Any]:
    """What the form above the table offers."""
    departments = {row.department.code: str(row.department) for row in reach.indicators.values()}
    return {
        "regions": [(row.code, str(row)) for row in regions.values()],
        "region": region.code if region is not None else "",
        "frequencies": Indicator.Frequency.choices,
        "departments": sorted(departments.items()),
        "indicators": [(row.code, str(row)) for row in reach.indicators.values()],
        "owes": bool(reach.owed_now),
        "first": str(asked.first),
        "last": str(asked.last),
    }


def _data(lines: Sequence[Line], columns: Sequence[ReferencePeriod]) -> dict[str, Any]:
    """Everything that the script needs to know."""
    return {
        "columns": columns_of(columns),
        "rows": [line.as_data() for line in lines],
        "cells": {
            cell["key"]: {name: value for name, value in cell.items() if name != "key"}
            for line in lines
            for cell in line.cells
        },
        "urls": {"read": reverse("grid_read"), "save": reverse("grid_save")},
        "vintages": Observation.Vintage.choices,
        "statuses": Observation.Status.choices,
        "missing": [str(status) for status in Observation.MISSING],
        "qualifiers": Observation.Qualifier.choices,
        "states": [("empty", _("空")), *Observation.ReviewState.choices],
        "words": script_words(),
    }
