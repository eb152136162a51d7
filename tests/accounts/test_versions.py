"""Compare-and-set: nobody overwrites silently."""

from __future__ import annotations

import pytest

from accounts.models import Department
from accounts.versions import Clash, Conflict, clashes, compare_and_set

pytestmark = pytest.mark.django_db


def test_right_version_writes_and_counts_up() -> None:
    row = Department.objects.create(code="A", name="旧名")
    assert compare_and_set(Department, row.pk, 1, name="新名") == 2
    row.refresh_from_db()
    assert (row.name, row.version) == ("新名", 2)


def test_two_editors_second_sees_both_values() -> None:
    row = Department.objects.create(code="A", name="旧名")
    compare_and_set(Department, row.pk, 1, name="第一人")
    with pytest.raises(Conflict) as second:
        compare_and_set(Department, row.pk, 1, name="第二人", code="A")
    assert clashes(second.value) == [Clash("name", "名称", "第一人", "第二人")]
    row.refresh_from_db()
    assert (row.name, row.version) == ("第一人", 2)


def test_two_editors_of_many_rounds_lose_nothing() -> None:
    row = Department.objects.create(code="A", name="0")
    written = conflicts = 0
    for number in range(20):
        for editor in ("甲", "乙"):
            try:
                compare_and_set(Department, row.pk, number + 1, name=f"{editor}{number}")
                written += 1
            except Conflict:
                conflicts += 1
    row.refresh_from_db()
    assert (written, conflicts, row.version, row.name) == (20, 20, 21, "甲19")


def test_queryset_narrows_what_may_be_written() -> None:
    row = Department.objects.create(code="A", name="旧名", is_active=False)
    with pytest.raises(Conflict) as refusal:
        compare_and_set(Department.objects.active(), row.pk, 1, name="新名")
    assert refusal.value.current == row


def test_row_that_is_gone_conflicts_without_current() -> None:
    with pytest.raises(Conflict) as refusal:
        compare_and_set(Department, 404, 1, name="新名")
    assert refusal.value.current is None
    assert refusal.value.attempted == {"name": "新名"}
    assert clashes(refusal.value) == []


def test_conflict_speaks_both_languages() -> None:
    words = str(Conflict(None, {}))
    assert words.startswith("这条记录刚刚被他人修改")
    assert "nothing was overwritten" in words
