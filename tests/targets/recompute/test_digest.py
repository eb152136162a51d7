"""The digest of a row: the same row by row and by columns, and another for any other row."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.models import ProgressSnapshot
from targets.models.fields import CodeField, FigureField, FlagsField, IdsField, ReasonsField
from targets.recompute.binary import Ragged
from targets.recompute.digest import (
    digest_of_words,
    digests,
    figure_word,
    figure_words,
    ids_word,
    ids_words,
    text_word,
    text_words,
)
from targets.recompute.writing import DIGESTED, digest_of
from tests.targets.recompute.worlds import NOW

FINITE = st.floats(allow_nan=False, allow_infinity=False)
MOSTLY = st.one_of(
    FINITE,
    st.integers(-(10**15), 10**15).map(float),
    st.integers(-1000, 1000).map(lambda power: math.ldexp(1.0, power)),
    st.integers(-60, 60).map(lambda power: math.nextafter(math.ldexp(-1.0, power), 0)),
    st.sampled_from([0.0, -0.0, 0.1, 1.0, 2.0, 3.0]),
)
KEYS = st.one_of(st.integers(1, 50), st.integers(0, 2**63 - 1))
WORDS = st.integers(-(2**63), 2**64 - 1)


def column(words: list[int]) -> Any:
    return np.array([word & (1 << 64) - 1 for word in words], dtype=np.uint64)


@given(st.lists(st.one_of(st.none(), MOSTLY), min_size=1, max_size=30))
def test_figures_have_the_same_words_alone_and_in_a_column(figures: list[float | None]) -> None:
    held = np.array([math.nan if figure is None else figure for figure in figures])
    alone = [figure_word(None if f is None else Decimal(f)) for f in figures]
    assert figure_words(held).tolist() == alone


@given(st.lists(st.lists(KEYS, max_size=6), min_size=1, max_size=12))
def test_keys_have_the_same_words_alone_and_in_a_column(rows: list[list[int]]) -> None:
    flat = np.array([key for row in rows for key in row], dtype=np.int64)
    held = Ragged(np.array([len(row) for row in rows], dtype=np.int64), flat)
    assert ids_words(held).tolist() == [ids_word(row) for row in rows]


@given(st.lists(st.text(max_size=40), max_size=20))
def test_texts_have_the_same_words_alone_and_in_a_column(texts: list[str]) -> None:
    assert text_words(texts).tolist() == [text_word(text) for text in texts]


@given(
    st.integers(1, 8).flatmap(
        lambda n: st.lists(st.lists(WORDS, min_size=n, max_size=n), min_size=1, max_size=10)
    )
)
def test_digests_of_columns_are_those_of_the_rows(columns: list[list[int]]) -> None:
    found = digests([column(words) for words in columns], len(columns[0]))
    alone = [digest_of_words(row) for row in zip(*columns, strict=True)]
    assert found.tolist() == alone
    assert 0 not in alone
    assert all(-(2**63) <= digest < 2**63 for digest in alone)


def test_columns_of_every_width_and_single_numbers_agree_with_rows() -> None:
    columns = [
        np.array([-1, 0, 1], dtype=np.int8), np.array([-1, 5, 9], dtype=np.int16),
        np.array([7, -8, 9], dtype=np.int32), np.array([-(2**63), 2**62, -2], dtype=np.int64),
    ]  # fmt: skip
    found = digests([*columns, 738_000, -1], 3).tolist()
    for row in range(3):
        words = [int(held[row]) for held in columns]
        assert found[row] == digest_of_words([*words, 738_000, -1])
    assert len(set(found)) == 3


@given(MOSTLY.filter(lambda figure: 1e-290 < abs(figure) < 1e290), st.sampled_from([-1, 1]))
def test_figures_that_differ_in_the_sixth_digit_differ(figure: float, way: int) -> None:
    assert figure_word(Decimal(figure)) != figure_word(
        Decimal(figure) * (1 + way * Decimal("1e-6"))
    )


NICE = (
    "1",
    "-1",
    "0.95",
    "0.1",
    "123456.789",
    "-0.6",
    "1.05",
    "33.3",
    "1024",
    "0.125",
    "65536",
    "7E+22",
)


@pytest.mark.parametrize("text", NICE)
@pytest.mark.parametrize("error", ["1e-13", "-1e-13", "1e-12", "-1e-12"])
def test_figures_that_differ_behind_the_ninth_digit_agree(text: str, error: str) -> None:
    exact = Decimal(text)
    off = exact * (1 + Decimal(error))
    assert off != exact
    assert figure_word(off) == figure_word(exact)
    assert figure_words(np.array([float(off)]))[0] == figure_words(np.array([float(exact)]))[0]


@pytest.mark.parametrize("power", [-40, -1, 0, 1, 10, 31, 32, 62, 70])
@pytest.mark.parametrize("sign", [-1, 1])
def test_powers_of_two_agree_with_what_lies_just_below_and_above(power: int, sign: int) -> None:
    border = math.ldexp(sign, power)
    near = [border, math.nextafter(border, 0), math.nextafter(border, math.inf * sign)]
    near += [border * (1 - 1e-12), border * (1 + 1e-12)]
    assert {figure_word(Decimal(figure)) for figure in near} == {figure_word(Decimal(border))}
    assert len({*figure_words(np.array(near)).tolist()}) == 1
    assert figure_word(Decimal(border)) != figure_word(Decimal(border) * 2)
    assert figure_word(Decimal(border)) != figure_word(Decimal(-border))


def test_nothing_is_neither_zero_nor_any_small_number() -> None:
    words = [figure_word(None if f is None else Decimal(f)) for f in (None, 0, 1, -1, "0.5", 2)]
    assert len(set(words)) == len(words)
    assert figure_word(Decimal("-0")) == figure_word(Decimal(0))


def row(**facts: Any) -> ProgressSnapshot:
    return ProgressSnapshot(**{
        "target_id": 3, "version_id": 4, "as_of": date(2024, 6, 1), "status": "lagging",
        "light": "yellow", "promise_status": "lagging", "promise_light": "yellow",
        "attained": False, "position": "inside", "period": "2023", "baseline_period": "2020",
        "actual_qualifier": "exact", "trend": "up", "flags": ["early"], "inputs": [1, 2],
        "reasons": [{"code": "a", "params": {"n": "1"}}], "rule_version": 1, "computed_at": NOW,
        **{f.name: Decimal("1.5") for f in DIGESTED if isinstance(f, FigureField)}, **facts,
    })  # fmt: skip


def others(field: Any) -> list[Any]:
    """Other values that a column may have."""
    if isinstance(field, CodeField):
        return [word for word in field.words if word != getattr(row(), field.name)]
    if isinstance(field, FlagsField):
        return [[], list(field.words), [field.words[1]]]
    if isinstance(field, FigureField):
        return [None, Decimal(0), Decimal("-1.5"), Decimal("1.50001"), Decimal(3)]
    if isinstance(field, ReasonsField):
        return [[], [{"code": "a", "params": {}}], [{"code": "a", "params": {"n": "2"}}]]
    if isinstance(field, IdsField):
        return [[], [1], [2, 1], [1, 2, 3], [1, 3]]
    if field.name == "as_of":
        return [date(2024, 6, 1) + timedelta(days=1)]
    if field.name == "attained":
        return [None, True]
    return ["2022", ""] if field.attname in ("period", "baseline_period") else [0, 5, 2**40]


@pytest.mark.parametrize("field", DIGESTED, ids=lambda field: field.attname)
def test_any_other_value_of_any_column_makes_another_digest(field: Any) -> None:
    found = {digest_of(row(**{field.attname: value})) for value in others(field)}
    assert len(found) == len(others(field))
    assert digest_of(row()) not in found


def test_columns_that_trade_their_values_make_another_digest() -> None:
    one = row(pace=Decimal("0.5"), completion=Decimal("0.9"))
    other = row(pace=Decimal("0.9"), completion=Decimal("0.5"))
    assert digest_of(one) != digest_of(other)
    assert digest_of(row(period="2020", baseline_period="2023")) != digest_of(row())


def test_moment_and_digest_are_not_part_of_the_digest() -> None:
    later = row(computed_at=NOW + timedelta(days=1), digest=77)
    assert digest_of(later) == digest_of(row())
    names = {field.name for field in ProgressSnapshot._meta.concrete_fields}
    assert names - {field.name for field in DIGESTED} == {"computed_at", "digest"}
