"""How far along the stored path the actual is: shares of the way and of the time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from targets.progress.arithmetic import HUNDRED, ONE, ZERO, finite, power, ratio, yearly_rate, years
from targets.progress.goal import Path
from targets.progress.notes import Notes

SMALL_BASE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Course:
    """From `base` to `aim`, `value` now; months count from year 0, `end` None is no deadline."""

    base: Decimal
    aim: Decimal
    value: Decimal
    start: int
    now: int
    end: int | None
    path: Path
    milestones: tuple[tuple[int, Decimal], ...] = ()
    profile: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """The figures of a course. `above_path` answers where the pace itself is undefined."""

    share_done: Decimal | None = None
    pace: Decimal | None = None
    expected_now: Decimal | None = None
    needed: Decimal | None = None
    actual_rate: Decimal | None = None
    required_rate: Decimal | None = None
    above_path: bool | None = None


def follow(course: Course, notes: Notes) -> Pace:
    """The figures of the course; base and aim differ, and time has passed since the start."""
    share = ratio(course.value - course.base, course.aim - course.base)
    if course.end is None:
        notes.say("no_deadline")
        return Pace(share_done=share)
    if course.path == "compound":
        refusal = _no_compound(course)
        if refusal is None:
            return _compound(course, course.end, share, notes)
        notes.flag("path_forced_linear")
        notes.say(refusal, base=course.base, goal=course.aim)
    return _straight(course, course.end, share, notes)


def _no_compound(course: Course) -> str | None:
    """Why growth rates make no sense here, or None (PROGRESS.md, section 3)."""
    base, aim = course.base, course.aim
    if base <= 0 or aim <= 0 or course.value < 0:
        return "linear_for_sign"
    return "linear_for_small_base" if aim > base and base < SMALL_BASE * aim else None


def _compound(course: Course, end: int, share: Decimal | None, notes: Notes) -> Pace:
    done, whole = years(course.now - course.start), years(end - course.start)
    actual = yearly_rate(course.base, course.value, done)
    required = yearly_rate(course.base, course.aim, whole)
    pace = None
    if actual is not None and required is not None:
        signed = actual if course.aim > course.base else -actual
        pace = ratio(signed, abs(required))
    growth = ratio(course.aim, course.base)
    factor = None if growth is None else power(growth, done / whole)
    left = years(end - course.now)
    if left <= 0:
        notes.say("no_time_left")
    return Pace(
        share_done=share,
        pace=pace,
        expected_now=None if factor is None else finite(course.base * factor),
        needed=yearly_rate(course.value, course.aim, left),
        actual_rate=actual,
        required_rate=required,
    )


def _straight(course: Course, end: int, share: Decimal | None, notes: Notes) -> Pace:
    way = course.aim - course.base
    expected = _expected(course, end)
    due = expected - course.base
    pace = None
    above = None
    if (due > 0) == (way > 0) and due != 0:
        pace = ratio(course.value - course.base, due)
    else:
        above = (course.value - expected) * (1 if way > 0 else -1) >= 0
        notes.say("nothing_expected_yet", expected=expected)
    left = end - course.now
    if left <= 0:
        notes.say("no_time_left")
    return Pace(
        share_done=share,
        pace=pace,
        expected_now=finite(expected),
        needed=ratio(course.aim - course.value, years(left)),
        actual_rate=ratio(course.value - course.base, years(course.now - course.start)),
        required_rate=ratio(way, years(end - course.start)),
        above_path=above,
    )


def _expected(course: Course, end: int) -> Decimal:
    """Where the path is now."""
    if course.path == "milestones":
        return _between_milestones(course, end)
    if course.path == "seasonal":
        start = _seasonal(course.start, course.profile)
        passed = _seasonal(course.now, course.profile) - start
        whole = _seasonal(end, course.profile) - start
    else:
        passed, whole = Decimal(course.now - course.start), Decimal(end - course.start)
    # Multiplied before it is divided, so that half of an even way is exact.
    step = ratio((course.aim - course.base) * passed, whole)
    return course.base if step is None else course.base + step


def _seasonal(month: int, profile: tuple[Decimal, ...]) -> Decimal:
    """Years since year 0, with each year's time running as its declared shares do."""
    year, within = divmod(month, 12)
    quarter, rest = divmod(within, 3)
    return year + sum(profile[:quarter], ZERO) + profile[quarter] * rest / 3


def _between_milestones(course: Course, end: int) -> Decimal:
    """Straight lines from the baseline through the milestones to the goal."""
    points = {m: value for m, value in course.milestones if course.start < m < end}
    line = sorted({**points, course.start: course.base, end: course.aim}.items())
    # The actual is never later than the end, which is the last point of the line.
    (m0, v0), (m1, v1) = next(leg for leg in pairwise(line) if course.now <= leg[1][0])
    return v0 + (v1 - v0) * (course.now - m0) / (m1 - m0)


def average_still_needed(
    required: Decimal, so_far: Decimal, done: Decimal, whole: Decimal
) -> Decimal | None:
    """The average growth, per cent a year, that the years left must bring; done < whole."""
    goal = power(ONE + required / HUNDRED, whole)
    reached = power(ONE + so_far / HUNDRED, done)
    if goal is None or reached is None:
        return None
    return yearly_rate(reached, goal, whole - done)
