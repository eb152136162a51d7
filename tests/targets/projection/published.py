"""The series that stand beside the published verdicts, and those of the fixtures, as points."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from math import exp, log
from pathlib import Path

from indicators.periods import ReferencePeriod
from targets.progress import Actual
from targets.projection.method import Record
from targets.projection.points import points_of
from targets.projection.rolling import Backtest, Point

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT.parent / "shared" / "progress" / "published_verdicts.json"
ACTUALS = ROOT / "fixtures" / "actuals.csv"
DAY = date(2100, 1, 1)
Points = tuple[Point, ...]


def published() -> dict[str, Points]:
    """Every series once, however many verdicts were made of it; parts of a year left out."""
    found: dict[Points, str] = {}
    for entry in json.loads(PUBLISHED.read_text(encoding="utf-8")):
        series = entry["inputs"].get("series") or {}
        years = sorted((int(year), value) for year, value in series.items() if year.isdigit())
        points = tuple(Point(year, float(value)) for year, value in years)
        if points:
            found.setdefault(points, entry["id"])
    return {name: points for points, name in found.items()}


def of_fixtures() -> dict[str, Points]:
    """Approved yearly figures by indicator and region, as the worker reads them."""
    held: dict[str, dict[ReferencePeriod, Actual]] = defaultdict(dict)
    with ACTUALS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["review"] == "approved" and row["period"]:
                actual = Actual(
                    value=Decimal(row["value"]) if row["value"] else None,
                    qualifier=row["qualifier"],  # type: ignore[arg-type]
                    obs_status=row["obs_status"],  # type: ignore[arg-type]
                )
                held[f"{row['indicator']} {row['region']}"][
                    ReferencePeriod.parse(row["period"])
                ] = actual
    return {name: points_of(series, DAY) for name, series in sorted(held.items())}


def record(tests: list[Backtest]) -> Record:
    """What a set of back-tests came to, rounded as the page prints it."""
    tested = [test for test in tests if test.tested]
    ratios = [
        (test.error / test.error_last, test.error / test.error_line)
        for test in tested
        if test.error > 0 and test.error_last > 0 and test.error_line > 1e-9
    ]
    forecasts = sum(test.forecasts for test in tested)
    means = [exp(sum(log(pair[side]) for pair in ratios) / len(ratios)) for side in (0, 1)]
    return Record(
        series=len(tests),
        tested=len(tested),
        shown=sum(test.refusal is None for test in tested),
        forecasts=forecasts,
        covered=_places(sum(test.inside for test in tested) / forecasts),
        to_last=_places(means[0]),
        to_line=_places(means[1]),
    )


def _places(share: float) -> Decimal:
    return Decimal(share).quantize(Decimal("0.001"))
