"""Promises judged one by one, for the bulk path: what is not made of whole years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from indicators.periods import ReferencePeriod
from targets.models import Target, TargetVersion
from targets.progress import Actual, Goal, Rules, Verdict, batch, evaluate
from targets.recompute.binary import Ints
from targets.recompute.bulk import Keys
from targets.recompute.reading import Series, goal_of
from targets.recompute.writing import qualifier_of

# By target, not by indicator and region: the product of the two may be the whole table.
_OBSERVED = """
SELECT g.target_id, k.is_level, o.reference_period, o.value, o.qualifier, o.obs_status, o.id
FROM targets_goalrow g
CROSS JOIN LATERAL (VALUES (g.indicator_id, true), (g.rate_id, false)) AS k (indicator, is_level)
JOIN indicators_observation o ON o.indicator_id = k.indicator AND o.region_id = g.region_id
WHERE g.target_id = ANY(%s) AND o.review_state = 'approved' AND o.superseded_at IS NULL
"""


def judge_singly(
    places: Ints, goals: batch.Goals, keys: Keys, as_of: date, rules: Rules
) -> Iterator[tuple[int, tuple[Verdict, str]]]:
    """The verdicts of the goals at these places, each with the qualifier of its actual."""
    if not len(places):
        return
    observed = _observed(keys.target[places].tolist())
    seasonal = goals.path == batch.PATHS.index("seasonal")
    in_words = places[~goals.regular[places] | seasonal[places]]
    read = _goals(keys.target[in_words].tolist(), keys.version[in_words].tolist())
    for place in places.tolist():
        target = int(keys.target[place])
        goal = read[target] if target in read else batch.goal_at(goals, place)
        pair = observed[target]
        verdict = evaluate(goal, pair[0], as_of, rules, rates=pair[1])
        yield place, (verdict, qualifier_of(verdict, pair))


def _goals(targets: Sequence[int], versions: Sequence[int]) -> dict[int, Goal]:
    """Goals that the columns cannot express, from the record."""
    held = Target.objects.select_related("indicator__unit").in_bulk(targets)
    meanings = TargetVersion.objects.select_related("unit").in_bulk(versions)
    return {
        target: goal_of(held[target], meanings[version])
        for target, version in zip(targets, versions, strict=True)
    }


def _observed(targets: Sequence[int]) -> dict[int, tuple[Series, Series]]:
    """The actuals that count for each target: its series, and the published rates."""
    found: dict[int, tuple[Series, Series]] = defaultdict(lambda: ({}, {}))
    periods: dict[str, ReferencePeriod] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OBSERVED, [list(targets)])
        rows: list[Any] = cursor.fetchall()
    for target, is_level, period, value, qualifier, obs_status, key in rows:
        when = periods.get(period)
        if when is None:
            when = periods[period] = ReferencePeriod.parse(period)
        actual = Actual(value=value, qualifier=qualifier, obs_status=obs_status, id=key)
        found[target][0 if is_level else 1][when] = actual
    return found
