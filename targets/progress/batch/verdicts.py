"""Verdicts as columns, and one of them as the object that `evaluate` gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from indicators.periods import ReferencePeriod
from targets.progress.batch.columns import PROVENANCES, STATUSES, Bools, Codes, Floats, Ints
from targets.progress.batch.docket import NUMBERS, WORDS, Draft
from targets.progress.batch.figures import NEAR
from targets.progress.batch.known import Known
from targets.progress.comparators import Position
from targets.progress.reasons import FIGURES, Reason
from targets.progress.rules import Rules
from targets.progress.verdict import FLAGS, BaselineUsed, Trend, Verdict

POSITIONS: tuple[Position, ...] = get_args(Position)
TRENDS: tuple[Trend, ...] = get_args(Trend)
# Derived or no actual, then by certainty.
QUALIFIERS = ("", "exact", "about", "above", "below")
_YEARS = ("year", "since", "base")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdicts of n goals: figures NaN, words and years 0 for none.

    Only rows with `decided` hold; the others are for `evaluate`: what is not in whole years,
    and what lies so near to a threshold that floats cannot say on which side. `attained` is
    -1, 0 or 1; `position` and `trend` count from 1 in POSITIONS and TRENDS; the actual is that of
    `year`, summed from `since` on where that is earlier; `flags` has bit i for FLAGS[i];
    `qualifier` is a place in QUALIFIERS. The ids of the actuals used stand in `input_ids` one
    goal after the other, `input_counts` of each. The reasons of row i are
    `reason_sets[reason_index[i]]`.
    """

    decided: Bools
    status: Codes
    attained: Codes
    position: Codes
    trend: Codes
    year: NDArray[np.int16]
    since: NDArray[np.int16]
    base: NDArray[np.int16]
    provenance: Codes
    value: Floats
    goal: Floats
    completion: Floats
    share_done: Floats
    pace: Floats
    expected_now: Floats
    gap: Floats
    needed: Floats
    actual_rate: Floats
    required_rate: Floats
    base_value: Floats
    flags: NDArray[np.uint16]
    qualifier: Codes
    input_counts: NDArray[np.int32]
    input_ids: Ints
    reason_index: NDArray[np.int32]
    reason_sets: Sequence[tuple[Reason, ...]]

    def __len__(self) -> int:
        return len(self.decided)

    def verdict(self, row: int, rules: Rules) -> Verdict:
        """The verdict of one row, its figures as the decimals that the floats show."""
        position, trend = int(self.position[row]), int(self.trend[row])
        year, base = int(self.year[row]), int(self.base[row])
        start = int(self.input_counts[:row].sum())
        ids = self.input_ids[start : start + int(self.input_counts[row])]
        return Verdict(
            status=STATUSES[self.status[row]],
            attained=(None, True, False)[int(self.attained[row])],
            position=POSITIONS[position - 1] if position else None,
            value=_decimal(self.value[row]),
            goal=_decimal(self.goal[row]),
            **{name: _decimal(getattr(self, name)[row]) for name in FIGURES},
            trend=TRENDS[trend - 1] if trend else None,
            period=ReferencePeriod.of_months(int(self.since[row]), 1, year, 12) if year else None,
            baseline=self._baseline(row) if base else None,
            flags=tuple(f for bit, f in enumerate(FLAGS) if int(self.flags[row]) >> bit & 1),
            reasons=self.reason_sets[self.reason_index[row]],
            inputs=tuple(ids.tolist()),
            rule_version=rules.version,
        )

    def _baseline(self, row: int) -> BaselineUsed:
        period = ReferencePeriod.of_year(int(self.base[row]))
        value = Decimal(repr(float(self.base_value[row])))
        return BaselineUsed(period, value, PROVENANCES[self.provenance[row]])


def _decimal(figure: float) -> Decimal | None:
    return None if np.isnan(figure) else Decimal(repr(float(figure)))


class Collected:
    """The drafts of all families, row by row in the order of the goals."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.figures = {name: np.full(length, np.nan) for name in NUMBERS}
        self.words = {
            name: np.zeros(length, dtype=np.int16 if name in _YEARS else np.int8) for name in WORDS
        }
        self.decided = np.zeros(length, dtype=bool)
        self.flags = np.zeros(length, dtype=np.uint16)
        self.qualifier = np.zeros(length, dtype=np.int8)
        self.counts = np.zeros(length, dtype=np.int32)
        self.reasons = np.zeros(length, dtype=np.int32)
        self.sets: list[tuple[Reason, ...]] = [()]
        self._ids: list[tuple[Ints, Ints, Ints]] = []

    def add(self, rows: Ints, draft: Draft, levels: Known, rates: Known) -> None:
        """Take in the verdicts of one family."""
        for name in WORDS:
            self.words[name][rows] = draft.words[name]
        unbounded = np.zeros(len(rows), dtype=bool)
        undefined = np.zeros(len(rows), dtype=np.int64)
        for name in NUMBERS:
            column = draft.figures[name]
            self.figures[name][rows] = column
            unbounded |= np.isinf(column)
        for bit, name in enumerate(FIGURES):
            undefined |= np.isnan(draft.figures[name]).astype(np.int64) << bit
        self.flags[rows] = draft.said.flags
        qualifier, unsure = _qualifiers(draft, levels, rates)
        self.qualifier[rows] = qualifier
        self.decided[rows] = ~(draft.doubt | unbounded | unsure)
        index, sets = draft.said.written(undefined)
        self.reasons[rows] = index + len(self.sets)
        self.sets.extend(sets)
        if draft.ids:
            ids = np.stack(draft.ids, axis=1)
            there = ids != 0
            counts = there.sum(axis=1)
            self.counts[rows] = counts
            self._ids.append((rows, counts, ids[there]))

    def verdicts(self) -> Verdicts:
        """The whole."""
        ends = np.cumsum(self.counts, dtype=np.int64)
        flat = np.zeros(int(ends[-1]) if self.length else 0, dtype=np.int64)
        for rows, counts, ids in self._ids:
            begins = ends[rows] - counts
            own = np.cumsum(counts) - counts
            flat[np.repeat(begins - own, counts) + np.arange(len(ids))] = ids
        return Verdicts(
            decided=self.decided,
            **self.words,  # type: ignore[arg-type]
            **self.figures,
            flags=self.flags,
            qualifier=self.qualifier,
            input_counts=self.counts,
            input_ids=flat,
            reason_index=self.reasons,
            reason_sets=self.sets,
        )


def _qualifiers(draft: Draft, levels: Known, rates: Known) -> tuple[Ints, Bools]:
    """How the judged actuals were stated: of the levels, else of the rates, if it is theirs."""
    year, value = draft.words["year"], draft.figures["value"]
    single = np.where(draft.words["since"] == year, year, 0)
    result = np.zeros(len(year), dtype=np.int64)
    unsure = np.zeros(len(year), dtype=bool)
    for known in (rates, levels):
        there = known.value(single)
        same = there == value
        result = np.where(same, (known.mark(single) & 3) + np.int64(1), result)
        unsure |= ~same & (np.abs(there - value) <= NEAR * np.abs(value))
    return result, unsure
