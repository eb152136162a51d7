"""The edges of PROGRESS.md, section 5, and the rules of section 4 one by one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal, Rules, evaluate
from targets.progress.cases import judge_case


def judge(series: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A level of at least 100 by 2028 from 50 in 2023, unless the fields say otherwise."""
    case = {
        "measure": "level",
        "comparator": "at_least",
        "value": "100",
        "period_start": "2024",
        "period_end": "2028",
        "baseline": {"period": "2023", "value": "50", "provenance": "stated"},
        "series": series or {},
    }
    case.update(fields)
    return judge_case({name: value for name, value in case.items() if value is not ...})


def codes(out: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in out["reasons"]]


def test_goal_met_while_the_trend_falls_is_attained_with_the_arrow() -> None:
    period = ReferencePeriod.of_year
    goal = Goal(
        measure="level",
        comparator="at_least",
        value=Decimal(100),
        direction="increase",
        period_end=period(2028),
        baseline=Baseline(period=period(2023), value=Decimal(50)),
    )
    series = {period(2025): Actual(value=Decimal(130)), period(2026): Actual(value=Decimal(120))}
    verdict = evaluate(goal, series, None)
    assert (verdict.status, verdict.trend, verdict.light) == ("attained", "down", "green")
    flat = evaluate(goal, {**series, period(2027): Actual(value=Decimal(120))}, None)
    assert flat.trend == "flat"


@pytest.mark.parametrize(
    ("comparator", "status"),
    [
        ("at_least", "attained"),
        ("at_most", "attained"),
        ("equals", "attained"),
        ("more_than", "missed"),
        ("less_than", "missed"),
    ],
)
def test_exactly_the_number_meets_what_includes_it(comparator: str, status: str) -> None:
    assert judge({"2028": "100.000"}, comparator=comparator)["status"] == status


def test_missing_baseline_is_never_replaced_by_an_earlier_period() -> None:
    missing = {"period": "2023"}
    out = judge({"2020": 40, "2022": 45, "2025": 80}, baseline=missing)
    assert (out["status"], out["attained"], out["pace"]) == ("not_assessable", False, None)
    assert codes(out) == ["baseline_missing", "one_point"]
    out = judge({"2022": 45, "2024": 60, "2026": 80}, baseline=missing)
    assert (out["flags"], out["pace"]) == (["base_substituted"], 1.0)
    out = judge({"2024": {"value": None, "obs_status": "Q"}, "2026": 80}, baseline=missing)
    assert out["status"] == "not_assessable"


def test_missing_baseline_of_a_flow_is_replaced_by_a_whole_year_only() -> None:
    out = judge(
        {"2024-S1": 20, "2025": 60, "2027": 80}, baseline={"period": "2023"}, accumulation="flow"
    )
    assert out["flags"] == ["base_substituted"]
    assert out["share_done"] == pytest.approx(20 / 40)


def test_gaps_are_ignored() -> None:
    assert judge({"2023": 50, "2026": 80}) == judge({"2023": 50, "2026": 80, "2025": None})


def test_only_the_baseline_known_is_one_point_and_not_none() -> None:
    out = judge({"2023": 50}, baseline={"period": "2023"})
    assert (out["status"], out["attained"], codes(out)) == ("not_assessable", False, ["one_point"])
    assert judge({"2020": 50})["status"] == "no_data"


@pytest.mark.parametrize("base", ["0", "-10"])
def test_zero_or_negative_baseline_makes_the_path_linear(base: str) -> None:
    baseline = {"period": "2023", "value": base}
    compound = judge({"2025": 40}, path="compound", baseline=baseline)
    linear = judge({"2025": 40}, baseline=baseline)
    assert compound["flags"] == [*linear["flags"], "path_forced_linear"]
    assert codes(compound)[0] == "linear_for_sign"
    assert compound["pace"] == linear["pace"]


def test_goal_of_zero_is_linear_and_reaching_it_is_attained() -> None:
    fields = {"comparator": "at_most", "value": "0", "path": "compound"}
    baseline = {"period": "2023", "value": "12"}
    out = judge({"2025": 6}, baseline=baseline, **fields)
    assert (out["status"], out["pace"], out["completion"]) == ("on_track", 1.25, None)
    assert out["flags"] == ["ahead", "path_forced_linear"]
    assert judge({"2025": 0}, baseline=baseline, **fields)["status"] == "attained"


