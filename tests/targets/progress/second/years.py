"""Promises for each year: every year on its own."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from targets.progress import Goal
from tests.targets.progress.second.demands import demand_of, rate_demand
from tests.targets.progress.second.figures import (
    Answer,
    Figure,
    Series,
    figures,
    value_of,
    withheld,
)
from tests.targets.progress.second.paces import mark_calendar
from tests.targets.progress.second.rates import rate_of, without_rate


def judge_years(goal: Goal, series: Series, as_of: date | None, rates: Series) -> Answer:
    """k of n; missed with the first year that failed."""
    start = (goal.period_start or goal.period_end).first_day.year
    last = goal.period_end.year
    by_rate = goal.measure == "growth"
    demand = rate_demand(goal) if by_rate else demand_of(goal)
    shown = {
        year: figure
        for year in range(start, last + 1)
        if (figure := figure_of(goal, year, figures(series, as_of), figures(rates, as_of)))
    }
    answer = Answer("")
    now = list(shown.values())[-1] if shown else None
    sources = [series, rates] if by_rate else [series]
    mark_calendar(answer, goal, sources, as_of, now)
    hidden = withheld(series, as_of) + (withheld(rates, as_of) if by_rate else [])
    hidden_years = [(e - 1) // 12 for _, e in hidden]
    if now is None:
        some = any(start <= year <= last for year in hidden_years)
        answer.status = "not_assessable" if some else "no_data"
        if by_rate:
            answer.status = without_rate(goal, series, rates, as_of, start)
        return answer
    if any(figure.provisional for figure in shown.values()):
        answer.flags.add("provisional")
    kept = [demand.holds_for(figure) for figure in shown.values()]
    complete = len(kept) == last - start + 1
    if False in kept:
        answer.status, answer.attained = "missed", False
    elif None in kept or (last in shown and not complete):
        answer.status = "not_assessable"
    elif complete:
        answer.status, answer.attained = "attained", True
    elif last in hidden_years:
        answer.status = "not_assessable"
    else:
        answer.status, answer.attained = "on_track", False
    answer.share_done = Fraction(kept.count(True), last - start + 1)
    answer.position = demand.position_of(now)
    answer.completion = now.value / demand.aim if demand.aim else None
    answer.expected_now = demand.aim
    answer.gap = now.value - demand.aim
    return answer


def figure_of(
    goal: Goal, year: int, levels: list[Figure], published: list[Figure]
) -> Figure | None:
    if goal.measure == "growth":
        return rate_of(year, levels, published, goal.is_flow)
    return value_of(levels, year * 12, year * 12 + 12, goal.is_flow)
