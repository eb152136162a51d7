"""Growth against the year before, and average growth since a base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from targets.progress import Goal
from tests.targets.progress.second.demands import Demand, rate_demand
from tests.targets.progress.second.figures import (
    Answer,
    Figure,
    Series,
    figures,
    value_of,
    withheld,
)
from tests.targets.progress.second.paces import by_pace, mark_calendar, yearly


def rate_of(year: int, levels: list[Figure], published: list[Figure], flow: bool) -> Figure | None:
    """Growth of a year over the year before; what was published beats what can be computed."""
    start, end = year * 12, year * 12 + 12
    for figure in published:
        if (figure.start, figure.end) == (start, end):
            return figure
    now, then = value_of(levels, start, end, flow), value_of(levels, start - 12, end - 12, flow)
    if now is None or then is None or then.value <= 0:
        return None
    # A base known only to be higher makes the growth lower.
    other = {"above": "below", "below": "above"}.get(then.sure, then.sure)
    sides = {now.sure, other} & {"above", "below", "either"}
    sure = "either" if len(sides) > 1 else sides.pop() if sides else "exact"
    growth = (now.value / then.value - 1) * 100
    return Figure(start, end, growth, sure, now.provisional or then.provisional)


def judge_rate(answer: Answer, goal: Goal, demand: Demand, now: Figure, ended: bool) -> Answer:
    """R = g / X, where there is a rate to reach or a fall to make."""
    aim = demand.aim
    ceiling_only = demand.is_capped and demand.met_by(Fraction(-(10**9)))
    floor_only = not demand.is_capped
    if (floor_only and aim > 0) or (ceiling_only and aim < 0):
        answer.pace = now.value / aim
    answer.completion = now.value / aim if aim else None
    answer.gap = now.value - aim
    answer.expected_now = answer.required_rate = aim
    answer.actual_rate = now.value
    answer.position = demand.position_of(now)
    if answer.attained:
        answer.status = "attained"
        if not ended:
            answer.flags.add("early")
    elif answer.attained is False and ended:
        answer.status = "missed"
    elif answer.attained is None or answer.pace is None:
        answer.status = "not_assessable"
    else:
        answer.status = by_pace(answer.pace, answer)
    return answer


def judge_growth(goal: Goal, series: Series, as_of: date | None, rates: Series) -> Answer:
    levels, published = figures(series, as_of), figures(rates, as_of)
    last = goal.period_end.year
    first = goal.period_start.first_day.year if goal.period_start else 1900
    answer = Answer("")
    years = [y for y in range(last, first - 1, -1) if rate_of(y, levels, published, goal.is_flow)]
    now = rate_of(years[0], levels, published, goal.is_flow) if years else None
    mark_calendar(answer, goal, [series, rates], as_of, now)
    if now is None:
        answer.status = without_rate(goal, series, rates, as_of, first)
        return answer
    if now.provisional:
        answer.flags.add("provisional")
    demand = rate_demand(goal)
    ended = years[0] == last
    hidden = withheld(series, as_of) + withheld(rates, as_of)
    if ended or all(end != last * 12 + 12 for _, end in hidden):
        answer.attained = demand.holds_for(now)
    return judge_rate(answer, goal, demand, now, ended)


def without_rate(goal: Goal, series: Series, rates: Series, as_of: date | None, first: int) -> str:
    """Withheld, or two figures that give no growth: not assessable. Otherwise no data."""
    last = goal.period_end.year
    hidden = withheld(series, as_of) + withheld(rates, as_of)
    if any(first <= (end - 1) // 12 <= last for _, end in hidden):
        return "not_assessable"
    levels = figures(series, as_of)
    for figure in levels:
        before = value_of(levels, figure.start - 12, figure.end - 12, goal.is_flow)
        if first <= figure.year <= last and before is not None:
            return "not_assessable"
    return "no_data"


@dataclass
class Average:
    """Average growth to the year `to`, since the year `since`, and the figures it is made of."""

    to: int
    since: int
    rate: float
    used: list[Figure]
    of_levels: bool = False


def judge_average(goal: Goal, series: Series, as_of: date | None, rates: Series) -> Answer:
    """Average growth since the base: of two levels, or of every year's published rate."""
    levels, published = figures(series, as_of), figures(rates, as_of)
    last = goal.period_end.year
    hidden = [(e - 1) // 12 for _, e in withheld(series, as_of) + withheld(rates, as_of)]
    answer = Answer("")
    base_year = 0
    if goal.baseline is not None:
        base_year = goal.baseline.period.year
    elif goal.period_start is not None:
        base_year = goal.period_start.first_day.year - 1
    average = latest_average(goal, base_year, last, levels, published) if base_year else None
    now = None
    if average is not None:
        value = Fraction(str(round(average.rate, 9)))
        provisional = any(f.provisional for f in average.used)
        now = Figure(0, average.to * 12 + 12, value, provisional=provisional)
    mark_calendar(answer, goal, [series, rates], as_of, now)
    if average is None or now is None:
        years = hidden + [f.year for f in levels + published]
        some = any(base_year < year <= last for year in years)
        answer.status = "not_assessable" if some else "no_data"
        return answer
    mark_base(answer, goal, average, base_year)
    demand = rate_demand(goal)
    answer.attained = None if last in hidden else False
    if average.to == last:
        answer.attained = demand.holds_for(now)
    judge_rate(answer, goal, demand, now, average.to == last)
    answer.needed = rest_of(average, float(demand.aim), last)
    for name in ("completion", "pace", "gap", "actual_rate"):
        figure = getattr(answer, name)
        setattr(answer, name, None if figure is None else float(figure))
    return answer


def mark_base(answer: Answer, goal: Goal, average: Average, base_year: int) -> None:
    if any(f.provisional for f in average.used):
        answer.flags.add("provisional")
    if average.since != base_year:
        answer.flags.add("base_substituted")
    given = goal.baseline is not None and goal.baseline.value is not None
    if average.of_levels and given and goal.baseline.provenance == "implied":
        answer.flags.add("implied_baseline")


def rest_of(average: Average, aim: float, last: int) -> float | None:
    """((1+X)^n / (1+g)^k) ^ (1/(n-k)) - 1, in per cent."""
    done, whole = average.to - average.since, last - average.since
    wanted, so_far = 1 + aim / 100, 1 + average.rate / 100
    if whole == done or wanted <= 0 or so_far <= 0:
        return None
    return ((wanted**whole / so_far**done) ** (1 / (whole - done)) - 1) * 100


def latest_average(
    goal: Goal, base_year: int, last: int, levels: list[Figure], published: list[Figure]
) -> Average | None:
    for year in range(last, base_year, -1):
        found = of_two_levels(goal, base_year, year, levels)
        found = found or of_every_year(base_year, year, published)
        if found is not None:
            return found
    return None


def of_two_levels(goal: Goal, base_year: int, year: int, levels: list[Figure]) -> Average | None:
    now = value_of(levels, year * 12, year * 12 + 12, goal.is_flow)
    if now is None or now.value < 0:
        return None
    used = [now]
    if goal.baseline is not None and goal.baseline.value is not None:
        since, base = base_year, Fraction(goal.baseline.value)
    else:
        figure = value_of(levels, base_year * 12, base_year * 12 + 12, goal.is_flow)
        later = [f for f in levels if base_year < f.year < year]
        figure = figure or (later[0] if later else None)
        if figure is None:
            return None
        since, base = figure.year, figure.value
        used.append(figure)
    if base <= 0:
        return None
    return Average(year, since, yearly(now.value / base, 12 * (year - since)), used, True)


def of_every_year(base_year: int, year: int, published: list[Figure]) -> Average | None:
    factor, used = 1.0, []
    for y in range(base_year + 1, year + 1):
        rate = next((f for f in published if f.year == y), None)
        if rate is None:
            return None
        used.append(rate)
        factor *= 1 + float(rate.value) / 100
    if factor < 0:
        return None
    return Average(year, base_year, (factor ** (1 / len(used)) - 1) * 100, used)
