"""Verdicts of many promises as columns: what to store and what changed, whatever the database.

`progress.batch` judges what has whole years; the rest is judged one by one by `progress.evaluate`
and set in its place. Both ways end in the same rows (digest.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from targets.models.verdicts import LIGHTS, POSITIONS, QUALIFIERS, STATUSES, TRENDS
from targets.progress import Rules, Verdict, batch
from targets.progress.verdict import FLAGS
from targets.recompute.binary import Ints, Ragged, Texts
from targets.recompute.digest import digests, figure_words, ids_words, text_words
from targets.recompute.writing import COLUMNS, DIGESTED, FIGURES, stored_reasons

Columns = dict[str, Any]

# The figures of a snapshot by their names in the verdicts of a batch.
_FIGURES = {name: name for name in FIGURES} | {"actual": "value", "baseline_value": "base_value"}
_LARGEST = 1e24
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL's calendar starts


# The digest of no snapshot; that of none that stands.
NOTHING = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """Which targets are judged, by which version, and the digests of their snapshots."""

    target: Ints
    version: Ints
    head: Ints
    digest: Ints


class Judged:
    """The verdicts of a batch, open for those that are judged one by one."""

    def __init__(self, verdicts: batch.Verdicts) -> None:
        """Take the columns over; every place that is not decided waits for `put`."""
        self.waiting = np.flatnonzero(~verdicts.decided)
        self._codes = {
            "status": verdicts.status.astype(np.int16),
            "position": verdicts.position.astype(np.int16),
            "actual_qualifier": verdicts.qualifier.astype(np.int16),
            "trend": verdicts.trend.astype(np.int16),
            "flags": verdicts.flags.astype(np.int16),
        }
        # There 0 says that nothing is proved; here, as in the database, -1 does.
        self._attained = np.array([-1, 1, 0], dtype=np.int8)[verdicts.attained]
        self._figures = {
            name: np.array(getattr(verdicts, source), dtype=np.float64)
            for name, source in _FIGURES.items()
        }
        self._periods = {
            "period": _Words.of_years(verdicts.year, verdicts.since),
            "baseline_period": _Words.of_years(verdicts.base, verdicts.base),
        }
        texts = [stored_reasons(reasons) for reasons in verdicts.reason_sets]
        self._reasons = _Words(verdicts.reason_index.astype(np.int64), texts)
        self._inputs = Ragged(verdicts.input_counts.astype(np.int64), verdicts.input_ids)
        self._put: dict[int, list[int]] = {}

    def put(self, place: int, verdict: Verdict, qualifier: str) -> None:
        """Set a verdict that was judged by itself."""
        baseline = verdict.baseline
        codes = {
            "status": STATUSES.index(verdict.status),
            "position": POSITIONS.index(verdict.position or ""),
            "actual_qualifier": QUALIFIERS.index(qualifier),
            "trend": TRENDS.index(verdict.trend or ""),
            "flags": sum(1 << FLAGS.index(flag) for flag in verdict.flags),
        }
        for name, code in codes.items():
            self._codes[name][place] = code
        self._attained[place] = -1 if verdict.attained is None else verdict.attained
        for name, column in self._figures.items():
            figure = getattr(verdict, _FIGURES[name], None)
            column[place] = np.nan if figure is None else figure
        self._figures["baseline_value"][place] = baseline.value if baseline else np.nan
        self._periods["period"].put(place, str(verdict.period or ""))
        self._periods["baseline_period"].put(place, str(baseline.period) if baseline else "")
        self._reasons.put(place, stored_reasons(verdict.reasons))
        self._put[place] = [key for key in verdict.inputs if isinstance(key, int)]

    def columns(self, keys: Keys, *, as_of: date, rules: Rules, now: datetime) -> Columns:
        """The snapshots, column by column in the order of the table, with their digests."""
        count = len(keys.target)
        status = self._codes["status"]
        promise = batch.promise_status(status.astype(np.int8), keys.head, keys.head == keys.target)
        lights = np.array(
            [LIGHTS.index(rules.light_of(status)) for status in STATUSES], dtype=np.int16
        )
        found: Columns = {
            **self._codes,
            **{name: _kept(figures) for name, figures in self._figures.items()},
            **{name: words.column() for name, words in self._periods.items()},
            "target_id": keys.target,
            "version_id": keys.version,
            "as_of": np.full(count, (as_of - _MIDNIGHT.date()).days, dtype=np.int32),
            "light": lights[status],
            "promise_status": promise.astype(np.int16),
            "promise_light": lights[promise],
            "attained": self._attained,
            "reasons": self._reasons.column(),
            "inputs": _with(self._inputs, self._put),
            "rule_version": np.full(count, int(rules.version), dtype=np.int32),
            "computed_at": np.full(count, (now - _MIDNIGHT) // timedelta(microseconds=1)),
        }
        words = (_digested(name, found, as_of) for name in (f.attname for f in DIGESTED))
        found["digest"] = digests(words, count)
        return {field.attname: found[field.attname] for field in COLUMNS}


class _Words:
    """Texts of rows by their places in a list that grows."""

    def __init__(self, codes: Ints, texts: Iterable[str]) -> None:
        self._codes = codes.copy()
        self._texts = list(texts)
        self._places = {text: place for place, text in enumerate(self._texts)}

    @classmethod
    def of_years(cls, last: npt.NDArray[Any], first: npt.NDArray[Any]) -> _Words:
        """Years, or spans from the first of one to the last of another, as texts; 0 is none."""
        packed = last.astype(np.int64) << 16 | np.where(first, first, last).astype(np.int64)
        found, codes = np.unique(packed, return_inverse=True)
        return cls(codes, [_span(pair >> 16, pair & 0xFFFF) for pair in found.tolist()])

    def put(self, place: int, text: str) -> None:
        if text not in self._places:
            self._places[text] = len(self._texts)
            self._texts.append(text)
        self._codes[place] = self._places[text]

    def column(self) -> Texts:
        return Texts(self._codes, self._texts)


def _span(last: int, first: int) -> str:
    """The canonical text of these years."""
    if not last:
        return ""
    return f"{last:04}" if first == last else f"{first:04}/{last:04}"


def _kept(figures: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The figures that a column can hold; the others are NaN."""
    return np.where(np.abs(figures) < _LARGEST, figures, np.nan)


