"""The bench on a tiny world: it fills, all yardsticks write as many rows as recompute does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from targets.models import ProgressSnapshot, Target
from targets.recompute import read_model, recompute, shares, stream
from tests.targets.recompute import worlds as w

pytestmark = pytest.mark.postgres


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_bench_fills_a_tiny_world_and_everybody_writes_the_same_number_of_rows(
    empty_world: str,
) -> None:
    from tests.bench import data, yardsticks
    from tests.bench.sizes import Size

    size = Size("tiny", 3, 40, 200)
    data.fill(size)
    read_model.rebuild()
    assert Target.objects.count() == size.targets
    plan = [regions for regions, _number in shares.packed(shares.homes())]
    yardsticks.tables()
    yardsticks.one_statement()
    yardsticks.bare_numpy(plan)
    written = sum(stream.recompute_regions(r, as_of=data.AS_OF, now=data.NOW) for r in plan)
    tables = ("targets_progresssnapshot", "bench_sql", "bench_numpy")
    assert [rows_of(table) for table in tables] == [written] * 3 == [size.targets] * 3
    assert_as_row_by_row(data)


def assert_as_row_by_row(data: Any) -> None:
    """What the bench measures is right, and of more than one kind."""
    found = w.standing()
    targets = list(Target.objects.select_related("indicator__unit"))
    assert recompute(targets, as_of=data.AS_OF, now=data.NOW) == 0
    w.forget()
    recompute(targets, as_of=data.AS_OF, now=data.NOW)
    assert w.differing(found, w.standing()) == {}
    statuses = set(ProgressSnapshot.objects.values_list("status", flat=True))
    assert len(statuses) >= 6
