"""Promises for each year (每年): k of n, each on its own."""

from __future__ import annotations

from typing import Any

import pytest

from targets.progress.cases import judge_case


def yearly(series: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """At least 10 new ones each year from 2024 to 2026, unless the fields say otherwise."""
    case = {
        "measure": "increment",
        "comparator": "at_least",
        "value": "10",
        "cadence": "each_year",
        "period_start": "2024",
        "period_end": "2026",
        "series": series,
        **fields,
    }
    return judge_case(case)


def codes(out: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in out["reasons"]]


@pytest.mark.parametrize(
    ("series", "status", "attained", "kept"),
    [
        ({"2024": 10}, "on_track", False, 1),
        ({"2024": 12, "2025": 10}, "on_track", False, 2),
        ({"2024": 12, "2025": 9.99}, "missed", False, 1),
        ({"2024": 9, "2025": 50, "2026": 50}, "missed", False, 2),
        ({"2024": 10, "2025": 10, "2026": 10}, "attained", True, 3),
        ({"2024": 10, "2026": 10}, "not_assessable", None, 2),
        ({"2025": 10}, "on_track", False, 1),
        ({"2023": 1, "2024": 10, "2027": 1}, "on_track", False, 1),
    ],
)
def test_each_year_counts_by_itself(series, status, attained, kept) -> None:
    out = yearly(series)
    assert (out["status"], out["attained"]) == (status, attained)
    assert out["share_done"] == pytest.approx(kept / 3)
    params = next(r["params"] for r in out["reasons"] if r["code"] == "each_year_kept")
    judged = len([year for year in series if "2024" <= year <= "2026"])
    assert params == {"kept": str(kept), "judged": str(judged), "years": "3"}
    assert out["pace"] is None


def test_first_year_that_failed_is_named() -> None:
    out = yearly({"2024": 12, "2025": 9, "2026": 8})
    failed = next(reason for reason in out["reasons"] if reason["code"] == "year_failed")
    assert failed["params"] == {"period": "2025", "value": "9"}
    assert failed["zh"] == "2025年实绩9，没有达标。"


def test_part_of_a_year_is_not_judged() -> None:
    assert yearly({"2024-S1": 3})["status"] == "no_data"
    assert yearly({"2024": 10, "2025-S1": 3})["status"] == "on_track"
    assert yearly({"2024-S1": 3, "2024-S2": 7})["gap"] == 0


def test_bound_that_proves_nothing_leaves_the_promise_open() -> None:
    bound = {"value": "9", "qualifier": "above"}
    assert yearly({"2024": bound, "2025": 10})["status"] == "not_assessable"
    assert yearly({"2024": bound, "2025": 9})["status"] == "missed"


def test_nothing_known_is_no_data_and_withheld_is_not_assessable() -> None:
    assert yearly({})["status"] == "no_data"
    out = yearly({"2024": {"obs_status": "M"}})
    assert (out["status"], codes(out)) == ("not_assessable", ["not_applicable"])
    out = yearly({"2024": 10, "2025": 10, "2026": {"obs_status": "Q"}})
    assert (out["status"], out["attained"]) == ("not_assessable", None)
    assert "confidential" in codes(out)


def test_last_year_that_is_not_out_is_awaited() -> None:
    out = yearly({"2024": 10, "2025": 10}, as_of="2027-02-01")
    assert (out["status"], out["flags"]) == ("on_track", ["awaiting_actual", "stale_data"])


def test_levels_of_each_year_are_those_of_its_end() -> None:
    fields = {"measure": "level"}
    assert yearly({"2024-12": 10, "2025": 10}, **fields)["share_done"] == pytest.approx(2 / 3)
    assert yearly({"2024-09": 10}, **fields)["status"] == "no_data"


def test_rates_of_each_year_may_be_published_or_computed() -> None:
    fields = {"measure": "growth", "rates": {"2024": "10"}}
    assert yearly({"2024": 100, "2025": 109}, **fields)["status"] == "missed"
    assert yearly({"2024": 100, "2025": 110}, **fields)["status"] == "on_track"
    secret = yearly({}, measure="growth", rates={"2024": {"obs_status": "Q"}})
    assert (secret["status"], codes(secret)) == ("not_assessable", ["confidential"])


def test_change_of_each_year_is_against_the_year_before() -> None:
    fields = {"measure": "change", "value": "2", "unit": "points"}
    fields["baseline"] = {"period": "2023", "value": "60", "provenance": "stated"}
    assert yearly({"2024": 62, "2025": 64}, **fields)["status"] == "on_track"
    assert yearly({"2024": 65, "2025": 66}, **fields)["status"] == "missed"
    assert yearly({"2025": 66}, **fields)["status"] == "not_assessable"


def test_one_year_is_enough_where_no_start_is_given() -> None:
    assert yearly({"2025": 1, "2026": 10}, period_start=None)["status"] == "attained"


def test_each_year_without_an_end_is_judged_by_the_latest_year() -> None:
    fields = {"period_end": None, "period_start": None}
    assert yearly({"2024": 8, "2025": 10}, **fields)["status"] == "attained"
    assert yearly({"2024": 12, "2025": 8}, **fields)["status"] == "not_assessable"


def test_range_of_each_year_reports_the_position_of_the_last() -> None:
    out = yearly({"2024": 12, "2025": 25}, comparator="between", upper="20")
    assert (out["status"], out["position"], out["completion"]) == ("on_track", "above", 2.5)
