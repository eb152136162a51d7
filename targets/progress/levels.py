"""Promises about a level: reached, added, summed up, changed or multiplied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from targets.progress.actuals import Found, before, find, in_time
from targets.progress.arithmetic import HUNDRED, ONE, ZERO, finite, ratio
from targets.progress.baselines import Base, asked_for, resolve
from targets.progress.comparators import Criterion, criterion_of
from targets.progress.goal import Goal
from targets.progress.known import Known, Reading
from targets.progress.notes import Notes
from targets.progress.pace import Course, Pace, follow
from targets.progress.rules import Rules
from targets.progress.standing import (
    end_is_withheld,
    mark_calendar,
    pace_status,
    trend_of,
    without_actual,
)
from targets.progress.verdict import BaselineUsed, Status, Verdict


def against_baseline(goal: Goal) -> bool:
    """Whether the number itself is measured from the baseline."""
    on_stock = goal.measure in ("increment", "cumulative") and not goal.is_flow
    return on_stock or goal.measure in ("change", "multiple")


def level_criterion(
    goal: Goal, value: Decimal, base: Base | None, rules: Rules, notes: Notes
) -> Criterion | None:
    """The test that a level is put to, or None where it hangs on a baseline that is not firm."""
    criterion = criterion_of(goal, value, rules)
    if not against_baseline(goal):
        return criterion
    if base is None or not base.firm:
        notes.say("criterion_needs_baseline")
        return None
    if goal.measure == "multiple" or goal.in_per_cent:
        if base.value <= 0:
            notes.say("base_not_positive", value=base.value)
            return None
        scale = base.value if goal.measure == "multiple" else base.value / HUNDRED
        criterion = criterion.scaled(scale)
    if goal.measure == "multiple":
        return criterion
    if goal.direction == "decrease":
        # The number tells how far it falls: a larger fall is a lower level.
        criterion = replace(criterion, direction="increase").mirrored()
    return criterion.shifted(base.value)


def judge_level(
    goal: Goal, value: Decimal, known: Known, as_of: date | None, rules: Rules, notes: Notes
) -> Verdict:
    """The verdict of a goal on levels; `value` is the goal's number."""
    baseline = asked_for(goal, notes)
    found = find(goal, known, baseline)
    reading = found.reading
    mark_calendar(goal, [known], as_of, reading, found.ended, notes)
    if found.no_start:
        notes.say("no_start")
        return Verdict(status="not_assessable" if known.actuals else "no_data")
    if reading is None:
        return without_actual(known, in_time(goal, baseline), notes)
    notes.used(reading)
    base = None
    if against_baseline(goal) or not found.summed:
        base = resolve(baseline, goal, known, reading, notes)
    criterion = level_criterion(goal, value, base, rules, notes)
    attained = _attained(goal, criterion, found, reading, known, notes)
    course = _course(goal, criterion, found, reading, base)
    pace = Pace()
    if criterion is not None and course is not None:
        pace = _pace(criterion, course, found, notes)
    status = _status(goal, criterion, found, attained, course, pace, rules, notes)
    previous = before(goal, known, reading, found.summed)
    if previous is not None:
        notes.touched(previous)
    elif base is not None and base.period.last_day < reading.period.last_day:
        previous = Reading(base.period, base.value)
    verdict = Verdict(
        status=status,
        attained=attained,
        value=reading.value,
        share_done=pace.share_done,
        pace=pace.pace,
        expected_now=pace.expected_now,
        needed=pace.needed,
        actual_rate=pace.actual_rate,
        required_rate=pace.required_rate,
        trend=trend_of(reading.value, previous.value if previous else None),
        period=reading.period,
        baseline=BaselineUsed(base.period, base.value, base.provenance) if base else None,
    )
    return verdict if criterion is None else _with_gap(verdict, goal, criterion, reading, notes)


