"""Reading worked cases: what is understood, what is refused, and in which words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import Baseline
from targets.progress.cases import CaseError, judge_case, read_goal
from targets.progress.reasons import FIGURES
from tests.targets.progress.effort import effort

SOUND: dict[str, Any] = {
    "id": "T1",
    "measure": "level",
    "comparator": "at_least",
    "value": "100",
    "period_start": "2024",
    "period_end": "2028",
    "baseline": {"period": "2023", "value": 50},
    "series": {"2025": 70},
    "as_of": "2025-12-31",
}


def test_outcome_has_every_key_and_is_json() -> None:
    out = judge_case(SOUND)
    assert list(out) == ["id", "status", "attained", "position", *FIGURES, "flags", "reasons"]
    assert json.loads(json.dumps(out)) == out
    assert out == {
        "id": "T1",
        "status": "on_track",
        "attained": False,
        "position": None,
        "completion": 0.7,
        "share_done": 0.4,
        "pace": 1.0,
        "expected_now": 70.0,
        "gap": -30.0,
        "needed": 10.0,
        "actual_rate": 10.0,
        "required_rate": 10.0,
        "flags": [],
        "reasons": [],
    }


def test_reason_comes_with_its_words() -> None:
    out = judge_case(SOUND | {"as_of": "2029-01-01"})
    assert out["reasons"][0] == {
        "code": "awaiting_actual",
        "params": {"period": "2028"},
        "zh": "2028年已结束，期末实绩尚未公布。",
        "en": "2028 is over; its actual is not out yet.",
    }


def test_group_hands_its_fields_down_to_its_parts() -> None:
    common = {name: SOUND[name] for name in ("id", "period_start", "period_end", "baseline")}
    part = {"measure": "level", "comparator": "at_least", "value": "100"}
    out = judge_case(
        {
            **common,
            "series": {"2028": 100},
            "parts": [part, {**part, "value": "200", "series": {"2028": 150}}],
        }
    )
    assert (out["id"], out["status"], out["attained"]) == ("T1", "missed", False)
    assert list(out) == ["id", "status", "attained", "position", *FIGURES, "flags", "reasons"]
    assert out["reasons"][0]["params"] == {"count": "1", "parts": "2"}


@pytest.mark.parametrize(
    ("comparator", "direction"),
    [
        ("at_least", "increase"),
        ("more_than", "increase"),
        ("nearly", "increase"),
        ("about", "increase"),
        ("between", "increase"),
        ("at_most", "decrease"),
        ("less_than", "decrease"),
        ("equals", "maintain"),
    ],
)
def test_direction_follows_the_comparator_where_none_is_given(comparator, direction) -> None:
    case = SOUND | {"comparator": comparator, "upper": "200"}
    assert read_goal(case).direction == direction
    assert read_goal(case | {"direction": "maintain"}).direction == "maintain"


def test_numbers_are_read_as_they_are_written() -> None:
    goal = read_goal(SOUND | {"value": 0.1, "tolerance": "0.10", "milestones": {"2025": 60}})
    assert (goal.value, goal.tolerance) == (Decimal("0.1"), Decimal("0.10"))
    assert goal.milestones == ((ReferencePeriod.of_year(2025), Decimal(60)),)
    assert goal.baseline == Baseline(period=ReferencePeriod.of_year(2023), value=Decimal(50))


def test_missing_number_is_not_zero() -> None:
    assert judge_case(SOUND | {"series": {"2025": None}})["status"] == "no_data"
    assert judge_case(SOUND | {"series": {"2025": 0}})["status"] == "regressing"
    assert judge_case(SOUND | {"value": None})["status"] == "not_quantified"


@pytest.mark.parametrize(
    ("change", "zh"),
    [
        ({"measure": "mood"}, "measure 应为以下之一："),
        ({"measure": None}, "measure 应为以下之一："),
        ({"measure": ["level"]}, "measure 应为以下之一："),
        ({"comparator": ">="}, "comparator 应为以下之一："),
        ({"direction": "up"}, "direction 应为以下之一："),
        ({"cadence": "monthly"}, "cadence 应为以下之一："),
        ({"path": "curved"}, "path 应为以下之一："),
        ({"accumulation": "both"}, "accumulation 应为以下之一："),
        ({"value": "many"}, "value 不是有效的数字。"),
        ({"value": True}, "value 不是有效的数字。"),
        ({"value": [1]}, "value 不是有效的数字。"),
        ({"value": "NaN"}, "value 不是有效的数字。"),
        ({"value": float("inf")}, "value 不是有效的数字。"),
        ({"value": "1E+999"}, "value 不是有效的数字。"),
        ({"value": "9" * 200}, "value 不是有效的数字。"),
        ({"comparator": "between"}, "目标的 upper 不成立。"),
        ({"comparator": "between", "upper": "99"}, "目标的 upper 不成立。"),
        ({"tolerance": "-1"}, "目标的 tolerance 不成立。"),
        ({"period_start": "2029"}, "目标的 period_start 不成立。"),
        ({"path": "seasonal"}, "目标的 profile 不成立。"),
        ({"path": "seasonal", "profile": "abc"}, "profile 应为四个季度的份额。"),
        ({"path": "seasonal", "profile": [2, -1, 0, 0]}, "目标的 profile 不成立。"),
        ({"profile": [None, 1]}, "profile 应为四个季度的份额。"),
        ({"period_end": "2028年"}, "period_end：“2028年”不是报告期"),
        ({"period_end": []}, "period_end：“list”不是报告期"),
        ({"series": {"2024-13": 1}}, "series：“2024-13”不是报告期"),
        ({"series": [1]}, "series 应为键值对象。"),
        ({"series": {"2024": {"value": "x"}}}, "series 2024 不是有效的数字。"),
        ({"series": {"2024": {"value": 1, "qualifier": "over"}}}, "qualifier 应为以下之一："),
        ({"series": {"2024": {"value": 1, "obs_status": "Z"}}}, "obs_status 应为以下之一："),
        ({"series": {"2024-S1": 1, "2024-01/2024-06": 1}}, "series 中 2024-S1 出现了两次。"),
        ({"rates": "high"}, "rates 应为键值对象。"),
        ({"baseline": "2023"}, "baseline 应为键值对象。"),
        ({"baseline": {}}, "baseline 缺少报告期 period。"),
        ({"baseline": {"period": "2023", "provenance": "felt"}}, "provenance 应为以下之一："),
        ({"milestones": [60]}, "milestones 应为键值对象。"),
        ({"milestones": {"2025": None}}, "milestones 的值不能为空。"),
        ({"as_of": "30.6.2025"}, "as_of 应写成 2025-06-30 这样的日期。"),
        ({"as_of": 20250630}, "as_of 应写成 2025-06-30 这样的日期。"),
        ({"parts": []}, "parts 应为至少含一个目标的列表。"),
        ({"parts": "ab"}, "parts 应为至少含一个目标的列表。"),
        ({"parts": [7]}, "第1项：part 应为键值对象。"),
    ],
)
def test_malformed_case_is_refused_in_words(change: dict[str, Any], zh: str) -> None:
    with pytest.raises(CaseError) as caught:
        judge_case(SOUND | change)
    assert caught.value.zh.startswith(zh)
    assert caught.value.en
    assert str(caught.value) == f"{caught.value.zh} {caught.value.en}"


BASE = SOUND["baseline"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "x"}, "value 不是有效的数字。 value is not a valid number."),
        ({"upper": "x"}, "upper 不是有效的数字。 upper is not a valid number."),
        ({"tolerance": "x"}, "tolerance 不是有效的数字。 tolerance is not a valid number."),
        ({"profile": ["x"]}, "profile 不是有效的数字。 profile is not a valid number."),
        ({"milestones": {"2025": "x"}}, "milestones 不是有效的数字。 milestones is not a valid number."),
        ({"baseline": BASE | {"value": "x"}}, "baseline 不是有效的数字。 baseline is not a valid number."),
        ({"rates": {"2025": "x"}}, "rates 2025 不是有效的数字。 rates 2025 is not a valid number."),
        ({"value": ...}, "缺少目标值 value。 The goal's value is missing."),
        (
            {"period_end": ...},
            "缺少期末 period_end，没有期限时写 null。"
            " The period_end is missing; write null for no deadline.",
        ),
        (
            {"series": ...},
            "缺少实绩 series，没有实绩时写 {}。 The series is missing; write {} for none.",
        ),
        (
            {"comparator": "between", "upper": "1", "tolerance": "-1"},
            "目标的 upper, tolerance 不成立。 The goal's upper, tolerance cannot be right.",
        ),
        (
            {"accumulation": "pile"},
            "accumulation 应为以下之一：stock, flow。 accumulation must be one of stock, flow.",
        ),
        (
            {"cadence": "daily"},
            "cadence 应为以下之一：by_end, each_year。 cadence must be one of by_end, each_year.",
        ),
        ({"series": 7}, "series 应为键值对象。 series must be an object."),
        ({"rates": 7}, "rates 应为键值对象。 rates must be an object."),
        ({"baseline": 7}, "baseline 应为键值对象。 baseline must be an object."),
        ({"milestones": 7}, "milestones 应为键值对象。 milestones must be an object."),
        ({"milestones": {"2025": None}}, "milestones 的值不能为空。 A milestone needs a number."),
        ({"baseline": {}}, "baseline 缺少报告期 period。 The period of baseline is missing."),
        ({"series": {"2025": {}}}, "series 2025 缺少 value。 The value of series 2025 is missing."),
        (
            {"series": {"2024-S1": 1, "2024-01/2024-06": 1}},
            "series 中 2024-S1 出现了两次。 2024-S1 stands twice in series.",
        ),
        ({"profile": 7}, "profile 应为四个季度的份额。 profile must be four quarterly shares."),
        ({"parts": []}, "parts 应为至少含一个目标的列表。 parts must be a list of goals."),
        ({"parts": {"a": 1}}, "parts 应为至少含一个目标的列表。 parts must be a list of goals."),
        (
            {"parts": [{}, {"value": None}, {"value": "x"}]},
            "第3项：value 不是有效的数字。 Part 3: value is not a valid number.",
        ),
        (
            {"as_of": "2025-6-30"},
            "as_of 应写成 2025-06-30 这样的日期。 as_of must be a day like 2025-06-30.",
        ),
    ],
)  # fmt: skip
def test_malformed_case_is_refused_in_both_languages(change: dict[str, Any], said: str) -> None:
    case = {name: value for name, value in (SOUND | change).items() if value is not ...}
    with pytest.raises(CaseError) as caught:
        judge_case(case)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"period_end": "x"}, "period_end"),
        ({"period_start": "x"}, "period_start"),
        ({"baseline": {"period": "x"}}, "baseline"),
        ({"series": {"x": 1}}, "series"),
        ({"rates": {"x": 1}}, "rates"),
        ({"milestones": {"x": 1}}, "milestones"),
    ],
)
def test_period_that_is_none_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(CaseError) as caught:
        judge_case(SOUND | change)
    assert str(caught.value) == (
        f"{field}：“x”不是报告期，请写成 2024、2024-S1、2024-Q3、2024-09 或 2022-06-07。"
        f' {field}: "x" is not a reference period; write 2024, 2024-S1, 2024-Q3, 2024-09'
        " or 2022-06-07."
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (True, None),
        (1, Decimal(1)),
        (0.1, Decimal("0.1")),
        (1e22, Decimal("1E+22")),
        (Decimal("0.10"), Decimal("0.10")),
        ("1_0", None),
        ("9" * 100, Decimal("9" * 100)),
        ("9" * 101, None),
        (["1"], None),
        (float("nan"), None),
        ("1E-300", Decimal("1E-300")),
        ("1E+301", None),
    ],
)
def test_number_is_what_a_person_would_call_one(value: object, read: Decimal | None) -> None:
    if read is None:
        with pytest.raises(CaseError):
            read_goal(SOUND | {"value": value})
    else:
        assert str(read_goal(SOUND | {"value": value}).value) == str(read)


def test_years_may_be_numbers_and_a_unit_is_text() -> None:
    goal = read_goal(SOUND | {"period_end": 2028, "unit": 7})
    assert (goal.period_end, goal.unit) == (ReferencePeriod.of_year(2028), "")
    assert read_goal(SOUND | {"unit": "percent"}).unit == "percent"
    assert read_goal(SOUND | {"profile": ("0.1",) * 4}).profile == (Decimal("0.1"),) * 4


def test_largest_figure_is_still_a_number() -> None:
    out = judge_case(SOUND | {"value": "1", "series": {"2025": "1E+300"}, "baseline": None})
    assert (out["completion"], out["gap"]) == (1e300, 1e300)


@pytest.mark.parametrize("case", [None, [], "case", 7, [SOUND]])
def test_case_is_an_object(case: object) -> None:
    with pytest.raises(CaseError) as caught:
        judge_case(case)
    assert caught.value.zh == "case 应为键值对象。"


def test_case_without_a_value_is_refused() -> None:
    with pytest.raises(CaseError) as caught:
        judge_case({name: value for name, value in SOUND.items() if name != "value"})
    assert caught.value.en == "The goal's value is missing."


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["2024", "2024-S1", "level", "at_least", "1E+400", "between", "Q"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = [*SOUND, "upper", "tolerance", "path", "profile", "milestones", "rates", "parts", "cadence"]


@effort(200)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4))
def test_any_json_is_judged_or_refused(change: dict[str, Any]) -> None:
    try:
        out = judge_case(SOUND | change)
    except CaseError as error:
        answer = {"zh": error.zh, "en": error.en}
    else:
        answer = json.loads(json.dumps({**out, "id": None}, allow_nan=False))
        assert answer["status"]
    assert answer.get("status") or (answer["zh"] and answer["en"])