def test_falling_goal_below_a_tenth_of_its_base_stays_compound() -> None:
    baseline = {"period": "2023", "value": "200"}
    out = judge({"2025": 60}, comparator="at_most", value="1", path="compound", baseline=baseline)
    assert "path_forced_linear" not in out["flags"]
    assert out["required_rate"] == pytest.approx(((1 / 200) ** 0.2 - 1) * 100)


@pytest.mark.parametrize(("base", "forced"), [("10", False), ("9.99", True)])
def test_rising_goal_forces_the_line_below_a_tenth(base: str, forced: bool) -> None:
    out = judge({"2025": 40}, path="compound", baseline={"period": "2023", "value": base})
    assert ("path_forced_linear" in out["flags"]) is forced


def test_data_after_the_end_never_count() -> None:
    assert judge({"2028": 99, "2029": 150})["status"] == "missed"
    out = judge({"2027": 80, "2029": 150})
    assert (out["status"], out["flags"]) == ("lagging", ["awaiting_actual"])


@pytest.mark.parametrize(
    ("as_of", "stale"), [("2025-12-31", False), ("2026-12-31", False), ("2027-01-01", True)]
)
def test_actual_older_than_last_year_is_stale(as_of: str, stale: bool) -> None:
    out = judge({"2025": 70}, as_of=as_of)
    assert (out["status"], "stale_data" in out["flags"]) == ("on_track", stale)


def test_actual_of_the_end_is_never_stale() -> None:
    assert judge({"2028": 100}, as_of="2040-01-01")["flags"] == []


@pytest.mark.parametrize("as_of", ["2028-12-31", "2029-01-01"])
def test_end_has_passed_on_the_day_after_it(as_of: str) -> None:
    out = judge({"2027": 90}, as_of=as_of)
    assert ("awaiting_actual" in out["flags"]) is (as_of == "2029-01-01")


def test_milestones_are_followed_piecewise() -> None:
    milestones = {"2025": "54", "2027": "90"}
    expected = {"2024": 52, "2025": 54, "2026": 72, "2027": 90, "2028": 100}
    for period, value in expected.items():
        out = judge({period: 51}, path="milestones", milestones=milestones)
        assert out["expected_now"] == value
        assert out["pace"] == pytest.approx(1 / (value - 50))


def test_milestones_outside_the_way_are_ignored() -> None:
    out = judge({"2025": 70}, path="milestones", milestones={"2020": "1", "2030": "500"})
    assert (out["expected_now"], out["pace"]) == (70, 1.0)


@pytest.mark.parametrize(
    ("value", "status"), [(50, "on_track"), (51, "on_track"), (49, "regressing")]
)
def test_milestone_that_asks_for_nothing_yet_compares_values(value: int, status: str) -> None:
    out = judge({"2024": value}, path="milestones", milestones={"2025": "50"})
    assert (out["status"], out["pace"]) == (status, None)
    assert codes(out) == ["nothing_expected_yet"]


def test_milestone_that_allows_a_dip_compares_values() -> None:
    dip = {"path": "milestones", "milestones": {"2024": "40"}}
    statuses = [judge({"2024": v}, **dip)["status"] for v in (39, 40, 45, 60)]
    assert statuses == ["regressing", "on_track", "on_track", "on_track"]


@pytest.mark.parametrize(("status", "code"), [("Q", "confidential"), ("M", "not_applicable")])
def test_withheld_figure_is_not_assessable_with_that_reason(status: str, code: str) -> None:
    withheld = {"value": "999", "obs_status": status}
    for out in (
        judge({"2025": withheld}, baseline={"period": "2023", "value": "50"}),
        judge({"2028": withheld}, as_of="2029-06-30"),
        judge({"2027": 130, "2028": withheld}, as_of="2029-06-30"),
    ):
        assert (out["status"], out["attained"]) == ("not_assessable", None)
        assert code in codes(out)
        assert "awaiting_actual" not in out["flags"]
    # Half way it is a gap like any other.
    assert judge({"2025": 70, "2026": withheld})["status"] == "on_track"


