"""Growth against the year before, and average growth since a base."""

from __future__ import annotations

from typing import Any

import pytest

from targets.progress.cases import judge_case


def growth(series: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Growth of at least 10 % in 2024, unless the fields say otherwise."""
    case = {
        "measure": "growth",
        "comparator": "at_least",
        "value": "10",
        "period_start": "2024",
        "period_end": "2024",
        "series": series or {},
        **fields,
    }
    return judge_case(case)


def average(series: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Average growth of at least 10 % from 2021 to 2025, unless the fields say otherwise."""
    case = {
        "measure": "average_growth",
        "comparator": "at_least",
        "value": "10",
        "period_start": "2022",
        "period_end": "2025",
        "baseline": {"period": "2021", "value": "100"},
        "series": series or {},
        **fields,
    }
    return judge_case(case)


def codes(out: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in out["reasons"]]


@pytest.mark.parametrize(("value", "status"), [("110", "attained"), ("109.999", "missed")])
def test_growth_is_computed_from_the_level_of_the_year_before(value: str, status: str) -> None:
    out = growth({"2022": "50", "2023": "100", "2024": value})
    assert out["status"] == status
    assert out["actual_rate"] == pytest.approx(float(value) - 100)
    assert (out["required_rate"], out["expected_now"]) == (10, 10)


def test_published_rate_beats_the_computed_one_in_both_directions() -> None:
    levels = {"2023": "100", "2024": "120"}
    assert growth(levels, rates={"2024": "9"})["status"] == "missed"
    assert growth({"2023": "100", "2024": "101"}, rates={"2024": "10"})["status"] == "attained"
    assert growth(levels, rates={"2024": None})["status"] == "attained"


def test_growth_of_part_of_the_year_has_a_pace() -> None:
    out = growth(rates={"2024-S1": "8"})
    assert (out["status"], out["pace"], out["gap"]) == ("lagging", 0.8, -2)
    assert (out["share_done"], out["needed"]) == (None, None)
    assert growth(rates={"2024-S1": "-1"})["status"] == "regressing"
    assert growth(rates={"2024-S1": "12"})["flags"] == ["early"]


def test_growth_prefers_what_runs_from_the_start_of_the_year() -> None:
    out = growth(rates={"2024-09": "30", "2024-Q3": "20", "2024-01/2024-09": "9.5"})
    assert (out["actual_rate"], out["status"]) == (9.5, "on_track")


def test_growth_of_a_flow_adds_up_its_quarters() -> None:
    quarters = {f"2024-Q{n}": "30" for n in range(1, 5)} | {"2023-S1": "50", "2023-S2": "50"}
    out = growth(quarters, accumulation="flow")
    assert (out["status"], out["actual_rate"]) == ("attained", 20)


@pytest.mark.parametrize("before", ["0", "-10"])
def test_growth_from_nothing_is_not_computable(before: str) -> None:
    out = growth({"2023": before, "2024": "10"})
    assert (out["status"], codes(out)) == ("not_assessable", ["growth_not_computable"])


def test_growth_without_the_year_before_has_no_data() -> None:
    assert growth({"2024": "10"})["status"] == "no_data"
    assert growth({"2022": "10", "2023": "11"})["status"] == "no_data"
    assert growth()["status"] == "no_data"


def test_growth_that_is_withheld_is_not_assessable() -> None:
    secret = {"obs_status": "Q"}
    for out in (
        growth(rates={"2024": secret}),
        growth({"2023": 100, "2024": secret}),
        growth(rates={"2024-S1": "12", "2024": secret}),
    ):
        assert (out["status"], out["attained"]) == ("not_assessable", None)
        assert "confidential" in codes(out)


def test_ceiling_on_growth_has_no_pace() -> None:
    fields = {"comparator": "at_most", "value": "3"}
    out = growth(rates={"2024-S1": "4"}, **fields)
    assert (out["status"], out["attained"], out["pace"]) == ("not_assessable", False, None)
    assert "rate_without_pace" in codes(out)
    assert growth(rates={"2024": "3"}, **fields)["status"] == "attained"
    assert growth(rates={"2024": "3.1"}, **fields)["status"] == "missed"


def test_fall_by_at_least_is_a_negative_rate() -> None:
    fields = {"direction": "decrease", "value": "3"}
    assert growth(rates={"2024": "-3"}, **fields)["status"] == "attained"
    out = growth(rates={"2024-S1": "-2"}, **fields)
    assert (out["pace"], out["gap"]) == (pytest.approx(2 / 3), 1)
    assert growth(rates={"2024-S1": "2"}, **fields)["status"] == "regressing"


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [
        ("exact", "above", True),
        ("below", "exact", True),
        ("above", "above", None),
        ("above", "exact", False),
        ("exact", "below", False),
        ("below", "below", None),
    ],
)
def test_growth_between_bounds_is_a_bound(before: str, now: str, answer: bool | None) -> None:
    levels = {
        "2023": {"value": "100", "qualifier": before},
        "2024": {"value": "110", "qualifier": now},
    }
    assert growth(levels)["attained"] is answer


