"""PostgreSQL's binary COPY and NumPy columns: rows in, rows out, no value touched one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER = SIGNATURE + b"\0" * 8
_TRAILER = b"\xff\xff"
_DTYPES = {2: ">i2", 4: ">i4", 8: ">i8"}
_ARRAY_HEAD = 20  # bytes before the elements of a one-dimensional array; an empty one has 12
_ELEMENT = 12  # a length and eight bytes


@dataclass(frozen=True, slots=True)
class Ragged:
    """Values of several rows end to end: `counts` of each row, `flat` in the order of the rows."""

    counts: Ints
    flat: Any

    @property
    def rows(self) -> Ints:
        """The row of each value."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


class Rows:
    """Rows of a COPY TO: fixed fields without NULL first, then arrays of eight-byte elements."""

    def __init__(self, messages: Sequence[bytes], fixed: Sequence[tuple[str, str]]) -> None:
        """`messages` as psycopg gives them, one a row; `fixed` are names and NumPy types."""
        if messages and bytes(messages[0][:11]) == SIGNATURE:
            messages = [messages[0][len(_HEADER) :], *messages[1:]]
        if messages and bytes(messages[-1]) == _TRAILER:
            messages = messages[:-1]
        lengths = np.fromiter(map(len, messages), dtype=np.int64, count=len(messages))
        self._buffer = b"".join([*messages, b"\0" * 8])
        self.count = len(messages)
        self._at = np.cumsum(lengths) - lengths
        self._offsets: dict[str, tuple[int, str]] = {}
        offset = 2
        for name, kind in fixed:
            self._offsets[name] = (offset + 4, kind)
            offset += 4 + np.dtype(kind).itemsize
        self._arrays = self._at + offset

    def _view(self, kind: str) -> npt.NDArray[Any]:
        """Every place of the buffer read as this type: a view that overlaps itself."""
        size = np.dtype(kind).itemsize
        view: npt.NDArray[Any] = np.ndarray(
            (len(self._buffer) - size + 1,), dtype=kind, buffer=self._buffer, strides=(1,)
        )
        return view

    def column(self, name: str) -> npt.NDArray[Any]:
        """A fixed field of every row, in the machine's own order of bytes."""
        offset, kind = self._offsets[name]
        found = self._view(kind)[self._at + offset]
        native: npt.NDArray[Any] = found.astype(found.dtype.newbyteorder("="))
        return native

    def array(self, kind: str) -> Ragged:
        """The next array of every row; its elements have eight bytes."""
        sizes = self._view(">i4")[self._arrays].astype(np.int64)
        counts = np.maximum(sizes - _ARRAY_HEAD, 0) // _ELEMENT
        first = self._arrays + 4 + _ARRAY_HEAD + 4
        flat = self._view(kind)[_places(first, counts, _ELEMENT)]
        self._arrays = self._arrays + 4 + sizes
        return Ragged(counts, flat.astype(flat.dtype.newbyteorder("=")))


def _places(first: Ints, counts: Ints, step: int) -> Ints:
    """first, first + step, … so many times, for each row."""
    total = int(counts.sum())
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(first, counts) + step * within


@dataclass(frozen=True, slots=True)
class Texts:
    """A text of each row by its place in a list of few."""

    codes: Ints
    texts: Sequence[str]


def encode(columns: Sequence[Any]) -> memoryview:
    """The rows of these columns as one binary COPY FROM.

    An integer array is written in its own width, a float one as float8 with NULL for NaN, an
    int8 array as boolean with NULL below 0, `Texts` as text, `Ragged` as the bytes of its int64.
    Raises ValueError for texts both first and last of several columns: one would run over the other.
    """
    fields = [_field(column) for column in columns]
    if len(fields) > 1 and isinstance(fields[0], _Text) and isinstance(fields[-1], _Text):
        raise ValueError("texts cannot be both the first and the last column")
    count = fields[0].count
    lengths = np.full(count, 2, dtype=np.int64)
    places = []
    for field in fields:
        places.append(lengths.copy())
        lengths += 4 + np.maximum(field.sizes, 0)
    at = len(_HEADER) + np.cumsum(lengths) - lengths
    total = len(_HEADER) + int(lengths.sum())
    # Texts are written by words of eight bytes and may run over their end: what comes next
    # is written later, and eight spare bytes follow the last.
    buffer = np.zeros(total + 2 + 8, dtype=np.uint8)
    for field, place in zip(fields, places, strict=True):
        if isinstance(field, _Text):
            field.put(buffer, at + place + 4)
    for field, place in zip(fields, places, strict=True):
        if not isinstance(field, _Text):
            field.put(buffer, at + place + 4)
        _scatter(buffer, ">i4", at + place, field.sizes)
    _scatter(buffer, ">i2", at, np.full(count, len(fields)))
    buffer[: len(_HEADER)] = np.frombuffer(_HEADER, dtype=np.uint8)
    buffer[total : total + 2] = 255
    return buffer.data[: total + 2]


def _scatter(buffer: Bytes, kind: str, places: Ints, values: Any) -> None:
    """Write values of this type at these bytes."""
    size = np.dtype(kind).itemsize
    view: npt.NDArray[Any] = np.ndarray(
        (len(buffer) - size + 1,), dtype=kind, buffer=buffer, strides=(1,)
    )
    view[places] = values


def _field(column: Any) -> _Fixed | _Text | _Ids:
    if isinstance(column, Texts):
        return _Text(column)
    if isinstance(column, Ragged):
        return _Ids(column)
    return _Fixed(column)


class _Fixed:
    """Numbers of one width; `sizes` is -1 for NULL."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self.count = len(values)
        self._values = values
        if values.dtype.kind == "f":
            self._kind, size, null = ">f8", 8, np.isnan(values)
        elif values.dtype == np.int8:
            self._kind, size, null = ">i1", 1, values < 0
        else:
            size = values.dtype.itemsize
            self._kind, null = _DTYPES[size], np.zeros(self.count, dtype=bool)
        self._there = ~null
        self.sizes = np.where(null, -1, size).astype(np.int64)

    def put(self, buffer: Bytes, places: Ints) -> None:
        _scatter(buffer, self._kind, places[self._there], self._values[self._there])


class _Text:
    """Texts out of a list."""

    def __init__(self, column: Texts) -> None:
        encoded = [text.encode() for text in column.texts]
        sizes = np.array([len(text) for text in encoded], dtype=np.int64)
        words = (sizes + 7) // 8
        joined = b"".join(
            text.ljust(8 * n, b"\0") for text, n in zip(encoded, words.tolist(), strict=True)
        )
        self._words = np.frombuffer(joined, dtype=">i8")
        self._first = np.cumsum(words) - words
        self._counts = words[column.codes]
        self._codes = column.codes
        self.count = len(column.codes)
        self.sizes = sizes[column.codes]

    def put(self, buffer: Bytes, places: Ints) -> None:
        words = self._words[_places(self._first[self._codes], self._counts, 1)]
        # In the order of the rows: the last word of one may run into the next row's place.
        _scatter(buffer, ">i8", _places(places, self._counts, 8), words)


class _Ids:
    """Keys of eight bytes each, as one value of bytes."""

    def __init__(self, column: Ragged) -> None:
        self.count = len(column.counts)
        self._column = column
        self.sizes = 8 * column.counts

    def put(self, buffer: Bytes, places: Ints) -> None:
        _scatter(buffer, ">i8", _places(places, self._column.counts, 8), self._column.flat)
