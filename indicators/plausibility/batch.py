"""Which of many values `check` might say something about: NumPy, far under a second for 100,000.

A mask of suspects may hold too many and never too few: only floats are compared here, with wide
margins, and `check` decides exactly about the suspects. Values have at most 15 significant digits
(what a reader of numbers accepts), so that two that differ are different floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from indicators.plausibility.checking import DEFAULTS
from indicators.plausibility.jumps import MAD_TO_DEVIATION
from indicators.plausibility.known import LEVELS, POINTS, Kind
from indicators.plausibility.rules import Rules
from indicators.plausibility.slips import SLIPS

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

CODES = {kind: place for place, kind in enumerate(Kind)}
"""The small integer that stands for a kind in `Columns.kind`: count 0, money 1 … rate 4."""

_NEAR = 1e-9
_WHOLE = 2.5e-16


@dataclass(frozen=True)
class Columns:
    """The candidates with what is known around each, one row each; NaN is "there is none".

    Everything has n rows and is in the row's own unit, as in `Context`:
    `value` NaN is a declared missing value; `kind` of CODES; `exponent` the power of ten of the
    unit; `stock`, `bounded` as in `Context`; `last`, `steps` (1 where unknown), `following`,
    `last_year`, `stored`, `later` (later_periods). `history` (n x h) are earlier values, oldest
    first and NaN in front where there are fewer, its last column is `last`; `history_steps` the
    periods between each and the one before it. `early`: the period ends after today. `total`,
    `parts` (the sum of the known districts), `parts_missing`: only where the indicator sums over
    regions and a district is known. `whole`: the smallest of the wholes, `piece`: the largest of
    the pieces. `rate`: the published growth of a level; `level`, `level_before`: the levels of a
    rate. `always`: to be checked whatever the numbers say, above all where there is another
    statement of the cell or where its rules are other than the `rules` of the call.
    """

    value: Floats
    kind: Ints
    exponent: Ints | None = None
    stock: Bools | None = None
    bounded: Bools | None = None
    last: Floats | None = None
    steps: Ints | None = None
    following: Floats | None = None
    last_year: Floats | None = None
    stored: Floats | None = None
    later: Bools | None = None
    history: Floats | None = None
    history_steps: Ints | None = None
    early: Bools | None = None
    total: Floats | None = None
    parts: Floats | None = None
    parts_missing: Bools | None = None
    whole: Floats | None = None
    piece: Floats | None = None
    rate: Floats | None = None
    level: Floats | None = None
    level_before: Floats | None = None
    always: Bools | None = None


def suspects(columns: Columns, rules: Rules = DEFAULTS) -> Bools:
    """True where `check` may speak under these rules, False only where it does not; n booleans.

    Whether a rule is active or grave makes no difference here.
    """
    with np.errstate(all="ignore"):
        marked = _limits(columns, rules) | _against_last(columns, rules)
        marked |= _repeats(columns, rules) | _relatives(columns, rules)
        if columns.history is not None:
            marked |= _points(columns, columns.history, rules)
        there = ~np.isnan(columns.value)
        marked &= there
    for flags in (columns.early, columns.always):
        if flags is not None:
            marked |= flags
    return marked


def _is(columns: Columns, kinds: frozenset[Kind]) -> Bools:
    found: Bools = np.isin(columns.kind, [CODES[kind] for kind in kinds])
    return found


def _near(value: Floats, other: Floats, factor: Floats | float) -> Bools:
    """Where value / other may lie within [1 / factor, factor]."""
    quotient = value / other
    near: Bools = (quotient * factor >= 1 - _NEAR) & (quotient <= factor * (1 + _NEAR))
    return near


def _limits(columns: Columns, rules: Rules) -> Bools:
    """Sign, a hundred per cent, bounds and wholeness."""
    value, count = columns.value, columns.kind == CODES[Kind.COUNT]
    money, share = columns.kind == CODES[Kind.MONEY], columns.kind == CODES[Kind.SHARE]
    if columns.stock is not None:
        money &= columns.stock
    if columns.bounded is not None:
        share &= columns.bounded
    marked: Bools = (count | money | share) & (value < 0)
    marked |= share & (value > 100)
    bounds = rules["out_of_bounds"]
    least, most = bounds.optional("min"), bounds.optional("max")
    if least is not None:
        marked |= value <= float(least)
    if most is not None:
        marked |= value >= float(most)
    single = value
    if columns.exponent is not None:
        single = value * np.power(10.0, columns.exponent)
    marked |= count & (np.abs(single - np.rint(single)) > _WHOLE * np.abs(single))
    return marked


def _against_last(columns: Columns, rules: Rules) -> Bools:
    """Jumps, slips of the unit, fractions for percentages, and changed earlier values."""
    value = columns.value
    marked = np.zeros(len(value), bool)
    if columns.stored is not None and columns.later is not None:
        stored = columns.stored
        marked |= columns.later & ~np.isnan(stored) & (stored != value)
    if columns.last is None:
        return marked
    last = columns.last
    known = ~np.isnan(last) & (last != 0)
    steps = np.ones(len(value)) if columns.steps is None else columns.steps.astype(float)
    jump = rules["jump"]
    factor = float(jump.number("factor")) ** np.minimum(steps, float(jump.number("longest")))
    quotient = value / last
    close = (quotient * factor > 1 + _NEAR) & (quotient < factor * (1 - _NEAR))
    if columns.history is not None:
        changes = _changes(columns, columns.history)
        own = (~np.isnan(changes)).sum(axis=1) >= float(jump.number("known"))
        own &= quotient > 0
        close[own] = _usual(
            np.log(quotient[own]) / steps[own], changes[own],
            float(jump.number("spread") * MAD_TO_DEVIATION), float(np.log1p(float(jump.number("least")))),
        )  # fmt: skip
    slips = np.zeros(len(value), bool)
    for exponent in SLIPS:
        for shift in (exponent, -exponent):
            slips |= _near(value, last * 10.0**shift, 2.0)
    marked |= _is(columns, LEVELS) & known & (~close | slips)
    fraction = _near(value, last / 100, 2.0) | _near(value, last * 100, 2.0)
    marked |= _is(columns, POINTS) & known & fraction
    return marked


def _steps(columns: Columns, history: Floats) -> Floats:
    if columns.history_steps is None:
        return np.ones((len(history), max(history.shape[1] - 1, 0)))
    return columns.history_steps[:, 1:].astype(float)


def _changes(columns: Columns, history: Floats) -> Floats:
    """Logarithmic changes a period, NaN where there is none."""
    quotient = history[:, 1:] / history[:, :-1]
    return np.log(np.where(quotient > 0, quotient, np.nan)) / _steps(columns, history)


def _usual(change: Floats, changes: Floats, spread: float, least: float) -> Bools:
    """Where a change surely lies within what its series has shown.

    The median lies between the smallest and the largest: most rows need no more than these.
    """
    low, high = np.fmin.reduce(changes, axis=1), np.fmax.reduce(changes, axis=1)
    surely: Bools = (change > high - least + _NEAR) & (change < low + least - _NEAR)
    (open_,) = np.nonzero(~surely)
    rest = changes[open_]
    middle = _medians(rest)
    width = np.maximum(spread * _medians(np.abs(rest - middle[:, None])), least)
    surely[open_] = np.abs(change[open_] - middle) < width - _NEAR
    return surely


def _medians(rows: Floats) -> Floats:
    """The median of each row without its NaNs; every row has a number."""
    ordered = np.sort(rows, axis=1)  # NaNs last
    known = (~np.isnan(ordered)).sum(axis=1)
    every = np.arange(len(rows))
    middle: Floats = (ordered[every, (known - 1) // 2] + ordered[every, known // 2]) / 2
    return middle


def _points(columns: Columns, history: Floats, rules: Rules) -> Bools:
    """Changes in points against the series' own."""
    rule, value = rules["jump_in_points"], columns.value
    marked = np.zeros(len(value), bool)
    sizes = np.abs(np.diff(history, axis=1)) / _steps(columns, history)
    enough = (~np.isnan(sizes)).sum(axis=1) >= float(rule.number("known"))
    moved = np.abs(value - history[:, -1])
    (rows,) = np.nonzero(
        _is(columns, POINTS) & enough & (moved > float(rule.number("least")) * (1 - _NEAR) - _NEAR)
    )
    steps = np.ones(len(value)) if columns.steps is None else columns.steps.astype(float)
    allowed = _medians(sizes[rows]) * float(rule.number("times")) * steps[rows]
    marked[rows] = moved[rows] > allowed * (1 - _NEAR) - _NEAR
    return marked