def _with(inputs: Ragged, put: Mapping[int, list[int]]) -> Ragged:
    """The inputs with those rows replaced."""
    if not put:
        return inputs
    replaced = np.zeros(len(inputs.counts), dtype=bool)
    replaced[list(put)] = True
    counts = np.where(replaced, 0, inputs.counts)
    counts[list(put)] = [len(keys) for keys in put.values()]
    flat = np.empty(int(counts.sum()), dtype=np.int64)
    there = np.repeat(replaced, counts)
    flat[~there] = inputs.flat[~replaced[inputs.rows]]
    flat[there] = [key for place in sorted(put) for key in put[place]]
    return Ragged(counts, flat)


def _digested(name: str, columns: Columns, as_of: date) -> Any:
    """A column as words of 64 bits, as `writing` makes them of one value."""
    column = columns[name]
    if name == "as_of":
        return as_of.toordinal()
    if isinstance(column, Texts):
        return text_words(column.texts)[column.codes]
    if isinstance(column, Ragged):
        return ids_words(column)
    return figure_words(column) if column.dtype.kind == "f" else column


def chosen(columns: Columns, rows: npt.NDArray[np.bool_]) -> Columns:
    """The columns of some rows."""
    found: Columns = {}
    for name, column in columns.items():
        if isinstance(column, Texts):
            found[name] = Texts(column.codes[rows], column.texts)
        elif isinstance(column, Ragged):
            found[name] = Ragged(column.counts[rows], column.flat[rows[column.rows]])
        else:
            found[name] = column[rows]
    return found
