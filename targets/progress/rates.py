"""Rates of growth, published or computed, and what a promise about one is judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.actuals import PeriodTest
from targets.progress.arithmetic import HUNDRED, finite, ratio
from targets.progress.comparators import Certainty, Criterion, criterion_of
from targets.progress.goal import RISING, Goal
from targets.progress.known import Known, Reading, earlier, together
from targets.progress.notes import Notes
from targets.progress.rules import Rules
from targets.progress.standing import (
    end_is_withheld,
    pace_status,
    trend_of,
    without_actual,
)
from targets.progress.verdict import Status, Verdict

_FLIPPED: dict[Certainty, Certainty] = {"above": "below", "below": "above"}


@dataclass(frozen=True, slots=True)
class Rates:
    """Published rates, per cent, and the levels from which others can be computed."""

    published: Known
    levels: Known
    flow: bool

    @property
    def sources(self) -> tuple[Known, Known]:
        """Both series, the published one first."""
        return self.published, self.levels

    def of(self, period: ReferencePeriod) -> Reading | None:
        """Growth against the year before; the published rate beats the computed one."""
        published = self.published.at(period)
        if published is not None or period.kind == "years":
            return published
        previous = earlier(period)
        now = self.levels.of(period, flow=self.flow)
        then = None if previous is None else self.levels.of(previous, flow=self.flow)
        if now is None or then is None or then.value <= 0:
            return None
        growth = ratio((now.value - then.value) * HUNDRED, then.value)
        return None if growth is None else _compared(period, growth, now, then)

    def periods(self) -> set[ReferencePeriod]:
        """Every period that might have a rate."""
        found = {*self.published.actuals, *self.levels.actuals}
        # Four quarters of a flow, or a stock at the end of the last one, make a year's figure.
        return found | {ReferencePeriod.of_year(p.year) for p in found}


def _compared(period: ReferencePeriod, value: Decimal, now: Reading, then: Reading) -> Reading:
    """A rate made of two levels: a higher base makes it lower."""
    return Reading(
        period=period,
        value=value,
        certainty=together({now.certainty, _FLIPPED.get(then.certainty, then.certainty)}),
        provisional=now.provisional or then.provisional,
        broken=now.broken or then.broken,
        ids=now.ids + then.ids,
    )


def rate_criterion(goal: Goal, value: Decimal, rules: Rules) -> Criterion:
    """The test of a rate. A fall by at least 3 is a rate of at most -3."""
    criterion = criterion_of(goal, value, rules)
    if goal.direction == "decrease" and goal.comparator in RISING and value > 0:
        return replace(criterion, direction="increase").mirrored()
    return criterion


def withheld_at_end(goal: Goal, rates: Rates, notes: Notes) -> bool:
    """Whether the end period's rate, or its level, is confidential or not applicable."""
    return end_is_withheld(goal, rates.published, notes) or end_is_withheld(
        goal, rates.levels, notes
    )


def without_rate(rates: Rates, allowed: PeriodTest, notes: Notes) -> Verdict:
    """Nothing to judge by: no figures, withheld ones, or levels that no rate comes from."""
    published = [p for p in rates.published.withheld if allowed(p)]
    if published:
        return without_actual(rates.published, allowed, notes)
    levels = [p for p in rates.levels.actuals if allowed(p)]
    bases = (earlier(p) for p in levels)
    if any(b is not None and rates.levels.of(b, flow=rates.flow) is not None for b in bases):
        notes.say("growth_not_computable", period=max(levels))
        return Verdict(status="not_assessable", period=max(levels))
    return without_actual(rates.levels, allowed, notes)


def rate_verdict(
    goal: Goal,
    criterion: Criterion,
    reading: Reading,
    ended: bool,
    attained: bool | None,
    before: Reading | None,
    rules: Rules,
    notes: Notes,
) -> Verdict:
    """The verdict on a rate, per cent: R = g / X (PROGRESS.md, section 3)."""
    aim, rate = criterion.aim, reading.value
    bounds = criterion.bounds
    # A pace needs a rate to rise to, or a fall to make; a ceiling on growth has neither.
    upward = bounds.high is None and aim > 0
    downward = bounds.low is None and aim < 0
    pace = ratio(rate, aim) if upward or downward else None
    if pace is None:
        notes.say("rate_without_pace", goal=aim)
    if attained is None and reading.certainty not in ("exact", "about"):
        notes.say("bound_proves_nothing", period=reading.period, value=rate)
    if goal.period_end is None:
        pace = None
        notes.say("no_deadline")
    if aim == 0:
        notes.say("goal_is_zero")
    return Verdict(
        status=_status(goal, ended, attained, pace, rules, notes),
        attained=attained,
        position=criterion.position(rate, reading.certainty),
        value=rate,
        goal=aim,
        completion=ratio(rate, aim),
        pace=pace,
        expected_now=aim,
        gap=finite(rate - aim),
        actual_rate=rate,
        required_rate=aim,
        trend=trend_of(rate, before.value if before else None),
        period=reading.period,
    )


def _status(
    goal: Goal, ended: bool, attained: bool | None, pace: Decimal | None, rules: Rules, notes: Notes
) -> Status:
    if attained:
        if goal.period_end is not None and not ended:
            notes.flag("early")
        return "attained"
    if attained is False and ended:
        return "missed"
    if attained is None or pace is None:
        return "not_assessable"
    return pace_status(pace, rules, notes)