def test_zero_missing_and_withheld_are_four_things() -> None:
    outcomes = [
        judge({"2025": figure})["status"]
        for figure in (0, None, {"obs_status": "M"}, {"obs_status": "Q"})
    ]
    assert outcomes == ["regressing", "no_data", "not_assessable", "not_assessable"]


def test_early_and_then_lost_is_decided_by_the_end() -> None:
    assert judge({"2026": 105})["flags"] == ["early", "ahead"][:1]
    assert judge({"2026": 105, "2027": 90})["status"] == "on_track"
    assert judge({"2026": 105, "2028": 99.99})["status"] == "missed"


def test_not_due_until_the_first_day() -> None:
    assert judge({"2023": 50}, as_of="2023-12-31")["status"] == "not_due"
    assert judge({"2023": 50}, as_of="2024-01-01")["status"] == "not_assessable"


def test_promise_without_a_number_is_not_quantified() -> None:
    out = judge({"2025": 70}, value=None)
    assert (out["status"], out["attained"], codes(out)) == (
        "not_quantified",
        None,
        ["not_quantified"],
    )


def test_promise_without_a_year_can_be_attained_but_never_missed() -> None:
    assert judge({"2025": 100}, period_end=None)["status"] == "attained"
    out = judge({"2025": 75}, period_end=None, as_of="2099-01-01")
    assert (out["status"], out["attained"], out["pace"]) == ("not_assessable", False, None)
    assert (out["share_done"], out["gap"]) == (0.5, -25)
    assert "no_deadline" in codes(out)
    assert judge({}, period_end=None)["status"] == "no_data"


@pytest.mark.parametrize("measure", ["increment", "cumulative"])
def test_sum_without_a_year_runs_from_its_start(measure: str) -> None:
    fields = {"measure": measure, "period_end": None, "baseline": None, "value": "30"}
    assert judge({"2023": 99, "2024": 10, "2025": 15}, **fields)["gap"] == -5
    assert judge({"2024": 10, "2025": 20}, **fields)["status"] == "attained"


def test_cumulative_goal_needs_a_start() -> None:
    fields = {"measure": "cumulative", "period_start": None}
    out = judge({"2025": 120}, baseline=None, **fields)
    assert (out["status"], out["attained"], codes(out)) == ("not_assessable", None, ["no_start"])
    assert judge({}, baseline=None, **fields)["status"] == "no_data"
    # A baseline is a start: the sum begins on the day after it.
    assert judge({"2023": 50, "2024": 120}, **fields)["gap"] == 20


def test_increment_without_a_start_is_that_of_the_end_period() -> None:
    fields = {"measure": "increment", "period_start": None, "baseline": None, "value": "10"}
    assert judge({"2027": 30, "2028": 9}, **fields)["status"] == "missed"


def test_cap_on_a_sum_is_judged_when_the_period_is_over() -> None:
    cap = {"measure": "increment", "comparator": "at_most", "baseline": None}
    out = judge({"2024": 40, "2025": 40}, **cap)
    assert (out["status"], out["attained"]) == ("not_assessable", None)
    assert codes(out) == ["cap_on_running_sum"]
    assert judge({"2024": 40, "2025": 70}, **cap)["status"] == "regressing"
    full = {str(year): 20 for year in range(2024, 2029)}
    assert judge(full, **cap)["status"] == "attained"
    assert judge({**full, "2028": 21}, **cap)["status"] == "missed"


def test_sum_with_a_hole_proves_success_and_never_a_miss() -> None:
    fields = {"measure": "cumulative", "baseline": None}
    holed = {"2024": 30, "2025": 30, "2027": 20, "2028": 10}
    out = judge(holed, **fields)
    assert (out["status"], out["attained"], out["gap"]) == ("not_assessable", None, -10)
    assert next(r for r in out["reasons"] if r["code"] == "sum_incomplete")["params"] == {
        "days": "365"
    }
    assert judge({**holed, "2028": 20}, **fields)["status"] == "attained"


