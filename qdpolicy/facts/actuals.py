"""The published actuals of the fixtures: a table with one figure a row."""

from __future__ import annotations

from pathlib import Path

from accounts.models import User
from indicators.actions import Entry, load_observations
from indicators.models import Indicator, Observation, Region, Unit
from indicators.periods import PeriodError, ReferencePeriod
from indicators.quantities import convert
from qdpolicy.facts.reading import Problems, Row, decimal, held, read_table

COLUMNS = [
    "key", "indicator", "region", "period", "value", "unit", "qualifier", "obs_status", "vintage",
    "review", "reliability", "outlet", "source_date", "source_url", "note",
]  # fmt: skip
CHOICES = {
    "qualifier": Observation.Qualifier,
    "obs_status": Observation.Status,
    "vintage": Observation.Vintage,
    "reliability": Observation.Reliability,
}


def load(folder: Path, *, by: User, verifier: User) -> int:
    """Load actuals.csv; the number of new rows. Raises FactsError with a sentence per bad row.

    Rows marked `approved` are approved by the verifier; grade C, a missing year and a second value
    of one cell may only be drafts.
    """
    problems = Problems()
    rows = read_table(folder / "actuals.csv", COLUMNS)
    indicators = {row.code: row for row in Indicator.objects.select_related("unit")}
    regions = {row.code: row for row in Region.objects.all()}
    units = {row.code: row for row in Unit.objects.all()}
    entries = []
    seen: set[str] = set()
    approved_cells: set[tuple[str, str, str]] = set()
    for row in rows:
        where = f"actuals.csv（{row['key'] or '?'}）"
        with problems.at(where, ValueError, PeriodError):
            _check(row, seen, approved_cells)
            entries.append((_entry(row, indicators, regions, units), row["review"] == "approved"))
    problems.stop_if_any()
    return load_observations(by=by, verifier=verifier, entries=entries)


def _check(row: Row, seen: set[str], approved_cells: set[tuple[str, str, str]]) -> None:
    """What a row must keep to; ValueError in words."""
    if not row["key"] or row["key"] in seen:
        raise ValueError("缺少键，或键重复")
    seen.add(row["key"])
    for field, choices in CHOICES.items():
        if row[field] not in choices.values:
            raise ValueError(f"{field} 的“{row[field]}”不在可选值之内：{'、'.join(choices.values)}")
    if row["review"] not in ("approved", "draft"):
        raise ValueError("review 只能是 approved 或 draft")
    if row["source_url"] and not row["source_url"].startswith(("http://", "https://")):
        raise ValueError(f"链接“{row['source_url']}”须以 http:// 或 https:// 开头")
    if row["review"] != "approved":
        return
    if row["reliability"] == "C":
        raise ValueError("可靠性为 C 的数值只能是草稿")
    if not row["period"]:
        raise ValueError("报告期未知的数值只能是草稿")
    cell = (row["indicator"], row["region"], str(ReferencePeriod.parse(row["period"])))
    if cell in approved_cells:
        raise ValueError("同一指标、地区和报告期已有一个已核定的数值，第二个只能是草稿")
    approved_cells.add(cell)


def _entry(
    row: Row, indicators: dict[str, Indicator], regions: dict[str, Region], units: dict[str, Unit]
) -> Entry:
    """The row as an entry in the indicator's unit; ValueError in words for what is unknown."""
    for field, known, word in (
        ("indicator", indicators, "指标"),
        ("region", regions, "地区"),
        ("unit", units, "计量单位"),
    ):
        if row[field] not in known:
            raise ValueError(f"没有代码为“{row[field]}”的{word}")
    indicator, unit = indicators[row["indicator"]], units[row["unit"]]
    if unit.base != indicator.unit.base:
        raise ValueError(f"单位“{unit.symbol}”与指标的单位“{indicator.unit.symbol}”不能换算")
    value = decimal(row["value"])
    if value is None and row["obs_status"] not in Observation.MISSING:
        raise ValueError("没有数值，也没有写明缺数的原因")
    if value is not None and row["obs_status"] in Observation.MISSING:
        raise ValueError("写明缺数的一行不应再有数值")
    if value is not None:
        value = held(convert(value, unit.exponent, indicator.unit.exponent))
    period = str(ReferencePeriod.parse(row["period"])) if row["period"] else None
    return Entry(
        indicator=indicator,
        region=regions[row["region"]],
        period=period,
        value=value,
        qualifier=row["qualifier"],
        obs_status=row["obs_status"],
        vintage=row["vintage"],
        entered_text=f"{row['value']}{unit.symbol}",
        source_title=row["outlet"],
        source_url=row["source_url"],
        source_date=row["source_date"],
        reliability=row["reliability"],
        note=row["note"],
        key=row["key"],
    )