def test_growth_without_a_year_is_judged_by_the_latest() -> None:
    fields = {"period_end": None, "period_start": None}
    assert growth(rates={"2023": "5", "2024": "11"}, **fields)["status"] == "attained"
    out = growth(rates={"2023": "15", "2024": "9"}, **fields)
    assert (out["status"], out["pace"]) == ("not_assessable", None)


@pytest.mark.parametrize(("value", "status"), [("146.41", "attained"), ("146.40", "missed")])
def test_average_growth_of_exactly_the_rate_is_met(value: str, status: str) -> None:
    assert average({"2025": value})["status"] == status


def test_average_growth_is_only_met_at_the_end() -> None:
    out = average({"2023": "200"})
    assert (out["status"], out["attained"]) == ("on_track", False)
    assert out["flags"] == ["ahead"]
    assert average({"2023": "90"})["status"] == "regressing"


def test_average_growth_says_what_the_years_left_must_bring() -> None:
    out = average({"2023": "110.25"})
    assert (out["actual_rate"], out["pace"], out["status"]) == (5, 0.5, "off_track")
    assert out["needed"] == pytest.approx(((146.41 / 110.25) ** 0.5 - 1) * 100)
    assert average({"2025": "110"})["needed"] is None


def test_published_average_of_the_span_beats_the_levels() -> None:
    out = average({"2025": "146.40"}, rates={"2022/2025": "10"})
    assert (out["status"], out["actual_rate"]) == ("attained", 10)


def test_average_growth_is_chained_from_yearly_rates_where_levels_are_missing() -> None:
    rates = {"2022": "10", "2023": "21", "2024": "0"}
    out = average(rates=rates, baseline={"period": "2021"})
    assert out["actual_rate"] == pytest.approx(((1.1 * 1.21) ** (1 / 3) - 1) * 100)
    del rates["2022"]
    out = average(rates=rates, baseline={"period": "2021"})
    assert (out["status"], codes(out)) == ("not_assessable", ["growth_not_computable"])


def test_average_growth_counts_from_the_year_before_its_start() -> None:
    out = average({"2021": "100", "2023": "121"}, baseline=None)
    assert (out["actual_rate"], out["pace"]) == (10, 1)


def test_average_growth_with_a_substituted_base_is_flagged() -> None:
    out = average({"2022": "100", "2023": "110"}, baseline={"period": "2021"})
    assert (out["flags"], out["actual_rate"]) == (["base_substituted"], 10)


def test_average_growth_over_a_named_span_ends_with_its_last_year() -> None:
    assert average({"2025": "146.41"}, period_end="2022/2025")["status"] == "attained"


def test_average_growth_without_any_base_is_not_assessable() -> None:
    out = average({"2024": "100"}, baseline=None, period_start=None)
    assert (out["status"], codes(out)) == ("not_assessable", ["criterion_needs_baseline"])


def test_average_growth_from_nothing_is_not_computable() -> None:
    out = average({"2023": "100"}, baseline={"period": "2021", "value": "0"})
    assert (out["status"], codes(out)) == ("not_assessable", ["growth_not_computable"])
    assert average({"2021": "100"})["status"] == "no_data"


def test_average_growth_keeps_its_pace_while_the_end_is_awaited() -> None:
    out = average({"2024": "120"}, as_of="2026-02-01")
    assert (out["status"], out["attained"]) == ("lagging", False)
    assert out["flags"] == ["awaiting_actual", "stale_data"]
    withheld = {"2024": "120", "2025": {"obs_status": "Q"}}
    assert average(withheld, as_of="2026-02-01")["status"] == "not_assessable"