def test_increment_of_a_stock_is_counted_from_its_baseline() -> None:
    fields = {"measure": "increment", "accumulation": "stock", "value": "2000"}
    base = {"period": "2023", "value": "10000"}
    out = judge({"2024": 10500}, baseline=base, **fields)
    assert (out["share_done"], out["completion"], out["gap"]) == (0.25, 0.25, -1500)
    assert out["status"] == "on_track"
    # Of an indicator in per cent it is points, not per cent of the baseline.
    points = judge({"2024": 10500}, baseline=base, unit="%", **fields)
    assert points["share_done"] == 0.25
    # With none given, the year before the start is the baseline.
    assert judge({"2023": 10000, "2028": 12000}, baseline=None, **fields)["status"] == "attained"
    assert judge({"2028": 12000}, baseline=None, **fields)["attained"] is None


@pytest.mark.parametrize(
    ("unit", "comparator", "direction", "met", "unmet"),
    [
        ("points", "at_least", "increase", "52", "51.9"),
        ("个百分点", "at_least", "increase", "52", "51.9"),
        ("percent", "at_least", "increase", "51", "50.9"),
        ("%", "at_least", "decrease", "49", "49.1"),
        ("points", "at_least", "decrease", "48", "48.1"),
        ("points", "more_than", "decrease", "47.9", "48"),
        ("points", "at_most", "decrease", "48", "47.9"),
        ("points", "at_most", "increase", "52", "52.1"),
        ("percent", "about", "decrease", "49.02", "49.03"),
        ("percent", "nearly", "increase", "50.9", "50.89"),
    ],
)
def test_change_is_counted_from_the_baseline(unit, comparator, direction, met, unmet) -> None:
    fields = {
        "measure": "change",
        "value": "2",
        "unit": unit,
        "comparator": comparator,
        "direction": direction,
    }
    statuses = [judge({"2028": value}, **fields)["status"] for value in (met, unmet)]
    assert statuses == ["attained", "missed"]


def test_change_within_a_range_is_met_from_its_near_end() -> None:
    fields = {"measure": "change", "comparator": "between", "value": "2", "upper": "5"}
    fall = {**fields, "direction": "decrease"}
    values = ("49", "48", "45", "44")
    assert [judge({"2028": v}, **fall)["position"] for v in values] == [
        "above",
        "inside",
        "inside",
        "below",
    ]
    assert judge({"2028": "48"}, **fall)["status"] == "attained"
    assert judge({"2028": "48.1"}, **fall)["status"] == "missed"


@pytest.mark.parametrize(
    "baseline",
    [
        None,
        {"period": "2023"},
        {"period": "2023", "value": "50", "provenance": "implied"},
        {"period": "2028", "value": "50"},
        {"period": "2023", "value": "0"},
        {"period": "2023", "value": "-3"},
    ],
)
def test_multiple_needs_a_firm_positive_baseline(baseline: dict[str, Any] | None) -> None:
    out = judge({"2025": 60, "2028": 500}, measure="multiple", value="2", baseline=baseline)
    assert (out["status"], out["attained"], out["pace"]) == ("not_assessable", None, None)


def test_multiple_of_an_observed_baseline_is_looked_up() -> None:
    observed = {"period": "2023"}
    out = judge({"2023": 50, "2024": 60}, measure="multiple", value="2", baseline=observed)
    assert (out["expected_now"], out["pace"], out["status"]) == (60, 1.0, "on_track")


def test_increments_below_zero_are_judged_like_others() -> None:
    fields = {"measure": "increment", "baseline": None, "value": "-5"}
    assert judge({"2024": -3}, **fields)["status"] == "attained"
    assert judge({"2024": -6}, **fields)["status"] == "regressing"


def test_band_that_is_overshot_is_not_ahead() -> None:
    fields = {"comparator": "equals", "value": "100"}
    out = judge({"2025": 120}, **fields)
    assert (out["status"], out["attained"], out["pace"]) == ("not_assessable", False, None)
    assert codes(out) == ["beyond_the_goal"]
    assert judge({"2028": 120}, **fields)["status"] == "missed"
    assert judge({"2025": 70}, **fields)["status"] == "on_track"


