"""What a judgement reads of the database, as the pure functions take it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from indicators.models import Indicator, Observation
from indicators.periods import ReferencePeriod
from indicators.quantities import convert
from targets.models import RuleSet, Target, TargetVersion
from targets.progress import Actual, Baseline, Goal, Rules

# Measures whose value is in the indicator's unit; the others are in per cent, points or times.
IN_INDICATOR_UNIT = frozenset({"level", "increment", "cumulative"})

Pair = tuple[int, int]
Series = dict[ReferencePeriod, Actual]


def rules_in_force(day: date, known_on: date | None = None) -> tuple[Rules, int]:
    """The rules of a day and their version number; the built-in ones before any row.

    Of the approved rule sets (by the end of `known_on`, where it is given) the latest begun.
    """
    row = RuleSet.objects.in_force_on(day, known_on)
    return (Rules(), 1) if row is None else (rules_of(row), row.version)


def rules_of(row: RuleSet) -> Rules:
    """A stored rule set as the engine takes it."""
    return Rules(
        version=str(row.version),
        on_track=row.on_track,
        lagging=row.lagging,
        ahead=row.ahead,
        about_tolerance=row.about_tolerance,
        nearly_share=row.nearly_share,
        lights=row.lights,
    )


def current_versions(targets: Iterable[Target]) -> dict[int, TargetVersion]:
    """The reading in force of each target that has one and was not withdrawn."""
    rows = TargetVersion.objects.judgeable().filter(target__in=targets).select_related("unit")
    return {row.target_id: row for row in rows}


def rates_of(targets: Iterable[Target]) -> dict[int, int]:
    """The indicator of the published rates by the indicator that they are the rates of."""
    indicators = {target.indicator_id for target in targets}
    return dict(Indicator.objects.filter(rate_of__in=indicators).values_list("rate_of_id", "pk"))


def observations_of(
    targets: Iterable[Target],
    known_on: date | None = None,
    *,
    rate_of: Mapping[int, int] | None = None,
) -> dict[Pair, tuple[Series, Series]]:
    """Approved actuals by indicator and region: the series, and the published growth rates.

    With `known_on` those that counted at the end of that day, else those that count now. `rate_of`
    is what `rates_of` gives, where it is known already.
    """
    targets = list(targets)
    indicators = {target.indicator_id for target in targets}
    rates = rates_of(targets) if rate_of is None else rate_of
    level_of = {rate: level for level, rate in rates.items()}
    found: dict[Pair, tuple[Series, Series]] = defaultdict(lambda: ({}, {}))
    counting = (
        Observation.objects.approved()
        if known_on is None
        else Observation.objects.known_on(known_on)
    )
    rows = counting.of_indicators(indicators | set(level_of)).filter(
        region__in={target.region_id for target in targets}
    )
    for row in rows:
        actual = Actual(
            value=row.value,
            qualifier=row.qualifier,  # type: ignore[arg-type]  # the model's choices are the same
            obs_status=row.obs_status,  # type: ignore[arg-type]
            id=row.pk,
        )
        period = ReferencePeriod.parse(str(row.reference_period))
        if row.indicator_id in indicators:
            found[row.indicator_id, row.region_id][0][period] = actual
        if row.indicator_id in level_of:
            found[level_of[row.indicator_id], row.region_id][1][period] = actual
    return found


def goal_of(target: Target, version: TargetVersion) -> Goal:
    """The stored reading as the engine takes it, in the indicator's unit where it is a level."""
    own = target.indicator.unit.exponent
    theirs = version.unit.exponent if version.measure in IN_INDICATOR_UNIT else own

    def scaled(value: Decimal | None) -> Decimal | None:
        return None if value is None else convert(value, theirs, own)

    baseline = None
    if version.baseline_period:
        in_unit = version.measure in IN_INDICATOR_UNIT
        baseline = Baseline(
            period=ReferencePeriod.parse(version.baseline_period),
            value=scaled(version.baseline_value) if in_unit else version.baseline_value,
            provenance=version.baseline_provenance,  # type: ignore[arg-type]
        )
    return Goal(
        measure=version.measure,  # type: ignore[arg-type]
        comparator=version.comparator,  # type: ignore[arg-type]
        value=scaled(version.value),
        upper=scaled(version.upper),
        tolerance=scaled(version.tolerance),
        unit=version.unit.symbol,
        direction=version.direction,  # type: ignore[arg-type]
        accumulation=target.indicator.accumulation,  # type: ignore[arg-type]
        period_start=_period(version.period_start),
        period_end=_period(version.period_end),
        cadence=version.cadence,  # type: ignore[arg-type]
        path=version.path,  # type: ignore[arg-type]
        milestones=tuple(
            sorted(
                (ReferencePeriod.parse(period), convert(Decimal(str(value)), theirs, own))
                for period, value in version.milestones.items()
            )
        ),
        profile=tuple(Decimal(str(share)) for share in version.profile),
        baseline=baseline,
        commitment=version.commitment,  # type: ignore[arg-type]
        binding=version.binding,  # type: ignore[arg-type]
    )


def _period(text: str) -> ReferencePeriod | None:
    return ReferencePeriod.parse(text) if text else None
