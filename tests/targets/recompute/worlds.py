"""Random worlds in few queries: promises of every kind over actuals of every kind, by a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

from django.contrib.auth import get_user_model
from django.db import connection

from indicators.models import Indicator, Observation, Region, Unit
from targets.models import ProgressSnapshot, StatusChange, Target, TargetVersion
from targets.progress.goal import Comparator, MeasureKind
from targets.recompute import read_model
from tests.indicators import builders as b

NOW = datetime(2024, 6, 1, 4, 0, tzinfo=UTC)
DAYS = (date(2023, 12, 31), date(2024, 6, 30), date(2025, 3, 1), date(2021, 7, 2))
STATUSES = "AAAAAAAAAPEBLMQ"
QUALIFIERS = ["exact"] * 8 + ["above", "below", "about"]
POSTGRES = connection.vendor == "postgresql"


@dataclass(frozen=True, slots=True)
class World:
    """The levels, the regions and the chance that made them."""

    chance: random.Random
    levels: list[Indicator]
    rates: list[Indicator]
    regions: list[Region]

    @property
    def homes(self) -> list[int]:
        """The keys of all regions."""
        return [region.pk for region in self.regions]


def number(chance: random.Random) -> Decimal:
    """Mostly small and often equal; some of 15 digits, a few of more, some negative or tiny."""
    kind = chance.random()
    if kind < 0.5:
        return Decimal(chance.randint(1, 14) * 10)
    if kind < 0.8:
        return Decimal(chance.randint(-300, 20_000)) / 100
    if kind < 0.85:
        return Decimal(chance.randint(-3, 3))
    if kind < 0.9:
        return Decimal(chance.randint(1, 10**15 - 1)).scaleb(-chance.randint(0, 10))
    if kind < 0.92:
        return Decimal(chance.randint(10**17, 10**18)).scaleb(-10) + 1
    return Decimal(chance.randint(80, 130))


def periods(chance: random.Random) -> list[str]:
    """The periods of a series: years, and parts of some, in one of a few habits."""
    first, last = chance.randint(2014, 2020), chance.randint(2020, 2025)
    dense = chance.choice([0.4, 0.8, 1.0])
    habit = chance.choice(["years", "years", "ends", "halves", "quarters", "mixed", "odd"])
    found = {str(y) for y in range(first, last + 1) if chance.random() < dense}
    for y in range(first, last + 1):
        some = {
            "years": [],
            "ends": [f"{y}-S1"] if y == last else [],
            "halves": [f"{y}-S1", f"{y}-S2"],
            "quarters": [f"{y}-Q{q}" for q in (1, 2, 3, 4)],
            "mixed": [f"{y}-S1", f"{y}-S2", f"{y}-Q3", f"{y}-Q4", f"{y}-12", f"{y}-07"],
            "odd": [f"{y}-S1", f"{y}-12-31", f"{y - 1}/{y}", f"{y}-11/{y + 1}-02", f"{y}-02"],
        }[habit]
        found |= {period for period in some if chance.random() < 0.5}
    return sorted(found)


def world(seed: int, *, regions: int = 6, levels: int = 4) -> World:
    """The catalogue of a world, with the people who enter and approve."""
    chance = random.Random(seed)
    units = [b.money(), b.unit("wan-yuan", symbol="万元", base="元", exponent=4, dimension="money")]
    places = [
        b.region(f"9{seed % 1000:03}{n:04}", f"区{n}", kind="district") for n in range(regions)
    ]
    found = [
        b.indicator(
            f"L{seed}_{n}", unit=chance.choice(units), accumulation=("stock", "flow")[n % 2],
            direction=chance.choice(["increase", "decrease"]),
        )
        for n in range(levels)
    ]  # fmt: skip
    rates = [
        b.indicator(f"G{seed}_{n}", unit=b.percent(), kind="rate", rate_of=level)
        for n, level in enumerate(found)
        if n % 3 != 2
    ]
    for name in ("stranger", "checker"):
        get_user_model().objects.get_or_create(username=name, defaults={"full_name": name})
    return World(chance, found, rates, places)


def observe(world: World, *, share: float = 0.9) -> None:
    """Actuals of most pairs, with former values and drafts that must not count."""
    chance, people = world.chance, _people()
    rows = []
    for indicator in (*world.levels, *world.rates):
        for region in world.regions:
            if chance.random() > share:
                continue
            for period in periods(chance):
                rows.append(_actual(chance, indicator, region, period, people))
                if chance.random() < 0.05:
                    rows.append(_actual(chance, indicator, region, period, people, "former"))
                if chance.random() < 0.05:
                    rows.append(_actual(chance, indicator, region, period, people, "draft"))
    chance.shuffle(rows)  # keys in no order of time
    Observation.objects.bulk_create(rows, batch_size=500)


def _people() -> tuple[Any, Any]:
    users = get_user_model().objects
    return users.get(username="stranger"), users.get(username="checker")


def _actual(
    chance: random.Random, indicator: Indicator, region: Region, period: str, people: Any,
    state: str = "approved",
) -> Observation:  # fmt: skip
    status = chance.choice(STATUSES)
    approved = {"approved_by": people[1], "approved_at": NOW} if state != "draft" else {}
    return Observation(
        indicator=indicator, region=region, reference_period=period,
        value=None if status in "LMQ" else number(chance), obs_status=status,
        qualifier=chance.choice(QUALIFIERS), entered_by=people[0], entered_at=NOW,
        review_state="draft" if state == "draft" else "approved",
        superseded_at=NOW if state == "former" else None, **approved,
    )  # fmt: skip


def promise(world: World, *, each: int = 1) -> None:
    """Some promises on every pair of level and region; one in five is a part, often elsewhere."""
    chance, people = world.chance, _people()
    document = b.document()
    clause = b.clause(document)
    start = Target.objects.count()
    targets = [
        Target(
            document=document, key=f"r{start}-{place}", name="目标", name_en="goal",
            indicator=indicator, region=region, clause=clause,
        )
        for place, (indicator, region) in enumerate(
            (i, r) for _ in range(each) for r in world.regions for i in world.levels
        )
    ]  # fmt: skip
    Target.objects.bulk_create(targets, batch_size=500)
    heads = targets[::5]
    parts = [target for target in targets if target not in heads[:1] and chance.random() < 0.2]
    chosen = set(map(id, parts))
    for part in parts:
        part.part_of = chance.choice([head for head in heads if id(head) not in chosen] or [None])
    Target.objects.bulk_update(parts, ["part_of"], batch_size=500)
    units = {
        "money": list(Unit.objects.filter(dimension="money")),
        "other": [b.percent(), b.points()],
    }
    versions = [version_of(chance, target, people, units) for target in targets]
    scheduled = [
        version_of(chance, target, people, units, effective_at=None, valid_from=date(2090, 1, 1), change="adjusted", reason="将来")
        for target in chance.sample(targets, max(1, len(targets) // 20))
    ]  # fmt: skip
    TargetVersion.objects.bulk_create([*versions, *scheduled], batch_size=500)


def version_of(
    chance: random.Random, target: Target, people: Any, units: dict[str, list[Unit]], **facts: Any
) -> TargetVersion:
    """A sound reading of any measure, comparator, path and cadence; one in thirty withdrawn."""
    measure = chance.choice(get_args(MeasureKind))
    comparator = chance.choice(get_args(Comparator))
    first = chance.randint(2016, 2023)
    last = first + chance.randint(0, 6)
    value = number(chance)
    path = chance.choice(["linear", "linear", "compound", "milestones", "seasonal"])
    odd = chance.random() < 0.1
    in_unit = measure in ("level", "increment", "cumulative")
    same = units["money"] if in_unit else units["other"]
    provenance = chance.choice(["", "observed", "observed", "stated", "implied"])
    stated = provenance in ("stated", "implied") or (provenance and chance.random() < 0.3)
    base = chance.choice([first - 1] * 4 + [first, first - 3, last, last + 1])
    if "change" not in facts and chance.random() < 0.03:
        facts |= {"change": "withdrawn", "reason": "不再适用"}
    return TargetVersion(**{
        "target": target, "measure": measure, "comparator": comparator, "value": value,
        "upper": value + abs(number(chance)) if comparator == "between" else None,
        "tolerance": abs(number(chance)) if chance.random() < 0.15 else None,
        "unit": chance.choice(same), "direction": chance.choice(["increase"] * 3 + ["decrease", "maintain"]),
        "commitment": "firm", "period_start": chance.choice(["", str(first), str(first)]),
        "period_end": chance.choice(["", f"{last}-S1", f"{last}-Q3"]) if odd else str(last),
        "cadence": chance.choice(["by_end"] * 3 + ["each_year"]), "path": path,
        "milestones": milestones(chance, first, last) if path == "milestones" else {},
        "profile": ["0.1", "0.2", "0.3", "0.4"] if path == "seasonal" else [],
        "baseline_period": (f"{base}-S2" if odd and chance.random() < 0.5 else str(base)) if provenance else "",
        "baseline_value": number(chance) if stated else None,
        "baseline_provenance": provenance,
        "review_state": "approved", "entered_by": people[0], "entered_at": NOW,
        "approved_by": people[1], "approved_at": NOW, "effective_at": NOW, **facts,
    })  # fmt: skip


def milestones(chance: random.Random, first: int, last: int) -> dict[str, str]:
    """None to three values on the way, one of them now and then in mid-year."""
    found = {
        str(chance.randint(first - 1, last + 1)): str(number(chance))
        for _ in range(chance.randint(0, 3))
    }
    if chance.random() < 0.1:
        found[f"{last}-S1"] = str(number(chance))
    return found


def standing() -> dict[int, dict[str, Any]]:
    """Every snapshot by its target, without the moment."""
    rows = ProgressSnapshot.objects.values()
    return {r["target_id"]: {n: v for n, v in r.items() if n != "computed_at"} for r in rows}


def changes() -> list[tuple[Any, ...]]:
    """Every status that moved."""
    return sorted(StatusChange.objects.values_list("target", "before", "after", "as_of"))


def forget() -> None:
    """Delete all snapshots and all moves."""
    ProgressSnapshot.objects.all().delete()
    StatusChange.objects.all().delete()


def differing(found: dict[int, Any], wanted: dict[int, Any]) -> dict[int, Any]:
    """Where two standings differ: words and keys at all, figures by more than 1e-9 of themselves."""
    wrong: dict[int, Any] = dict.fromkeys(found.keys() ^ wanted.keys(), "one of them has no row")
    for key in found.keys() & wanted.keys():
        pairs = {n: (found[key][n], wanted[key][n]) for n in wanted[key]}
        fields = {n: pair for n, pair in pairs.items() if not _same(*pair)}
        if fields:
            wrong[key] = fields
    return wrong


def _same(one: Any, other: Any) -> bool:
    if not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return bool(one == other)
    return abs(one - other) <= max(abs(one), abs(other)) / 10**9


def built(seed: int, *, regions: int = 6, levels: int = 4, each: int = 1) -> World:
    """A whole world, with the read models of its record."""
    made = world(seed, regions=regions, levels=levels)
    observe(made)
    promise(made, each=each)
    read_model.rebuild()
    return made
