"""Projections kept up to date: the worker makes them, after the verdicts and apart from them."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from indicators.models import Indicator, Observation, Unit
from targets.models import Projection, Target
from targets.progress import Actual, Goal, Rules
from targets.projection.method import HORIZON, METHOD, SHOWN_YEARS
from targets.recompute.reading import (
    Pair,
    Series,
    current_versions,
    goal_of,
    observations_of,
    rules_in_force,
)

if TYPE_CHECKING:
    from targets.projection.chances import Held

logger = logging.getLogger(__name__)

LOCK_SPACE = 0x7167  # the first half of the advisory lock of an indicator's projections


def project_pair(pair: Pair, *, as_of: date, now: datetime) -> bool:
    """Project one indicator in one region (primary keys); whether a row was written or deleted.

    Nothing is computed while the row's digest says that nothing it was made from has changed, so
    a call costs a few reads. A pair without figures and without promises has no row.
    """
    with transaction.atomic():
        _lock(pair[0])
        indicator = Indicator.objects.select_related("unit").filter(pk=pair[0]).first()
        held = Projection.objects.filter(indicator=pair[0], region=pair[1])
        if indicator is None:
            return False
        known = _read(indicator, pair, as_of)
        if not known.series and not known.goals:
            return bool(held.delete()[0])
        digest = known.digest()
        if held.filter(digest=digest).exists():
            return False
        facts = {**_facts(known), "digest": digest, "computed_at": now, "method": METHOD}
        Projection.objects.update_or_create(indicator_id=pair[0], region_id=pair[1], defaults=facts)
        return True


def project_pairs(pairs: Iterable[Pair], *, as_of: date, now: datetime) -> int:
    """Project pairs whose verdicts are done, each by itself; the number of rows written.

    A pair that fails is logged and left as it was: no verdict waits for a projection. The daily
    job asks for every pair with a promise again.
    """
    written = 0
    for pair in pairs:
        try:
            written += project_pair(pair, as_of=as_of, now=now)
        except Exception:  # whatever a pair fails with, the others go on
            logger.exception("projection of indicator %s in region %s failed", *pair)
    return written


def pairs_to_project() -> Iterator[Pair]:
    """Every pair that has approved figures or promises, in the order of the keys."""
    about = Observation.objects.approved().values_list("indicator", "region")
    promised = Target.objects.values_list("indicator", "region")
    yield from about.order_by().union(promised.order_by()).order_by("indicator", "region")


class _Known:
    """All that a projection is made from."""

    def __init__(
        self,
        indicator: Indicator,
        series: Series,
        rates: Series,
        goals: dict[int, Goal],
        rules: tuple[Rules, int],
        as_of: date,
    ) -> None:
        self.indicator = indicator
        self.series = _ended(series, as_of)
        self.rates = _ended(rates, as_of)
        self.goals = goals
        self.rules, self.rule_version = rules
        self.as_of = as_of

    @property
    def breaks(self) -> list[int]:
        """The years in which the definition changed."""
        return [int(str(row["period"])[:4]) for row in self.indicator.breaks]

    def digest(self) -> str:
        """SHA-256 of the figures, the goals, the rules, the method and the year we are in."""
        facts = [
            METHOD,
            self.as_of.year,
            self.rule_version,
            self.indicator.kind,
            self.indicator.unit.dimension,
            self.breaks,
            [[_actual(period, row) for period, row in sorted(some.items())]
             for some in (self.series, self.rates)],
            [(pk, repr(goal)) for pk, goal in sorted(self.goals.items())],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest()


def _read(indicator: Indicator, pair: Pair, as_of: date) -> _Known:
    """What is known of a pair: four queries, and one for the rules."""
    rows = Target.objects.filter(indicator=pair[0], region=pair[1])
    targets = list(rows.select_related("indicator__unit"))
    # A row that is never saved asks for the figures of a pair that nothing was promised about.
    asked = targets or [Target(indicator_id=pair[0], region_id=pair[1])]
    series, rates = observations_of(asked).get(pair, ({}, {}))
    versions = current_versions(targets)
    goals = {
        row.pk: goal_of(row, versions[row.pk])
        for row in targets
        if versions.get(row.pk) is not None
    }
    return _Known(indicator, series, rates, goals, rules_in_force(as_of), as_of)


def _facts(known: _Known) -> dict[str, Any]:
    """The columns of a row."""
    held = _held(known)
    levels = held.levels
    test = levels.test
    chances = {str(pk): _chance(goal, held) for pk, goal in sorted(known.goals.items())}
    return {
        "refusal": levels.refusal or "",
        "points": test.points,
        "first_year": levels.points[0].year if levels.points else None,
        "last_year": levels.last,
        "origins": test.origins,
        "forecasts": test.forecasts,
        "inside": test.inside,
        "error": _rounded(test.error, test.forecasts),
        "error_last": _rounded(test.error_last, test.forecasts),
        "error_line": _rounded(test.error_line, test.forecasts),
        "path": [
            [row.year, str(row.low), str(row.median), str(row.high)]
            for row in levels.path(_until(known, levels.last))
        ],
        "chances": chances,
    }


def _held(known: _Known) -> Held:
    # NumPy comes with these: the worker loads it when it first projects, the web process never.
    from targets.projection.chances import Held
    from targets.projection.outlook import outlook
    from targets.projection.points import bounds_of, points_of, rate_points
    from targets.projection.rolling import Bounds

    indicator = known.indicator
    percent = indicator.unit.dimension == Unit.Dimension.PERCENT
    points = points_of(known.series, known.as_of, known.breaks)
    published = points_of(known.rates, known.as_of, known.breaks)
    return Held(
        series=known.series,
        rates=known.rates,
        levels=outlook(points, bounds_of(indicator.kind, in_per_cent=percent)),
        growth=outlook(rate_points(points, published), Bounds()),
        as_of=known.as_of,
        rules=known.rules,
    )


def _chance(goal: Goal, held: Held) -> dict[str, str]:
    from targets.projection.chances import chance_of

    chance = chance_of(goal, held)
    return {"why": str(chance.why)} if chance.value is None else {"value": str(chance.value)}


def _until(known: _Known, last: int | None) -> int:
    """The last year to show: that of the furthest goal which the method reaches."""
    if last is None:
        return 0
    ends = [goal.period_end.year for goal in known.goals.values() if goal.period_end is not None]
    return max([last + SHOWN_YEARS, *(year for year in ends if year - last <= HORIZON)])


def _ended(series: Series, as_of: date) -> Series:
    return {period: row for period, row in series.items() if period.last_day <= as_of}


def _actual(period: object, row: Actual) -> list[str]:
    return [str(period), str(row.value), row.qualifier, row.obs_status]


def _rounded(error: float, forecasts: int) -> Decimal | None:
    return Decimal(format(error, ".6g")) if forecasts else None


def _lock(indicator: int) -> None:
    """To the end of the transaction, so that no slow run writes over a newer one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, indicator])
