"""What was promised beside a cell: only what is in force, in words, at one query."""

from __future__ import annotations

from typing import Any

import pytest

from qdpolicy.entry.promised import promises_about
from targets.models import TargetVersion
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


def test_nothing_asked_is_nothing_answered_without_a_query(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        assert promises_about(frozenset()) == []


def test_promises_cost_one_query_for_one_indicator_and_for_many(
    django_assert_num_queries: Any,
) -> None:
    ids = [b.promise(b.indicator(f"FIRMS{number}")).indicator_id for number in range(9)]
    for some in (ids[:1], ids):
        with django_assert_num_queries(1):
            assert len(promises_about(frozenset(some))) == len(some)


def test_promises_in_force_are_told_in_words() -> None:
    target = b.promise(b.indicator("FIRMS"), "9000", "2026")
    drafted = b.promise(b.indicator("FIRMS"), "9500", "2026")
    TargetVersion.objects.filter(target=drafted).update(
        review_state="draft", approved_by=None, approved_at=None, effective_at=None
    )
    (promise,) = promises_about(frozenset({target.indicator_id}))
    assert promise.goal == "2026年 达到 9,000家以上"
    assert (promise.region_code, promise.region_name, promise.end) == ("370200", "青岛市", "2026")
    assert promise.stated_in == "plan-one试点计划"
    assert promise.url.endswith(f"/{target.key}/")


def test_promise_of_a_range_without_an_end_is_told_with_both_bounds() -> None:
    target = b.promise(b.indicator("FIRMS"), "10", "")
    TargetVersion.objects.filter(target=target).update(comparator="between", upper=15)
    (promise,) = promises_about(frozenset({target.indicator_id}))
    assert (promise.goal, promise.end) == ("10家至 15家", "")
