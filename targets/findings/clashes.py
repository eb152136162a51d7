"""Promises in force that do not fit together, or that ask for what was there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import localcontext
from itertools import combinations

from indicators.periods import ReferencePeriod
from targets.findings.changes import clashing, distance_of, related
from targets.findings.finding import Base, Finding, Promise
from targets.progress.arithmetic import CONTEXT
from targets.progress.comparators import criterion_of
from targets.progress.goal import Actual
from targets.progress.known import Known, Reading
from targets.progress.rules import Rules

# What stands at one height and is meant to move on; rates may well differ from year to year.
_HEIGHTS = frozenset({"level", "share", "rank"})


def contradictions(line: Sequence[Promise]) -> Iterator[Finding]:
    """Pairs of different documents that ask for different numbers by one deadline.

    A promise that a later one says it takes up is not held against anything.
    """
    taken_up = {promise.follows for promise in line}
    standing = [p for p in sorted(line, key=lambda p: p.order) if p.id not in taken_up]
    for earlier, later in combinations(standing, 2):
        if earlier.document != later.document and clashing(earlier, later):
            distance, percent = distance_of(earlier, later)
            yield Finding(
                kind="contradicted",
                promises=(earlier, later),
                change=related(earlier, later),
                distance=distance,
                percent=percent,
            )


def overtaken(line: Sequence[Promise]) -> Iterator[Finding]:
    """Goals that a promise issued later, or in the same document, asks more than, and sooner."""
    standing = [p for p in line if p.in_force and p.goal.measure in _HEIGHTS]
    for final, interim in combinations(sorted(standing, key=lambda p: p.order), 2):
        pairs = [(final, interim)]
        if final.document == interim.document:
            pairs.append((interim, final))
        for distant, near in pairs:
            # A goal without a deadline is due after none in particular.
            if distant.goal.period_end is None or near.deadline >= distant.deadline:
                continue
            if not _same_year(near, distant) and related(distant, near) == "raised":
                distance, percent = distance_of(distant, near)
                yield Finding(
                    kind="milestone_above_goal",
                    promises=(distant, near),
                    change="raised",
                    distance=distance,
                    percent=percent,
                )


def _same_year(first: Promise, second: Promise) -> bool:
    return first.deadline.year == second.deadline.year


def met_before(
    promise: Promise, series: Mapping[ReferencePeriod, Actual], rules: Rules
) -> Finding | None:
    """A goal to be grown (or brought down) to, that the last actual before its issue already met.

    Ceilings to be kept and goals of every year are met before as a rule, so they are left out.
    """
    goal = promise.goal
    improving = goal.measure == "rank" or goal.direction == (
        "increase" if promise.meaning[1] else "decrease"
    )
    if goal.measure not in _HEIGHTS or goal.cadence != "by_end" or not improving:
        return None
    last = _last_before(promise, series)
    if last is None:
        return None
    with localcontext(CONTEXT):
        met = criterion_of(goal, promise.value, rules).holds(last.value, last.certainty)
        gap = abs(last.value - promise.value)
    if met is not True:
        return None
    base = Base(last.period, last.value, "observed", last.certainty)
    return Finding(kind="below_actual", promises=(promise,), base=base, distance=gap)


def _last_before(promise: Promise, series: Mapping[ReferencePeriod, Actual]) -> Reading | None:
    """The last actual of the goal's kind whose period was over when the document was issued."""
    known = Known(series, promise.issued_from - timedelta(days=1))
    if not promise.goal.is_flow:
        return known.latest(lambda period: True, promise.goal.period_end)
    # A part of a year of a flow says nothing of a year's goal.
    end = promise.goal.period_end
    months = 12 if end is None else end.months
    return known.latest(lambda period: period.months == months, end)