def _with_gap(
    verdict: Verdict, goal: Goal, criterion: Criterion, reading: Reading, notes: Notes
) -> Verdict:
    """The figures that need no path: goal, gap, completion, position."""
    aim = criterion.aim
    completion = ratio(reading.value, aim)
    if against_baseline(goal) and goal.measure in ("increment", "cumulative"):
        completion = verdict.share_done
    if aim == 0:
        notes.say("goal_is_zero")
    needed = verdict.needed
    if verdict.attained:
        needed = None
        notes.say("already_attained")
    return replace(
        verdict,
        position=criterion.position(reading.value, reading.certainty),
        goal=aim,
        completion=completion,
        gap=finite(reading.value - aim),
        needed=needed,
    )


def _attained(
    goal: Goal,
    criterion: Criterion | None,
    found: Found,
    reading: Reading,
    known: Known,
    notes: Notes,
) -> bool | None:
    """Whether the comparator is met; None where the figures prove neither."""
    if not found.ended and end_is_withheld(goal, known, notes):
        return None
    if criterion is None:
        return None
    attained = criterion.holds(reading.value, reading.certainty)
    if attained is None:
        notes.say("bound_proves_nothing", period=reading.period, value=reading.value)
    if found.summed and not found.ended and criterion.bounds.high is not None and attained:
        # The year is not over: a sum that is still below its cap may pass it yet.
        notes.say("cap_on_running_sum")
        return None
    if found.summed and reading.days_missing:
        notes.say("sum_incomplete", days=reading.days_missing)
        # What is missing may still reach the goal, or break through a cap.
        if found.ended and (not attained or criterion.bounds.high is not None):
            return None
    return attained


def _course(
    goal: Goal, criterion: Criterion | None, found: Found, reading: Reading, base: Base | None
) -> Course | None:
    """The way from the start to the goal; None without a start or before any time has passed."""
    if criterion is None:
        return None
    if found.summed and found.first is not None:
        start, from_value = found.first.year * 12 + found.first.month - 1, ZERO
    elif base is not None:
        start, from_value = base.period.end_month, base.value
    else:
        return None
    now = reading.period.end_month
    if now <= start:
        return None
    return Course(
        base=from_value,
        aim=criterion.aim,
        value=reading.value,
        start=start,
        now=now,
        end=None if goal.period_end is None else goal.period_end.end_month,
        path=goal.path,
        milestones=tuple((period.end_month, value) for period, value in goal.milestones),
        profile=goal.profile,
    )


def _pace(criterion: Criterion, course: Course, found: Found, notes: Notes) -> Pace:
    """The figures along the way, unless the start is already at the goal."""
    if course.base == course.aim:
        notes.say("baseline_equals_goal")
        return Pace()
    if criterion.bounds.contain(course.base):
        notes.say("cap_on_running_sum" if found.summed else "baseline_already_met")
        return Pace()
    pace = follow(course, notes)
    if _is_beyond(criterion, course):
        # Past a number that was to be hit: faster than the path is not better.
        notes.say("beyond_the_goal", gap=course.value - course.aim)
        return replace(pace, pace=None, needed=None, above_path=None)
    return pace


def _is_beyond(criterion: Criterion, course: Course) -> bool:
    bounds = criterion.bounds
    if bounds.low is None or bounds.high is None or bounds.contain(course.value):
        return False
    way = ONE if course.aim > course.base else -ONE
    return (course.value - course.aim) * way > 0


def _status(
    goal: Goal,
    criterion: Criterion | None,
    found: Found,
    attained: bool | None,
    course: Course | None,
    pace: Pace,
    rules: Rules,
    notes: Notes,
) -> Status:
    """One status, first match wins (PROGRESS.md, section 4)."""
    if attained:
        if goal.period_end is not None and not found.ended:
            notes.flag("early")
        return "attained"
    if attained is False and found.ended:
        return "missed"
    if attained is None or criterion is None or goal.period_end is None:
        if goal.period_end is None:
            notes.say("no_deadline")
        return "not_assessable"
    if course is None:
        notes.say("one_point")
        return "not_assessable"
    if course.base == course.aim or criterion.bounds.contain(course.base):
        return "regressing"
    if pace.pace is not None:
        return pace_status(pace.pace, rules, notes)
    if pace.above_path is None:
        return "not_assessable"
    # Where no progress is asked for yet, less than the path is less than the start.
    return "on_track" if pace.above_path else "regressing"
