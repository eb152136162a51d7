"""The read models of goals and of series follow the record through the queue, and hold all of it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from django.db import connection

from indicators import actions
from indicators.models import Indicator, Observation, Unit
from indicators.periods import LAST_YEAR
from indicators.signals import definitions_changed
from targets.actions.queue import queue_targets
from targets.models import StaleRequest, Target, TargetVersion
from targets.progress import batch
from targets.recompute import read_model, stream, sweep
from targets.recompute.reading import current_versions, goal_of
from tests.indicators import builders as b
from tests.targets.recompute import worlds as w

pytestmark = pytest.mark.django_db


def held(table: str) -> list[tuple[Any, ...]]:
    """The rows of a read model as text; series in the order of their periods, without empty ones."""
    with connection.cursor() as cursor:
        if table == "targets_goalrow":
            cursor.execute("SELECT g.target_id, g::text FROM targets_goalrow g ORDER BY 1")
        else:
            cursor.execute(
                "SELECT indicator_id, region_id,"
                " (SELECT array_agg(r || ' ' || v ORDER BY r) FROM unnest(refs, vals) u (r, v))"
                " FROM indicators_series WHERE refs <> '{}' ORDER BY 1, 2"
            )
        return list(cursor.fetchall())


def both() -> dict[str, list[tuple[Any, ...]]]:
    return {table: held(table) for table in ("targets_goalrow", "indicators_series")}


def settle() -> None:
    while (swept := sweep(now=w.NOW)).done:
        assert swept.failed == 0
    assert not StaleRequest.objects.exists()


def approved_value(world: w.World, chance: random.Random) -> None:
    """A new figure, or a correction of one that counts."""
    entering, approving = w._people()
    indicator = chance.choice([*world.levels, *world.rates])
    region = chance.choice(world.regions)
    period = chance.choice(["2019", "2021", "2022-S1", "2023", "2023-Q4", "2020/2021"])
    status = chance.choice(["A", "A", "P", "Q", "M"])
    entry = actions.Entry(
        indicator=indicator, region=region, period=period, obs_status=status,
        value=None if status in "QM" else w.number(chance).quantize(w.Decimal("0.01")),
    )  # fmt: skip
    row = actions.enter(by=entering, entry=entry, reason="更正")
    row = actions.submit(by=entering, observation=row, version=row.version)
    actions.approve(by=approving, observation=row, version=row.version)


def another_reading(world: w.World, chance: random.Random) -> None:
    """Another version in force, or a withdrawal."""
    target = chance.choice(list(Target.objects.all()))
    standing = TargetVersion.objects.in_force().get(target=target)
    standing.superseded_at = w.NOW
    standing.save()
    units = {"money": list(Unit.objects.filter(dimension="money")), "other": [b.percent()]}
    w.version_of(chance, target, w._people(), units).save()
    queue_targets([target], cause="test")
    assert world.regions


def another_definition(world: w.World, chance: random.Random) -> None:
    """Another exponent of a unit, accumulation of an indicator, or level of a rate."""
    kind = chance.randrange(3)
    indicator = chance.choice(world.levels)
    if kind == 0:
        Unit.objects.filter(dimension="money", code="wan-yuan").update(
            exponent=chance.randint(3, 6)
        )
        definitions_changed.send(
            None, indicators=frozenset(), units=frozenset(Unit.objects.values_list("pk", flat=True))
        )
        return
    if kind == 1:
        Indicator.objects.filter(pk=indicator.pk).update(
            accumulation=chance.choice(["stock", "flow"])
        )
    else:
        rate = chance.choice(world.rates)
        others = set(Indicator.objects.exclude(pk=rate.pk).values_list("rate_of", flat=True))
        free = [level.pk for level in world.levels if level.pk not in others]
        before = Indicator.objects.get(pk=rate.pk).rate_of_id
        Indicator.objects.filter(pk=rate.pk).update(rate_of=chance.choice([*free, None]))
        after = Indicator.objects.get(pk=rate.pk).rate_of_id
        touched = frozenset({before, after} - {None})
        definitions_changed.send(None, indicators=touched, units=frozenset())
        return
    definitions_changed.send(None, indicators=frozenset({indicator.pk}), units=frozenset())


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [41, 42])
def test_read_models_after_random_changes_are_those_made_from_the_record(seed: int) -> None:
    world = w.built(seed, regions=3)
    chance = random.Random(seed)
    changes = [approved_value, approved_value, another_reading, another_definition]
    start = both()
    for _round in range(6):
        for _change in range(chance.randint(1, 4)):
            chance.choice(changes)(world, chance)
        settle()
        kept = both()
        read_model.rebuild()
        assert kept == both()
    assert kept != start
    assert Observation.objects.exclude(superseded_at=None).exists()
    # And what the sweeps wrote is what a recompute of everything would write.
    day = w.standing()[next(iter(w.standing()))]["as_of"]
    stream.recompute_regions(world.homes, as_of=day, now=w.NOW)
    assert stream.recompute_regions(world.homes, as_of=day, now=w.NOW) == 0


@pytest.mark.postgres
def test_goal_of_a_withdrawn_promise_leaves_the_read_model() -> None:
    world = w.built(43, regions=2)
    assert len(held("targets_goalrow")) == TargetVersion.objects.judgeable().count()
    target = TargetVersion.objects.judgeable()[0].target
    TargetVersion.objects.judgeable().filter(target=target).update(change="withdrawn", reason="止")
    queue_targets([target], cause="test")
    settle()
    assert target.pk not in dict(held("targets_goalrow"))
    assert len(held("targets_goalrow")) == TargetVersion.objects.judgeable().count()
    assert world.regions


@pytest.mark.postgres
def test_scheduled_and_superseded_versions_are_in_no_read_model() -> None:
    w.built(44, regions=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT version_id FROM targets_goalrow")
        found = {key for (key,) in cursor.fetchall()}
    assert found == set(TargetVersion.objects.judgeable().values_list("pk", flat=True))
    assert TargetVersion.objects.scheduled().exists()


def test_packed_goals_are_unpacked_as_they_were() -> None:
    w.built(45, regions=8, each=2)
    targets = list(Target.objects.select_related("indicator__unit"))
    versions = current_versions(targets)
    cases = [(goal_of(t, versions[t.pk]), {}, {}) for t in targets if t.pk in versions]
    goals = batch.tabulate(cases)[0]
    found = read_model.unpacked(read_model.packed(goals))
    assert len(cases) > 50
    for name, column in found.items():
        wanted = getattr(goals, name)
        assert column.dtype == wanted.dtype, name
        assert np.array_equal(column, wanted), name
    assert set(found) | {*read_model.NUMBERS, *read_model.MILESTONES} == set(
        batch.Goals.__dataclass_fields__
    )


def test_every_code_and_year_has_room_in_the_packed_number() -> None:
    bits = read_model.BITS
    rooms = {
        "measure": batch.MEASURES, "comparator": batch.COMPARATORS, "path": batch.PATHS,
        "direction": batch.DIRECTIONS, "cadence": batch.CADENCES, "provenance": batch.PROVENANCES,
    }  # fmt: skip
    for name, words in rooms.items():
        assert len(words) <= 1 << bits[name], name
    assert 1 << bits["end"] > LAST_YEAR - read_model.BEFORE_ALL
    assert sum(bits.values()) < 63


def test_other_databases_have_no_read_model() -> None:
    if connection.vendor != "postgresql":
        read_model.rebuild()
        tables = connection.introspection.table_names()
        assert not {"targets_goalrow", "indicators_series"} & set(tables)
