"""Columns to PostgreSQL's binary COPY and back: every value, every NULL, any number of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targets.recompute.binary import SIGNATURE, Ragged, Rows, Texts, encode

LARGE = st.integers(-(2**63), 2**63 - 1)
LETTERS = st.characters(codec="utf-8", exclude_characters="\x00")
WORDS = st.one_of(st.text(LETTERS, max_size=40), st.integers(0, 40).map(lambda n: "青" * n + "a"))
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def tables(draw: Any) -> dict[str, list[Any]]:
    """Rows of every kind of column, as Python has them."""
    n = draw(st.integers(0, 12))

    def rows(values: Any) -> list[Any]:
        return draw(st.lists(values, min_size=n, max_size=n))

    return {
        "small": rows(st.integers(-(2**15), 2**15 - 1)),
        "said": rows(WORDS),
        "middle": rows(st.integers(-(2**31), 2**31 - 1)),
        "figure": rows(st.one_of(st.none(), st.floats(allow_nan=False))),
        "more": rows(WORDS),
        "flag": rows(st.sampled_from([None, True, False])),
        "keys": rows(st.lists(LARGE, max_size=5)),
        "large": rows(LARGE),
        "last": rows(WORDS),
    }


def column(name: str, values: list[Any]) -> Any:
    """As the columns that `encode` takes."""
    widths = {"small": np.int16, "middle": np.int32, "large": np.int64}
    if name in widths:
        return np.array(values, dtype=widths[name])
    if name == "figure":
        return np.array([math.nan if v is None else v for v in values], dtype=np.float64)
    if name == "flag":
        return np.array([-1 if v is None else v for v in values], dtype=np.int8)
    if name == "keys":
        flat = np.array([key for keys in values for key in keys], dtype=np.int64)
        return Ragged(np.array([len(keys) for keys in values], dtype=np.int64), flat)
    return texts(values)


def texts(values: Sequence[str]) -> Texts:
    words = ["unused", *sorted(set(values))]
    return Texts(np.array([words.index(v) for v in values], dtype=np.int64), words)


TYPES = {
    "small": "int2", "said": "text", "middle": "int4", "figure": "float8", "more": "text",
    "flag": "boolean", "keys": "bytea", "large": "int8", "last": "text",
}  # fmt: skip


def stored(columns: dict[str, Any], types: dict[str, str]) -> list[tuple[Any, ...]]:
    """What PostgreSQL holds after these columns were copied into a table."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        defined = ", ".join(f"{name} {types[name]}" for name in columns)
        cursor.execute(f"CREATE TEMP TABLE copied (place serial, {defined})")
        with cursor.copy(f"COPY copied ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(encode(list(columns.values())))
        cursor.execute(f"SELECT {', '.join(columns)} FROM copied ORDER BY place")
        return list(cursor.fetchall())


@pytest.mark.postgres
@pytest.mark.django_db
@quick
@given(tables())
def test_what_is_encoded_is_what_the_server_holds(table: dict[str, list[Any]]) -> None:
    rows = stored({name: column(name, values) for name, values in table.items()}, TYPES)
    found = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in table]
    keys = list(table).index("keys")
    found[keys] = [
        [int.from_bytes(held[at : at + 8], "big", signed=True) for at in range(0, len(held), 8)]
        for held in map(bytes, found[keys])
    ]
    assert dict(zip(table, found, strict=True)) == table


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("more", ["", "é", "岛屿"])
def test_texts_of_every_length_do_not_run_into_each_other(more: str) -> None:
    """Texts are written by words of eight bytes, and what follows has to come out whole."""
    values = ["x" * length + more for length in range(41)] + ["y" * n for n in range(40, -1, -1)]
    places = np.arange(len(values), dtype=np.int16)
    columns = {"small": places, "said": texts(values), "more": texts(values[::-1])}
    wanted = zip(range(len(values)), values, values[::-1], strict=True)
    assert stored(columns, TYPES) == list(wanted)
    alone = {"last": texts(values)}
    assert stored(alone, TYPES) == [(value,) for value in values]


