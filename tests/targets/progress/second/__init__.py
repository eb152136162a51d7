"""A second judge, slow and obvious: the rule book once more, in fractions, months and loops.

It shares the data classes of goals and actuals with the engine and nothing else. Time is
counted in months since year 0; a stretch is the month before its first and its last month.
"""

from __future__ import annotations

from datetime import date

from targets.progress import Goal
from tests.targets.progress.second.figures import Answer, Series
from tests.targets.progress.second.levels import judge_level
from tests.targets.progress.second.rates import judge_average, judge_growth
from tests.targets.progress.second.years import judge_years

__all__ = ["Answer", "judge", "judge_group"]


def judge(goal: Goal, series: Series, as_of: date | None, rates: Series | None = None) -> Answer:
    """The verdict, from the words of the rule book alone."""
    if goal.period_start and as_of and as_of < goal.period_start.first_day:
        return Answer("not_due")
    if goal.cadence == "each_year":
        return judge_years(goal, series, as_of, rates or {})
    if goal.measure == "growth":
        return judge_growth(goal, series, as_of, rates or {})
    if goal.measure == "average_growth":
        return judge_average(goal, series, as_of, rates or {})
    return judge_level(goal, series, as_of)


WORST_FIRST = [
    "missed", "not_assessable", "regressing", "off_track", "lagging", "no_data", "not_quantified",
    "not_due", "on_track", "attained",
]  # fmt: skip


def judge_group(parts: list[Answer]) -> tuple[str, bool | None]:
    """Missed if a part is missed; else not assessable if a part is; else the worst part."""
    status = next(s for s in WORST_FIRST if s in [part.status for part in parts])
    answers = [part.attained for part in parts]
    if False in answers:
        return status, False
    return status, None if None in answers else True
