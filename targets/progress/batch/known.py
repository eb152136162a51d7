"""What is known by a day, as columns: the actual of a year, the last one up to a year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from targets.progress.batch.columns import (
    CONFIDENTIAL,
    NOT_APPLICABLE,
    WITHHELD,
    Bools,
    Floats,
    Ints,
    Series,
)
from targets.progress.batch.said import Said, Years

ALWAYS = 9999  # a year after every other


@dataclass(frozen=True, slots=True)
class Known:
    """The actuals whose year was over by a day; `rows` are those of the goals at hand.

    Years are whole numbers, 0 for none.
    """

    first_year: int
    values: Floats
    marks: NDArray[np.uint8]
    ids: Ints
    last: NDArray[np.int16] = field(repr=False)
    rows: Ints = field(repr=False)

    @classmethod
    def of(cls, series: Series, as_of: date) -> Self:
        """The part of the series that is known by the end of a day."""
        over = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
        width = max(0, min(series.values.shape[1], over - series.first_year + 1))
        values, marks, ids = (
            series.values[:, :width],
            series.marks[:, :width],
            series.ids[:, :width],
        )
        if not width:
            values = np.full((len(series), 1), np.nan)
            marks = np.zeros(values.shape, dtype=np.uint8)
            ids = np.zeros(values.shape, dtype=np.int64)
        last = np.empty(values.shape, dtype=np.int16)
        running = np.full(len(values), -1, dtype=np.int16)
        for column in range(values.shape[1]):
            running = np.where(np.isnan(values[:, column]), running, np.int16(column))
            last[:, column] = running
        return cls(series.first_year, values, marks, ids, last, np.arange(len(values)))

    def take(self, rows: Ints) -> Self:
        """The same for some of the rows."""
        return type(self)(
            self.first_year, self.values, self.marks, self.ids, self.last, self.rows[rows]
        )

    @property
    def width(self) -> int:
        """The number of years in the table."""
        return int(self.values.shape[1])

    @property
    def years(self) -> range:
        """The years in the table."""
        return range(self.first_year, self.first_year + self.width)

    def _place(self, year: Ints) -> tuple[Ints, Bools]:
        column = year - self.first_year
        inside = (column >= 0) & (column < self.width)
        return np.where(inside, column, 0), inside

    def value(self, year: Ints) -> Floats:
        """The number of a year, NaN for none."""
        column, inside = self._place(year)
        return np.where(inside, self.values[self.rows, column], np.nan)

    def mark(self, year: Ints) -> NDArray[np.uint8]:
        """The mark of a year's actual, 0 for none."""
        column, inside = self._place(year)
        return np.where(inside, self.marks[self.rows, column], np.uint8(0))

    def id(self, year: Ints) -> Ints:
        """The id of a year's actual, 0 for none."""
        column, inside = self._place(year)
        return np.where(inside, self.ids[self.rows, column], 0)

    def latest(self, year: Ints) -> Ints:
        """The last year up to this one that has a number."""
        column = np.minimum(year - self.first_year, self.width - 1)
        found = self.last[self.rows, np.maximum(column, 0)].astype(np.int64)
        return np.where((column >= 0) & (found >= 0), found + self.first_year, 0)

    def first_between(self, after: Ints, before: Ints) -> Ints:
        """The first year with a number after one year and before another."""
        result = np.zeros(len(self.rows), dtype=np.int64)
        for year in reversed(self.years):
            there = (after < year) & (year < before) & ~np.isnan(self.column(year))
            result[there] = year
        return result

    def column(self, year: int) -> Floats:
        """The numbers of one year."""
        place = year - self.first_year
        if not 0 <= place < self.width:
            return np.full(len(self.rows), np.nan)
        return np.asarray(self.values[self.rows, place])

    def is_withheld(self, year: Ints) -> Bools:
        """Whether a year's actual is confidential or not applicable."""
        return np.asarray((self.mark(year) & WITHHELD) != 0)

    def last_withheld(self, low: Ints, high: Ints) -> Ints:
        """The last year from one to another whose actual is withheld."""
        result = np.zeros(len(self.rows), dtype=np.int64)
        for year in self.years:
            withheld = (self.marks[self.rows, year - self.first_year] & WITHHELD) != 0
            result[withheld & (low <= year) & (year <= high)] = year
        return result

    def say_withheld(self, mask: Bools, year: Ints, said: Said) -> None:
        """Say why a year's number is withheld."""
        if mask.any():
            marks = self.mark(year)
            said.say(mask & ((marks & CONFIDENTIAL) != 0), "confidential", period=Years(year))
            said.say(mask & ((marks & NOT_APPLICABLE) != 0), "not_applicable", period=Years(year))