@st.composite
def read(draw: Any) -> list[tuple[int, int, float, list[float], list[int]]]:
    """Rows as COPY TO gives them: numbers without NULL, then two arrays."""
    floats = st.floats(allow_nan=False)
    row = st.tuples(
        LARGE, st.integers(-(2**31), 2**31 - 1), floats,
        st.lists(floats, max_size=6), st.lists(LARGE, max_size=6),
    )  # fmt: skip
    return draw(st.lists(row, max_size=12))


def copied_out(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS source")
        cursor.execute(
            "CREATE TEMP TABLE source"
            " (place serial, a int8, b int4, c float8, vals float8[], refs int8[])"
        )
        for row in rows:
            cursor.execute(
                "INSERT INTO source (a, b, c, vals, refs) VALUES (%s, %s, %s, %s, %s)", row
            )
        out = (
            "COPY (SELECT a, b, c, vals, refs FROM source ORDER BY place) TO STDOUT (FORMAT BINARY)"
        )
        with cursor.copy(out) as copy:
            return [bytes(message) for message in copy]


FIXED = [("a", ">i8"), ("b", ">i4"), ("c", ">f8")]


def held(rows: Rows) -> list[tuple[Any, ...]]:
    one, two, three = (rows.column(name).tolist() for name, _kind in FIXED)
    values, refs = (split(rows.array(kind)) for kind in (">f8", ">i8"))
    return list(zip(one, two, three, values, refs, strict=True))


def split(ragged: Ragged) -> list[list[Any]]:
    ends = np.cumsum(ragged.counts)
    return [ragged.flat[end - n : end].tolist() for n, end in zip(ragged.counts, ends, strict=True)]


@pytest.mark.postgres
@pytest.mark.django_db
@quick
@given(read())
def test_what_the_server_sends_is_what_the_columns_hold(rows: list[tuple[Any, ...]]) -> None:
    messages = copied_out(rows)
    assert held(Rows(messages, FIXED)) == rows
    assert Rows(messages, FIXED).count == len(rows)


@pytest.mark.postgres
@pytest.mark.django_db
def test_nan_and_null_elements_are_told_apart_from_numbers() -> None:
    rows = Rows(copied_out([(1, 2, math.nan, [math.nan, 0.0, -0.0, math.inf], [])]), FIXED)
    assert math.isnan(rows.column("c")[0])
    values = rows.array(">f8").flat
    assert np.isnan(values).tolist() == [True, False, False, False]
    assert rows.array(">i8").counts.tolist() == [0]


def test_texts_that_would_run_over_each_other_are_refused() -> None:
    places = np.zeros(2, dtype=np.int16)
    with pytest.raises(ValueError, match="first and the last"):
        encode([texts(["ab", "cd"]), places, texts(["", "x"])])
    assert len(encode([texts(["ab", "cd"]), places])) > 0


def test_no_rows_are_a_header_and_a_trailer() -> None:
    table = [
        np.array([], dtype=np.int64),
        texts([]),
        Ragged(np.array([], dtype=np.int64), np.array([], dtype=np.int64)),
    ]
    sent = bytes(encode(table))
    assert sent == SIGNATURE + b"\0" * 8 + b"\xff\xff"
    assert Rows([], FIXED).count == 0


def test_array_of_no_rows_is_empty() -> None:
    rows = Rows([], FIXED)
    assert rows.column("a").tolist() == []
    assert rows.array(">f8").counts.tolist() == []


def test_rows_of_a_ragged_column_are_numbered() -> None:
    ragged = Ragged(np.array([2, 0, 1], dtype=np.int64), np.array([5, 6, 7], dtype=np.int64))
    assert ragged.rows.tolist() == [0, 0, 2]
