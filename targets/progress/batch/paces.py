"""How far along their paths the actuals are, for many goals (`follow`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from targets.progress.batch.columns import PATHS, Bools, Floats, Goals, Ints
from targets.progress.batch.criteria import sign_doubts
from targets.progress.batch.docket import Draft
from targets.progress.batch.figures import (
    Figures,
    constant,
    doubtful,
    given,
    rounded_figures,
)
from targets.progress.batch.said import Number
from targets.progress.pace import SMALL_BASE

COMPOUND, MILESTONES = PATHS.index("compound"), PATHS.index("milestones")
_CANCELLED = 1e-3
_CLOSE = 0.5


@dataclass(frozen=True, slots=True)
class Courses:
    """From `base` to `aim`, `value` now; times in years, an end of 0 is no deadline."""

    rows: Ints
    base: Figures
    aim: Figures
    value: Figures
    start: Ints
    now: Ints
    end: Ints
    way: Figures
    done: Figures

    def take(self, rows: Ints) -> Courses:
        """Some of the courses."""
        return Courses(
            self.rows[rows],
            self.base.take(rows),
            self.aim.take(rows),
            self.value.take(rows),
            self.start[rows],
            self.now[rows],
            self.end[rows],
            self.way.take(rows),
            self.done.take(rows),
        )


def follow(goals: Goals, courses: Courses, draft: Draft) -> Ints:
    """The figures of the courses into the draft.

    Gives for every goal whether the actual is above the path, 1 or -1, where the pace itself is
    undefined, else 0.
    """
    above = np.zeros(draft.length, dtype=np.int64)
    rows, figures = courses.rows, draft.figures
    draft.doubt[rows] |= sign_doubts(courses.way, courses.done)
    figures["share_done"][rows] = courses.done.values / courses.way.values
    _say(draft, rows, courses.end == 0, "no_deadline")
    compound = (goals.path[rows] == COMPOUND) & (courses.end > 0)
    if compound.any():
        places = np.flatnonzero(compound)
        forced = _forced_linear(courses.take(places), draft)
        _compound(courses.take(places[~forced]), draft)
        compound[places[forced]] = False
    straight = courses.take(np.flatnonzero(~compound & (courses.end > 0)))
    _straight(goals, straight, draft, above)
    _say(draft, rows, (courses.end > 0) & (courses.end <= courses.now), "no_time_left")
    return above


def _say(draft: Draft, rows: Ints, mask: Bools, code: str, **params: Floats) -> None:
    """Say something of some of the rows; params are numbers in the order of the rows."""
    if mask.any():
        whole = np.zeros(draft.length, dtype=bool)
        whole[rows] = mask
        draft.said.say(
            whole, code, **{name: _number(draft, rows, of) for name, of in params.items()}
        )


def _number(draft: Draft, rows: Ints, values: Floats) -> Number:
    spread = np.full(draft.length, np.nan)
    spread[rows] = values
    return Number(spread)


def _forced_linear(courses: Courses, draft: Draft) -> Bools:
    """Where growth rates make no sense (PROGRESS.md, section 3); says why."""
    base, aim = courses.base, courses.aim
    sign = (base.values <= 0) | (aim.values <= 0) | (courses.value.values < 0)
    tenth = aim * constant(SMALL_BASE, len(aim))
    rising = ~sign & (aim.values > base.values)
    small = rising & (base.values < tenth.values)
    draft.doubt[courses.rows] |= rising & doubtful(base, tenth)
    forced = np.zeros(draft.length, dtype=bool)
    forced[courses.rows] = sign | small
    draft.said.flag(forced, "path_forced_linear")
    for mask, code in ((sign, "linear_for_sign"), (small, "linear_for_small_base")):
        _say(draft, courses.rows, mask, code, base=base.values, goal=aim.values)
    return sign | small


def log_ratio(start: Floats, end: Floats, distance: Floats) -> Floats:
    """The logarithm of end / start, with all its digits wherever that is."""
    way = distance / start
    return np.where(np.abs(way) < _CLOSE, np.log1p(way), np.log(end / start))


def growth(start: Floats, end: Floats, distance: Floats, years: Floats | Ints) -> Floats:
    """The constant growth per year, in per cent, over a distance from start; NaN for none."""
    rate = np.expm1(log_ratio(start, end, distance) / years) * 100
    return np.where((start > 0) & (end >= 0) & (years > 0), rate, np.nan)


def _compound(courses: Courses, draft: Draft) -> None:
    rows, figures = courses.rows, draft.figures
    if not len(rows):
        return
    base, aim, value = courses.base.values, courses.aim.values, courses.value.values
    way = courses.way.values
    passed, whole = courses.now - courses.start, courses.end - courses.start
    actual = growth(base, value, courses.done.values, passed)
    required = growth(base, aim, way, whole)
    left = courses.aim - courses.value
    draft.doubt[rows] |= left.lost
    figures["pace"][rows] = np.where(way > 0, actual, -actual) / np.abs(required)
    figures["expected_now"][rows] = base * np.exp(log_ratio(base, aim, way) * (passed / whole))
    figures["needed"][rows] = growth(value, aim, left.values, courses.end - courses.now)
    figures["actual_rate"][rows] = actual
    figures["required_rate"][rows] = required


def _straight(goals: Goals, courses: Courses, draft: Draft, above: Ints) -> None:
    rows, figures = courses.rows, draft.figures
    if not len(rows):
        return
    base, way, value = courses.base.values, courses.way.values, courses.value
    passed, whole = courses.now - courses.start, courses.end - courses.start
    due = way * passed / whole
    over = passed == whole
    expected = rounded_figures(base + due).where(over, courses.aim)
    draft.doubt[rows] |= ~over & (np.abs(expected.values) < _CANCELLED * np.abs(base))
    milestones = goals.path[rows] == MILESTONES
    if milestones.any():
        due, expected = _between_milestones(goals, courses, milestones, due, expected, draft)
    onward = np.where(way > 0, due > 0, due < 0)
    figures["pace"][rows] = np.where(onward, courses.done.values / due, np.nan)
    figures["expected_now"][rows] = expected.values
    ahead = (value.values - expected.values) * np.where(way > 0, 1, -1) >= 0
    above[rows] = np.where(onward, 0, np.where(ahead, 1, -1))
    draft.doubt[rows] |= ~onward & doubtful(value, expected)
    _say(draft, rows, ~onward, "nothing_expected_yet", expected=expected.values)
    left = courses.aim - value
    draft.doubt[rows] |= left.lost
    years = courses.end - courses.now
    figures["needed"][rows] = np.where(years > 0, left.values / years, np.nan)
    figures["actual_rate"][rows] = courses.done.values / passed
    figures["required_rate"][rows] = way / whole


def _between_milestones(
    goals: Goals, courses: Courses, mask: Bools, due: Floats, expected: Figures, draft: Draft
) -> tuple[Floats, Figures]:
    """What is due and expected now on straight lines from the baseline through milestones."""
    places = np.flatnonzero(mask)
    some = courses.take(places)
    before, after, begins, ends = _around(goals, some)
    start_gap, step = before - some.base, after - before
    part = (some.now - begins) / (ends - begins)
    reached = some.now == ends
    way_on = step.values * part
    whole_gap = after - some.base
    found = np.where(reached, whole_gap.values, start_gap.values + way_on)
    size = np.maximum(np.abs(start_gap.values), np.abs(way_on))
    cancelled = ~reached & (way_on != 0) & (np.abs(found) < _CANCELLED * size)
    lost = start_gap.lost | step.lost | whole_gap.lost
    draft.doubt[some.rows] |= cancelled | lost
    exact = reached | ((step.values == 0) & ~step.computed)
    computed = rounded_figures(before.values + way_on)
    standing = computed.where(exact, after)
    size = np.maximum(np.abs(before.values), np.abs(way_on))
    draft.doubt[some.rows] |= ~exact & (np.abs(standing.values) < _CANCELLED * size)
    due = due.copy()
    due[places] = found
    return due, expected.put(places, standing)


def _around(goals: Goals, courses: Courses) -> tuple[Figures, Figures, Ints, Ints]:
    """The points of the line before and after now: their numbers and their times."""
    years = goals.milestone_years[courses.rows].astype(np.int64) + 1
    values = given(goals.milestone_values[courses.rows])
    on_line = (years > courses.start[:, np.newaxis]) & (years < courses.end[:, np.newaxis])
    before, after = courses.base, courses.aim
    begins, ends = courses.start, courses.end
    for column in range(years.shape[1]):
        year, point = years[:, column], Figures(values.values[:, column], values.places[:, column])
        passed = on_line[:, column] & (year < courses.now) & (year > begins)
        begins, before = np.where(passed, year, begins), before.where(passed, point)
        coming = on_line[:, column] & (year >= courses.now) & (year < ends)
        ends, after = np.where(coming, year, ends), after.where(coming, point)
    return before, after, begins, ends
