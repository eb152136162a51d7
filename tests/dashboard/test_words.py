"""Words for codes: statuses, goals, periods, deadlines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest
from django.utils import translation

from qdpolicy.dashboard import words
from targets.models import TargetVersion
from targets.progress.verdict import Light, Status
from tests.dashboard.builders import unsaved_unit


def reading(value: str = "9000", code: str = "jia", **fields: Any) -> TargetVersion:
    about: dict[str, Any] = {
        "measure": "level", "comparator": "more_than", "direction": "increase",
        "commitment": "firm", "period_end": "2024",
    }  # fmt: skip
    upper = fields.pop("upper", None)
    return TargetVersion(
        value=Decimal(value), unit=unsaved_unit(code),
        upper=None if upper is None else Decimal(upper), **(about | fields),
    )  # fmt: skip


def test_every_status_of_a_verdict_has_a_place_in_the_sentence() -> None:
    assert set(words.STATUSES) == {*get_args(Status), words.PENDING}


def test_every_light_has_its_words() -> None:
    lights = set(get_args(Light))
    assert set(words.LIGHTS) == lights
    assert set(words.LIGHT_LABELS) == lights
    assert set(words.LIGHT_MEANINGS) == lights


@pytest.mark.parametrize(
    ("status", "flags", "word"),
    [
        ("attained", (), "已完成"),
        ("attained", ("early",), "提前完成"),
        ("attained", ("ahead",), "已完成"),
        ("on_track", ("stale_data",), "符合预期"),
        ("on_track", ("ahead",), "快于预期"),
        ("lagging", ("ahead",), "略有滞后"),
        ("off_track", (), "明显滞后"),
        ("regressing", (), "倒退"),
        ("missed", (), "未完成"),
        ("not_assessable", (), "无法评估"),
        ("no_data", (), "暂无数据"),
        ("not_due", (), "尚未开始"),
        ("not_quantified", (), "定性目标"),
        ("pending", (), "正在计算"),
    ],
)
def test_status_label(status: str, flags: tuple[str, ...], word: str) -> None:
    assert words.status_label(status, flags) == word


@pytest.mark.parametrize(
    ("status", "light"),
    [
        ("attained", "green"), ("on_track", "green"), ("lagging", "yellow"), ("missed", "red"),
        ("off_track", "red"), ("regressing", "red"), ("no_data", "grey"), ("pending", "grey"),
    ],
)  # fmt: skip
def test_light_for(status: str, light: str) -> None:
    assert words.light_for(status) == light


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("2024", "2024年", "2024"),
        ("2024-S1", "2024年上半年", "first half of 2024"),
        ("2022-06-07", "2022年6月7日", "7 June 2022"),
        ("", "", ""),
        (None, "", ""),
        ("某年", "某年", "某年"),
    ],
)
def test_period_label(text: str | None, zh: str, en: str) -> None:
    assert words.period_label(text) == zh
    with translation.override("en"):
        assert words.period_label(text) == en


@pytest.mark.parametrize(
    ("comparator", "shown"),
    [
        ("more_than", "突破 9,000家"),
        ("at_least", "达到 9,000家以上"),
        ("at_most", "不超过 9,000家"),
        ("less_than", "低于 9,000家"),
        ("equals", "等于 9,000家"),
        ("about", "9,000家左右"),
        ("nearly", "近 9,000家"),
    ],
)
def test_goal_words_of_each_comparator(comparator: str, shown: str) -> None:
    assert words.goal_words(reading(comparator=comparator)) == shown


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        (reading("700", "yi"), "突破 700亿元"),
        (reading("1", comparator="between", upper="2"), "1家至 2家"),
        (reading("0", comparator="at_most"), "不超过 0家"),
        (reading("2", measure="increment", comparator="at_least"), "新增：达到 2家以上"),
        (reading("100", measure="cumulative", comparator="at_least"), "累计：达到 100家以上"),
        (reading("67", "percent", measure="share", comparator="about"), "67%左右"),
        (
            reading("11", "percent", measure="growth", comparator="at_least"),
            "比上年增长：达到 11%以上",
        ),
        (
            reading("7.5", "percent", measure="average_growth", comparator="at_least"),
            "年均增长：达到 7.5%以上",
        ),
        (reading("2", "bei", measure="multiple"), "比基期翻一番"),
        (reading("4", "bei", measure="multiple"), "比基期翻两番"),
        (reading("3", "bei", measure="multiple"), "达到基期的 3 倍"),
        (reading("2", "point", measure="change"), "比基期提高 2个百分点"),
        (
            reading("13.5", "percent", measure="change", direction="decrease"),
            "比基期下降 13.5%",
        ),
        (reading("-3", "point", measure="change"), "比基期下降 3个百分点"),
        (reading("5", measure="increment", cadence="each_year"), "每年 新增：突破 5家"),
    ],
)
def test_goal_words(version: TargetVersion, shown: str) -> None:
    assert words.goal_words(version) == shown


def test_goal_words_know_every_measure_and_comparator() -> None:
    shown = {
        words.goal_words(reading(measure=measure, comparator=comparator, upper="9001"))
        for measure in TargetVersion.Measure.values
        for comparator in TargetVersion.Comparator.values
    }
    # Levels and shares read alike, and a multiple and a change have no comparator of their own.
    assert len(shown) == 6 * 8 + 2


@pytest.mark.parametrize(("end", "shown"), [("2028", "2028年"), ("", "未注明期限")])
def test_deadline_words(end: str, shown: str) -> None:
    assert words.deadline_words(reading(period_end=end)) == shown


@pytest.mark.parametrize(
    ("qualifier", "shown"),
    [
        ("exact", "395亿元"), ("above", "超过 395亿元"), ("below", "不足 395亿元"),
        ("about", "约 395亿元"), ("", "395亿元"),
    ],
)  # fmt: skip
def test_qualified(qualifier: str, shown: str) -> None:
    assert words.qualified(Decimal(395), qualifier, unsaved_unit("yi")) == shown
