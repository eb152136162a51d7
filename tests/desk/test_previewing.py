"""What a set of rules would change: whole promises, bounded, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from qdpolicy.desk import previewing
from qdpolicy.desk.previewing import preview
from targets.models import Target, TargetVersion
from targets.progress import Rules
from tests.desk import builders as d
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)
NOW = Rules()
STRICT = replace(NOW, on_track=Decimal("1.1"), ahead=Decimal("1.2"))


def counts(found: previewing.Preview) -> dict[str, tuple[int, int]]:
    return {row.before.status: (row.number_before, row.number_after) for row in found.counts}


def test_pace_below_a_new_threshold_changes() -> None:
    target = d.world()
    d.promise_of("EMPTY")
    found = preview(NOW, STRICT, as_of=DAY)
    (row,) = found.changed
    assert (row.version.target, row.pace) == (target, 1)
    assert (row.before.status, row.after.status) == ("on_track", "lagging")
    assert counts(found) == {"on_track": (1, 0), "lagging": (0, 1), "no_data": (1, 1)}
    assert (found.total_changed, found.compared, found.complete) == (1, 2, True)


def test_light_and_flag_are_changes_as_well() -> None:
    d.world()
    lights = {**NOW.lights, "on_track": "yellow"}
    (row,) = preview(NOW, replace(NOW, lights=lights), as_of=DAY).changed
    assert (row.before.light, row.after.light) == ("green", "yellow")
    (row,) = preview(NOW, replace(NOW, ahead=Decimal("0.99")), as_of=DAY).changed
    assert (row.before.label, row.after.label) == ("符合预期", "快于预期")


def test_tolerance_of_about_changes_a_verdict() -> None:
    d.world("8100", comparator="about", key="about")
    late = date(2025, 6, 1)
    b.actual(b.indicator("FIRMS"), "8000", "2024")
    (row,) = preview(NOW, replace(NOW, about_tolerance=Decimal(0)), as_of=late).changed
    assert (row.before.status, row.after.status) == ("attained", "missed")


def test_promise_of_parts_counts_once_and_each_changed_part_is_listed() -> None:
    head = d.world()
    part = d.world("9001", key="part")
    Target.objects.filter(pk=part.pk).update(part_of=head)
    found = preview(NOW, STRICT, as_of=DAY)
    assert [row.version.target for row in found.changed] == [head, part]
    assert counts(found) == {"on_track": (1, 0), "lagging": (0, 1)}
    assert (found.compared, found.total_changed) == (1, 2)


def test_withdrawn_and_unapproved_are_left_out() -> None:
    gone, other = d.world(), d.world("9002", key="other")
    TargetVersion.objects.filter(target=gone).update(change="withdrawn", reason="停止")
    TargetVersion.objects.filter(target=other).update(superseded_at=timezone.now())
    found = preview(NOW, STRICT, as_of=DAY)
    assert (found.changed, found.counts, found.compared) == ([], [], 0)


def test_more_than_can_be_compared_is_said(monkeypatch: Any) -> None:
    monkeypatch.setattr(previewing, "COMPARED", 2)
    monkeypatch.setattr(previewing, "CHUNK", 1)
    for number in range(3):
        d.world(str(9000 + number), key=f"t{number}")
    found = preview(NOW, STRICT, as_of=DAY)
    assert (found.compared, found.promises, found.complete) == (2, 3, False)
    assert found.total_changed == 2


def test_list_of_changes_is_cut_and_the_number_is_not(monkeypatch: Any) -> None:
    monkeypatch.setattr(previewing, "SHOWN", 1)
    for number in range(3):
        d.world(str(9000 + number), key=f"t{number}")
    found = preview(NOW, STRICT, as_of=DAY)
    assert (len(found.changed), found.total_changed) == (1, 3)


def test_preview_costs_the_same_queries_for_one_and_for_twenty(
    django_assert_num_queries: Any,
) -> None:
    d.world()
    with django_assert_num_queries(5):
        preview(NOW, STRICT, as_of=DAY)
    for number in range(20):
        d.world(str(9001 + number), key=f"t{number}")
    with django_assert_num_queries(5):
        assert preview(NOW, STRICT, as_of=DAY).compared == 21
