"""The indicator page keeps what was promised before: chart, table, list and sentence."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from qdpolicy.dashboard import indicator_series as series
from targets.models import Target, TargetVersion
from tests.dashboard import builders as b

pytestmark = pytest.mark.django_db
BEFORE = b.NOW - timedelta(days=30)


def replaced(of: Target, **facts: Any) -> TargetVersion:
    """A reading that was in force until the first of March."""
    stated = {"effective_at": BEFORE, "superseded_at": b.NOW} | facts
    return b.version(of, **stated)


@pytest.fixture
def firms() -> Target:
    found = b.target("firms")
    replaced(found, value=Decimal(8000), period_end="2023")
    b.version(found, value=Decimal(9000), change="adjusted", reason="中期调整")
    b.observation(b.indicator(), "2022", "7000")
    return found


def rows() -> list[series.PromiseRow]:
    return series.promises_of(b.indicator(), b.region())


def drawn() -> Any:
    return series.chart_of(b.indicator(), b.region(), [], rows())


def words(client: Client) -> str:
    html = client.get(f"/indicators/{b.indicator().code}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_replaced_goal_stands_beside_the_one_in_force(firms: Target) -> None:
    (row,) = rows()
    assert (row.version.value, [old.value for old in row.former]) == (9000, [8000])
    chart = drawn()
    assert [promise.goal for promise in chart.promises] == [9000]
    (old,) = chart.former
    assert (old.goal, str(old.end), old.note) == (8000, "2023", "原目标，2025-03-01被取代")
    assert (old.base, old.milestones, old.light) == (None, (), "grey")


def test_correction_of_something_else_is_no_former_goal(firms: Target) -> None:
    replaced(firms, value=Decimal(9000), period_end="2024", commitment="aspirational")
    assert [old.value for old in rows()[0].former] == [8000]


def test_withdrawn_target_is_a_former_goal_and_not_counted(firms: Target) -> None:
    standing = firms.versions.get(superseded_at=None)
    TargetVersion.objects.filter(pk=standing.pk).update(
        change="withdrawn", reason="停止", valid_from=date(2025, 2, 1)
    )
    chart = drawn()
    assert (chart.promises, chart.elsewhere) == ((), 0)
    assert [(old.goal, old.note) for old in chart.former] == [
        (8000, "原目标，2025-03-01被取代"),
        (9000, "已废止，自2025-02-01起"),
    ]


def test_former_goal_that_no_level_shows_is_in_the_list_alone(firms: Target) -> None:
    replaced(firms, measure="growth", value=Decimal(12), unit=b.unit("percent"))
    assert sorted(old.value for old in rows()[0].former) == [12, 8000]
    assert [old.goal for old in drawn().former] == [8000]


def test_page_says_it_in_the_sentence_the_table_and_the_list(client: Client, firms: Target) -> None:
    seen = words(client)
    assert "虚线是不再有效的目标：2023年突破 8,000家（原目标，2025-03-01被取代）。" in seen
    assert "2023年 原目标，2025-03-01被取代 突破 8,000家 文件plan" in seen
    assert "突破 8,000家，2023年（原目标，2025-03-01被取代）" in seen


def test_page_of_a_withdrawn_promise_says_so(client: Client, firms: Target) -> None:
    standing = firms.versions.get(superseded_at=None)
    TargetVersion.objects.filter(pk=standing.pk).update(change="withdrawn", reason="停止")
    seen = words(client)
    assert "2024年 已废止，自2025-03-01起 突破 9,000家" in seen
    assert "正在计算" not in seen


def test_draft_is_no_goal_of_any_kind(firms: Target) -> None:
    b.version(firms, value=Decimal(1), review_state="draft", approved_by=None, approved_at=None)
    assert [old.value for old in rows()[0].former] == [8000]
    assert rows()[0].version.value == 9000


def test_scheduled_goal_is_not_yet_there(firms: Target) -> None:
    b.version(firms, value=Decimal(1), effective_at=None, valid_from=date(2090, 1, 1))
    assert rows()[0].version.value == 9000
    assert [old.goal for old in drawn().former] == [8000]


def test_on_an_earlier_day_the_old_goal_is_the_goal(client: Client, firms: Target) -> None:
    firms.versions.filter(value=8000).update(approved_at=BEFORE, entered_at=BEFORE)
    day = (BEFORE + timedelta(days=1)).date().isoformat()
    html = client.get(f"/known-on/{day}/indicators/{b.indicator().code}/").content.decode()
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "突破 8,000家" in seen
    assert "突破 9,000家" not in seen
    assert "原目标" not in seen
