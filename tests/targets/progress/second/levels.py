"""Level, share, rank, change, multiple, and what is summed up or added to a stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from targets.progress import Goal
from tests.targets.progress.second.demands import Demand, demand_from_base, demand_of
from tests.targets.progress.second.figures import (
    Answer,
    Figure,
    Series,
    added_up,
    at_end_of,
    end_of,
    figures,
    start_of,
    whole_flow,
    withheld,
)
from tests.targets.progress.second.paces import along, first_match, mark_calendar

NEVER = 10**6


@dataclass
class Start:
    """Where the promise starts: the months of the baseline, its value, where that comes from."""

    start: int
    end: int
    value: Fraction | None
    origin: str


@dataclass
class Found:
    """The actual; a running sum from 0 runs from the month `since`."""

    now: Figure | None
    from_zero: bool = False
    since: int | None = None


def judge_level(goal: Goal, series: Series, as_of: date | None) -> Answer:
    answer = Answer("")
    known = figures(series, as_of)
    begin = where_from(goal)
    if begin is not None:
        first = begin.end
    else:
        first = start_of(goal.period_start) + 1 if goal.period_start else 0
    end = NEVER if goal.period_end is None else end_of(goal.period_end)
    found = the_actual(goal, known, begin, first, end)
    now = None if found is None else found.now
    mark_calendar(answer, goal, [series], as_of, now)
    if found is None:
        answer.status = "not_assessable" if known else "no_data"
    elif now is None:
        hidden = any(first <= e <= end for _, e in withheld(series, as_of))
        answer.status = "not_assessable" if hidden else "no_data"
    else:
        judge_found(answer, goal, known, begin, found, now, withheld(series, as_of))
    return answer


def judge_found(
    answer: Answer,
    goal: Goal,
    known: list[Figure],
    begin: Start | None,
    found: Found,
    now: Figure,
    hidden: list[tuple[int, int]],
) -> None:
    if now.provisional:
        answer.flags.add("provisional")
    base = None
    if begin is not None and (is_from_base(goal) or not found.from_zero):
        base = base_of(goal, known, begin, now, answer)
    demand = demand_of(goal)
    if is_from_base(goal):
        if base is None or base.origin == "implied" or "base_substituted" in answer.flags:
            answer.status = "not_assessable"
            return
        from_base = demand_from_base(goal, base.value)
        if from_base is None:
            answer.status = "not_assessable"
            return
        demand = from_base
    ended = goal.period_end is not None and now.end == end_of(goal.period_end)
    if ended or not end_is_hidden(goal, hidden):
        answer.attained = attained(demand, found, now, ended)
    begin = Start(found.since, found.since, Fraction(0), "") if found.from_zero else base
    fill_in(answer, goal, demand, begin, now, ended)


def fill_in(
    answer: Answer, goal: Goal, demand: Demand, begin: Start | None, now: Figure, ended: bool
) -> None:
    kept, already = None, False
    on_way = begin is not None and now.end > begin.end
    if on_way:
        already = begin.value == demand.aim or demand.met_by(begin.value)
        if not already:
            kept = along(answer, goal, demand, begin.end, begin.value, now)
    answer.gap = now.value - demand.aim
    answer.completion = now.value / demand.aim if demand.aim else None
    if goal.measure in ("increment", "cumulative") and not goal.is_flow:
        answer.completion = answer.share_done
    answer.position = demand.position_of(now)
    has_end = goal.period_end is not None
    answer.status = first_match(answer, ended, has_end, on_way, already, kept)
    if answer.attained:
        answer.needed = None
        if has_end and not ended:
            answer.flags.add("early")


def is_from_base(goal: Goal) -> bool:
    """Whether the number itself is counted from the baseline."""
    if goal.measure in ("increment", "cumulative"):
        return not goal.is_flow
    return goal.measure in ("change", "multiple")


def end_is_hidden(goal: Goal, hidden: list[tuple[int, int]]) -> bool:
    if goal.period_end is None:
        return False
    return any(e == end_of(goal.period_end) and s >= start_of(goal.period_end) for s, e in hidden)


def attained(demand: Demand, found: Found, now: Figure, ended: bool) -> bool | None:
    """The comparator; a sum that is not over or not complete may still change its answer."""
    answer = demand.holds_for(now)
    if found.from_zero and not ended and demand.is_capped and answer:
        return None
    if found.from_zero and now.gaps and ended and (demand.is_capped or not answer):
        return None
    return answer


def where_from(goal: Goal) -> Start | None:
    if goal.baseline is not None:
        period, value = goal.baseline.period, goal.baseline.value
        known = None if value is None else Fraction(value)
        return Start(start_of(period), end_of(period), known, goal.baseline.provenance)
    first = goal.period_start or goal.period_end
    if goal.measure in ("increment", "cumulative") and not goal.is_flow and first is not None:
        # What is added to a stock is added to what stood there a year before.
        return Start(start_of(first) - 12, end_of(first) - 12, None, "observed")
    return None


def the_actual(
    goal: Goal, known: list[Figure], begin: Start | None, first: int, end: int
) -> Found | None:
    """The actual that counts; None for a sum that starts nowhere."""
    if not goal.is_flow:
        in_time = [f for f in known if first <= f.end <= end]
        return Found(in_time[-1] if in_time else None)
    if goal.measure not in ("increment", "cumulative"):
        return of_one_period(goal, known, first, end)
    if goal.period_start is not None:
        since = start_of(goal.period_start)
    elif goal.measure == "increment" and goal.period_end is not None:
        since = start_of(goal.period_end)
    elif begin is not None:
        since = begin.end
    else:
        return None
    return Found(added_up(known, since, end), True, since)


def of_one_period(goal: Goal, known: list[Figure], first: int, end: int) -> Found:
    """What there is of the goal's own period, else the last whole one a year or more before."""
    start = start_of(goal.period_end)
    own = added_up(known, start, end)
    if own is not None:
        complete = (own.start, own.end) == (start, end) and not own.gaps
        return Found(own, not complete or goal.baseline is None, start)
    for back in range(12, end - first + 1, 12):
        before = whole_flow(known, start - back, end - back)
        if before is not None:
            return Found(before)
    return Found(None)


def base_of(
    goal: Goal, known: list[Figure], begin: Start, now: Figure, answer: Answer
) -> Start | None:
    """The baseline as given, as observed, else the first one after it and before the actual."""
    if begin.value is not None:
        if begin.origin == "implied":
            answer.flags.add("implied_baseline")
        return begin
    if goal.is_flow:
        length = begin.end - begin.start
        found = whole_flow(known, begin.start, begin.end)
        later = [f for f in known if (f.end - begin.end) % 12 == 0 and f.end - f.start == length]
    else:
        found = at_end_of(known, begin.start, begin.end)
        later = known
    if found is None:
        found = next((f for f in later if begin.end < f.end < now.end), None)
        if found is None:
            return None
        answer.flags.add("base_substituted")
    if found.provisional:
        answer.flags.add("provisional")
    return Start(found.start, found.end, found.value, "observed")
