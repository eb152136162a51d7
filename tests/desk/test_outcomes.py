"""What a change would do to a verdict: both sides judged alike, nothing stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qdpolicy.desk.outcomes import effect_of
from targets.models import ProgressSnapshot, TargetVersion
from tests.desk import builders as d

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)


def changed(version: TargetVersion, **facts: Any) -> TargetVersion:
    """The same version with other facts, unsaved."""
    copy = TargetVersion.objects.select_related("unit").get(pk=version.pk)
    for name, value in facts.items():
        setattr(copy, name, value)
    return copy


def test_both_verdicts_are_of_the_same_day_and_data(django_assert_num_queries: Any) -> None:
    target = d.world()
    before = target.versions.select_related("unit").get()
    after = changed(before, value=Decimal(12000))
    with django_assert_num_queries(3):
        effect = effect_of(target, before, after, as_of=DAY)
    assert (effect.before.label, effect.before.light, effect.before.pace) == (
        "符合预期", "green", 1,
    )  # fmt: skip
    assert (effect.after.label, effect.after.light) == ("明显滞后", "red")
    assert effect.changes
    assert round(effect.after.completion or Decimal(0), 4) == Decimal("0.6667")
    assert not ProgressSnapshot.objects.exists()


def test_change_without_an_effect_says_so() -> None:
    target = d.world()
    before = target.versions.get()
    assert not effect_of(
        target, before, changed(before, commitment="aspirational"), as_of=DAY
    ).changes


def test_withdrawal_has_no_verdict() -> None:
    target = d.world()
    before = target.versions.get()
    after = effect_of(target, before, changed(before, change="withdrawn"), as_of=DAY).after
    assert (after.label, after.light, after.pace, after.reasons) == (
        "已废止，不再判定", "grey", None, (),
    )  # fmt: skip


def test_target_without_an_actual_says_why_there_is_no_figure() -> None:
    target = d.promise_of("EMPTY")
    before = target.versions.get()
    effect = effect_of(target, before, changed(before, value=Decimal(90)), as_of=DAY)
    assert effect.before.label == effect.after.label == "暂无数据"
    assert effect.after.completion is None
    assert effect.after.reasons != ()
