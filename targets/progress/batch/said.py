"""Reasons and flags of many verdicts: said for whole columns, written once for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from targets.progress.arithmetic import plain
from targets.progress.batch.columns import ABOUT, BROKEN, PROVISIONAL, Bools, Floats, Ints
from targets.progress.reasons import COVERS, FIGURES, Reason
from targets.progress.verdict import FLAGS, Flag

_WORD = 12  # so many answers are packed into one column of the key


@dataclass(frozen=True, slots=True)
class Years:
    """Periods from the first day of one year to the last of another, mostly the same year."""

    last: Ints
    first: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """Numbers that the reason names; every row has its own."""

    values: Floats


@dataclass(frozen=True, slots=True)
class Count:
    """Whole numbers of which few are different."""

    values: Ints


Param = Years | Number | Count


@dataclass(frozen=True, slots=True)
class _Entry:
    mask: Bools
    code: str
    params: tuple[tuple[str, Param], ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Open:
    """A reason with numbers still to be filled in."""

    code: str
    params: tuple[tuple[str, str | Number], ...]


@dataclass(slots=True)
class Said:
    """Grows while a column of goals is judged, in the order in which `evaluate` speaks."""

    length: int
    flags: NDArray[np.uint16] = field(init=False)
    _entries: list[_Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.flags = np.zeros(self.length, dtype=np.uint16)

    def say(self, mask: Bools, code: str, **params: Param) -> None:
        """Give a reason to the rows of the mask."""
        if mask.any():
            self._entries.append(_Entry(mask, code, tuple(params.items())))

    def flag(self, mask: Bools, name: Flag) -> None:
        """Raise a flag on the rows of the mask."""
        self.flags |= mask.astype(np.uint16) << FLAGS.index(name)

    def used(self, mask: Bools, period: Years, marks: NDArray[np.uint8], certainty: Ints) -> None:
        """What the reader should know of the figures used."""
        provisional = mask & ((marks & PROVISIONAL) != 0)
        self.flag(provisional, "provisional")
        self.say(provisional, "provisional_actual", period=period)
        self.say(mask & ((marks & BROKEN) != 0), "series_break", period=period)
        self.say(mask & (certainty == ABOUT), "approximate_actual", period=period)

    def written(self, undefined: Ints) -> tuple[Ints, list[tuple[Reason, ...]]]:
        """For each row the place of its reasons, and the reasons by place.

        `undefined` has a bit for each of FIGURES that the row leaves None.
        """
        index, rows = grouped([(undefined, 1 << len(FIGURES)), *self._key()], self.length)
        templates = self._templates(rows, undefined[rows])
        open_ = [any(isinstance(part, _Open) for part in template) for template in templates]
        sets: list[tuple[Reason, ...]] = []
        begins = np.zeros(len(templates), dtype=np.int64)
        own = np.zeros(self.length, dtype=np.int64)
        members = _members(index, np.array(open_, dtype=bool))
        for place, template in enumerate(templates):
            begins[place] = len(sets)
            if open_[place]:
                rows = members[place]
                own[rows] = np.arange(len(rows))
                sets.extend(_filled(template, rows))
            else:
                sets.append(tuple(template))  # type: ignore[arg-type]  # nothing is open
        return begins[index] + own, sets

    def _key(self) -> list[tuple[Ints, int]]:
        """What tells one row's reasons from another's, but for the numbers in them."""
        key: list[tuple[Ints, int]] = []
        for at in range(0, len(self._entries), _WORD):
            word = np.zeros(self.length, dtype=np.int64)
            for bit, entry in enumerate(self._entries[at : at + _WORD]):
                word |= entry.mask.astype(np.int64) << bit
            key.append((word, 1 << _WORD))
        named: dict[int, tuple[Ints, Bools]] = {}
        for entry in self._entries:
            for _, param in entry.params:
                for column in _columns(param):
                    _, mask = named.get(id(column), (column, np.zeros(self.length, dtype=bool)))
                    named[id(column)] = (column, mask | entry.mask)
        for column, mask in named.values():
            low = int(column[mask].min())
            shifted = np.where(mask, column - low + 1, 0)
            key.append((shifted, int(shifted.max()) + 1))
        return key

    def _templates(self, rows: Ints, undefined: Ints) -> list[list[Reason | _Open]]:
        """The reasons of each of these rows, none of them twice, their numbers left open."""
        found: list[list[Reason | _Open]] = [[] for _ in rows]
        covered = np.zeros(len(rows), dtype=np.int64)
        for entry in self._entries:
            there = np.flatnonzero(entry.mask[rows])
            covered[there] |= _covers(entry.code)
            for place, part in zip(there.tolist(), _parts(entry, rows[there]), strict=True):
                if part not in found[place]:
                    found[place].append(part)
        left = undefined & ~covered
        for bit, figure in enumerate(FIGURES):
            missing = Reason("figure_undefined", (("field", figure),))
            for place in np.flatnonzero(left >> bit & 1).tolist():
                found[place].append(missing)
        return found


def _covers(code: str) -> int:
    """The figures that a reason accounts for, a bit of FIGURES for each."""
    return sum(1 << FIGURES.index(figure) for figure in COVERS.get(code, ()))


def _parts(entry: _Entry, rows: Ints) -> list[Reason | _Open]:
    """What an entry says of these rows; rows of one year share a reason."""
    columns = [_texts(param, rows) for _, param in entry.params]
    names = [name for name, _ in entry.params]
    made: dict[tuple[str | Number, ...], Reason | _Open] = {}
    found = []
    for texts in zip(*columns, strict=True) if columns else [()] * len(rows):
        part = made.get(texts)
        if part is None:
            params = tuple(zip(names, texts, strict=True))
            whole = all(isinstance(text, str) for text in texts)
            part = made[texts] = Reason(entry.code, params) if whole else _Open(entry.code, params)
        found.append(part)
    return found


def _columns(param: Param) -> tuple[Ints, ...]:
    match param:
        case Years(last, first):
            return (last,) if first is None else (last, first)
        case Count(values):
            return (values,)
    return ()


def _texts(param: Param, rows: Ints) -> Sequence[str | Number]:
    """A parameter of these rows as canonical text; a number stays open."""
    match param:
        case Number():
            return [param] * len(rows)
        case Count(values):
            return [str(value) for value in values[rows].tolist()]
    last = param.last[rows].tolist()
    if param.first is None:
        return [f"{year:04}" for year in last]
    return [
        f"{end:04}" if start == end else f"{start:04}/{end:04}"
        for start, end in zip(param.first[rows].tolist(), last, strict=True)
    ]


def _members(index: Ints, open_: Bools) -> dict[int, Ints]:
    """The rows of each group whose reasons name numbers."""
    rows = np.flatnonzero(open_[index])
    rows = rows[np.argsort(index[rows], kind="stable")]
    found, begins = np.unique(index[rows], return_index=True)
    parts = np.split(rows, begins[1:]) if len(found) else []
    return dict(zip(found.tolist(), parts, strict=True))


def _filled(template: Sequence[Reason | _Open], rows: Ints) -> Iterable[tuple[Reason, ...]]:
    """The reasons with the numbers of each row, none of them twice."""
    columns = [
        [part] * len(rows) if isinstance(part, Reason) else _reasons(part, rows)
        for part in template
    ]
    if len({part.code for part in template}) == len(template):
        return zip(*columns, strict=True)
    return (tuple(dict.fromkeys(reasons)) for reasons in zip(*columns, strict=True))


def _reasons(part: _Open, rows: Ints) -> list[Reason]:
    """The reason with the numbers of each row."""
    texts = [
        [text] * len(rows)
        if isinstance(text, str)
        else [number_text(number) for number in text.values[rows].tolist()]
        for _, text in part.params
    ]
    names = [name for name, _ in part.params]
    return [
        Reason(part.code, tuple(zip(names, values, strict=True)))
        for values in zip(*texts, strict=True)
    ]


def number_text(number: float) -> str:
    """Canonical text of a number at 15 significant digits; a given one comes out as it was."""
    text = format(number, ".15g")
    return plain(Decimal(text)) if "e" in text or text == "-0" else text


def grouped(key: Sequence[tuple[Ints, int]], length: int) -> tuple[Ints, Ints]:
    """Rows with equal keys: for each row the number of its group, and one row of each group.

    The key is columns of whole numbers from 0, each with the number it stays below.
    """
    index = np.zeros(length, dtype=np.int64)
    count = 1
    for column, size in key:
        if count * size <= max(4 * length, 1 << 16):
            joint = index * size + column
            seen = np.zeros(count * size, dtype=bool)
            seen[joint] = True
            index = (np.cumsum(seen) - 1)[joint]
            count = int(seen.sum())
        else:
            found, index = np.unique(index * size + column, return_inverse=True)
            count = len(found)
    rows = np.zeros(count if length else 0, dtype=np.int64)
    rows[index[::-1]] = np.arange(length - 1, -1, -1)
    return index, rows
