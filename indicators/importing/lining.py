"""The values of a file and the approved ones beside it, as series in NumPy columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from indicators.importing.checking import Checker
from indicators.models import Region
from indicators.plausibility import Past

HISTORY = 12
"""Earlier values of a series that are looked at."""
_STRIDE = 40_000  # more than the months of all years that are read


def decimal_of(value: float) -> Decimal | None:
    """A number of at most fifteen digits back as it was written; None for NaN."""
    return None if value != value else Decimal(f"{value:.15g}")


class Series:
    """All known values, sorted by series, length of the period and time; the file's come first.

    A value of the file stands in place of the approved one of its cell, which is `stored`.
    """

    def __init__(self, checker: Checker, today: date) -> None:
        self.today, self.names, values = today, checker.names, checker.values
        self.cells = np.frombuffer(values.cells, dtype=np.int64)
        self.value = np.frombuffer(values.values, dtype=np.float64)
        self.stored = np.full(len(self.cells), np.nan)
        others: list[tuple[int, float]] = []
        for cell, standing in checker.present.cells.items():
            row = standing.approved
            if row is None or row.value is None:
                continue
            index = values.index.get(cell)
            if index is None:
                others.append((cell, float(row.value)))
            else:
                self.stored[index] = float(row.value)
        extra = np.array([cell for cell, _value in others], dtype=np.int64)
        self.all_cells = np.concatenate([self.cells, extra])
        self.all_values = np.concatenate([self.value, [value for _cell, value in others]])
        about_of = checker.names.about_of
        self.abouts = [about_of[int(number)] for number in np.unique(self.cells >> 44)]
        self._in_time()

    def _in_time(self) -> None:
        """The months of every value, and the order of all that are known."""
        lengths: dict[tuple[str, int], int] = {}
        facts = [
            (lengths.setdefault((p.kind, p.months), len(lengths)), p.end_month,
             p.months if p.kind in ("half", "quarter", "month") else 12, p.last_day > self.today)
            for p in (when.period for when in self.names.by_number)
        ]  # fmt: skip
        kind, end, length, early = (np.array(c, dtype=np.int64) for c in zip(*facts, strict=True))
        when, n = self.all_cells & 0xFFFFFF, len(self.cells)
        self.end, self.length = end[when], length[when[:n]]
        self.early = early[when[:n]].astype(bool)
        groups = (self.all_cells >> 24) * 64 + kind[when]
        _names, rank = np.unique(groups, return_inverse=True)
        keys = rank * _STRIDE + self.end
        known = np.flatnonzero(~np.isnan(self.all_values))
        self.order = known[np.argsort(keys[known], kind="stable")]
        self.sorted_key, self.sorted_rank = keys[self.order], rank[self.order]
        self.sorted_end, self.sorted_value = self.end[self.order], self.all_values[self.order]
        self.key, self.rank = keys[:n], rank[:n]
        self.at = np.searchsorted(self.sorted_key, self.key)
        self.own = (~np.isnan(self.value)).astype(np.int64)
        self.year_at = np.searchsorted(self.sorted_key, self.key - 12)

    def _take(self, places: Any, rank: Any) -> tuple[Any, Any]:
        """The known values at these places and their months; NaN where another series begins."""
        n = len(self.sorted_value)
        if n == 0:
            return np.full(len(places), np.nan), np.zeros(len(places), dtype=np.int64)
        safe = np.clip(places, 0, n - 1)
        there = (places >= 0) & (places < n) & (self.sorted_rank[safe] == rank)
        return np.where(there, self.sorted_value[safe], np.nan), np.where(
            there, self.sorted_end[safe], 0
        )

    def neighbours(self, part: slice) -> dict[str, Any]:
        """The columns of `Columns` that tell of earlier and later values of the same series."""
        at, rank, length = self.at[part], self.rank[part], self.length[part]
        taken = [self._take(at - back, rank) for back in range(HISTORY + 1, 0, -1)]
        ends = np.stack([end for _value, end in taken], axis=1)
        history = np.stack([value for value, _end in taken[1:]], axis=1)
        apart = np.maximum(np.diff(ends, axis=1) // length[:, None], 1)
        last, last_end = taken[-1]
        end = self.end[: len(self.cells)][part]
        following, _end = self._take(at + self.own[part], rank)
        last_year, year_end = self._take(self.year_at[part], rank)
        return {
            "last": last,
            "steps": np.where(np.isnan(last), 1, np.maximum((end - last_end) // length, 1)),
            "following": following,
            "last_year": np.where(year_end == end - 12, last_year, np.nan),
            "later": ~np.isnan(following),
            "history": history,
            "history_steps": apart,
        }

    def districts(self, sums: Any) -> tuple[Any, Any, Any]:
        """For values that add up over regions: the city's, the sum of its districts, any missing."""
        places = self.names.places
        city = np.full(len(places), -1, dtype=np.int64)
        is_district = np.zeros(len(places), dtype=bool)
        number_of_districts = np.zeros(len(places), dtype=np.int64)
        for place in places.values():
            if place.region.kind == Region.Kind.DISTRICT and place.region.parent_id in places:
                parent = places[place.region.parent_id].number
                city[place.number], is_district[place.number] = parent, True
                number_of_districts[parent] += 1
        where = self.all_cells >> 24 & 0xFFFFF
        home = np.where(is_district[where], city[where], where)
        group = (self.all_cells >> 44 << 44) | (home << 24) | (self.all_cells & 0xFFFFFF)
        _names, rank = np.unique(group, return_inverse=True)
        known, n = ~np.isnan(self.all_values), len(self.cells)
        parts, count = np.zeros(len(_names)), np.zeros(len(_names), dtype=np.int64)
        part = is_district[where] & known
        np.add.at(parts, rank[part], self.all_values[part])
        np.add.at(count, rank[part], 1)
        total = np.full(len(_names), np.nan)
        whole = ~is_district[where] & known
        total[rank[whole]] = self.all_values[whole]
        own, applies = rank[:n], sums & (number_of_districts[home[:n]] > 0)
        # Without a total of the city a district is held against nothing.
        applies &= ~is_district[where[:n]] | ~np.isnan(total[own])
        some = applies & (count[own] > 0)
        return (
            np.where(some, total[own], np.nan),
            np.where(some, parts[own], np.nan),
            count[own] < number_of_districts[home[:n]],
        )

    def around(self, index: int) -> dict[str, Any]:
        """The fields of a `Context` that tell of the series of one value."""
        past = self._history(index)
        following = int(self.at[index] + self.own[index])
        has_following = self._same(following, index)
        year = int(self.year_at[index])
        has_year = self._same(year, index) and self.sorted_end[year] == self.end[index] - 12
        return {
            "last": past[-1].value if past else None,
            "last_period": past[-1].period if past else "",
            "steps": self._apart(int(self.at[index]) - 1, index),
            "history": tuple(past),
            "following": self._value(following) if has_following else None,
            "following_period": self._period(following) if has_following else "",
            "last_year": self._value(year) if has_year else None,
            "stored": decimal_of(self.stored[index]),
            "later_periods": has_following,
        }

    def _same(self, place: int, index: int) -> bool:
        n = len(self.sorted_rank)
        return 0 <= place < n and bool(self.sorted_rank[place] == self.rank[index])

    def _value(self, place: int) -> Decimal:
        value = decimal_of(self.sorted_value[place])
        assert value is not None
        return value

    def _period(self, place: int) -> str:
        return self.names.by_number[int(self.all_cells[self.order[place]]) & 0xFFFFFF].text

    def _apart(self, place: int, index: int) -> int:
        """Periods from a known value to the one of the file, at least 1."""
        if not self._same(place, index):
            return 1
        return max(int(self.end[index] - self.sorted_end[place]) // int(self.length[index]), 1)

    def _history(self, index: int) -> list[Past]:
        past: list[Past] = []
        first = int(self.at[index]) - HISTORY
        for place in range(first, int(self.at[index])):
            if not self._same(place, index):
                continue
            steps = 1
            if self._same(place - 1, index):
                apart = int(self.sorted_end[place] - self.sorted_end[place - 1])
                steps = max(apart // int(self.length[index]), 1)
            past.append(Past(self._period(place), self._value(place), steps))
        return past
