"""The sentence that says why a target has its light."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qdpolicy.dashboard.why import lead_sentence
from targets.models import ProgressSnapshot, TargetVersion
from targets.progress.rules import DEFAULT_RULES, Rules
from tests.dashboard.builders import unsaved_unit


def said(status: str, *, rules: Rules = DEFAULT_RULES, **fields: Any) -> str:
    """The sentence about 7920 of a goal above 9000."""
    figures: dict[str, Any] = {
        "period": "2023", "actual": Decimal(7920), "actual_qualifier": "exact",
        "goal": Decimal(9000), "flags": [],
    }  # fmt: skip
    version = TargetVersion(
        measure="level", comparator="more_than", value=Decimal(9000), unit=unsaved_unit("jia"),
        direction="increase", commitment="firm", period_end="2024",
    )  # fmt: skip
    snapshot = ProgressSnapshot(status=status, **(figures | fields))
    return lead_sentence(version, snapshot, unsaved_unit("jia"), rules)


def test_an_attained_goal_names_the_test_that_is_met() -> None:
    assert said("attained", actual=Decimal(9001)) == (
        "2023年实绩 9,001家，满足“突破 9,000家”，所以是“已完成”。"
    )


def test_an_early_goal_says_so() -> None:
    assert said("attained", actual=Decimal(9001), flags=["early"]).endswith("“提前完成”。")


def test_a_missed_goal_names_the_test_that_is_not_met() -> None:
    assert said("missed") == "2023年实绩 7,920家，没有满足“突破 9,000家”，所以是“未完成”。"


@pytest.mark.parametrize(
    ("status", "flags", "pace", "end"),
    [
        ("on_track", ["ahead"], "1.33", "进度 133%，不低于 105%，所以是“快于预期”。"),
        ("on_track", [], "0.97", "进度 97%，不低于 95%，所以是“符合预期”。"),
        ("lagging", [], "0.94996", "进度 94.996%，在 60% 与 95% 之间，所以是“略有滞后”。"),
        ("off_track", [], "0.31", "进度 31%，低于 60%，所以是“明显滞后”。"),
    ],
)
def test_a_pace_is_held_against_its_threshold(
    status: str, flags: list[str], pace: str, end: str
) -> None:
    shown = said(status, flags=flags, pace=Decimal(pace), expected_now=Decimal(8000))
    assert shown == f"2023年实绩 7,920家，按路径此时应为 8,000家；{end}"


def test_the_thresholds_are_those_of_the_verdict() -> None:
    rules = Rules(version="2", on_track=Decimal("0.9"))
    assert said("on_track", rules=rules, pace=Decimal("0.92")) == (
        "2023年实绩 7,920家，进度 92%，不低于 90%，所以是“符合预期”。"
    )


def test_the_expected_value_is_not_rounded_onto_the_actual() -> None:
    shown = said("on_track", pace=Decimal(1), expected_now=Decimal("7919.9996"))
    assert "此时应为 7,919.9996家；" in shown


def test_regression_names_the_baseline() -> None:
    assert said("regressing", baseline_value=Decimal(8000)) == (
        "2023年实绩 7,920家，基期为 8,000家：离目标更远，或失去了已达到的水平，所以是“倒退”。"
    )


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        ("no_data", {"actual": None}),
        ("not_assessable", {}),
        ("lagging", {"pace": None}),
        ("not_due", {"pace": Decimal(1)}),
        ("regressing", {"baseline_value": None}),
    ],
)
def test_no_sentence_where_the_reasons_say_it_all(status: str, fields: dict[str, Any]) -> None:
    assert said(status, **fields) == ""
