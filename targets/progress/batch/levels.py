"""Goals on levels: reached, added, summed up, changed or multiplied (`judge_level`)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from targets.progress.batch.baselines import Base, asked_for, resolve
from targets.progress.batch.columns import Bools, Floats, Ints, is_measure
from targets.progress.batch.criteria import (
    DECREASE,
    Bounds,
    Criteria,
    bounds_of,
    criteria_of,
    numbers,
    sign_doubts,
)
from targets.progress.batch.docket import (
    Docket,
    Draft,
    Reading,
    end_is_withheld,
    mark_calendar,
    pace_status,
    say_bound,
    trend_of,
    without_actual,
)
from targets.progress.batch.figures import Figures, constant, doubtful
from targets.progress.batch.found import Found, find
from targets.progress.batch.known import ALWAYS
from targets.progress.batch.paces import Courses, follow
from targets.progress.batch.said import Count, Number, Said

_HUNDREDTH = Decimal("0.01")


def level_criteria(
    docket: Docket, criteria: Criteria, base: Base, mask: Bools, said: Said
) -> tuple[Criteria, Bools]:
    """The tests that levels are put to, and which there are (`level_criterion`)."""
    goals, against = docket.goals, mask & docket.against_baseline
    if not against.any():
        return criteria, mask
    loose = against & ~base.firm
    said.say(loose, "criterion_needs_baseline")
    scaled = against & ~loose & (is_measure(goals, "multiple") | goals.in_per_cent)
    none = scaled & (base.value.values <= 0)
    said.say(none, "base_not_positive", value=Number(base.value.values))
    there = against & ~loose & ~none
    multiple = there & is_measure(goals, "multiple")
    per_cent = there & scaled & ~multiple
    if multiple.any():
        criteria = criteria.scaled(multiple, base.value)
    if per_cent.any():
        criteria = criteria.scaled(per_cent, base.value * constant(_HUNDREDTH, len(goals)))
    moved = there & ~multiple
    falling = moved & (goals.direction == DECREASE)
    if falling.any():
        # The number tells how far it falls: a larger fall is a lower level.
        criteria = criteria.mirrored(falling)
    return criteria.shifted(moved, base.value), mask & ~loose & ~none


def judge_levels(docket: Docket) -> Draft:
    """The verdicts of goals on levels."""
    draft = Draft(len(docket))
    said = draft.said
    asked = asked_for(docket, draft)
    found = find(docket, asked)
    reading = found.reading
    mark_calendar(docket, draft, [docket.levels], reading, found.ended)
    _without_reading(docket, draft, found)
    live = reading.year > 0
    draft.period(
        np.where(live, reading.year, draft.words["year"]),
        np.where(
            live, reading.year if reading.first is None else reading.first, draft.words["since"]
        ),
    )
    said.used(live, reading.period, reading.marks, reading.certainty)
    base = resolve(docket, asked, reading, live & (docket.against_baseline | ~found.summed), draft)
    criteria, there = level_criteria(
        docket, criteria_of(docket.goals, docket.rules), base, live, said
    )
    bounds, aim = bounds_of(criteria), criteria.aim
    draft.doubt |= there & sign_doubts(reading.value, aim, bounds.low, bounds.high)
    attained = _attained(docket, draft, found, bounds, live, there)
    courses, on_way = _courses(docket, found, base, aim, there)
    above = _paces(docket, draft, courses, bounds, found)
    _status(docket, draft, found, attained, there, on_way, above)
    _trend(docket, draft, found, base)
    draft.words["attained"] = attained
    draft.figures["value"] = reading.value.values
    _baseline(draft, base)
    _gap(docket, draft, reading, criteria, bounds, there)
    return draft


def _without_reading(docket: Docket, draft: Draft, found: Found) -> None:
    lost = found.no_start
    draft.said.say(lost, "no_start")
    if lost.any():
        draft.status(lost, "no_data")
        any_ = docket.levels.latest(np.full(len(docket), ALWAYS)) > 0
        draft.status(lost & any_, "not_assessable")
    nothing = (found.reading.year == 0) & ~lost
    without_actual(docket.levels, draft, nothing, found.low, found.high)


def _attained(
    docket: Docket, draft: Draft, found: Found, bounds: Bounds, live: Bools, there: Bools
) -> Ints:
    """1, -1, or 0 where the figures prove neither."""
    reading, said = found.reading, draft.said
    withheld = end_is_withheld(docket, docket.levels, draft, live & ~found.ended)
    open_ = there & ~withheld
    attained, doubt = bounds.holds(reading.value, reading.certainty)
    draft.doubt |= open_ & doubt
    attained = np.where(open_, attained, 0)
    say_bound(draft, open_ & (attained == 0), reading)
    if not found.summed.any():
        return attained
    capped = open_ & found.summed & ~found.ended & (attained == 1)
    capped &= ~np.isnan(bounds.high.values)
    said.say(capped, "cap_on_running_sum")
    partial = open_ & ~capped & found.summed & (found.days_missing > 0)
    said.say(partial, "sum_incomplete", days=Count(found.days_missing))
    # What is missing may still reach the goal, or break through a cap.
    unsure = partial & found.ended & ((attained != 1) | ~np.isnan(bounds.high.values))
    return np.where(capped | unsure, 0, attained)


def _courses(
    docket: Docket, found: Found, base: Base, aim: Figures, there: Bools
) -> tuple[Courses, Bools]:
    """The ways from the starts to the goals, and which goals have one."""
    running = found.first > 0
    start = np.where(running, found.first, base.year + 1)
    now = found.reading.year + 1
    on_way = there & (running | (base.year > 0)) & (now > start)
    origin = base.value
    if running.any():
        zero = Figures(np.zeros(len(aim)), np.zeros(len(aim), dtype=np.int16))
        origin = origin.where(running, zero)
    rows = np.flatnonzero(on_way)
    end = np.where(docket.end > 0, docket.end + 1, 0)
    start_, aim_, value = origin.take(rows), aim.take(rows), found.reading.value.take(rows)
    return (
        Courses(
            rows, start_, aim_, value, start[rows], now[rows], end[rows],
            aim_ - start_, value - start_,
        ),
        on_way,
    )  # fmt: skip


def _paces(docket: Docket, draft: Draft, courses: Courses, bounds: Bounds, found: Found) -> Ints:
    """The figures along the ways; 1, -1 or 0 as of `follow`, -2 where the start is at the goal."""
    rows = courses.rows
    low, high = bounds.low.take(rows), bounds.high.take(rows)
    local = replace(bounds, low=low, high=high, open=bounds.open[rows])
    same = courses.base.values == courses.aim.values
    met, doubt = local.contain(courses.base)
    draft.doubt[rows] |= doubt | doubtful(courses.base, courses.aim)
    summed = found.summed[rows]
    for mask, code in (
        (same, "baseline_equals_goal"),
        (~same & met & summed, "cap_on_running_sum"),
        (~same & met & ~summed, "baseline_already_met"),
    ):
        if mask.any():
            draft.said.say(_spread(draft, rows, mask), code)
    walking = np.flatnonzero(~same & ~met)
    walk = courses.take(walking)
    above = follow(docket.goals, walk, draft)
    above[rows[same | met]] = -2
    both = np.flatnonzero(~np.isnan(low.values[walking]) & ~np.isnan(high.values[walking]))
    if len(both):
        _beyond(draft, above, walk.take(both), replace(local, low=low.take(walking[both]),
                high=high.take(walking[both]), open=local.open[walking[both]]))  # fmt: skip
    return above


def _beyond(draft: Draft, above: Ints, courses: Courses, bounds: Bounds) -> None:
    """Past a number that was to be hit: faster than the path is not better."""
    inside, doubt = bounds.contain(courses.value)
    past = courses.value - courses.aim
    draft.doubt[courses.rows] |= doubt | past.lost
    beyond = ~inside & (past.values * np.sign(courses.way.values) > 0)
    if beyond.any():
        gap = np.full(draft.length, np.nan)
        gap[courses.rows] = past.values
        draft.said.say(_spread(draft, courses.rows, beyond), "beyond_the_goal", gap=Number(gap))
        for name in ("pace", "needed"):
            draft.figures[name][courses.rows[beyond]] = np.nan
        above[courses.rows[beyond]] = 0


def _spread(draft: Draft, rows: Ints, mask: Bools) -> Bools:
    whole = np.zeros(draft.length, dtype=bool)
    whole[rows[mask]] = True
    return whole


def _status(
    docket: Docket,
    draft: Draft,
    found: Found,
    attained: Ints,
    there: Bools,
    on_way: Bools,
    above: Ints,
) -> None:
    """One status, first match wins (PROGRESS.md, section 4)."""
    live, said = found.reading.year > 0, draft.said
    done = live & (attained == 1)
    said.flag(done & (docket.end > 0) & ~found.ended, "early")
    draft.status(done, "attained")
    missed = live & (attained == -1) & found.ended
    draft.status(missed, "missed")
    rest = live & ~done & ~missed
    draft.status(rest, "not_assessable")
    said.say(rest & (docket.end == 0), "no_deadline")
    rest &= (attained == -1) & there & (docket.end > 0)
    said.say(rest & ~on_way, "one_point")
    rest &= on_way
    draft.status(rest & (above == -2), "regressing")
    rest &= above != -2
    paced = rest & ~np.isnan(draft.figures["pace"])
    pace_status(docket, draft, paced)
    rest &= ~paced
    draft.status(rest & (above == 1), "on_track")
    back = draft.figures["share_done"] < 0
    draft.status(rest & (above == -1) & back, "regressing")
    draft.status(rest & (above == -1) & ~back, "off_track")


def _trend(docket: Docket, draft: Draft, found: Found, base: Base) -> None:
    """The arrow, and the ids of all actuals used, in the order of use."""
    known, reading, flow = docket.levels, found.reading, docket.flow
    live = reading.year > 0
    year = known.latest(reading.year - 1)
    if flow.any():
        # A running sum compares with the year before it; a sum of years with nothing.
        several = reading.year > (reading.year if reading.first is None else reading.first)
        whole = ~flow | ~found.summed | (year == reading.year - 1)
        year = np.where(flow & several | ~whole, 0, year)
    year = np.where(live, year, 0)
    before = known.value(year)
    from_base = live & (year == 0) & (base.year > 0) & (base.year < reading.year)
    value = Figures(np.where(from_base, base.value.values, before), base.value.places * from_base)
    trend_of(reading.value, value, draft)
    at_base = base.year == reading.year
    ids = known.id(year)
    # An actual that was used as baseline is not listed again.
    again = (year == base.year) & (base.ids != 0)
    draft.ids.extend(found.ids.T)
    draft.ids.append(np.where(at_base, 0, base.ids))
    draft.ids.append(np.where(again, 0, ids))


def _baseline(draft: Draft, base: Base) -> None:
    draft.words["base"] = base.year
    draft.words["provenance"] = np.where(base.year > 0, base.provenance, 0)
    draft.figures["base_value"] = np.where(base.year > 0, base.value.values, np.nan)


def _gap(
    docket: Docket,
    draft: Draft,
    reading: Reading,
    criteria: Criteria,
    bounds: Bounds,
    there: Bools,
) -> None:
    """The figures that need no path: goal, gap, completion, position."""
    figures, said, aim = draft.figures, draft.said, criteria.aim
    zero = there & (aim.values == 0)
    done = there & (draft.words["attained"] == 1)
    position, doubt = bounds.position(reading.value, reading.certainty)
    draft.words["position"] = np.where(there, position, 0)
    gap = reading.value - aim
    draft.doubt |= there & (doubt | gap.lost)
    figures["goal"], figures["gap"] = numbers(aim, there), numbers(gap, there)
    share = np.where(zero, np.nan, reading.value.values / aim.values)
    added = docket.against_baseline & is_measure(docket.goals, "increment", "cumulative")
    completion: Floats = np.where(added, figures["share_done"], share)
    figures["completion"] = np.where(there, completion, np.nan)
    figures["needed"] = np.where(done, np.nan, figures["needed"])
    said.say(zero, "goal_is_zero")
    said.say(done, "already_attained")
