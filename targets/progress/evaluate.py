"""The judgement of one goal: is it attained, and is it on pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from indicators.periods import ReferencePeriod
from targets.progress.arithmetic import CONTEXT
from targets.progress.averages import judge_average
from targets.progress.goal import Actual, Goal, faults
from targets.progress.growth import judge_growth
from targets.progress.known import Known
from targets.progress.levels import judge_level
from targets.progress.notes import Notes
from targets.progress.rates import Rates
from targets.progress.reasons import COVERS, FIGURES
from targets.progress.recurring import judge_each_year
from targets.progress.rules import DEFAULT_RULES, Rules
from targets.progress.verdict import Verdict


def evaluate(
    goal: Goal,
    series: Mapping[ReferencePeriod, Actual],
    as_of: date | None,
    rules: Rules = DEFAULT_RULES,
    *,
    rates: Mapping[ReferencePeriod, Actual] | None = None,
) -> Verdict:
    """The verdict on one goal (PROGRESS.md). Answers every input and raises nothing.

    `series` are the levels or flows in the indicator's unit; `rates` published growth rates in
    per cent against the year before, or the average of a span of years. Periods whose last day
    is after `as_of` are not known yet; None knows them all.
    """
    notes = Notes()
    with localcontext(CONTEXT):
        verdict = _judge(goal, series, rates or {}, as_of, rules, notes)
        covered = {name for given in notes.reasons for name in COVERS.get(given.code, ())}
        for figure in FIGURES:
            if getattr(verdict, figure) is None and figure not in covered:
                notes.say("figure_undefined", field=figure)
    return replace(
        verdict,
        flags=notes.flags,
        reasons=notes.reasons,
        inputs=notes.inputs,
        rule_version=rules.version,
    )


def _judge(
    goal: Goal,
    series: Mapping[ReferencePeriod, Actual],
    rates: Mapping[ReferencePeriod, Actual],
    as_of: date | None,
    rules: Rules,
    notes: Notes,
) -> Verdict:
    value: Decimal | None = goal.value
    if value is None:
        notes.say("not_quantified")
        return Verdict(status="not_quantified")
    wrong = faults(goal)
    if wrong:
        for field in wrong:
            notes.say("goal_malformed", field=field)
        return Verdict(status="not_assessable")
    start = goal.period_start
    if start is not None and as_of is not None and as_of < start.first_day:
        notes.say("not_due", period=start)
        return Verdict(status="not_due")
    known = Known(series, as_of)
    sources = Rates(Known(rates, as_of), known, goal.is_flow)
    if goal.cadence == "each_year" and goal.period_end is not None:
        return judge_each_year(goal, value, goal.period_end, sources, as_of, rules, notes)
    if goal.measure == "growth":
        return judge_growth(goal, value, sources, as_of, rules, notes)
    if goal.measure == "average_growth":
        return judge_average(goal, value, sources, as_of, rules, notes)
    return judge_level(goal, value, known, as_of, rules, notes)
