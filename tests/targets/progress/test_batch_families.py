"""Each family of goals through the columns: what comes out, and that `evaluate` says the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import DEFAULT_RULES, Actual, Baseline, Goal, Verdict, evaluate
from targets.progress.batch import judge, tabulate
from tests.targets.progress.agreement import differences, year

DAY = date(2024, 6, 30)
Figures = dict[int, Any]


def goal_of(measure: str, value: str, **fields: Any) -> Goal:
    """From 2021 to 2025, rising, unless said otherwise."""
    defaults = {
        "comparator": "at_least",
        "direction": "increase",
        "period_start": year(2021),
        "period_end": year(2025),
    }
    return Goal(**{**defaults, **fields}, measure=measure, value=Decimal(value))  # type: ignore[arg-type]


def actuals(figures: Figures | None, first: int) -> dict[ReferencePeriod, Actual]:
    """Figures by year: a number, or an actual as it is; ids count from `first`."""
    read = {}
    for place, (number, figure) in enumerate((figures or {}).items(), start=first):
        actual = figure if isinstance(figure, Actual) else Actual(value=Decimal(str(figure)))
        read[year(number)] = replace(actual, id=place)
    return read


def judged(
    goal: Goal, levels: Figures | None = None, rates: Figures | None = None, day: date = DAY
) -> Verdict:
    """The verdict from the columns, which is that of `evaluate`; ids from 1, of rates from 101."""
    series, published = actuals(levels, 1), actuals(rates, 101)
    verdicts = judge(*tabulate([(goal, series, published)]), day)
    assert verdicts.decided.all()
    found = verdicts.verdict(0, DEFAULT_RULES)
    wanted = evaluate(goal, series, day, rates=published)
    assert differences(found, wanted) == []
    return found


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def base(number: int, value: str | None = None, provenance: str = "observed") -> Baseline:
    return Baseline(
        period=year(number),
        value=None if value is None else Decimal(value),
        provenance=provenance,  # type: ignore[arg-type]
    )


def above(value: str) -> Actual:
    return Actual(value=Decimal(value), qualifier="above")


def status(code: str, value: str | None = None) -> Actual:
    return Actual(value=None if value is None else Decimal(value), obs_status=code)  # type: ignore[arg-type]


# Levels.


def test_level_halfway_along_a_straight_line() -> None:
    found = judged(goal_of("level", "200", baseline=base(2021)), {2021: 100, 2023: 148})
    assert (found.status, found.share_done, found.pace) == (
        "on_track",
        Decimal("0.48"),
        Decimal("0.96"),
    )
    assert (found.expected_now, found.gap, found.needed) == (150, -52, 26)
    assert (found.actual_rate, found.required_rate) == (24, 25)
    assert found.inputs == (2, 1)
    assert found.trend == "up"


def test_level_along_a_compound_path() -> None:
    found = judged(
        goal_of("level", "400", path="compound", baseline=base(2021, "100")), {2023: 200}
    )
    assert found.status == "on_track"
    assert found.pace == pytest.approx(Decimal(1))
    assert found.expected_now == pytest.approx(Decimal(200))
    assert found.needed == found.required_rate == pytest.approx(Decimal("41.4213562373095"))


@pytest.mark.parametrize(
    ("value", "start", "now", "reason"),
    [
        ("400", "-5", "200", "linear_for_sign"),
        ("400", "0", "200", "linear_for_sign"),
        ("-4", "-50", "-30", "linear_for_sign"),
        ("400", "100", "-2", "linear_for_sign"),
        ("400", "39.99", "200", "linear_for_small_base"),
    ],
)
def test_compound_path_becomes_straight_where_growth_means_nothing(
    value, start, now, reason
) -> None:
    found = judged(
        goal_of("level", value, path="compound", baseline=base(2021, start)), {2023: now}
    )
    assert found.flags == ("path_forced_linear",)
    assert reason in codes(found)


def test_level_back_at_zero_has_no_rate_left() -> None:
    found = judged(goal_of("level", "400", path="compound", baseline=base(2021, "100")), {2023: 0})
    assert (found.status, found.needed, found.actual_rate) == ("regressing", None, -100)
    assert "figure_undefined" in codes(found)


def test_milestones_bend_the_line() -> None:
    goal = goal_of(
        "level",
        "100",
        path="milestones",
        milestones=((year(2024), Decimal(10)), (year(2022), Decimal(2))),
        baseline=base(2020, "0"),
    )
    assert judged(goal, {2022: 2}).expected_now == 2
    assert judged(goal, {2023: 6}).expected_now == 6
    assert judged(goal, {2024: 6}, day=date(2024, 12, 31)).pace == Decimal("0.6")


def test_milestone_beyond_the_goal_asks_for_more_than_the_goal() -> None:
    goal = goal_of(
        "level",
        "100",
        path="milestones",
        milestones=((year(2023), Decimal(-20)),),
        baseline=base(2021, "0"),
    )
    ahead, behind = judged(goal, {2023: -19}), judged(goal, {2023: -21})
    assert [ahead.status, behind.status] == ["on_track", "regressing"]
    assert "nothing_expected_yet" in codes(ahead)


@pytest.mark.parametrize(
    ("baseline", "levels", "word", "reason"),
    [
        (None, {2023: 4}, "not_assessable", "no_baseline"),
        (base(2020), {2023: 4}, "not_assessable", "baseline_missing"),
        (base(2025), {2023: 4}, "not_assessable", "baseline_not_before_end"),
        (base(2023, "4"), {2023: 4}, "not_assessable", "one_point"),
        (base(2020, "100"), {2023: 4}, "regressing", "baseline_equals_goal"),
        (base(2020, "101"), {2023: 4}, "regressing", "baseline_already_met"),
        (base(2020, "4", "implied"), {2023: 60}, "on_track", "implied_baseline"),
        (base(2020), {2021: 4, 2023: 50}, "on_track", "base_substituted"),
        (base(2020, "4"), {}, "no_data", "no_actual"),
        (base(2020, "4"), {2023: status("Q")}, "not_assessable", "confidential"),
        (base(2020, "4"), {2022: status("M")}, "not_assessable", "not_applicable"),
        (base(2020, "4"), {2023: above("50")}, "not_assessable", "bound_proves_nothing"),
        (base(2020, "4"), {2021: 50}, "on_track", "stale_data"),
        (base(2020, "4"), {2023: status("P", "70")}, "on_track", "provisional_actual"),
        (base(2020, "4"), {2023: status("B", "70")}, "on_track", "series_break"),
    ],
)
def test_level_says_why(baseline, levels, word, reason) -> None:
    found = judged(goal_of("level", "100", baseline=baseline), levels)
    assert found.status == word
    assert reason in codes(found)


def test_end_that_is_over_without_its_actual_is_awaited() -> None:
    late = date(2026, 3, 1)
    goal = goal_of("level", "100", baseline=base(2020, "0"))
    waiting = judged(goal, {2024: 80}, day=late)
    assert (waiting.status, waiting.flags) == ("on_track", ("awaiting_actual", "stale_data"))
    withheld = judged(goal, {2024: 80, 2025: status("Q")}, day=late)
    assert (withheld.status, withheld.attained) == ("not_assessable", None)
    assert withheld.flags == ("stale_data",)


def test_actual_of_the_end_decides_even_after_an_early_success() -> None:
    goal, late = goal_of("level", "100", baseline=base(2020, "0")), date(2026, 3, 1)
    early = judged(goal, {2023: 100})
    assert (early.status, early.flags, early.needed) == ("attained", ("early",), None)
    lost = judged(goal, {2023: 100, 2025: 99, 2026: 300}, day=late)
    assert (lost.status, lost.trend) == ("missed", "down")


def test_open_end_has_no_pace() -> None:
    found = judged(goal_of("level", "100", period_end=None, baseline=base(2020, "0")), {2023: 80})
    assert (found.status, found.pace, found.share_done) == ("not_assessable", None, Decimal("0.8"))
    assert "no_deadline" in codes(found)


def test_range_reports_where_the_actual_is() -> None:
    goal = goal_of("level", "80", comparator="between", upper=Decimal(90), direction="maintain")
    at = [judged(goal, {2023: n}).position for n in ("79.9", "80", "90", "90.1")]
    assert at == ["below", "inside", "inside", "above"]


def test_number_that_was_overshot_is_no_faster() -> None:
    goal = goal_of(
        "level", "80", comparator="equals", direction="maintain", baseline=base(2020, "0")
    )
    found = judged(goal, {2023: 90})
    assert (found.status, found.pace) == ("not_assessable", None)
    assert ("beyond_the_goal", (("gap", "10"),)) in [(r.code, r.params) for r in found.reasons]


def test_trend_without_an_earlier_actual_is_told_from_the_baseline() -> None:
    found = judged(goal_of("rank", "5", comparator="at_most", direction="decrease",
                           baseline=base(2020, "9")), {2023: 7})  # fmt: skip
    assert (found.trend, found.inputs) == ("down", (1,))


# Against the baseline.


@pytest.mark.parametrize(
    ("measure", "value", "unit", "direction", "aim"),
    [
        ("change", "2", "points", "increase", "12.5"),
        ("change", "2", "points", "decrease", "8.5"),
        ("change", "20", "percent", "increase", "12.6"),
        ("change", "20", "percent", "decrease", "8.4"),
        ("multiple", "2", "", "increase", "21"),
        ("increment", "7", "", "increase", "17.5"),
        ("cumulative", "7", "", "increase", "17.5"),
    ],
)
def test_number_measured_from_the_baseline_becomes_a_level(
    measure, value, unit, direction, aim
) -> None:
    goal = goal_of(
        measure, value, unit=unit, direction=direction, accumulation="stock", baseline=base(2020)
    )
    found = judged(goal, {2020: "10.5", 2023: "11.5"})
    assert found.goal == Decimal(aim)
    assert found.gap == Decimal("11.5") - Decimal(aim)


@pytest.mark.parametrize(
    ("baseline", "levels"),
    [
        (None, {2023: 4}),
        (base(2020, "4", "implied"), {2023: 4}),
        (base(2020), {2021: 3, 2023: 4}),
    ],
)
def test_multiple_of_no_firm_baseline_is_not_judged(baseline, levels) -> None:
    found = judged(goal_of("multiple", "2", baseline=baseline), levels)
    assert (found.status, found.attained, found.goal) == ("not_assessable", None, None)
    assert "criterion_needs_baseline" in codes(found)


@pytest.mark.parametrize("value", ["0", "-3"])
def test_multiple_of_nothing_means_nothing(value) -> None:
    found = judged(goal_of("multiple", "2", baseline=base(2020, value)), {2023: 4})
    reasons = [(r.code, r.params) for r in found.reasons]
    assert ("base_not_positive", (("value", value),)) in reasons


def test_what_is_added_to_a_stock_counts_from_the_year_before_the_start() -> None:
    goal = goal_of("increment", "30", accumulation="stock")
    found = judged(goal, {2019: 1, 2020: 100, 2023: 118})
    assert found.baseline is not None
    assert (found.baseline.period, found.share_done) == (year(2020), Decimal("0.6"))
    assert found.completion == found.share_done


# Flows.


def test_flows_are_summed_since_the_start() -> None:
    goal = goal_of("cumulative", "50")
    found = judged(goal, {2020: 99, 2021: "10.1", 2022: above("10.2"), 2023: "10.3"})
    assert (found.value, found.attained, found.status) == (Decimal("30.6"), None, "not_assessable")
    assert found.period == ReferencePeriod.parse("2021/2023")
    assert found.inputs == (2, 3, 4)
    assert found.trend is None


def test_cap_on_a_sum_is_judged_when_it_is_over() -> None:
    goal = goal_of("cumulative", "50", comparator="at_most", direction="decrease")
    running = judged(goal, {2021: 10, 2022: 10})
    assert (running.status, running.attained) == ("not_assessable", None)
    assert "cap_on_running_sum" in codes(running)
    broken = judged(goal, {2021: 30, 2022: 30})
    assert (broken.attained, broken.status) == (False, "regressing")
    over = judged(goal, dict.fromkeys(range(2021, 2026), 10), day=date(2026, 1, 1))
    assert over.status == "attained"


def test_sum_with_a_hole_at_its_end_proves_no_miss() -> None:
    levels = {2021: 5, 2022: 5, 2024: 5, 2025: 5}
    found = judged(goal_of("cumulative", "50"), levels, day=date(2026, 1, 1))
    assert (found.status, found.attained) == ("not_assessable", None)
    reasons = [(r.code, r.params) for r in found.reasons]
    assert ("sum_incomplete", (("days", "365"),)) in reasons


def test_flow_of_one_year_is_that_of_the_end() -> None:
    goal = goal_of("increment", "50", period_start=None, period_end=year(2023))
    before, own = judged(goal, {2022: 40}), judged(goal, {2022: 40, 2023: 49})
    assert (before.status, before.value) == ("no_data", None)
    assert (own.status, own.value, own.trend) == ("missed", 49, "up")


def test_sum_without_a_start_counts_from_the_baseline_or_not_at_all() -> None:
    goal = goal_of("cumulative", "50", period_start=None)
    assert codes(judged(goal, {2022: 40}))[0] == "no_start"
    assert judged(goal, {}).status == "no_data"
    found = judged(replace(goal, baseline=base(2021)), {2021: 7, 2022: 10, 2023: 11})
    assert (found.value, found.status) == (21, "lagging")


def test_flow_held_against_a_level_needs_whole_years() -> None:
    goal = goal_of("level", "100", accumulation="flow", baseline=base(2020, "50"))
    found = judged(goal, {2019: 3, 2021: 60, 2023: 80})
    assert (found.share_done, found.trend, found.inputs) == (Decimal("0.6"), "up", (3, 2))
    from_zero = judged(replace(goal, baseline=None, period_end=year(2023)), {2022: 70, 2023: 80})
    assert (from_zero.status, from_zero.share_done) == ("missed", Decimal("0.8"))


# Growth.


def test_published_growth_beats_computed() -> None:
    goal = goal_of("growth", "8")
    computed = judged(goal, {2022: 100, 2023: 107})
    assert (computed.value, computed.inputs) == (7, (2, 1))
    told = judged(goal, {2022: 100, 2023: 107}, {2023: "7.5"})
    assert (told.value, told.status, told.inputs) == (Decimal("7.5"), "lagging", (101,))


def test_growth_compares_with_the_growth_before() -> None:
    found = judged(goal_of("growth", "8"), {2021: 100, 2022: 105, 2023: 114})
    assert (found.trend, found.inputs) == ("up", (3, 2, 1))


@pytest.mark.parametrize(
    ("levels", "rates", "reason"),
    [
        ({2022: -3, 2023: 4}, None, "growth_not_computable"),
        ({2023: 4}, None, "no_actual"),
        ({2023: 4}, {2023: status("Q")}, "confidential"),
        ({2023: status("M")}, None, "not_applicable"),
        ({2022: above("3"), 2023: 4}, None, "bound_proves_nothing"),
    ],
)
def test_growth_says_why_it_is_not_judged(levels, rates, reason) -> None:
    found = judged(goal_of("growth", "8"), levels, rates)
    assert found.attained is None
    assert reason in codes(found)


def test_ceiling_on_growth_has_no_pace() -> None:
    goal = goal_of("growth", "3", comparator="at_most", direction="decrease")
    found = judged(goal, None, {2023: 4})
    assert (found.status, found.pace) == ("not_assessable", None)
    reasons = [(r.code, r.params) for r in found.reasons]
    assert ("rate_without_pace", (("goal", "3"),)) in reasons


def test_fall_by_a_rate_is_a_negative_rate() -> None:
    goal = goal_of("growth", "3", direction="decrease", period_end=year(2023))
    assert judged(goal, None, {2023: -3}).status == "attained"
    found = judged(goal, None, {2023: "-2.9"})
    assert (found.status, found.goal) == ("missed", -3)


def test_withheld_end_of_growth_leaves_it_open() -> None:
    goal = goal_of("growth", "3")
    found = judged(goal, {2025: status("M")}, {2024: 5}, day=date(2026, 1, 1))
    assert (found.status, found.attained) == ("not_assessable", None)
    assert found.flags == ("stale_data",)


# Average growth.


def test_average_growth_of_two_levels() -> None:
    found = judged(goal_of("average_growth", "10", baseline=base(2020)), {2020: 100, 2023: "123"})
    assert found.value == pytest.approx(Decimal("7.1441"), rel=Decimal("1e-4"))
    assert (found.status, found.attained) == ("lagging", False)
    assert found.baseline is not None
    assert (found.baseline.period, found.inputs) == (year(2020), (1, 2))
    assert found.needed > 10


def test_average_growth_is_chained_from_every_years_rate() -> None:
    goal = goal_of("average_growth", "5")
    rates = {2021: 4, 2022: 5, 2023: 9}
    found = judged(goal, None, rates)
    assert found.value == pytest.approx(Decimal("5.97"), rel=Decimal("1e-2"))
    assert (found.baseline, found.inputs, found.flags) == (None, (101, 102, 103), ("ahead",))
    hole = judged(goal, None, {2021: 4, 2023: 9})
    assert (hole.value, hole.inputs) == (4, (101,))
    none = judged(goal, None, {2022: 4, 2023: 9})
    assert codes(none) == ["growth_not_computable"]


def test_average_growth_falls_back_from_levels_that_give_none() -> None:
    goal = goal_of("average_growth", "5")
    rates = {2021: 4, 2022: 7}
    found = judged(goal, {2020: -7, 2023: 9}, rates)
    assert (found.period, found.baseline) == (year(2022), None)
    assert found.inputs == (101, 102)
    substituted = judged(goal, {2021: 7, 2023: 9})
    assert substituted.flags == ("ahead", "base_substituted")


def test_average_growth_is_met_only_at_the_end() -> None:
    goal = goal_of("average_growth", "5", baseline=base(2020, "100", "implied"))
    before = judged(goal, {2023: 140})
    assert (before.status, before.attained) == ("on_track", False)
    assert before.flags == ("ahead", "implied_baseline")
    end = judged(goal, {2025: 140}, day=date(2026, 1, 1))
    assert (end.status, end.attained, end.needed) == ("attained", True, None)
    assert "no_time_left" in codes(end)


def test_average_growth_without_any_start_is_not_judged() -> None:
    found = judged(goal_of("average_growth", "5", period_start=None), {2023: 140})
    assert (found.status, codes(found)) == ("not_assessable", ["criterion_needs_baseline"])


# Each year.


def each(measure: str, value: str, **fields: Any) -> Goal:
    return goal_of(measure, value, cadence="each_year", **fields)


def test_each_year_counts_by_itself() -> None:
    goal = each("increment", "10")
    so_far = judged(goal, {2021: 10, 2022: 12, 2023: 11})
    assert (so_far.status, so_far.attained, so_far.share_done) == (
        "on_track",
        False,
        Decimal("0.6"),
    )
    assert (so_far.trend, so_far.inputs) == ("down", (1, 2, 3))
    failed = judged(goal, {2021: 10, 2022: "9.9", 2023: 8})
    reasons = [(r.code, dict(r.params)) for r in failed.reasons]
    assert failed.status == "missed"
    assert ("year_failed", {"period": "2022", "value": "9.9"}) in reasons


def test_each_year_at_the_end() -> None:
    goal, late = each("level", "10"), date(2026, 1, 1)
    full = dict.fromkeys(range(2021, 2026), 10)
    assert judged(goal, full, day=late).status == "attained"
    hole = {y: n for y, n in full.items() if y != 2023}
    found = judged(goal, hole, day=late)
    assert (found.status, found.attained) == ("not_assessable", None)
    assert ("years_missing", (("count", "1"),)) in [(r.code, r.params) for r in found.reasons]
    withheld = judged(goal, {**full, 2025: status("Q")}, day=late)
    assert withheld.status == "not_assessable"
    assert "confidential" in codes(withheld)


def test_each_year_against_the_year_before() -> None:
    goal = each("change", "2", unit="points")
    found = judged(goal, {2020: 10, 2021: 12, 2022: 15})
    assert (found.status, found.goal, found.inputs) == ("on_track", 14, (1, 2, 3))
    loose = judged(goal, {2021: 12, 2022: 15})
    assert (loose.status, loose.attained) == ("not_assessable", None)
    stated = judged(replace(goal, baseline=base(2020, "11")), {2021: 12, 2022: 15})
    assert stated.status == "missed"


def test_each_year_by_its_rate() -> None:
    goal = each("growth", "5")
    found = judged(goal, {2020: 100, 2021: 106, 2022: 113}, {2023: 6})
    assert (found.status, found.value, found.inputs) == ("on_track", 6, (2, 1, 3, 101))
    none = judged(goal, {2023: 4})
    assert none.status == "no_data"
    told = judged(goal, None, {2022: status("M")})
    assert (told.status, codes(told)) == ("not_assessable", ["not_applicable"])


def test_each_year_that_only_has_a_bound_is_open() -> None:
    found = judged(each("level", "10"), {2021: 10, 2022: above("8"), 2023: above("7")})
    reasons = [(r.code, dict(r.params)) for r in found.reasons]
    assert found.status == "not_assessable"
    assert ("bound_proves_nothing", {"period": "2022", "value": "8"}) in reasons