def test_flow_in_its_own_year_starts_from_zero() -> None:
    fields = {"accumulation": "flow", "value": "120"}
    out = judge({"2027": 70, "2028-Q1": 20, "2028-04": 20}, **fields)
    assert out["share_done"] == pytest.approx(40 / 120)
    assert out["pace"] == pytest.approx(1.0)
    # With the year complete the way is again the one from the baseline.
    out = judge({"2028-S1": 40, "2028-S2": 70}, **fields)
    assert (out["status"], out["share_done"]) == ("missed", pytest.approx(60 / 70))


def test_flow_of_a_whole_year_may_be_made_of_its_parts() -> None:
    parts = {"2025-Q1": 10, "2025-Q2": 10, "2025-S2": 50}
    assert judge({"2024": 60, **parts}, accumulation="flow")["pace"] == 1.0
    without = judge({"2024": 60, "2025-Q1": 10, "2025-S2": 50}, accumulation="flow")
    assert (without["expected_now"], without["pace"]) == (60, 1.0)


def test_flow_without_a_year_is_judged_by_whole_years() -> None:
    fields = {"accumulation": "flow", "period_end": None}
    assert judge({"2024": 100, "2025-S1": 55}, **fields)["attained"] is True
    assert judge({"2024-S1": 100}, **fields)["attained"] is True


def test_season_is_followed_month_by_month() -> None:
    profile = ["0.1", "0.2", "0.3", "0.4"]
    fields = {"measure": "increment", "baseline": None, "path": "seasonal", "profile": profile}
    fields |= {"period_start": "2024", "period_end": "2024"}
    expected = {"2024-Q1": 10, "2024-01/2024-04": 10 + 20 / 3, "2024-01/2024-09": 60}
    for period, value in expected.items():
        assert judge({period: 1}, **fields)["expected_now"] == pytest.approx(value)


def test_season_runs_through_each_year_of_a_longer_sum() -> None:
    fields = {"measure": "cumulative", "baseline": None, "path": "seasonal", "period_end": "2025"}
    out = judge({"2024": 50, "2025-S1": 10}, profile=["0", "0.2", "0", "0.8"], **fields)
    assert (out["expected_now"], out["pace"]) == (60, 1.0)


@pytest.mark.parametrize(
    ("qualifier", "value", "status", "attained"),
    [
        ("above", "100", "attained", True),
        ("above", "99", "not_assessable", None),
        ("below", "100", "missed", False),
        ("below", "101", "not_assessable", None),
        ("about", "100", "attained", True),
        ("about", "99", "missed", False),
    ],
)
def test_bounds_of_the_actual_prove_what_they_imply(qualifier, value, status, attained) -> None:
    out = judge({"2028": {"value": value, "qualifier": qualifier}})
    assert (out["status"], out["attained"]) == (status, attained)


def test_baseline_that_met_the_goal_leaves_no_way_to_measure() -> None:
    out = judge({"2025": 95}, baseline={"period": "2023", "value": "120"})
    assert (out["status"], out["share_done"], out["pace"]) == ("regressing", None, None)
    assert codes(out) == ["baseline_already_met"]
    assert judge({"2025": 105}, baseline={"period": "2023", "value": "120"})["status"] == "attained"


def test_strict_goal_equal_to_its_baseline_regresses_until_met() -> None:
    fields = {"comparator": "more_than", "baseline": {"period": "2023", "value": "100"}}
    assert judge({"2025": 100}, **fields)["status"] == "regressing"
    assert judge({"2025": 101}, **fields)["status"] == "attained"


def test_implied_baseline_draws_the_path_of_a_floor() -> None:
    implied = {"period": "2023", "value": "50", "provenance": "implied"}
    out = judge({"2024": 59}, baseline=implied)
    assert (out["status"], out["flags"]) == ("lagging", ["implied_baseline"])
    assert judge({"2028": 100}, baseline=implied)["status"] == "attained"


