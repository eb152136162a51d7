"""The goals of one family with all they are judged by, and the verdicts as they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from targets.progress.batch.columns import (
    ABOVE,
    BELOW,
    BROKEN,
    CERTAINTY,
    EITHER,
    PROVISIONAL,
    STATUSES,
    Bools,
    Floats,
    Goals,
    Ints,
)
from targets.progress.batch.figures import Figures, reaches
from targets.progress.batch.known import Known
from targets.progress.batch.said import Number, Said, Years
from targets.progress.rules import Rules
from targets.progress.verdict import Status

NUMBERS = (
    "value",
    "goal",
    "completion",
    "share_done",
    "pace",
    "expected_now",
    "gap",
    "needed",
    "actual_rate",
    "required_rate",
    "base_value",
)
WORDS = ("status", "attained", "position", "trend", "year", "since", "base", "provenance")
CODE: dict[Status, int] = {status: code for code, status in enumerate(STATUSES)}
UP, DOWN, FLAT = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Docket:
    """Goals of one family, their actuals by a day in the year `today`, and the rules."""

    goals: Goals
    levels: Known
    rates: Known
    today: int
    rules: Rules
    start: Ints = field(init=False)
    end: Ints = field(init=False)
    flow: Bools = field(init=False)
    against_baseline: Bools = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.goals.start.astype(np.int64))
        object.__setattr__(self, "end", self.goals.end.astype(np.int64))
        object.__setattr__(self, "flow", self.goals.is_flow)
        object.__setattr__(self, "against_baseline", self.goals.against_baseline)

    def __len__(self) -> int:
        return len(self.goals)

    @property
    def sources(self) -> tuple[Known, Known]:
        """Both series, the published one first."""
        return self.rates, self.levels


@dataclass(slots=True)
class Draft:
    """The columns of verdicts: figures NaN for none, words 0 for none; `doubt` undoes a row."""

    length: int
    said: Said = field(init=False)
    figures: dict[str, Floats] = field(init=False)
    words: dict[str, Ints] = field(init=False)
    doubt: Bools = field(init=False)
    ids: list[Ints] = field(init=False)

    def __post_init__(self) -> None:
        self.said = Said(self.length)
        self.figures = {name: np.full(self.length, np.nan) for name in NUMBERS}
        self.words = {name: np.zeros(self.length, dtype=np.int64) for name in WORDS}
        self.doubt = np.zeros(self.length, dtype=bool)
        self.ids = []

    def status(self, mask: Bools, word: Status) -> None:
        """The status of the rows of the mask."""
        self.words["status"][mask] = CODE[word]

    def period(self, last: Ints, first: Ints | None = None) -> Years:
        """Keep the period of the actuals, and give it for the reasons."""
        self.words["year"], self.words["since"] = last, last if first is None else first
        return Years(last, first)


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures judged (`Reading`); the year is 0 and the number NaN where there is none."""

    year: Ints
    value: Figures
    certainty: Ints
    marks: NDArray[np.uint8]
    first: Ints | None = None

    @property
    def period(self) -> Years:
        """The period of each figure."""
        return Years(self.year, self.first)


def marks_of(provisional: Bools, broken: Bools) -> NDArray[np.uint8]:
    """The mark of a figure that was made of several."""
    return np.asarray(provisional * np.uint8(PROVISIONAL) | broken * np.uint8(BROKEN))


def certainty_of(marks: NDArray[np.uint8]) -> Ints:
    """How certain the actuals of these marks are."""
    return (marks & CERTAINTY).astype(np.int64)


def together(*certainties: Ints) -> Ints:
    """How certain figures are that are made of others of these certainties."""
    seen = np.zeros(len(certainties[0]), dtype=np.int64)
    for certainty in certainties:
        seen |= 1 << certainty
    return _TOGETHER[seen]


# By the set of certainties, a bit for each: exact 1, about 2, above 4, below 8, either 16.
_TOGETHER = np.array(
    [
        {0: int(about), 1: ABOVE, 2: BELOW}.get(bounds, EITHER)
        for bounds in range(8)
        for about in (False, False, True, True)
    ]
)


def mark_calendar(
    docket: Docket, draft: Draft, sources: Sequence[Known], reading: Reading, ended: Bools
) -> None:
    """Flag an end that has passed without its actual, and an actual that is too old.

    `sources` are the series that the actual of the end may come from.
    """
    end, said = docket.end, draft.said
    over = ~ended & (end > 0) & (docket.today > end)
    for known in sources:
        if over.any():
            over &= ~known.is_withheld(end)
    said.flag(over, "awaiting_actual")
    said.say(over, "awaiting_actual", period=Years(end))
    stale = ~ended & (reading.year > 0) & (reading.year < docket.today - 1)
    said.flag(stale, "stale_data")
    said.say(stale, "stale_data", period=reading.period)


def without_actual(known: Known, draft: Draft, mask: Bools, low: Ints, high: Ints) -> None:
    """No number to judge by: because it is withheld, or because there is none."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    last = np.zeros(len(mask), dtype=np.int64)
    last[rows] = known.take(rows).last_withheld(low[rows], high[rows])
    withheld = mask & (last > 0)
    known.say_withheld(withheld, last, draft.said)
    draft.status(withheld, "not_assessable")
    for name in ("year", "since"):
        draft.words[name] = np.where(withheld, last, draft.words[name])
    draft.said.say(mask & (last == 0), "no_actual")
    draft.status(mask & (last == 0), "no_data")


def end_is_withheld(docket: Docket, known: Known, draft: Draft, mask: Bools) -> Bools:
    """Whether the actual of the end period is confidential or not applicable; says which."""
    if not mask.any():
        return mask
    withheld = mask & (docket.end > 0) & known.is_withheld(docket.end)
    known.say_withheld(withheld, docket.end, draft.said)
    return withheld


def pace_status(docket: Docket, draft: Draft, mask: Bools) -> None:
    """The status of the paces of these rows, compared at 9 decimals."""
    rows = np.flatnonzero(mask)
    pace, rules = draft.figures["pace"][rows], docket.rules
    (over, d0), (lagging, d1), (on_track, d2), (ahead, d3) = (
        reaches(pace, threshold)
        for threshold in (rules.on_track * 0, rules.lagging, rules.on_track, rules.ahead)
    )
    draft.doubt[rows] |= d0 | d1 | d2 | d3
    status = np.where(lagging, CODE["lagging"], CODE["off_track"])
    status = np.where(on_track, CODE["on_track"], status)
    draft.words["status"][rows] = np.where(over, status, CODE["regressing"])
    flagged = np.zeros(len(mask), dtype=bool)
    flagged[rows] = over & on_track & ahead
    draft.said.flag(flagged, "ahead")


def trend_of(now: Figures, before: Figures, draft: Draft) -> None:
    """The arrow from the reading before to this one."""
    one, other = now.values, before.values
    arrow = np.where(one > other, UP, np.where(one < other, DOWN, FLAT))
    draft.words["trend"] = np.where(np.isnan(one) | np.isnan(other), 0, arrow)
    computed = (now.computed | before.computed) & ~np.isnan(one) & ~np.isnan(other)
    size = np.maximum(np.abs(one), np.abs(other))
    draft.doubt |= computed & (np.abs(one - other) <= 1e-12 * size)


def say_bound(draft: Draft, mask: Bools, reading: Reading) -> None:
    """A bound that proves neither success nor failure."""
    draft.said.say(
        mask,
        "bound_proves_nothing",
        period=reading.period,
        value=Number(reading.value.values),
    )
