"""Section 3 and 4 of the rule book: along the path, the calendar, the first that matches."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

from targets.progress import Goal
from tests.targets.progress.second.demands import Demand
from tests.targets.progress.second.figures import (
    Answer,
    Figure,
    Number,
    Series,
    end_of,
    start_of,
    withheld,
)


def by_pace(pace: Number, answer: Answer) -> str:
    rounded = round(pace, 9)
    if rounded < 0:
        return "regressing"
    if rounded < Fraction(60, 100):
        return "off_track"
    if rounded < Fraction(95, 100):
        return "lagging"
    if rounded >= Fraction(105, 100):
        answer.flags.add("ahead")
    return "on_track"


def mark_calendar(
    answer: Answer, goal: Goal, sources: list[Series], as_of: date | None, now: Figure | None
) -> None:
    """Flags of the calendar: the end is over without its actual, the actual is old."""
    end = goal.period_end
    if now is not None and end is not None and now.end == end_of(end):
        return
    days = [p.last_day for series in sources for p in series if not as_of or p.last_day <= as_of]
    today = as_of or max(days, default=date.min)
    stretches = [stretch for series in sources for stretch in withheld(series, as_of)]
    hidden = [e for s, e in stretches if end and start_of(end) <= s]
    if end is not None and today > end.last_day and end_of(end) not in hidden:
        answer.flags.add("awaiting_actual")
    if now is not None and as_of is not None and now.year < as_of.year - 1:
        answer.flags.add("stale_data")


def yearly(growth: Number, months: int) -> float:
    """Per cent a year of a growth factor over so many months."""
    return (float(growth) ** (12 / months) - 1) * 100


def along(
    answer: Answer, goal: Goal, demand: Demand, start: int, base: Fraction, now: Figure
) -> bool | None:
    """Section 3. Fills in the figures; says where a pace is undefined whether the path is kept."""
    value, aim = now.value, demand.aim
    answer.share_done = (value - base) / (aim - base)
    if goal.period_end is None:
        return None
    end = end_of(goal.period_end)
    small = aim > base and base < aim / 10
    kept = None
    if goal.path == "compound" and not (base <= 0 or aim <= 0 or value < 0 or small):
        grow(answer, start, now.end, end, base, value, aim)
    else:
        if goal.path == "compound":
            answer.flags.add("path_forced_linear")
        expected = base + due(goal, start, now.end, end, base, aim)
        kept = go_straight(answer, start, now.end, end, base, value, aim, expected)
    past = value > aim if aim > base else value < aim
    if demand.is_to_be_hit and past and not demand.met_by(value):
        answer.pace = answer.needed = kept = None
    return kept


def grow(
    answer: Answer, start: int, now: int, end: int, base: Fraction, value: Fraction, aim: Fraction
) -> None:
    answer.actual_rate = yearly(value / base, now - start)
    answer.required_rate = yearly(aim / base, end - start)
    way = 1 if aim > base else -1
    answer.pace = way * answer.actual_rate / abs(answer.required_rate)
    answer.expected_now = float(base) * float(aim / base) ** ((now - start) / (end - start))
    if end > now and value > 0:
        answer.needed = yearly(aim / value, end - now)


def go_straight(
    answer: Answer,
    start: int,
    now: int,
    end: int,
    base: Fraction,
    value: Fraction,
    aim: Fraction,
    expected: Fraction,
) -> bool | None:
    answer.expected_now = expected
    answer.actual_rate = (value - base) / Fraction(now - start, 12)
    answer.required_rate = (aim - base) / Fraction(end - start, 12)
    answer.needed = (aim - value) / Fraction(end - now, 12) if end > now else None
    if (expected - base) * (aim - base) > 0:
        answer.pace = (value - base) / (expected - base)
        return None
    return value >= expected if aim > base else value <= expected


def due(goal: Goal, start: int, now: int, end: int, base: Fraction, aim: Fraction) -> Fraction:
    """How much of the way the path has behind it now."""
    if goal.path == "seasonal":
        weights = [Fraction(share) / 3 for share in goal.profile for _ in range(3)]
        passed = sum(weights[month % 12] for month in range(start, now))
        whole = sum(weights[month % 12] for month in range(start, end))
        return (aim - base) * passed / whole if whole else Fraction(0)
    points = [(start, base), (end, aim)]
    if goal.path == "milestones":
        points += [(end_of(p), Fraction(v)) for p, v in goal.milestones if start < end_of(p) < end]
    points.sort()
    for (m0, v0), (m1, v1) in pairwise(points):
        if m0 <= now <= m1:
            return v0 + (v1 - v0) * Fraction(now - m0, m1 - m0) - base
    raise AssertionError("now lies between the start and the end")


def first_match(
    answer: Answer, ended: bool, has_end: bool, on_way: bool, already: bool, kept: bool | None
) -> str:
    """Section 4 from the top."""
    if answer.attained:
        return "attained"
    if answer.attained is False and ended:
        return "missed"
    if answer.attained is None or not has_end or not on_way:
        return "not_assessable"
    if already:
        return "regressing"
    if answer.pace is not None:
        return by_pace(answer.pace, answer)
    if kept is None:
        return "not_assessable"
    if kept:
        return "on_track"
    return "regressing" if answer.share_done < 0 else "off_track"
