"""What leaves the house: actuals as CSV, the template of a person's indicators, notes on a file."""

from __future__ import annotations

from indicators.exporting.csvfile import BOM, FORMULA_STARTS, neutral, observations_csv

__all__ = ["BOM", "FORMULA_STARTS", "neutral", "observations_csv"]
