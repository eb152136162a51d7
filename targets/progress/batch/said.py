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

_ANY = np.zeros(1, dtype=np.int64)  # where no row differs, one stands for all
_WORD = 12  # so many answers are packed into one column of the key


@dataclass(frozen=True, slots=True)
class Years:
    """Periods from the first day of one year to the last of another, mostly the same year."""

    last: Ints
    first: Ints | None = None


@dataclass(frozen=True, slots=True)
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
        templates = [self._template(int(row), int(undefined[row])) for row in rows]
        open_ = [any(isinstance(part, _Open) for part in template) for template in templates]
        sets: list[tuple[Reason, ...]] = []
        begins = np.zeros(len(templates), dtype=np.int64)
        own = np.zeros(self.length, dtype=np.int64)
        members = _members(index, np.array(open_, dtype=bool))
        for place, template in enumerate(templates):
            begins[place] = len(sets)
            rows = members.get(place, _ANY)
            if open_[place]:
                own[rows] = np.arange(len(rows))
            sets.extend(_filled(template, rows))
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

    def _template(self, row: int, undefined: int) -> list[Reason | _Open]:
        """The reasons of one row, its numbers left open."""
        said = [entry for entry in self._entries if entry.mask[row]]
        result: dict[Reason | _Open, None] = {}
        for entry in said:
            params = tuple((name, _text(param, row)) for name, param in entry.params)
            fixed = tuple((name, text) for name, text in params if isinstance(text, str))
            whole = len(fixed) == len(params)
            result[Reason(entry.code, fixed) if whole else _Open(entry.code, params)] = None
        covered = {name for entry in said for name in COVERS.get(entry.code, ())}
        for bit, figure in enumerate(FIGURES):
            if undefined >> bit & 1 and figure not in covered:
                result[Reason("figure_undefined", (("field", figure),))] = None
        return list(result)


def _columns(param: Param) -> tuple[Ints, ...]:
    match param:
        case Years(last, first):
            return (last,) if first is None else (last, first)
        case Count(values):
            return (values,)
    return ()


def _text(param: Param, row: int) -> str | Number:
    match param:
        case Number():
            return param
        case Count(values):
            return str(values[row])
    last = int(param.last[row])
    first = last if param.first is None else int(param.first[row])
    return f"{last:04}" if first == last else f"{first:04}/{last:04}"


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
    if not columns:
        return [()]
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