def _repeats(columns: Columns, rules: Rules) -> Bools:
    """Last year's value again, or a neighbour's up to rounding."""
    value = columns.value
    marked = np.zeros(len(value), bool)
    if columns.last_year is not None:
        marked |= np.abs(value - columns.last_year) <= np.abs(value) * 1e-12
        marked &= value != 0
    # Half a unit of the last place, of a number with that many significant digits.
    share = 0.5 * 10.0 ** (1 - float(rules["near_repeat"].number("digits")))
    for other in (columns.last, columns.following):
        if other is not None:
            apart = np.abs(value - other)
            larger = np.maximum(np.abs(value), np.abs(other))
            close = (apart <= 0.5 + _NEAR) & (apart <= larger * share * 1.01) & (apart > 0)
            both_whole = (value == np.rint(value)) & (other == np.rint(other))
            marked |= close & ~both_whole
    return marked


def _relatives(columns: Columns, rules: Rules) -> Bools:
    """Districts against the city, parts against wholes, growth against levels."""
    value = columns.value
    marked = np.zeros(len(value), bool)
    if columns.parts is not None:
        total = value if columns.total is None else np.where(
            np.isnan(columns.total), value, columns.total
        )  # fmt: skip
        over = columns.parts - total
        tolerance = float(rules["parts_do_not_add_up"].number("tolerance")) * np.abs(total)
        wide = np.abs(over) > tolerance * (1 - _NEAR) - _NEAR * np.abs(columns.parts)
        if columns.parts_missing is not None:
            wide &= ~columns.parts_missing | (over > -_NEAR * np.abs(columns.parts))
        marked |= wide & ~np.isnan(columns.parts)
    if columns.whole is not None:
        marked |= value >= columns.whole
    if columns.piece is not None:
        marked |= value <= columns.piece
    tolerance_of_growth = float(rules["growth_against_levels"].number("tolerance"))
    if columns.level is not None and columns.level_before is not None:
        marked |= _apart(columns.level, columns.level_before, value, tolerance_of_growth)
    if columns.rate is not None and columns.last_year is not None:
        marked |= _apart(value, columns.last_year, columns.rate, tolerance_of_growth)
    return marked


def _apart(now: Floats, before: Floats, rate: Floats, tolerance: float) -> Bools:
    """Where a growth in per cent may differ from that of two levels by more than is tolerated."""
    computed = (now / before - 1) * 100
    margin = _NEAR * np.maximum(1, np.abs(computed))
    apart: Bools = (before > 0) & (np.abs(computed - rate) > tolerance - margin)
    return apart