def test_thresholds_come_from_the_rules_and_the_pace_is_rounded_before() -> None:
    period = ReferencePeriod.of_year
    goal = Goal(
        measure="level",
        comparator="at_least",
        value=Decimal(3),
        direction="increase",
        period_end=period(2028),
        baseline=Baseline(period=period(2023), value=Decimal(0)),
    )
    series = {period(2025): Actual(value=Decimal("0.4"))}
    # 0.4 / 3 / 0.4 is a third: below 1/3 at 9 decimals only by the rounding.
    third = Decimal(1) / Decimal(3)
    assert evaluate(goal, series, None).status == "off_track"
    strict = Rules(version="2", lagging=third.quantize(Decimal("1E-9")))
    verdict = evaluate(goal, series, None, strict)
    assert (verdict.status, verdict.rule_version) == ("lagging", "2")
    above = Rules(lagging=Decimal("0.333333334"))
    assert evaluate(goal, series, None, above).status == "off_track"


def test_inputs_are_the_ids_of_what_was_used() -> None:
    period = ReferencePeriod.of_year
    goal = Goal(
        measure="level",
        comparator="at_least",
        value=Decimal(100),
        direction="increase",
        period_end=period(2028),
        baseline=Baseline(period=period(2023)),
    )
    series = {
        period(year): Actual(value=Decimal(50 + year - 2023), id=f"row-{year}")
        for year in (2021, 2023, 2024, 2025, 2026)
    }
    verdict = evaluate(goal, series, date(2025, 12, 31))
    # The actual, the baseline, and the one before for the arrow.
    assert verdict.inputs == ("row-2025", "row-2023", "row-2024")
    assert (verdict.period, verdict.value, verdict.goal) == (period(2025), 52, 100)
    used = verdict.baseline
    assert (used.period, used.value, used.provenance) == (period(2023), 50, "observed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"comparator": "roughly"},
        {"measure": "mood"},
        {"direction": "sideways"},
        {"path": "spiral"},
        {"cadence": "weekly"},
        {"accumulation": "heap"},
        {"value": Decimal("NaN")},
        {"upper": Decimal(1), "comparator": "between"},
        {"upper": None, "comparator": "between"},
        {"tolerance": Decimal(-1)},
        {"period_start": ReferencePeriod.of_year(2029)},
        {"milestones": ((ReferencePeriod.of_year(2025), Decimal("NaN")),)},
        {"profile": (Decimal(1),), "path": "seasonal"},
        {"profile": (Decimal("0.3"),) * 4, "path": "seasonal"},
        {"baseline": Baseline(period=ReferencePeriod.of_year(2023), value=Decimal("Infinity"))},
    ],
)
def test_malformed_goal_is_not_assessable_and_names_the_field(wrong: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "measure": "level",
        "comparator": "at_least",
        "value": Decimal(100),
        "direction": "increase",
        "period_end": ReferencePeriod.of_year(2028),
    }
    series = {ReferencePeriod.of_year(2028): Actual(value=Decimal(100))}
    assert evaluate(Goal(**fields), series, None).status == "attained"
    verdict = evaluate(Goal(**{**fields, **wrong}), series, None)
    assert (verdict.status, verdict.attained) == ("not_assessable", None)
    assert [(r.code, dict(r.params)["field"]) for r in verdict.reasons] == [
        ("goal_malformed", next(iter(wrong)))
    ]


def test_compound_path_without_a_finite_rate_has_no_pace() -> None:
    period = ReferencePeriod.of_year
    goal = Goal(
        measure="level",
        comparator="at_least",
        value=Decimal("9E-999990"),
        direction="increase",
        period_end=period(2024),
        path="compound",
        baseline=Baseline(period=period(2023), value=Decimal("1E-999990")),
    )
    verdict = evaluate(goal, {period(2024): Actual(value=Decimal("9E+999990"))}, None)
    assert (verdict.status, verdict.pace, verdict.actual_rate) == ("attained", None, None)
    assert verdict.required_rate == Decimal(800)


def test_growth_without_a_finite_rate_is_not_computable() -> None:
    period = ReferencePeriod.of_year
    goal = Goal(
        measure="growth",
        comparator="at_least",
        value=Decimal(10),
        direction="increase",
        period_end=period(2024),
    )
    levels = {
        period(2023): Actual(value=Decimal("1E-999990")),
        period(2024): Actual(value=Decimal("9E+999990")),
    }
    verdict = evaluate(goal, levels, None)
    assert (verdict.status, verdict.attained) == ("not_assessable", None)
    assert [reason.code for reason in verdict.reasons] == ["growth_not_computable"]
