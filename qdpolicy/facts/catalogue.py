"""Departments, units, regions and indicators of the fixtures."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import TextChoices

from accounts.actions import DepartmentRow, load_departments
from accounts.models import Department, User
from indicators.actions import load_catalogue
from indicators.models import Indicator, Region, Unit
from indicators.periods import PeriodError, ReferencePeriod
from indicators.shapes import CODE, CODE_PATTERN
from qdpolicy import madeup
from qdpolicy.facts.reading import Problems, Row, read_rows, repeated

DEPARTMENT: Row = {"code": ..., "name": ..., "name_en": ..., "parent": None}
UNIT: Row = {
    "code": ...,
    "symbol": ...,
    "name_en": ...,
    "base": ...,
    "exponent": 0,
    "dimension": ...,
}
REGION: Row = {
    "code": ..., "name": ..., "name_en": ..., "aliases": [], "kind": ..., "parent": None,
    "valid_from": None, "valid_to": None, "overlaps": [], "made_up": False,
}  # fmt: skip
INDICATOR: Row = {
    "code": ..., "name": ..., "name_en": ..., "aliases": [], "definition": ..., "definition_en": "",
    "unit": ..., "kind": ..., "accumulation": ..., "direction": ..., "aggregation": ...,
    "rate_of": None, "source": "", "source_en": "", "release_month": None, "frequency": "year",
    "department": ..., "breaks": [],
}  # fmt: skip
CHOICES: dict[str, dict[str, type[TextChoices]]] = {
    "units.yaml": {"dimension": Unit.Dimension},
    "regions.yaml": {"kind": Region.Kind},
    "indicators.yaml": {
        "kind": Indicator.Kind,
        "accumulation": Indicator.Accumulation,
        "direction": Indicator.Direction,
        "aggregation": Indicator.Aggregation,
        "frequency": Indicator.Frequency,
    },
}


def load(folder: Path, *, by: User) -> int:
    """Load the four catalogue files; the number of rows that changed. Raises FactsError."""
    problems = Problems()
    departments = read_rows(folder / "departments.yaml", DEPARTMENT, problems)
    units = read_rows(folder / "units.yaml", UNIT, problems)
    regions = read_rows(folder / "regions.yaml", REGION, problems)
    indicators = read_rows(folder / "indicators.yaml", INDICATOR, problems)
    for name, rows in (
        ("departments.yaml", departments),
        ("units.yaml", units),
        ("regions.yaml", regions),
        ("indicators.yaml", indicators),
    ):
        _check_unique(name, rows, problems)
        _check_choices(name, rows, problems)
    for unit in units:
        _whole(unit, "exponent", range(-12, 13), f"units.yaml（{unit['code']}）", problems)
    for department in departments:
        if department["parent"] not in {None, *(row["code"] for row in departments)}:
            where = f"departments.yaml（{department['code']}）"
            problems.add(where, f"没有代码为“{department['parent']}”的部门")
    for region in regions:
        _check_region(region, {row["code"] for row in regions}, problems)
    known = {
        "unit": {row["code"] for row in units},
        "department": {row["code"] for row in departments},
        "rate_of": {row["code"] for row in indicators} | {None},
    }
    for indicator in indicators:
        _check_indicator(indicator, known, problems)
    _check_kind(regions, problems)
    problems.stop_if_any()
    counts = load_departments(
        by=by,
        rows=[
            DepartmentRow(row["code"], row["name"], row["name_en"], row["parent"] or "")
            for row in departments
        ],
    )
    of_department = {row.code: row for row in Department.objects.all()}
    changed = load_catalogue(
        by=by,
        units=units,
        regions=regions,
        indicators=[{**row, "department": of_department[row["department"]]} for row in indicators],
    )
    return counts["created"] + counts["changed"] + changed


def _check_kind(regions: list[Row], problems: Problems) -> None:
    """All regions are made up or none is, as this run and its database expect."""
    kinds = {row["made_up"] for row in regions}
    if not kinds <= {True, False} or len(kinds) > 1:
        problems.add("regions.yaml", madeup.MIXED)
        return
    for made_up in kinds:
        if made_up != settings.PRACTICE:
            problems.found.append(madeup.FACTS_MADE_UP if made_up else madeup.FACTS_REAL)
        elif sentence := madeup.stranger(made_up):
            problems.found.append(sentence)


def _check_unique(name: str, rows: list[Row], problems: Problems) -> None:
    """Codes that an address can hold, none twice, and no name of an indicator.

    An indicator has one published rate at most.
    """
    for code in (row["code"] for row in rows if row["code"] is not None):
        if re.search(CODE_PATTERN, str(code)) is None:
            problems.add(f"{name}（{code}）", str(CODE.message))
    for code in repeated([row["code"] for row in rows]):
        problems.add(f"{name}（{code}）", "代码重复")
    if name == "indicators.yaml":
        for field, word in (("name", "名称"), ("rate_of", "所属的水平指标")):
            for value in repeated([row[field] for row in rows if row[field] is not None]):
                problems.add(name, f"{word}“{value}”重复")


def _whole(row: Row, field: str, allowed: range, where: str, problems: Problems) -> None:
    """Turn the text of a whole number into one; a problem where it is none or out of range."""
    text = str(row[field])
    number = int(text) if text.removeprefix("-").isdecimal() and text.isascii() else None
    if number not in allowed:
        problems.add(where, f"{field} 的“{text}”应为 {allowed.start} 至 {allowed.stop - 1} 的整数")
    row[field] = number


def _check_choices(name: str, rows: list[Row], problems: Problems) -> None:
    for row in rows:
        for field, choices in CHOICES.get(name, {}).items():
            if row[field] not in choices.values:
                allowed = "、".join(choices.values)
                problems.add(
                    f"{name}（{row['code']}）", f"{field} 的“{row[field]}”不在可选值之内：{allowed}"
                )


def _check_region(row: Row, known: set[str], problems: Problems) -> None:
    where = f"regions.yaml（{row['code']}）"
    for code in [row["parent"], *row["overlaps"]]:
        if code is not None and code not in known:
            problems.add(where, f"没有代码为“{code}”的地区")
    for field in ("valid_from", "valid_to"):
        with problems.at(where, ValueError):
            row[field] = None if row[field] is None else _day(row[field])
    if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
        problems.add(where, "停用日期早于启用日期")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是日期（年-月-日）") from None


def _check_indicator(row: Row, known: dict[str, set[Any]], problems: Problems) -> None:
    where = f"indicators.yaml（{row['code']}）"
    words = {"unit": "计量单位", "department": "部门", "rate_of": "指标"}
    for field, codes in known.items():
        if row[field] not in codes:
            problems.add(where, f"没有代码为“{row[field]}”的{words[field]}")
    if row["release_month"] is not None:
        _whole(row, "release_month", range(1, 13), where, problems)
    for change in row["breaks"]:
        if not isinstance(change, dict):
            problems.add(where, "breaks 的每一条应为“字段: 值”的形式")
            continue
        with problems.at(where, PeriodError):
            ReferencePeriod.parse(str(change.get("period")))
