"""Cases to hold the columns against `evaluate`, and what it means that the two agree."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal, Reason, Verdict
from targets.progress.batch import MEASURES
from targets.progress.goal import Comparator, MeasureKind, Path
from targets.progress.reasons import FIGURES

Actuals = dict[ReferencePeriod, Actual]
Case = tuple[Goal, Actuals, Actuals]

WORDS = ("status", "attained", "position", "period", "trend", "flags", "inputs", "rule_version")
QUALIFIERS = ["exact"] * 5 + ["above", "below", "about"]
PROFILE = (Decimal("0.1"), Decimal(0), Decimal("0.3"), Decimal("0.6"))


def year(number: int) -> ReferencePeriod:
    return ReferencePeriod.of_year(number)


def number(chance: random.Random) -> Decimal:
    """Mostly such as indicators have, some equal to each other, some of 15 digits."""
    kind = chance.random()
    if kind < 0.35:
        return Decimal(chance.randint(-3, 12))
    if kind < 0.85:
        return Decimal(chance.randint(-300, 4000)) / 100
    if kind < 0.9:
        return Decimal(chance.randint(1, 10**15 - 1)).scaleb(-chance.randint(0, 14))
    return Decimal(chance.randint(1, 500))


def actual(chance: random.Random, ids: list[int]) -> Actual:
    """An actual of any status; what is withheld or not collected has no number."""
    status: Any = chance.choice("AAAAAAAPEBLMQ")
    value = None if status in "LMQ" or chance.random() < 0.05 else number(chance)
    return Actual(
        value=value,
        qualifier=chance.choice(QUALIFIERS),  # type: ignore[arg-type]
        obs_status=status,
        id=ids.pop() if chance.random() < 0.95 else None,
    )


def yearly_goal(chance: random.Random, measures: tuple[MeasureKind, ...] = MEASURES) -> Goal:
    """A sound goal whose periods are calendar years."""
    start = chance.randint(2018, 2024)
    end = start + chance.randint(0, 6)
    value = number(chance)
    begins = chance.choice([start - 1, start - 1, start - 2, start, chance.randint(2014, 2030)])
    baseline = Baseline(
        period=year(begins),
        value=None if chance.random() < 0.4 else number(chance),
        provenance=chance.choice(["observed", "stated", "implied"]),  # type: ignore[arg-type]
    )
    return Goal(
        measure=chance.choice(measures),
        comparator=chance.choice(get_args(Comparator)),
        value=value,
        upper=value + abs(number(chance)),
        direction=chance.choice(["increase", "decrease", "maintain"]),  # type: ignore[arg-type]
        period_start=chance.choice([None, year(start)]),
        period_end=chance.choice([None, *[year(end)] * 5]),
        tolerance=chance.choice([None, None, abs(number(chance))]),
        unit=chance.choice(["", "percent"]),
        accumulation=chance.choice([None, "stock", "flow"]),  # type: ignore[arg-type]
        cadence=chance.choice(["by_end", "by_end", "each_year"]),  # type: ignore[arg-type]
        path=chance.choice(get_args(Path)),
        milestones=tuple(
            (year(chance.randint(start - 1, end + 1)), number(chance))
            for _ in range(chance.choice([0, 0, 1, 2, 3]))
        ),
        profile=PROFILE,
        baseline=baseline if chance.random() < 0.65 else None,
    )


def yearly_case(chance: random.Random, measures: tuple[MeasureKind, ...] = MEASURES) -> Case:
    """A goal with actuals and published rates of calendar years, dense or sparse."""
    ids = list(range(1, 80))
    chance.shuffle(ids)
    dense = chance.choice([0.15, 0.5, 0.9])
    levels, rates = chance.random() < 0.85, chance.random() < 0.5
    return (
        yearly_goal(chance, measures),
        {
            year(y): actual(chance, ids)
            for y in range(2015, 2029)
            if chance.random() < dense * levels
        },
        {
            year(y): actual(chance, ids)
            for y in range(2016, 2028)
            if chance.random() < dense * rates
        },
    )


def broken_up(chance: random.Random, case: Case) -> Case:
    """The case with a part-year, a span of years, a long number or a fault somewhere."""
    goal, series, rates = case
    part = ReferencePeriod.parse(chance.choice(["2022-S1", "2023-Q2", "2021-09", "2021/2023"]))
    kind = chance.randrange(4)
    if kind == 0:
        return goal, {**series, part: Actual(value=number(chance))}, rates
    if kind == 1:
        return goal, series, {**rates, part: Actual(value=number(chance))}
    changes: dict[str, Any] = chance.choice(
        [
            {"period_end": part, "period_start": None},
            {"value": None},
            {"value": Decimal("0." + "9" * 40)},
            {"tolerance": Decimal(-1)},
            {"baseline": Baseline(period=part)},
            {"milestones": ((part, Decimal(3)),)},
        ]
    )
    fields = {name: getattr(goal, name) for name in Goal.__dataclass_fields__}
    return Goal(**{**fields, **changes}), series, rates


def differences(found: Verdict, wanted: Verdict) -> list[str]:
    """Where two verdicts differ: words at all, figures by more than 1e-9 of themselves."""
    wrong = [name for name in WORDS if getattr(found, name) != getattr(wanted, name)]
    wrong += [
        name
        for name in (*FIGURES, "value", "goal")
        if not _same_figure(getattr(found, name), getattr(wanted, name))
    ]
    if found.baseline != wanted.baseline:
        wrong.append("baseline")
    if [_shape(r) for r in found.reasons] != [_shape(r) for r in wanted.reasons]:
        return [*wrong, "reasons"]
    pairs = zip(found.reasons, wanted.reasons, strict=True)
    if not all(_same_params(one, other) for one, other in pairs):
        wrong.append("params")
    return wrong


def _shape(reason: Reason) -> tuple[str, list[str]]:
    return reason.code, [name for name, _ in reason.params]


def _same_params(one: Reason, other: Reason) -> bool:
    pairs = zip(one.params, other.params, strict=True)
    return all(a == b or _same_number(a, b) for (_, a), (_, b) in pairs)


def _same_number(one: str, other: str) -> bool:
    """Two texts of one computed number, which may differ in the last digits."""
    try:
        return _same_figure(Decimal(one), Decimal(other))
    except InvalidOperation:
        return False


def _same_figure(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= Decimal("1e-9") * max(abs(one), abs(other))


def qualifier(verdict: Verdict, *sources: Mapping[ReferencePeriod, Actual]) -> str:
    """How the judged actual was stated; empty where it is derived."""
    for source in sources:
        given = source.get(verdict.period) if verdict.period is not None else None
        if given is not None and given.value is not None and given.value == verdict.value:
            return given.qualifier
    return ""
