"""Versions in words: differences, the history, what no longer holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from indicators.models import Unit
from qdpolicy.dashboard.versions import (
    differences,
    history,
    replaced_words,
    shown,
    withdrawn_words,
)
from targets.models import TargetVersion
from tests.dashboard import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing() -> TargetVersion:
    return make.version(make.target("firms"))


def changed(version: TargetVersion, **facts: Any) -> TargetVersion:
    copy = TargetVersion.objects.get(pk=version.pk)
    for name, value in facts.items():
        setattr(copy, name, value)
    return copy


def said(before: TargetVersion, after: TargetVersion) -> list[str]:
    return [str(item) for item in differences(before, after)]


def test_differences_are_said_in_words_and_in_order(standing: TargetVersion) -> None:
    after = changed(standing, value=Decimal(8500), period_end="2025-S1", path="compound")
    assert said(standing, after) == [
        "目标值 9,000家 → 8,500家",
        "期限 2024年 → 2025年上半年",
        "路径 直线 → 复合增长",
    ]
    assert said(standing, changed(standing)) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"upper": Decimal(9500)}, "上限 — → 9,500家"),
        ({"tolerance": Decimal(0)}, "允差 — → 0家"),
        ({"comparator": "about"}, "比较 突破、超过 → 左右"),
        ({"cadence": "each_year"}, "节奏 到期 → 每年"),
        ({"commitment": "aspirational"}, "承诺程度 确定（确保、达到） → 力争"),
        ({"profile": ["0.1", "0.2", "0.3", "0.4"]}, "分季份额 — → 10%、20%、30%、40%"),
        ({"milestones": {"2023": "7000"}}, "节点值 — → 2023年 7,000家"),
        ({"baseline_value": Decimal(0)}, "基期值 — → 0家"),
        ({"baseline_period": "2020"}, "基期 — → 2020年"),
        ({"baseline_provenance": "stated"}, "基期来源 — → 文件写明"),
        ({"baseline_note": "推算"}, "基期说明 — → 推算"),
    ],
)
def test_each_field_has_its_words(
    standing: TargetVersion, facts: dict[str, Any], words: str
) -> None:
    assert said(standing, changed(standing, **facts)) == [words]


def test_amounts_are_in_the_unit_of_their_own_text(standing: TargetVersion) -> None:
    wan = Unit.objects.create(
        code="wan-jia", symbol="万家", name_en="10 thousand units", base="家", exponent=4,
        dimension="count",
    )  # fmt: skip
    after = changed(standing, unit=wan, value=Decimal("0.9"))
    assert said(standing, after) == ["目标值 9,000家 → 0.9万家", "计量单位 家 → 万家"]


def test_growth_is_in_per_cent_and_its_baseline_in_the_indicators_unit(
    standing: TargetVersion,
) -> None:
    growth = changed(
        standing, measure="growth", value=Decimal(12), unit=make.unit("percent"),
        baseline_value=Decimal(5000),
    )  # fmt: skip
    assert shown(growth, "value") == "12%"
    assert shown(growth, "baseline_value") == "5,000家"


def test_withdrawal_and_return_are_differences(standing: TargetVersion) -> None:
    gone = changed(standing, change="withdrawn")
    assert said(standing, gone) == ["效力 现行 → 废止"]
    assert said(gone, changed(standing, change="adjusted")) == ["效力 废止 → 恢复"]
    assert said(gone, changed(standing, change="withdrawn")) == []


def test_history_follows_the_days_of_force_and_names_what_each_replaced(
    standing: TargetVersion,
) -> None:
    target = standing.target

    def later(value: int, day: int, **facts: Any) -> TargetVersion:
        moment = datetime(2025, 4, day, tzinfo=UTC)
        return make.version(
            target, value=Decimal(value), effective_at=moment, superseded_at=moment,
            change="adjusted", reason="调整", **facts,
        )  # fmt: skip

    # Entered first and in force last, as a scheduled change is.
    third = later(7000, 9)
    second = later(8000, 2, supersedes=standing)
    third.supersedes = second
    waiting = make.version(
        target, value=Decimal(6000), effective_at=None, valid_from=date(2090, 1, 1),
        change="adjusted", reason="调整", supersedes=third,
    )  # fmt: skip
    entries = history([third, waiting, second, standing])
    assert [entry.version for entry in entries] == [standing, second, third, waiting]
    assert [[str(item) for item in entry.differences] for entry in entries] == [
        [],
        ["目标值 9,000家 → 8,000家"],
        ["目标值 8,000家 → 7,000家"],
        ["目标值 7,000家 → 6,000家"],
    ]


def test_days_are_those_of_this_place(standing: TargetVersion) -> None:
    # The last moment of the day here is eight hours earlier elsewhere.
    standing.superseded_at = datetime(2025, 3, 1, 16, 30, tzinfo=UTC)
    assert replaced_words(standing) == "原目标，2025-03-02被取代"
    standing.effective_at = datetime(2025, 3, 1, 16, 30, tzinfo=UTC)
    assert withdrawn_words(standing) == "已废止，自2025-03-02起"
    standing.valid_from = date(2025, 1, 1)
    assert withdrawn_words(standing) == "已废止，自2025-01-01起"


def test_unit_has_its_english_name(standing: TargetVersion) -> None:
    with translation.override("en"):
        assert shown(standing, "unit") == "units"
