"""Row by row, in chunks of columns and by COPY: three ways to judge, and one set of rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from indicators.models import Indicator, Region
from targets.models import ProgressSnapshot, Target, TargetVersion
from targets.recompute import chunks, read_model, recompute, stream
from targets.recompute.judging import judge
from targets.recompute.reading import current_versions, observations_of, rules_in_force
from tests.indicators import builders as b
from tests.targets.recompute import worlds as w

pytestmark = pytest.mark.django_db
Way = Callable[[w.World, date], int]
DAY = date(2024, 6, 30)


def by_rows(world: w.World, day: date) -> int:
    everything = Target.objects.select_related("indicator__unit")
    return recompute(list(everything), as_of=day, now=w.NOW)


def by_chunks(world: w.World, day: date) -> int:
    return chunks.recompute_regions(world.homes, as_of=day, now=w.NOW)


def by_copy(world: w.World, day: date) -> int:
    return sum(stream.recompute_regions(world.homes[i::2], as_of=day, now=w.NOW) for i in range(2))


WAYS: dict[str, Way] = {"rows": by_rows, "chunks": by_chunks}
if connection.vendor == "postgresql":
    WAYS["copy"] = by_copy


def judgeable() -> int:
    return TargetVersion.objects.judgeable().count()


@pytest.mark.parametrize("seed", [1, 2])
def test_all_ways_end_in_equal_rows_and_write_nothing_after_another(seed: int) -> None:
    world = w.built(seed, each=3)
    found: dict[str, Any] = {}
    for name, way in WAYS.items():
        w.forget()
        assert way(world, DAY) == judgeable() > 40
        found[name] = w.standing()
        for other in WAYS.values():
            assert other(world, DAY) == 0
        assert w.standing() == found[name]
    for name in WAYS:
        assert w.differing(found[name], found["rows"]) == {}
    statuses = {row["status"] for row in found["rows"].values()}
    assert len(statuses) >= 7
    assert any(row["promise_status"] != row["status"] for row in found["rows"].values())


@pytest.mark.parametrize("first", WAYS)
def test_status_that_moves_is_noted_the_same_by_all_ways(first: str) -> None:
    world = w.built(3, each=2)
    noted, ended = {}, {}
    for name, way in WAYS.items():
        w.forget()
        WAYS[first](world, date(2021, 7, 2))
        assert w.changes() == []
        assert way(world, date(2025, 3, 1)) > 40
        noted[name], ended[name] = w.changes(), w.standing()
    assert len(noted["rows"]) > 10
    for name in WAYS:
        assert noted[name] == noted["rows"]
        assert w.differing(ended[name], ended["rows"]) == {}


@pytest.mark.parametrize("way", WAYS)
def test_only_rows_that_differ_are_written(way: str) -> None:
    world = w.built(4)
    by_rows(world, DAY)
    before = w.standing()
    damaged = list(ProgressSnapshot.objects.values_list("pk", flat=True)[:5])
    ProgressSnapshot.objects.filter(pk__in=damaged[:3]).update(digest=7)
    ProgressSnapshot.objects.filter(pk__in=damaged[3:]).delete()
    assert WAYS[way](world, DAY) == 5
    assert w.differing(w.standing(), before) == {}


@pytest.mark.parametrize("way", WAYS)
def test_no_regions_and_empty_regions_write_nothing(way: str) -> None:
    world = w.world(5)
    assert WAYS[way](world, DAY) == 0
    assert WAYS[way](w.World(world.chance, [], [], []), DAY) == 0


@pytest.mark.parametrize("way", [name for name in WAYS if name != "rows"])
def test_only_promises_at_home_in_the_region_are_judged_with_all_their_parts(way: str) -> None:
    world = w.built(6, each=3)
    path = chunks if way == "chunks" else stream
    home = world.homes[0]
    path.recompute_regions([home], as_of=DAY, now=w.NOW)
    heads = Target.objects.filter(region=home, part_of=None)
    parts = Target.objects.filter(part_of__in=heads)
    judged = current_versions([*heads, *parts])
    assert set(w.standing()) == judged.keys()
    assert parts.exclude(region=home).exists()
    assert Target.objects.filter(region=home).exclude(part_of=None).exists()


@pytest.mark.parametrize("way", [name for name in WAYS if name != "copy"])
def test_snapshot_of_a_withdrawn_promise_goes(way: str) -> None:
    """By COPY it goes with the sweep that the withdrawal queues: there is no goal to read."""
    world = w.built(7)
    WAYS[way](world, DAY)
    target = ProgressSnapshot.objects.filter(target__part_of=None, target__parts=None)[0].target
    TargetVersion.objects.in_force().filter(target=target).update(
        change="withdrawn", reason="不再适用"
    )
    assert WAYS[way](world, DAY) == 1
    assert not ProgressSnapshot.objects.filter(target=target).exists()


def level(accumulation: str, *values: str) -> Indicator:
    """A series given as `period value` or `period Q`."""
    found = b.indicator("LEVEL", accumulation=accumulation)
    for text in values:
        period, value = text.split()
        withheld = value in ("Q", "M", "L")
        b.actual(
            found, None if withheld else value, period,
            obs_status=value if withheld else "A", entered_at=w.NOW,
        )  # fmt: skip
    return found


# Where a figure of part of a year decides beside the years' own. Each was once judged wrongly
# by columns, or is next to one that was.
PART_YEARS: dict[str, tuple[Any, dict[str, Any]]] = {
    "a stock's increase counted from the year before its start, which has no figure": (
        ("stock", "2019-S1 10", "2019 20", "2021 30", "2022 40"),
        {"measure": "increment", "period_start": "2019"},
    ),
    "average growth of a stock without a figure before its start": (
        ("stock", "2019-S1 10", "2019 20", "2021 30", "2022 40"),
        {"measure": "average_growth", "period_start": "2019"},
    ),
    "average growth without an end, whose last figure is half a year's": (
        ("flow", "2018 10", "2021 30", "2021-S2 20"),
        {"measure": "average_growth", "period_end": "", "baseline_period": "2018",
         "baseline_provenance": "observed"},
    ),
    "growth in each year where the year before was nothing": (
        ("flow", "2020 0", "2021 10", "2021-S2 5"),
        {"measure": "growth", "period_start": "2021", "cadence": "each_year"},
    ),
    "half a year withheld before the promise begins to count": (
        ("flow", "2018 M", "2019 80", "2020 100", "2020-S1 M"),
        {"measure": "increment", "period_start": "2021", "baseline_period": "2018",
         "baseline_value": 7, "baseline_provenance": "implied"},
    ),
    "half of the last year withheld": (
        ("flow", "2025 40", "2025-S1 13", "2025-S2 M"), {"measure": "growth"},
    ),
    "the arrow of a stock points from mid-year": (
        ("stock", "2021 10", "2022-S1 30", "2022 20"), {"measure": "level"},
    ),
    "a stock known at mid-year alone": (("stock", "2021 10", "2022-S1 30"), {"measure": "level"}),
    "quarters that make a year which has no figure": (
        ("flow", "2021 8", "2022-Q1 1", "2022-Q2 2", "2022-Q3 3", "2022-Q4 4"),
        {"measure": "growth"},
    ),
    "half a year after the end": (
        ("stock", "2024 10", "2025 20", "2026-S1 90"), {"measure": "level"},
    ),
    "years together": (("flow", "2021/2022 30", "2023 12"), {"measure": "cumulative", "period_start": "2021"}),
}  # fmt: skip


@pytest.mark.postgres
@pytest.mark.parametrize("case", PART_YEARS)
def test_part_of_a_year_decides_as_it_does_row_by_row(case: str) -> None:
    (accumulation, *values), facts = PART_YEARS[case]
    target = b.promise(level(accumulation, *values), "50", "2025")
    TargetVersion.objects.filter(target=target).update(**facts)
    read_model.rebuild()
    world = w.World(None, [], [], [Region.objects.get()])  # type: ignore[arg-type]
    for day in (date(2022, 12, 31), date(2023, 3, 1), date(2027, 1, 1)):
        w.forget()
        by_rows(world, day)
        wanted = w.standing()
        w.forget()
        assert by_copy(world, day) == 1
        assert w.differing(w.standing(), wanted) == {}


def judged_apart(day: date) -> dict[int, dict[str, Any]]:
    """What the rule book says of every target, without a row written."""
    targets = list(Target.objects.select_related("indicator__unit"))
    versions, rules = current_versions(targets), rules_in_force(day)[0]
    rows = judge(targets, versions, observations_of(targets), rules, as_of=day, now=w.NOW)
    names = [f.attname for f in ProgressSnapshot._meta.concrete_fields if f.name != "computed_at"]
    return {row.target_id: {name: getattr(row, name) for name in names} for row in rows}


def hunt(seed: int, *, regions: int, days: tuple[date, ...]) -> int:
    """Judge a large world by COPY and apart; the number of verdicts compared."""
    world = w.built(seed, regions=regions, levels=6, each=2)
    compared = 0
    for day in days:
        w.forget()
        by_copy(world, day)
        wanted = judged_apart(day)
        assert w.differing(w.standing(), wanted) == {}, (seed, day)
        compared += len(wanted)
    return compared


@pytest.mark.postgres
def test_hundreds_of_promises_are_judged_by_copy_as_they_are_apart() -> None:
    assert hunt(1010, regions=45, days=w.DAYS[:2]) > 900


@pytest.mark.postgres
@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2000, 2040))
def test_many_random_worlds_are_judged_by_copy_as_they_are_apart(seed: int) -> None:
    assert hunt(seed, regions=60, days=w.DAYS) > 2500


def test_order_of_the_regions_makes_no_difference() -> None:
    world = w.built(8, regions=3)
    path = stream if "copy" in WAYS else chunks
    ends = []
    for order in itertools.permutations(world.homes):
        w.forget()
        path.recompute_regions(order, as_of=DAY, now=w.NOW)
        ends.append(w.standing())
    assert all(end == ends[0] != {} for end in ends)
