"""Where a promise starts from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.goal import Baseline, Goal, Provenance
from targets.progress.known import Known, Reading, earlier, same_season
from targets.progress.notes import Notes


@dataclass(frozen=True, slots=True)
class Base:
    """A starting point with its value; substituted is a later period than was asked for."""

    period: ReferencePeriod
    value: Decimal
    provenance: Provenance
    substituted: bool = False

    @property
    def firm(self) -> bool:
        """Whether a multiple of it, or a change from it, can be judged."""
        return self.provenance != "implied" and not self.substituted


def asked_for(goal: Goal, notes: Notes) -> Baseline | None:
    """The baseline of the goal; one that is not before the goal's end is none."""
    baseline, end = goal.baseline, goal.period_end
    if baseline is None:
        return _before_the_start(goal)
    if end is not None and baseline.period.last_day >= end.last_day:
        notes.say("baseline_not_before_end", period=baseline.period)
        return None
    return baseline


def _before_the_start(goal: Goal) -> Baseline | None:
    """Average growth and what is added to a stock are counted from the start of the period."""
    on_stock = goal.measure in ("increment", "cumulative") and not goal.is_flow
    start = goal.period_start or (goal.period_end if on_stock else None)
    if start is None or not (on_stock or goal.measure == "average_growth"):
        return None
    before = earlier(start)
    return None if before is None else Baseline(period=before)


def resolve(
    baseline: Baseline | None, goal: Goal, known: Known, now: Reading, notes: Notes
) -> Base | None:
    """The baseline with its value: as given, as observed, else the first period after it.

    Never an earlier period, and never one that does not end before the actual judged.
    """
    if baseline is None:
        notes.say("no_baseline")
        return None
    if baseline.value is not None:
        if baseline.provenance == "implied":
            notes.flag("implied_baseline")
            notes.say("implied_baseline", period=baseline.period, value=baseline.value)
        return Base(baseline.period, baseline.value, baseline.provenance)
    observed = known.of(baseline.period, flow=goal.is_flow)
    if observed is not None:
        notes.used(observed)
        return Base(baseline.period, observed.value, "observed")
    later = _first_after(baseline.period, goal, known, now)
    if later is None:
        notes.say("baseline_missing", period=baseline.period)
        return None
    notes.used(later)
    notes.flag("base_substituted")
    notes.say("base_substituted", period=baseline.period, used=later.period)
    return Base(later.period, later.value, "observed", substituted=True)


def _first_after(wanted: ReferencePeriod, goal: Goal, known: Known, now: Reading) -> Reading | None:
    for period in known.actuals:
        between = wanted.last_day < period.last_day < now.period.last_day
        # Half a year of a flow is no starting point for years of it.
        if between and (not goal.is_flow or same_season(period, wanted)):
            return known.at(period)
    return None
